"""Files that feeds read: finding them, reading them, and knowing what of them is already landed.

A file is known by its path, size and time, or else by the SHA-256 of its content. Content is what a
gzip file holds, not its bytes, so that a log that was rotated, renamed or compressed after it was
landed is not landed again, and one that has grown goes on from where it was.
"""

from __future__ import annotations

import datetime
import glob
import hashlib
import json
import os
import stat
import zlib
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from plumbline.quoting import column_list, literal
from plumbline.session import Session

# How much of a content says what it is.
SNIFFED = 4096
_CHUNK = 1 << 20
_GZIP_MAGIC = b"\x1f\x8b"
_EPOCH = datetime.datetime(1970, 1, 1)
_MOST_GONE = 1_000

# How much of a file may be landed already: {bytes: {their SHA-256: how many lines they are}}.
Boundaries = dict[int, dict[str, int]]


@dataclass(frozen=True)
class Found:
    """A file that a feed's path names: its path as written down, and where and how it is on disk."""

    path: str
    place: Path
    size: int
    modified_at: datetime.datetime


@dataclass
class Kept:
    """What raw.load_files says of one state of a file."""

    path: str
    sha256: str
    consumed_bytes: int
    size: int
    modified_at: datetime.datetime
    consumed_lines: int


def find_files(folder: Path, pattern: str) -> list[Found]:
    """Returns the files that a path, folder or glob names, in order of their paths.

    A relative pattern starts from `folder`. A folder stands for every file in it, at any depth.
    """
    expanded = os.path.expanduser(pattern)
    is_absolute = os.path.isabs(expanded)
    root = None if is_absolute else folder
    if (folder / expanded).is_dir() and not glob.has_magic(expanded):
        expanded = os.path.join(expanded, "**")
    found: dict[str, Found] = {}
    for name in glob.iglob(expanded, root_dir=root, recursive=True):
        place = Path(name) if is_absolute else folder / name
        try:
            status = place.stat()
        except OSError:
            continue  # a link that leads nowhere, or a file that has just gone
        if stat.S_ISREG(status.st_mode):
            path = os.fsencode(os.path.normpath(name)).decode("utf-8", "backslashreplace")
            found[path] = Found(path, place, status.st_size, _time(status.st_mtime_ns))
    return [found[path] for path in sorted(found)]


