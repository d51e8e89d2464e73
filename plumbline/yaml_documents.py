"""Reads YAML, one document after the other, into plain values that know the lines they stand in.

Dates and times stay text as they are written. What a document holds is bounded before it is held: its
depth, and its size with every alias written out, so that a small file cannot grow large in memory.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NoReturn, cast

import yaml

# libyaml is several times faster, and not everywhere.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TAG = "tag:yaml.org,2002:"
_SCALAR_TAGS = {
    _TAG + name for name in ("str", "null", "bool", "int", "float", "timestamp", "merge", "value", "binary")
}
_RESOLVER = yaml.SafeLoader("")
_NUMBER = re.compile(r"[-+]?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
DEEPEST = 64
# A value weighs this much and its characters.
_WEIGHT_OF_VALUE = 64
HEAVIEST = 16_000_000

Location = tuple[str | int, ...]


class YamlProblem(Exception):
    """A document that cannot be read: why, in which line, and where in the text it starts."""

    def __init__(self, message: str, line: int, start: int) -> None:
        super().__init__(message)
        self.line = line
        self.start = start


@dataclass
class Document:
    """One document: its value, its text, the line it starts in, and the lines of what it holds."""

    value: Any
    text: str
    first_line: int
    lines: dict[int, dict[str | int, int]]

    def line(self, location: Location) -> int:
        """Returns the line of the nearest thing that exists on the way to a location."""
        line, value = self.first_line, self.value
        for part in location:
            found = self.lines.get(id(value), {}).get(part)
            if found is None:
                break
            line, value = found, value[part]
        return line


@dataclass
class _Open:
    """A mapping or a list that is being read."""

    value: Any
    lines: dict[str | int, int]
    line: int
    anchor: str | None
    weight: int = _WEIGHT_OF_VALUE
    key: str | None = None
    merged: list[Any] | None = None
    is_merging: bool = False


def yaml_documents(text: str, has_fractions: bool = True) -> Iterator[Document]:
    """Goes through the documents of a text; those without any content are left out.

    Without `has_fractions`, numbers that are not whole stay text as they are written.
    Raises YamlProblem at the first one that cannot be read; what follows it cannot be read either.
    """
    start = 0
    try:
        reader: _Reader | None = None
        for event in yaml.parse(text, Loader=_LOADER):
            if isinstance(event, yaml.DocumentStartEvent):
                start = _mark(event.start_mark).index
                reader = _Reader(start, has_fractions)
            elif isinstance(event, yaml.DocumentEndEvent) and reader is not None:
                end = _mark(event.end_mark).index
                if reader.value is not None:
                    yield Document(reader.value, text[start:end], reader.first_line, reader.lines_of)
                start, reader = end, None
            elif reader is not None:
                reader.take(event)
    except yaml.MarkedYAMLError as error:
        found = error.problem_mark or error.context_mark
        problem = " ".join(part for part in (error.context, error.problem) if part)
        line = found.line + 1 if found else text.count("\n", 0, start) + 1
        raise YamlProblem(f"is not valid YAML: {problem}", line, start) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise YamlProblem(f"is not valid YAML: {error.reason}", line, start) from None
    except RecursionError:
        raise YamlProblem(f"is nested deeper than {DEEPEST} levels", text.count("\n", 0, start) + 1, start) from None


def _mark(mark: Any) -> yaml.Mark:
    """Returns the mark of an event: events that are read of a text have one."""
    return cast(yaml.Mark, mark)


class _Reader:
    """Makes one document of its events."""

    def __init__(self, start: int, has_fractions: bool) -> None:
        self.value: Any = None
        self.first_line = 1
        self.lines_of: dict[int, dict[str | int, int]] = {}
        self._start = start
        self._has_fractions = has_fractions
        self._open: list[_Open] = []
        self._anchors: dict[str, tuple[Any, int]] = {}

    def take(self, event: yaml.Event) -> None:
        """Takes the next event. Raises YamlProblem."""
        line = _mark(event.start_mark).line + 1
        if isinstance(event, yaml.ScalarEvent):
            value = self._scalar(event, line)
            weight = _WEIGHT_OF_VALUE + len(event.value)
            if event.anchor:
                self._anchors[event.anchor] = (value, weight)
            self._add(value, weight, line, event)
        elif isinstance(event, yaml.AliasEvent):
            anchored = self._anchors.get(event.anchor or "")
            if anchored is None:
                self._fail(f"the alias *{event.anchor} stands for nothing that is complete before it", line)
            value, weight = anchored
            self._add(value, weight, line, None)
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            expected = "map" if isinstance(event, yaml.MappingStartEvent) else "seq"
            if event.tag not in (None, "!", _TAG + expected):
                self._fail(f"the tag {event.tag} means nothing here", line)
            if len(self._open) >= DEEPEST:
                self._fail(f"is nested deeper than {DEEPEST} levels", line)
            self._anchors.pop(event.anchor or "", None)
            self._open.append(_Open({} if expected == "map" else [], {}, line, event.anchor))
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            self._close()

    def _fail(self, message: str, line: int) -> NoReturn:
        raise YamlProblem(message, line, self._start)

    def _close(self) -> None:
        closed = self._open.pop()
        for merged in closed.merged or []:
            for key, value in merged.items():
                if key not in closed.value:
                    closed.value[key] = value
                    closed.lines[key] = self.lines_of[id(merged)][key]
        self.lines_of[id(closed.value)] = closed.lines
        if closed.anchor:
            self._anchors[closed.anchor] = (closed.value, closed.weight)
        self._add(closed.value, closed.weight, closed.line, None)

    def _add(self, value: Any, weight: int, line: int, scalar: yaml.ScalarEvent | None) -> None:
        if not self._open:
            self.value, self.first_line = value, line
            return
        parent = self._open[-1]
        parent.weight += weight
        if parent.weight > HEAVIEST:
            self._fail(f"is larger than {HEAVIEST // 1_000_000} MB with its aliases written out", line)
        if isinstance(parent.value, list):
            parent.lines[len(parent.value)] = line
            parent.value.append(value)
        elif parent.is_merging:
            parts = value if isinstance(value, list) else [value]
            if not all(isinstance(part, dict) for part in parts):
                self._fail("<<: takes a mapping, or a list of them", line)
            parent.merged = [*(parent.merged or []), *parts]
            parent.is_merging = False
        elif parent.key is None:
            self._add_key(parent, value, line, scalar)
        else:
            parent.value[parent.key], parent.key = value, None

    def _add_key(self, parent: _Open, value: Any, line: int, scalar: yaml.ScalarEvent | None) -> None:
        if scalar is not None and scalar.implicit[0] and scalar.value == "<<":
            parent.is_merging = True
            return
        if isinstance(value, dict | list):
            self._fail("a key is to be a text, and not a list or a mapping", line)
        key = scalar.value if scalar is not None else str(value)
        if key in parent.value:
            self._fail(f"the key {key} stands here a second time", line)
        parent.key = key
        parent.value[key] = None
        parent.lines[key] = line

    def _scalar(self, event: yaml.ScalarEvent, line: int) -> Any:
        text: str = event.value
        tag = event.tag
        if tag in (None, "!"):
            tag = _RESOLVER.resolve(yaml.ScalarNode, text, event.implicit)  # type: ignore[no-untyped-call]
        if tag not in _SCALAR_TAGS:
            self._fail(f"the tag {tag} means nothing here", line)
        if tag in (_TAG + "null", _TAG + "bool"):
            return _RESOLVER.construct_object(yaml.ScalarNode(tag, text))
        if not self._has_fractions and (tag == _TAG + "float" or re.search(r"[.eE]", text)):
            return text
        if event.implicit[0] and _NUMBER.fullmatch(text):
            return _number(text)
        # 12:30 is a number to YAML 1.1, and a time to everybody who writes it.
        if tag in (_TAG + "int", _TAG + "float") and ":" not in text:
            try:
                number = _RESOLVER.construct_object(yaml.ScalarNode(tag, text))
            except ValueError:
                return text
            return number if math.isfinite(number) else text
        return text


def _number(text: str) -> Any:
    try:
        number = float(text) if re.search(r"[.eE]", text) else int(text)
    except ValueError:  # more digits than Python reads
        return text
    return number if isinstance(number, int) or math.isfinite(number) else text
