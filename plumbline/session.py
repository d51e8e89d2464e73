"""What a feed is given to land its records with: the warehouse, counters, rejections and scratch files."""

from __future__ import annotations

import datetime
import json
import re
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from plumbline.declared import Table
from plumbline.quoting import column_list, literal, quoted
from plumbline.warehouse import Warehouse, duckdb_type

LONGEST_CONTENT = 100_000
# DuckDB takes these in a path for a pattern, and has no way to say that they are none.
_PATTERN = re.compile(r"[*?\[\\]")
_KNOWN_SUFFIXES = (".csv", ".parquet", ".gz")


def readable(content: bytes | str | None) -> str | None:
    """Returns a record as text that every engine can hold: what is no UTF-8 is shown as escapes, and cut."""
    if content is None:
        return None
    if isinstance(content, str):
        content = content[:LONGEST_CONTENT].encode("utf-8", "backslashreplace")
    return content[: LONGEST_CONTENT * 4].decode("utf-8", "backslashreplace").replace("\x00", "\\x00")[:LONGEST_CONTENT]


class Spool:
    """A scratch file of rows, one JSON object a line, that DuckDB reads as a relation."""

    def __init__(self, path: Path, columns: Mapping[str, str]) -> None:
        self.path = path
        self.columns = dict(columns)
        self.rows = 0
        self.size = 0
        self._longest = 0
        self._file = path.open("w", encoding="ascii")

    def add(self, row: Sequence[Any]) -> None:
        """Adds a row, its values in the order of the columns; times as ISO text, JSON as plain values."""
        line = json.dumps(dict(zip(self.columns, row, strict=True)), separators=(",", ":"))
        self._file.write(line)
        self._file.write("\n")
        self.rows += 1
        self.size += len(line)
        self._longest = max(self._longest, len(line))

    def relation(self) -> str:
        """Ends the writing and returns the SQL that reads the rows."""
        self._file.close()
        if not self.rows:
            nothing = ", ".join(f"cast(null as {kind}) as {quoted(name)}" for name, kind in self.columns.items())
            return f"(select {nothing} limit 0)"
        shape = ", ".join(f"{quoted(name)}: {literal(kind)}" for name, kind in self.columns.items())
        largest = max(16 << 20, self._longest + 2)
        return (
            f"read_json({literal(str(self.path))}, columns = {{{shape}}}, format = 'newline_delimited', "
            f"maximum_object_size = {largest})"
        )

    def remove(self) -> None:
        """Deletes the scratch file."""
        self._file.close()
        self.path.unlink(missing_ok=True)


class Session:
    """One load of one feed, inside its transaction."""

    def __init__(
        self,
        warehouse: Warehouse,
        kind: str,
        name: str,
        load_id: str,
        loaded_at: datetime.datetime,
        folder: Path,
        on_progress: Callable[[str, float], None] = lambda what, share: None,
        on_note: Callable[[str], None] = lambda text: None,
    ) -> None:
        self.warehouse = warehouse
        self.kind = kind
        self.name = name
        self.load_id = load_id
        self.loaded_at = loaded_at
        self.folder = folder
        self.progress = on_progress
        self.note = on_note
        self.files_or_tables = 0
        self.landed = 0
        self.rejected = 0
        self.reasons: dict[str, int] = {}
        self._scratch = tempfile.TemporaryDirectory(prefix="plumbline-", ignore_cleanup_errors=True)
        self._spools = 0
        self._rejections: Spool | None = None

    def __enter__(self) -> Session:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._rejections is not None:
            self._rejections.remove()
        self._scratch.cleanup()

    @property
    def stamp(self) -> str:
        """The SQL values of _loaded_at and _load_id."""
        return f"timestamp {literal(self.loaded_at.isoformat(sep=' '))}, {literal(self.load_id)}"

    def table(self, name: str, feed: str | None = None) -> Table:
        """Returns a declared raw table of this feed, or of another source."""
        return self.warehouse.table(feed or self.kind, name)

    def scratch_file(self, suffix: str = "") -> Path:
        """Returns a new path for a scratch file, which is deleted when the load ends."""
        self._spools += 1
        return Path(self._scratch.name) / f"{self._spools}{suffix}"

    def place_for_duckdb(self, place: Path) -> Path:
        """Returns the path by which DuckDB reads a file: its own, or a link's where DuckDB would misread its own."""
        if str(place).isprintable() and not _PATTERN.search(str(place)):
            return place
        link = self.scratch_file("".join(part for part in place.suffixes if part in _KNOWN_SUFFIXES))
        link.symlink_to(place.absolute())
        return link

    def spool(self, columns: Mapping[str, str]) -> Spool:
        """Returns a new scratch file for rows with these columns and DuckDB types."""
        return Spool(self.scratch_file(".ndjson"), columns)

    def spool_for(self, table: Table) -> Spool:
        """Returns a new scratch file for rows of a declared table."""
        return self.spool({name: duckdb_type(kind) for name, kind in table.columns.items()})

    def stamped(self, table: Table, row: Mapping[str, Any]) -> list[Any]:
        """Returns a row's values in the order of a table's columns, with what every row of a load has."""
        stamp = {
            "_source_name": self.name,
            "_loaded_at": self.loaded_at.isoformat(sep=" "),
            "_load_id": self.load_id,
        }
        return [{**stamp, **row}.get(name) for name in table.columns]

    def reject(self, place: str, line: int | None, reason: str, content: bytes | str | None) -> None:
        """Keeps a record that cannot be read; `place` is its file or table, `line` counts from 1."""
        if self._rejections is None:
            self._rejections = self.spool_for(self.table("rejected_records", "plumbline"))
        self._rejections.add(
            (
                self.name,
                self.kind,
                place,
                line,
                reason,
                readable(content),
                self.loaded_at.isoformat(sep=" "),
                self.load_id,
            )
        )
        self.count_rejected(reason, 1)

    def reject_all(self, query: str) -> int:
        """Keeps the records that a query returns as (place, line_number, reason, content); returns how many."""
        table = self.table("rejected_records", "plumbline")
        found = self.warehouse.query(f"select reason, count(*) from ({query}) as bad group by reason order by reason")
        if not found:
            return 0
        columns = ["_source_name", "feed_kind", "_source_file", "line_number", "reason", "content"]
        content = f"replace(left(content, {LONGEST_CONTENT}), chr(0), '\\x00')"
        count = self.warehouse.insert(
            table,
            [*columns, "_loaded_at", "_load_id"],
            f"select {literal(self.name)}, {literal(self.kind)}, place, line_number, reason, {content}, {self.stamp} "
            f"from ({query}) as bad",
        )
        for reason, number in found:
            self.count_rejected(reason, number)
        return count

    def count_rejected(self, reason: str, number: int) -> None:
        """Counts records that were rejected."""
        self.rejected += number
        self.reasons[reason] = self.reasons.get(reason, 0) + number

    def finish(self) -> None:
        """Writes what was kept back: the rejected records."""
        if self._rejections is not None and self._rejections.rows:
            table = self.table("rejected_records", "plumbline")
            columns = list(table.columns)
            self.warehouse.insert(table, columns, f"select {column_list(columns)} from {self._rejections.relation()}")
