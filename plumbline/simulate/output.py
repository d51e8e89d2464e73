"""Files that are written as the days go by, the same bytes for the same content."""

from __future__ import annotations

import csv
import datetime
import gzip
import heapq
import io
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

_SLOT = re.compile(r'"\\u0000(\w+)\\u0000"')


def slot(name: str) -> str:
    """Returns what stands in a template's document for a value that each rendering fills in."""
    return f"\0{name}\0"


class Template:
    """A JSON document with slots, put together as text: most of an event is the same each time."""

    def __init__(self, document: Any) -> None:
        self._parts = _SLOT.split(json.dumps(document, sort_keys=True))

    def render(self, values: Mapping[str, str]) -> str:
        """Returns the document; values are JSON texts by the name of their slot."""
        parts = self._parts.copy()
        for index in range(1, len(parts), 2):
            parts[index] = values[parts[index]]
        return "".join(parts)


class Table:
    """A CSV file with a header."""

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("w", encoding="utf-8", newline="")
        self._columns = tuple(columns)
        self._writer = csv.writer(self._file, lineterminator="\n")
        self._writer.writerow(self._columns)

    def add(self, row: Mapping[str, Any]) -> None:
        """Writes a row: columns that it lacks are empty; times have microseconds, booleans are 0 or 1."""
        self._writer.writerow([_cell(row.get(column)) for column in self._columns])

    def close(self) -> None:
        """Closes the file."""
        self._file.close()


class Days:
    """Lines that wait until their time, a file for each day that has some.

    They are kept unrendered and leave in the order of their times, so what is held is what is under way.
    """

    def __init__(self, folder: Path, name: str, last: datetime.datetime) -> None:
        self._folder = folder
        self._name = name
        self._last = last
        self._waiting: list[tuple[datetime.datetime, int, Callable[[], str]]] = []
        self._count = 0
        self._day: datetime.date | None = None
        self._file: io.BufferedWriter | None = None
        self._stream: gzip.GzipFile | io.BufferedWriter | None = None
        folder.mkdir(parents=True, exist_ok=True)

    def add(self, at: datetime.datetime, line: Callable[[], str]) -> None:
        """Takes a line that arrives at `at`; what arrives after the end of the simulation is not written."""
        if at < self._last:
            self._count += 1
            heapq.heappush(self._waiting, (at, self._count, line))

    def flush(self, until: datetime.datetime) -> None:
        """Writes what arrived before an instant."""
        while self._waiting and self._waiting[0][0] < until:
            at, _, line = heapq.heappop(self._waiting)
            if at.date() != self._day:
                self._open(at.date())
            assert self._stream is not None  # noqa: S101
            self._stream.write(line().encode() + b"\n")

    def close(self) -> None:
        """Writes what is left and closes the file."""
        self.flush(self._last)
        self._close_file()

    def _open(self, day: datetime.date) -> None:
        self._close_file()
        self._day = day
        path = self._folder / self._name.format(day=day.isoformat())
        self._file = path.open("wb")
        self._stream = self._file
        if path.suffix == ".gz":
            self._stream = gzip.GzipFile("", "wb", compresslevel=1, fileobj=self._file, mtime=0)

    def _close_file(self) -> None:
        if self._stream is not None and self._file is not None:
            self._stream.close()
            self._file.close()


class JsonList:
    """A JSON document whose list of records grows, one a line."""

    def __init__(self, path: Path, head: Mapping[str, Any], key: str) -> None:
        self._file = path.open("w", encoding="utf-8")
        self._file.write(json.dumps(head)[:-1] + f', "{key}": [')
        self._separator = "\n"

    def add(self, record: Mapping[str, Any]) -> None:
        """Writes a record."""
        self._file.write(self._separator + json.dumps(record))
        self._separator = ",\n"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.write("\n]}\n")
        self._file.close()


def write_json(path: Path, document: Any) -> None:
    """Writes one JSON document."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document), encoding="utf-8")


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
    """Writes a whole CSV file."""
    table = Table(path, columns)
    for row in rows:
        table.add(row)
    table.close()


def _cell(value: Any) -> Any:
    if isinstance(value, datetime.datetime):
        return value.isoformat(" ", "microseconds")
    if isinstance(value, bool):
        return int(value)
    return "" if value is None else value
