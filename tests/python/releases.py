"""The warehouse that scripts/record_release.py recorded, put back into an engine, less what an older one lacks."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Collection
from typing import Any

import pytest

from plumbline.declared import Table, declared_tables
from plumbline.quoting import column_list, literal, quoted
from plumbline.warehouse import Warehouse, open_warehouse
from support import ROOT, Workplace

RELEASE = ROOT / "tests/release"
sys.path.insert(0, str(ROOT / "scripts"))
from record_release import CONFIG, LATER  # noqa: E402

__all__ = ["CONFIG", "LATER", "RELEASE", "restore_release"]
_POSTGRES = {"varchar": "text", "json": "jsonb", "double": "double precision"}
_DECLARED = {"varchar": "text", "double": "double precision"}


def restore_release(workplace: Workplace, without: Collection[tuple[str, str, str]]) -> None:
    """Fill a workplace's empty warehouse as the release left it, without some columns (schema, table, column)."""
    recorded = json.loads((RELEASE / "tables.json").read_text())
    declared = {table.identifier: table for table in declared_tables(ROOT)}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {**workplace.env, "PLUMBLINE_DUCKDB_PATH": str(workplace.duckdb_path)}.items():
            patch.setenv(name, value)
        with open_warehouse(workplace.target, os.environ.get("PLUMBLINE_SCHEMA_PREFIX", "")) as warehouse:
            for table in recorded:
                gone = {
                    column for schema, name, column in without if (schema, name) == (table["schema"], table["name"])
                }
                assert gone <= table["columns"].keys(), gone
                columns = {name: kind for name, kind in table["columns"].items() if name not in gone}
                place = warehouse.in_schema(table["schema"])
                if table["schema"] == "raw":
                    now = declared[table["name"]]
                    types = {name: _DECLARED.get(kind, kind) for name, kind in columns.items()}
                    key, mark = now.primary_key, now.high_water_mark
                    place.create_tables([Table(now.feed, now.name, now.identifier, types, key, mark)])
                else:
                    _create(place, table, columns)
                if table["has_rows"]:
                    names = column_list(list(columns))
                    path = RELEASE / table["schema"] / f"{table['name']}.parquet"
                    warehouse.con.execute(
                        f"insert into {place.relation(table['name'])} ({names}) "
                        f"select {names} from read_parquet({literal(str(path))})"
                    )


def _create(place: Warehouse, table: dict[str, Any], columns: dict[str, str]) -> None:
    schema = quoted(place.schema) if place.is_postgres else f"{quoted(place.catalog)}.{quoted(place.schema)}"
    name = f"{schema}.{quoted(table['name'])}"
    parts = [
        f"{quoted(column)} {_POSTGRES.get(kind, kind) if place.is_postgres else kind}"
        f"{' not null' if column in table['not_null'] else ''}"
        for column, kind in columns.items()
    ]
    if table["primary_key"]:
        parts.append(f"primary key ({column_list(table['primary_key'])})")
    statements = [f"create schema if not exists {schema}", f"create table {name} ({', '.join(parts)})"]
    if table["comment"]:
        statements.append(f"comment on table {name} is {literal(table['comment'])}")
    for statement in statements:
        if place.is_postgres:
            place.execute_native(statement)
        else:
            place.con.execute(statement)
    if place.is_postgres:
        place.con.execute("call pg_clear_cache()")
