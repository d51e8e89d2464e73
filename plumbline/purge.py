"""Purges a warehouse: deletes what the variable `retention_days` of dbt_project.yml no longer keeps.

What goes, and why, stands in macros/retention; dbt runs it, in one transaction.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.table import Table as PrintedTable

from plumbline.dbt import run_dbt
from plumbline.errors import ConfigError, PlumblineError
from plumbline.lock import Lock
from plumbline.log import Log
from plumbline.stop import Stop

PURGE = "purge"
_FAILED = (
    "Nothing was purged: dbt failed. Where it misses a relation, this version has not built the whole warehouse yet: "
    "start 'plumbline run' first."
)


@dataclass(frozen=True)
class PurgedTable:
    """What went, or would go, of one table: how many rows, of the time from the first to the last (UTC)."""

    name: str
    rows: int
    first_at: str | None
    last_at: str | None


@dataclass(frozen=True)
class Purged:
    """What a purge did, or would do, and what to know of it."""

    tables: tuple[PurgedTable, ...]
    warnings: tuple[str, ...]


class _Reading:
    """Takes dbt's messages: what the macro reports, and what went wrong."""

    is_coloured = False

    def __init__(self, log: Log) -> None:
        self._log = log
        self.reporter, self.run_ended = log.reporter, log.run_ended
        self.report: dict[str, Any] = {}
        self.errors: list[str] = []

    def event(self, step: str, event: str, message: str, level: str = "info", **fields: Any) -> None:
        """Keeps a report or an error; passes on what is neither, where it is more than dbt's usual words."""
        if fields.get("dbt_event") == "JinjaLogInfo":
            self.report.update(json.loads(message))
        elif level == "error":
            self.errors.append(message)
        elif level == "warning":
            self._log.event(step, event, message, level, **fields)


def purge(project: Path, target: str, schema_prefix: str, is_dry_run: bool, log: Log, lock: Lock, stop: Stop) -> Purged:
    """Purges a warehouse, or only says what would go.

    Raises ConfigError where retention_days makes no sense, PlumblineError where dbt fails, and Stopped; nothing is
    deleted then.
    """
    reading = _Reading(log)
    # The artifacts of the last build stay, which --retry continues from.
    arguments = ["run-operation", PURGE, "--args", json.dumps({"dry_run": is_dry_run}), "--no-write-json"]
    arguments += ["--target", target]
    done = run_dbt(arguments, PURGE, project, schema_prefix, reading, lock, stop)
    stop.check()
    if problems := reading.report.get("problems"):
        raise ConfigError("\n".join(problems))
    if done.code:
        raise PlumblineError("\n".join([_FAILED, *reading.errors]))
    return Purged(_tables(reading.report["purged"]), tuple(reading.report["warnings"]))


def _tables(steps: list[dict[str, Any]]) -> tuple[PurgedTable, ...]:
    """Returns one entry a table, which may have been purged in several steps."""
    found: dict[str, list[dict[str, Any]]] = {}
    for step in steps:
        if step["rows"]:
            found.setdefault(step["table"], []).append(step)
    return tuple(
        PurgedTable(
            name,
            sum(part["rows"] for part in parts),
            min((part["from"] for part in parts if part["from"]), default=None),
            max((part["to"] for part in parts if part["to"]), default=None),
        )
        for name, parts in found.items()
    )


def purged_table(purged: Purged) -> PrintedTable:
    """Returns the table that closes a purge: what went, from when to when."""
    table = PrintedTable(box=None, pad_edge=False)
    table.add_column("table")
    table.add_column("rows", justify="right")
    table.add_column("from")
    table.add_column("to")
    for one in purged.tables:
        table.add_row(one.name, f"{one.rows:,}", (one.first_at or "")[:19], (one.last_at or "")[:19])
    return table
