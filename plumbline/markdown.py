"""Writes names and values that others chose into Markdown."""

from __future__ import annotations

import re

from plumbline.terminal import printable

_LONGEST_NAME = 300
# Between letters an underscore stands for itself; what else could mean something to Markdown, HTML or GitHub does not.
_PLAIN = re.compile(r"(?<=[A-Za-z0-9])_+(?=[A-Za-z0-9])|[^\x00-\x7f]|[A-Za-z0-9 /,()%-]|(?<![wW])\.")


def code(text: str | None) -> str:
    """Returns a name or a value that others chose: it stays in its cell, steers nothing, and mentions nobody."""
    if not text:
        return ""
    line = printable(" ".join(text.split()))
    if len(line) > _LONGEST_NAME:
        line = line[:_LONGEST_NAME] + "…"
    return f"<code>{plain(line)}</code>"


def plain(text: str | None) -> str:
    """Returns a text in one line that reads as it is: nothing in it means something to Markdown or HTML."""
    line = printable(" ".join((text or "").split()))
    kept = {match.start(): match.group() for match in _PLAIN.finditer(line)}
    parts: list[str] = []
    place = 0
    while place < len(line):
        part = kept.get(place)
        parts.append(f"&#{ord(line[place])};" if part is None else part)
        place += len(part or line[place])
    return "".join(parts)
