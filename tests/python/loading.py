"""Runs `plumbline load` in this process, on feeds that a test writes."""

from __future__ import annotations

import csv
import json
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from plumbline.cli import main
from plumbline.warehouse import open_warehouse
from support import ROOT

SHARED = ROOT.parent / "shared" / "data"
needs_shared_data = pytest.mark.skipif(not SHARED.is_dir(), reason=f"recorded metadata is not here: {SHARED}")


@dataclass
class Done:
    """What a command left behind: its exit code and what it printed, both streams together."""

    code: int
    output: str


class Loader:
    """A folder with a plumbline.yml and a warehouse of its own."""

    def __init__(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], target: str = "dev"
    ) -> None:
        self.folder = folder
        self.target = target
        self._monkeypatch = monkeypatch
        self._capsys = capsys
        monkeypatch.chdir(folder)
        monkeypatch.setenv("PLUMBLINE_DUCKDB_PATH", str(folder / "warehouse.duckdb"))
        monkeypatch.delenv("PLUMBLINE_SCHEMA_PREFIX", raising=False)

    def run(self, *arguments: str) -> Done:
        """Run the command."""
        self._monkeypatch.setattr(sys, "argv", ["plumbline", *arguments])
        self._capsys.readouterr()
        code = 0
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
        printed = self._capsys.readouterr()
        output = printed.out + printed.err
        assert "Traceback" not in output
        return Done(code, output)

    def load(self, *feeds: dict[str, Any], fails: bool = False) -> Done:
        """Load these feeds, or those of the last time."""
        if feeds:
            (self.folder / "plumbline.yml").write_text(yaml.safe_dump({"feeds": list(feeds)}, sort_keys=False))
        done = self.run("load", "--target", self.target)
        assert done.code == (1 if fails else 0), done.output
        return done

    def use_own_staging(self) -> Path:
        """Let the loader read its sources in a copy of models/staging, for a test that changes them, and return it."""
        staging = self.folder / "project" / "models" / "staging"
        shutil.copytree(ROOT / "models" / "staging", staging)
        self._monkeypatch.setenv("PLUMBLINE_PROJECT_DIR", str(self.folder / "project"))
        return staging

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Query the warehouse; `raw.` stands for its raw schema."""
        warehouse = open_warehouse(self.target, "", read_only=True)
        try:
            return warehouse.query(sql.replace("raw.", f"{warehouse.catalog}.raw."))
        finally:
            warehouse.con.close()

    def value(self, sql: str) -> Any:
        """Query one value."""
        return self.query(sql)[0][0]

    def contents(self, tables: Sequence[str], select: str = "*") -> dict[str, list[tuple[Any, ...]]]:
        """What raw tables hold, in a fixed order."""
        warehouse = open_warehouse(self.target, "", read_only=True)
        try:
            return {
                table: warehouse.query(f"select {select} from {warehouse.relation(table)} order by all")
                for table in tables
            }
        finally:
            warehouse.con.close()

    def rejected(self) -> list[tuple[str, int | None, str]]:
        """What was rejected: file, line and reason."""
        return self.query(
            "select _source_file, line_number, reason from raw.rejected_records order by _source_file, line_number"
        )


def event(number: int = 0, **changes: Any) -> dict[str, Any]:
    """Return a run event; keyword arguments replace its top-level fields, None removes them."""
    made = {
        "eventType": "COMPLETE",
        "eventTime": f"2026-01-{number % 27 + 1:02d}T00:00:00.123456Z",
        "run": {"runId": f"01941F29-7C00-7000-8000-{number:012d}"},
        "job": {"namespace": "shop", "name": f"job_{number}"},
        "producer": "https://example.com/producer/1.0",
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "inputs": [],
        "outputs": [],
        **changes,
    }
    return {name: value for name, value in made.items() if value is not None}


def lines(*values: Any) -> bytes:
    """Return NDJSON; text and bytes stay as they are."""
    parts = [
        value if isinstance(value, bytes) else (value if isinstance(value, str) else json.dumps(value)).encode()
        for value in values
    ]
    return b"".join(part + b"\n" for part in parts)


def count_csv_rows(path: Path) -> int:
    """Count the records of a CSV file, which may hold line ends, with Python's csv module."""
    csv.field_size_limit(1 << 30)
    with path.open(newline="", encoding="utf-8") as file:
        return sum(1 for _ in csv.reader(file)) - 1


def tables_of(path: Path) -> list[str]:
    """Return the tables that a DuckDB file holds, with their schemas."""
    with duckdb.connect(str(path), read_only=True) as con:
        return [
            f"{schema}.{name}"
            for schema, name in con.execute(
                "select schema_name, table_name from duckdb_tables() order by all"
            ).fetchall()
        ]
