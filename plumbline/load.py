"""Loads every feed of a configuration, each in one transaction with its entry in raw.loads."""

from __future__ import annotations

import dataclasses
import datetime
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

import duckdb

from plumbline import __version__, schedules
from plumbline.config import Config
from plumbline.declared import declared_tables, project_folder
from plumbline.errors import PlumblineError, first_line
from plumbline.feeds import FeedConfig, feed_kinds
from plumbline.progress import Reporter
from plumbline.session import Session, readable
from plumbline.warehouse import Warehouse, open_warehouse


@dataclass(frozen=True)
class FeedResult:
    """What loading one feed did. `seconds` is the time it took; `error` is set when it failed."""

    name: str
    kind: str
    state: str
    files_or_tables: int
    landed: int
    rejected: int
    seconds: float
    error: str | None = None
    reasons: dict[str, int] = field(default_factory=dict)


def load_warehouse(
    config: Config, feeds: Sequence[FeedConfig], target: str, schema_prefix: str, reporter: Reporter
) -> list[FeedResult]:
    """Opens a target's warehouse, makes the raw tables that are missing, and loads these feeds of a configuration.

    Returns one result a feed. Raises PlumblineError when the warehouse cannot be opened.
    """
    tables = declared_tables(project_folder())
    warehouse = open_warehouse(target, schema_prefix, is_loading=True)
    with warehouse:
        warehouse.create_tables(tables)
        return load_feeds(dataclasses.replace(config, feeds=tuple(feeds)), warehouse, reporter)


def load_feeds(config: Config, warehouse: Warehouse, reporter: Reporter) -> list[FeedResult]:
    """Loads every feed, in order, whether or not those before it failed. Returns one result a feed."""
    load_id = str(uuid.uuid4())
    results = []
    clock = _Clock(warehouse)
    for feed in config.feeds:
        reporter.feed_started(feed.name, feed.kind)
        result = _load_feed(config, feed, warehouse, reporter, load_id, clock)
        reporter.feed_ended(result)
        results.append(result)
    failure = _expand_schedules(config, warehouse, reporter, load_id, clock)
    return results if failure is None else [*results, failure]


class _Clock:
    """The time of loads, which never goes back, though the machine's clock may: what is loaded later is newer."""

    def __init__(self, warehouse: Warehouse) -> None:
        loads = warehouse.relation(warehouse.table("plumbline", "loads"))
        self._last: datetime.datetime | None = warehouse.value(f"select max(started_at) from {loads}")

    def next(self) -> datetime.datetime:
        """Returns now (UTC), or the least time after the last load where the machine's clock is behind that."""
        now = _now()
        self._last = now if self._last is None else max(now, self._last + datetime.timedelta(microseconds=1))
        return self._last


def _load_feed(
    config: Config, feed: FeedConfig, warehouse: Warehouse, reporter: Reporter, load_id: str, clock: _Clock
) -> FeedResult:
    began = time.monotonic()
    started_at = clock.next()
    try:
        with (
            Session(
                warehouse,
                feed.kind,
                feed.name,
                load_id,
                started_at,
                config.folder,
                on_progress=reporter.progress,
                on_note=lambda text: reporter.note(feed.name, text),
            ) as session,
            warehouse.transaction(),
        ):
            warehouse.wait_for_commits()
            feed_kinds()[feed.kind].load(feed, session)
            session.finish()
            is_new = session.files_or_tables or session.landed or session.rejected
            result = FeedResult(
                feed.name,
                feed.kind,
                "loaded" if is_new else "unchanged",
                session.files_or_tables,
                session.landed,
                session.rejected,
                time.monotonic() - began,
                reasons=session.reasons,
            )
            _write_load(warehouse, result, load_id, started_at)
        # The commit takes its time too.
        return dataclasses.replace(result, seconds=time.monotonic() - began)
    except (PlumblineError, duckdb.Error, OSError) as error:
        message = str(error) if isinstance(error, PlumblineError) else _explained(error)
        result = FeedResult(feed.name, feed.kind, "failed", 0, 0, 0, time.monotonic() - began, error=message)
        try:
            with warehouse.transaction():
                _write_load(warehouse, result, load_id, started_at)
        except duckdb.Error as second:
            reporter.note(feed.name, f"the failure could not be noted in the warehouse: {first_line(second)}")
    return result


def _expand_schedules(
    config: Config, warehouse: Warehouse, reporter: Reporter, load_id: str, clock: _Clock
) -> FeedResult | None:
    """Expands the schedules that are landed, in a transaction of its own; returns its failure, if it failed."""
    began = time.monotonic()
    try:
        with (
            Session(warehouse, "plumbline", "schedules", load_id, clock.next(), config.folder) as session,
            warehouse.transaction(),
        ):
            warehouse.wait_for_commits()
            schedules.expand(session)
    except (PlumblineError, duckdb.Error, OSError) as error:
        message = str(error) if isinstance(error, PlumblineError) else _explained(error)
        failed = FeedResult("schedules", "plumbline", "failed", 0, 0, 0, time.monotonic() - began, error=message)
        reporter.feed_ended(failed)
        return failed
    return None


def _explained(error: duckdb.Error | OSError) -> str:
    text = first_line(error)
    if isinstance(error, duckdb.OutOfMemoryException):
        return f"{text} (PLUMBLINE_MEMORY_LIMIT gives DuckDB more than its 2GB)"
    return text


def _write_load(warehouse: Warehouse, result: FeedResult, load_id: str, started_at: datetime.datetime) -> None:
    table = warehouse.table("plumbline", "loads")
    row: Sequence[object] = (
        load_id,
        result.name,
        result.kind,
        result.state,
        started_at,
        max(_now(), started_at),
        result.files_or_tables,
        result.landed,
        result.rejected,
        readable(result.error),
        __version__,
    )
    marks = ", ".join("?" for _ in row)
    warehouse.con.execute(f"insert into {warehouse.relation(table)} values ({marks})", list(row))


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