def _state(status: os.stat_result) -> tuple[int, int, int, int]:
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def _time(nanoseconds: int) -> datetime.datetime:
    return _EPOCH + datetime.timedelta(microseconds=nanoseconds // 1000)


class Content:
    """The bytes of a file in order, decompressed where it is gzip; `problem` says why they end early."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.problem: str | None = None
        with place.open("rb") as file:
            self._state = _state(os.fstat(file.fileno()))
            self.is_gzip = file.read(2) == _GZIP_MAGIC

    def is_unchanged(self) -> bool:
        """Whether nobody has written to the file, or put another in its place, since it was first opened."""
        try:
            return _state(self.place.stat()) == self._state
        except OSError:
            return False

    def chunks(self) -> Iterator[bytes]:
        """Goes through the content. Raises OSError."""
        self.problem = None
        with self.place.open("rb") as file:
            if self.is_gzip:
                yield from self._decompressed(iter(lambda: file.read(_CHUNK), b""))
            else:
                yield from iter(lambda: file.read(_CHUNK), b"")

    def _decompressed(self, parts: Iterator[bytes]) -> Iterator[bytes]:
        member = zlib.decompressobj(wbits=31)
        is_open = True
        for data in parts:
            while data:
                if not is_open:
                    data = data.lstrip(b"\x00")  # padding between or behind members
                    if not data:
                        break
                    member, is_open = zlib.decompressobj(wbits=31), True
                try:
                    piece = member.decompress(data, _CHUNK * 4)
                except zlib.error as error:
                    self.problem = f"the gzip data is damaged: {error}"
                    return
                if piece:
                    yield piece
                data = member.unconsumed_tail
                if member.eof:
                    data, is_open = member.unused_data, False
        if is_open:
            self.problem = "the gzip data ends too early: the file is truncated"


@dataclass
class Scan:
    """What one pass over a file's content found.

    `sha256` and `size` are of all of it, the `line_*` of it up to and with its last line end; `start` and
    `start_lines` say how much of it, from the beginning, is already landed. `longest_line` is exact, in bytes,
    where it is long, and else no less than it is.
    """

    sha256: str
    size: int
    line_sha256: str
    line_size: int
    lines: int
    longest_line: int
    start: int
    start_lines: int
    problem: str | None
    data: bytes | None


class Ledger:
    """What raw.load_files knows of one feed, and what this load adds to it."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._table = session.table("load_files", "plumbline")
        self._by_path: dict[str, list[Kept]] = {}
        self._contents: set[str] = set()
        self._gone: list[Kept] = []
        self._spool = session.spool_for(self._table)
        self._replaced: list[tuple[str, str]] = []
        rows = session.warehouse.query(
            "select _source_file, content_sha256, consumed_bytes, size_bytes, modified_at, consumed_lines "
            f"from {session.warehouse.relation(self._table)} where _source_name = {literal(session.name)} "
            "order by _loaded_at, consumed_bytes"
        )
        for row in rows:
            kept = Kept(*row)
            self._by_path.setdefault(kept.path, []).append(kept)
            self._contents.add(kept.sha256)

    def is_unchanged(self, file: Found) -> bool:
        """Whether the file's last landed state has this size and time."""
        states = self._by_path.get(file.path)
        return bool(states) and (states[-1].size, states[-1].modified_at) == (file.size, file.modified_at)  # type: ignore[index]

    def claim(self, sha256: str) -> bool:
        """Whether this content is new under every name; from now on it is not."""
        is_new = sha256 not in self._contents
        self._contents.add(sha256)
        return is_new

    def has_returned(self, file: Found, sha256: str) -> bool:
        """Whether the file holds again what it held before its last landed state."""
        states = self._by_path.get(file.path, [])
        return any(kept.sha256 == sha256 for kept in states) and states[-1].sha256 != sha256

    def release(self, sha256: str) -> None:
        """Takes back a claim to content that was not landed after all."""
        self._contents.discard(sha256)

    def changed(self, files: Sequence[Found]) -> list[Found]:
        """Returns the files that are new or changed; they may have grown from any file that is not as it was."""
        fresh = [file for file in files if not self.is_unchanged(file)]
        unchanged = {file.path for file in files} - {file.path for file in fresh}
        self._gone = [states[-1] for path, states in self._by_path.items() if path not in unchanged][-_MOST_GONE:]
        return fresh

    def grown_from(self, file: Found) -> Boundaries:
        """Returns what a file may have grown from: its own last state, or a file that is gone (a rotated log)."""
        boundaries: Boundaries = {}
        for kept in [*self._gone, *self._by_path.get(file.path, [])[-1:]]:
            if kept.consumed_bytes:
                boundaries.setdefault(kept.consumed_bytes, {})[kept.sha256] = kept.consumed_lines
        return boundaries

    def record(
        self, file: Found, sha256: str, consumed_bytes: int, consumed_lines: int, landed: int, rejected: int
    ) -> None:
        """Notes that a file was read up to here."""
        if any(kept.sha256 == sha256 for kept in self._by_path.get(file.path, ())):
            self._replaced.append((file.path, sha256))
        self._spool.add(
            (
                self._session.name,
                file.path,
                sha256,
                consumed_bytes,
                file.size,
                file.modified_at.isoformat(sep=" "),
                consumed_lines,
                landed,
                rejected,
                self._session.loaded_at.isoformat(sep=" "),
                self._session.load_id,
            )
        )
        self._contents.add(sha256)

    def finish(self) -> None:
        """Writes what was noted."""
        if not self._spool.rows:
            return
        warehouse = self._session.warehouse
        columns = list(self._table.columns)
        for path, sha256 in self._replaced:
            warehouse.con.execute(
                f"delete from {warehouse.relation(self._table)} where _source_name = {literal(self._session.name)} "
                f"and _source_file = {literal(path)} and content_sha256 = {literal(sha256)}"
            )
        warehouse.insert(self._table, columns, f"select {column_list(columns)} from {self._spool.relation()}")
        self._spool.remove()


def scan(content: Content, boundaries: Boundaries, keep: int) -> Scan:
    """Reads a file's content once, from its beginning.

    `boundaries` is what `Ledger.grown_from` returned. The content itself is kept in the result when it is
    no longer than `keep` bytes. Raises OSError.
    """
    running = hashlib.sha256()
    line_hash = running.copy()
    size = line_size = lines = longest_line = start = start_lines = 0
    line_end = 0
    stops = sorted(boundaries)
    kept: list[bytes] | None = []
    for chunk in content.chunks():
        if kept is not None:
            kept.append(chunk)
            if size + len(chunk) > keep:
                kept = None
        at = 0
        last_line = chunk.rfind(b"\n") + 1
        marks = {stop - size for stop in stops[: bisect_right(stops, size + len(chunk))]}
        stops = stops[len(marks) :]
        for mark in sorted(marks | {last_line}):
            running.update(chunk[at:mark])
            at = mark
            known = boundaries[size + mark].get(running.hexdigest()) if mark in marks else None
            if known is not None:
                start, start_lines = size + mark, known
            if mark and mark == last_line:
                line_hash = running.copy()
                line_size = size + mark
        lines += chunk.count(b"\n")
        longest_line = max(longest_line, len(chunk), size + (chunk.find(b"\n") if last_line else len(chunk)) - line_end)
        line_end = size + last_line if last_line else line_end
        running.update(chunk[at:])
        size += len(chunk)
    return Scan(
        sha256=running.hexdigest(),
        size=size,
        line_sha256=line_hash.hexdigest(),
        line_size=line_size,
        lines=lines,
        longest_line=longest_line,
        start=start,
        start_lines=start_lines,
        problem=content.problem,
        data=b"".join(kept) if kept is not None else None,
    )


def is_lines(head: bytes) -> bool:
    """Whether content is one record a line: its first line is a whole value, or no beginning of one.

    `head` is its first `SNIFFED` bytes, or all of it.
    """
    text = head.lstrip(b"\xef\xbb\xbf\x00 \t\r\n")
    first, end, _ = text.partition(b"\n")
    first = first.strip()
    if first[:1] == b"[":
        return False
    if first[:1] != b"{":
        return True
    if not end:
        return len(head) >= SNIFFED or first[-1:] != b"{"
    try:
        json.loads(first)
    except ValueError:
        return first[-1:] not in (b"{", b"[", b",") and first != b"{"
    except RecursionError:
        pass
    return True


def split_lines(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Goes through lines with their ends."""
    rest: list[bytes] = []
    for chunk in chunks:
        parts = chunk.split(b"\n")
        for part in parts[:-1]:
            rest.append(part)
            yield b"".join(rest) + b"\n"
            rest.clear()
        rest.append(parts[-1])
    last = b"".join(rest)
    if last:
        yield last


def read_from(chunks: Iterator[bytes]) -> Callable[[int], bytes]:
    """Returns a `read(size)` over chunks; it may return more than was asked for."""
    return lambda size: next((chunk for chunk in chunks if chunk), b"")
