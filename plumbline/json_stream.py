"""Reads JSON documents piece by piece, so that memory follows the largest piece and not the document."""

from __future__ import annotations

import codecs
import json
import math
import re
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

REPLACEMENT = "\ufffd"
_CHUNK = 1 << 20
_SPACE = " \t\r\n"


class BrokenJson(ValueError):
    """The text stops being JSON. `is_truncated` says whether it merely ends too early."""

    def __init__(self, message: str, is_truncated: bool) -> None:
        super().__init__(message)
        self.is_truncated = is_truncated


def null_constant(name: str) -> None:
    """Reads NaN and the infinities, which some producers write and JSON does not know, as null."""


def mended(value: Any) -> Any:
    """Returns a JSON value that every engine can hold: REPLACEMENT for NUL and halves of surrogate pairs.

    A number that is too large for any is null.
    """
    if isinstance(value, str):
        return re.sub("[\x00\ud800-\udfff]", REPLACEMENT, value)
    if isinstance(value, list):
        return [mended(item) for item in value]
    if isinstance(value, dict):
        return {mended(key): mended(item) for key, item in value.items()}
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


class JsonReader:
    """A cursor over the text of a JSON document, which is read as it is needed.

    `read(size)` returns the next bytes, b"" at the end. Raises BrokenJson, and UnicodeDecodeError.
    """

    def __init__(self, read: Callable[[int], bytes]) -> None:
        self._read = read
        self._decode = codecs.getincrementaldecoder("utf-8-sig")().decode
        self._decoder = json.JSONDecoder(parse_constant=null_constant)
        self._text = ""
        self._at = 0
        self._is_ended = False

    def peek(self) -> str:
        """Returns the next character that is no space, without taking it; "" at the end."""
        while True:
            while self._at < len(self._text):
                if self._text[self._at] not in _SPACE:
                    return self._text[self._at]
                self._at += 1
            if not self._more():
                return ""

    def take(self, expected: str) -> None:
        """Takes one of the expected characters."""
        found = self.peek()
        if not found:
            raise BrokenJson("the text ends too early", is_truncated=True)
        if found not in expected:
            raise BrokenJson(f"found {found!r} instead of {' or '.join(map(repr, expected))}", is_truncated=False)
        self._at += 1

    def value(self) -> tuple[Any, str]:
        """Takes one value, and returns it with its text."""
        self.peek()
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._at)
            except RecursionError:
                raise BrokenJson("is nested too deeply", is_truncated=False) from None
            except json.JSONDecodeError as error:
                is_string = error.msg.startswith("Unterminated string")
                is_at_end = error.pos >= len(self._text.rstrip())
                # A literal may be cut in its middle, which is found at its beginning.
                if (is_string or error.pos >= len(self._text) - 16) and self._more(double=True):
                    continue
                raise BrokenJson(error.msg, is_truncated=is_string or is_at_end) from None
            if end == len(self._text) and self._text[self._at] not in '{["' and self._more():
                continue  # a number may go on
            text = self._text[self._at : end]
            self._at = end
            return value, text

    def members(self) -> Iterator[str]:
        """Goes through an object's keys; the caller takes each value before it asks for the next key."""
        self.take("{")
        if self.peek() == "}":
            self.take("}")
            return
        while True:
            if self.peek() not in ('"', ""):
                self.take('"')
            key, _ = self.value()
            self.take(":")
            yield key
            if self.peek() == "}":
                break
            self.take(",")
        self.take("}")

    def elements(self) -> Iterator[None]:
        """Goes through an array; the caller takes each value before it asks for the next."""
        self.take("[")
        if self.peek() == "]":
            self.take("]")
            return
        while True:
            yield None
            if self.peek() == "]":
                break
            self.take(",")
        self.take("]")

    def skip(self) -> None:
        """Takes one value and forgets it, an object or array member by member."""
        kind = self.peek()
        for _ in self.members() if kind == "{" else self.elements() if kind == "[" else (None,):
            self.value()

    def rest(self, longest: int) -> str:
        """Returns the text from here on, at most `longest` characters of it."""
        while len(self._text) - self._at < longest and self._more():
            pass
        return self._text[self._at : self._at + longest]

    def _more(self, double: bool = False) -> bool:
        if self._is_ended:
            return False
        if self._at:
            self._text = self._text[self._at :]
            self._at = 0
        size = max(_CHUNK, len(self._text)) if double else _CHUNK
        data = self._read(size)
        self._is_ended = not data
        self._text += self._decode(data, final=not data)
        return not self._is_ended


def open_reader(file: BinaryIO) -> JsonReader:
    """Returns a reader over an open file."""
    return JsonReader(file.read)
