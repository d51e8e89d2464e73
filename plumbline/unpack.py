"""Takes fields of documents out into columns of their own, by the paths that the sources declare, in DuckDB."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from plumbline.declared import Table
from plumbline.errors import ConfigError
from plumbline.quoting import literal, quoted

_TEXT = "VARCHAR"


def shape(table: Table, others: Iterable[str] = ()) -> str:
    """Returns the SQL text of the structure by which from_json reads what a table's columns take of a document.

    `others` are further fields that are wanted, their names from the outside in divided by dots. Every one is read as
    text, lists and objects as that of their JSON. Raises ConfigError where one is wanted both whole and in parts.
    """
    wanted: dict[str, Any] = {}
    for place in [
        *(place for places in table.paths.values() for place in places),
        *(name.split(".") for name in others),
    ]:
        *outer, last = place
        inside = wanted
        for name in outer:
            inside = inside.setdefault(name, {})
            if not isinstance(inside, dict):
                break
        if not isinstance(inside, dict) or inside.setdefault(last, _TEXT) != _TEXT:
            raise ConfigError(f"{table.identifier}: the paths take {'.'.join(place)} both whole and in parts")
    return literal(json.dumps(wanted, separators=(",", ":")))


def columns(table: Table, parsed: str) -> dict[str, str]:
    """Returns the SQL of each column that has paths; `parsed` is what from_json returned with `shape`.

    What cannot be read as the column's type is null.
    """
    found = {}
    for name, places in table.paths.items():
        fields = [".".join([parsed, *map(quoted, place)]) for place in places]
        text = fields[0] if len(fields) == 1 else f"coalesce({', '.join(fields)})"
        found[name] = _typed(text, table.columns[name])
    return found


def filling(table: Table, relation: str, added: Sequence[str]) -> str:
    """Returns the statement that fills columns which were added to a table from the documents that it holds.

    `relation` is the table's full name in DuckDB; columns without paths stay null.
    """
    values = {name: value for name, value in columns(table, "e").items() if name in added}
    settings = ", ".join(f"{quoted(name)} = filled.{quoted(name)}" for name in values)
    selected = ", ".join(f"{value} as {quoted(name)}" for name, value in values.items())
    document = quoted(table.document or "")
    return (
        f"update {relation} as kept set {settings} from (select place, {selected} from ("
        f"select rowid as place, from_json({document}, {shape(table)}) as e from {relation}) as parsed) as filled "
        "where kept.rowid = filled.place"
    )


def _typed(text: str, data_type: str) -> str:
    if data_type == "text":
        return text
    if data_type != "timestamp":
        return f"try_cast({text} as {data_type})"
    # A cast to timestamp drops the offset, which is right, and fast, where the offset is none.
    return (
        f"case when {text} not like '____-__-__%' then null "
        f"when suffix({text}, 'Z') or suffix({text}, '+00:00') then try_cast({text} as timestamp) "
        f"when regexp_matches({text}, '[T ].*[+-]\\d{{2}}(:?\\d{{2}})?$') "
        f"then cast(try_cast({text} as timestamptz) at time zone 'UTC' as timestamp) "
        f"else try_cast({text} as timestamp) end"
    )
