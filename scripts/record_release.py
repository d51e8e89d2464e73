"""Record a warehouse as this release builds it, for the test in which the next release upgrades it.

It holds every raw table, seed, snapshot and mart, and every incremental model below the marts: columns, types, keys and
comments in tables.json, rows as Parquet. The feeds that it was built from are recorded with it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import duckdb

PROJECT = Path(__file__).resolve().parent.parent
RELEASE = PROJECT / "tests/release"
# What the release before did not hear of: the next one has an increment to make.
LATER = "openlineage/great_expectations.ndjson.gz"
FOLDERS = ("airflow", "openlineage", "dbt/01_build", "dbt/02_freshness", "dbt/04_docs_generate")
# As plumbline.yml says it, from the folder of the feeds.
CONFIG = {
    "feeds": [
        {"kind": "airflow", "name": "airflow", "url": "airflow"},
        {"kind": "openlineage", "name": "lineage", "path": "openlineage/*.ndjson.gz"},
        {"kind": "dbt", "name": "warehouse", "path": "dbt/*/"},
    ]
}


def main() -> None:
    """Build the warehouse in a folder of its own, and write it over the one that was recorded before."""
    shutil.rmtree(RELEASE, ignore_errors=True)
    feeds = RELEASE / "feeds"
    for folder in FOLDERS:
        shutil.copytree(PROJECT / "sample" / folder, feeds / folder)
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch)
        known = shutil.copytree(feeds, place / "feeds")
        (known / LATER).unlink()
        (known / "plumbline.yml").write_text(json.dumps(CONFIG))
        env = {
            **os.environ,
            "PLUMBLINE_DUCKDB_PATH": str(place / "release.duckdb"),
            "DBT_TARGET_PATH": str(place / "target"),
            "DBT_LOG_PATH": str(place / "logs"),
        }
        bin_folder = Path(sys.executable).parent
        for command in (
            [bin_folder / "plumbline", "load", "--config", known / "plumbline.yml"],
            [bin_folder / "dbt", "build", "--exclude-resource-type", "unit_test", "test"],
        ):
            subprocess.run([str(part) for part in command], cwd=PROJECT, env=env, check=True)
        manifest = json.loads((place / "target/manifest.json").read_text())
        with duckdb.connect(str(place / "release.duckdb"), read_only=True) as con:
            tables = [_record(con, schema, name) for schema, name in _kept(con, manifest)]
    (RELEASE / "tables.json").write_text(json.dumps(tables, indent=1) + "\n")
    print(f"{len(tables)} tables in {RELEASE.relative_to(PROJECT)}")


def _kept(con: duckdb.DuckDBPyConnection, manifest: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the tables that a next release finds and does not simply replace, by schema and name."""
    incremental = {
        (node["schema"], node["alias"])
        for node in manifest["nodes"].values()
        if node["config"].get("materialized") == "incremental"
    }
    rows = con.execute("select schema_name, table_name from duckdb_tables() order by all").fetchall()
    return [
        (schema, name)
        for schema, name in rows
        if schema in ("raw", "seeds", "snapshots", "marts") or (schema, name) in incremental
    ]


def _record(con: duckdb.DuckDBPyConnection, schema: str, name: str) -> dict[str, Any]:
    """Write a table's rows, and return what it is."""
    columns = con.execute(
        "select column_name, lower(data_type), not is_nullable from duckdb_columns() "
        "where schema_name = ? and table_name = ? order by column_index",
        [schema, name],
    ).fetchall()
    keys = con.execute(
        "select constraint_column_names from duckdb_constraints() "
        "where schema_name = ? and table_name = ? and constraint_type = 'PRIMARY KEY'",
        [schema, name],
    ).fetchall()
    comment = con.execute(
        "select comment from duckdb_tables() where schema_name = ? and table_name = ?", [schema, name]
    ).fetchall()
    if rows := con.execute(f'from "{schema}"."{name}" limit 1').fetchall():
        (RELEASE / schema).mkdir(exist_ok=True)
        path = RELEASE / schema / f"{name}.parquet"
        con.execute(
            f'copy (from "{schema}"."{name}" order by all) to \'{path}\' (format parquet, compression zstd, '
            "compression_level 19)"
        )
    return {
        "schema": schema,
        "name": name,
        "columns": {column: data_type for column, data_type, _ in columns},
        "not_null": [column for column, _, is_required in columns if is_required],
        "primary_key": keys[0][0] if keys else [],
        "comment": comment[0][0],
        "has_rows": bool(rows),
    }


if __name__ == "__main__":
    main()
