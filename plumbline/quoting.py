"""Names and texts as they stand in SQL."""

from __future__ import annotations

from collections.abc import Sequence


def quoted(name: str) -> str:
    """Returns an identifier in double quotes."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Returns a text in single quotes."""
    return "'" + text.replace("'", "''") + "'"


def column_list(names: Sequence[str], prefix: str = "") -> str:
    """Returns quoted names with commas, each behind `prefix` (an alias with its dot)."""
    return ", ".join(prefix + quoted(name) for name in names)
