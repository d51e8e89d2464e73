"""OpenLineage events in files: NDJSON, JSON arrays, and documents of one or more events; gzip too.

DuckDB reads large NDJSON files whole. Python reads what DuckDB cannot, and small files, and hands the
events on; what an event is, and whether it can be landed, is decided in one query for both.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import re
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from plumbline.errors import FeedError
from plumbline.feeds import FilesConfig
from plumbline.files import SNIFFED, Content, Found, Ledger, Scan, find_files, is_lines, read_from, scan, split_lines
from plumbline.json_stream import BrokenJson, JsonReader, mended, null_constant
from plumbline.quoting import literal
from plumbline.session import LONGEST_CONTENT, Session, Spool
from plumbline.unpack import columns, shape

_SMALL_FILE = 256 << 10
_SPOOLED_BYTES = 64 << 20
_READ_AT_ONCE = 2
_LONGEST_USUAL_LINE = 16 << 20
_LONGEST_WHOLE_LINE = 128 << 20
_WHOLE_BYTES = 2 << 30
# A log that is truncated while it is written to has NULs in front of its next line.
_SPACE = b"\x00 \t\r\n"

# What of an event says whether it is one, beside what the source declares.
_JUDGED_BY = ("eventTime", "eventType", "producer", "schemaURL", "run.runId", "job.namespace", "job.name")
# What DuckDB reads and PostgreSQL does not: NaN, NUL, halves of surrogate pairs, commas before an end.
_ODD = re.compile(r"NaN|Infinity|\\u0000|\\u[dD]|,\s*[\]}]")
_ODD_SQL = (
    "contains(text, 'NaN') or contains(text, 'Infinity') or contains(text, '\\u0000') "
    "or contains(text, '\\ud') or contains(text, '\\uD') or regexp_matches(text, ',\\s*[\\]}]')"
)
_UUID = "________-____-____-____-____________"
_TRUNCATED = "truncated: the last line has no end; it will be loaded when the file has grown"


class Config(FilesConfig):
    """The keys of a feed of files."""

    kind: Literal["openlineage"]


def load(config: Config, session: Session) -> None:
    """Lands the events of new files, and the new events of files that have grown."""
    files = find_files(session.folder, config.path)
    if not files:
        if not config.optional:
            raise FeedError(f"no file matches {config.path} (relative paths start from {session.folder})")
        session.note(f"no file matches {config.path} yet")
        return
    ledger = Ledger(session)
    lander = _Lander(session, ledger)
    fresh = ledger.changed(files)
    total = sum(file.size for file in fresh) or 1
    done = 0
    for file, scanned in _scanned(fresh, ledger):
        session.progress(file.path, done / total)
        lander.land(file, scanned)
        done += file.size
    lander.finish()
    ledger.finish()


def _scanned(files: list[Found], ledger: Ledger) -> Iterator[tuple[Found, Future[tuple[Content, Scan]]]]:
    """Goes through the files in their order, and reads the next ones in the meantime."""

    def read(file: Found) -> tuple[Content, Scan]:
        content = Content(file.place)
        return content, scan(content, ledger.grown_from(file), _SMALL_FILE)

    pool = ThreadPoolExecutor(_READ_AT_ONCE)
    try:
        coming = iter(files)
        waiting = deque((file, pool.submit(read, file)) for file in itertools.islice(coming, _READ_AT_ONCE))
        while waiting:
            yield waiting.popleft()
            waiting.extend((file, pool.submit(read, file)) for file in itertools.islice(coming, 1))
    finally:
        pool.shutdown(cancel_futures=True)


@dataclass
class _Work:
    """One file that is being landed. Counts are of records; `reread` is set where it is read again after its scan."""

    number: int
    file: Found
    reread: _Pieces | None
    sha256: str
    consumed_bytes: int
    consumed_lines: int
    start_lines: int
    landed: int = 0
    rejected: int = 0
    is_read: bool = False


class _Lander:
    def __init__(self, session: Session, ledger: Ledger) -> None:
        self.session = session
        self.ledger = ledger
        self.works: list[_Work] = []
        self.whole: list[tuple[_Work, _Pieces]] = []
        self.is_landing_whole = False
        self.files = 0
        self.spool = self._new_spool()

    def land(self, file: Found, scanned: Future[tuple[Content, Scan]]) -> None:
        """Lands one file, as far as it is new. A file that cannot be opened is tried again next time."""
        try:
            content, found = scanned.result()
        except OSError as error:
            self.session.reject(file.path, None, f"the file cannot be read: {error.strerror}", None)
            return
        if not self.ledger.claim(found.sha256):
            self.ledger.record(file, found.sha256, found.size, found.lines, 0, 0)
            return
        self.session.files_or_tables += 1
        self.files += 1
        pieces = _Pieces(content, found)
        reread = pieces if found.data is None else None
        work = _Work(self.files, file, reread, found.sha256, found.size, found.lines, found.start_lines)
        self.works.append(work)
        head = pieces.head()
        if _is_binary(head):
            self._reject(work, None, "the file is binary, not JSON text", head)
        elif is_lines(head):
            self._land_lines(work, pieces)
        else:
            self._land_documents(work, pieces, head)
        work.is_read = True
        waiting = sum(work.file.size for work, _ in self.whole)
        if waiting > _WHOLE_BYTES or self.spool.size > _SPOOLED_BYTES or len(self.works) >= 10_000:
            self.flush()

    def finish(self) -> None:
        """Lands what is left."""
        self.flush()
        self.spool.remove()

    def flush(self) -> None:
        """Lands the files that wait, then the events that Python read, and notes the files that are done."""
        if self.is_landing_whole:
            return
        self.is_landing_whole = True
        self._land_whole_files()
        self.is_landing_whole = False
        if self.spool.rows:
            self._land_spool()
        for work in self.works:
            if work.is_read:
                if work.reread is not None:
                    work.reread.check()
                self.ledger.record(
                    work.file, work.sha256, work.consumed_bytes, work.consumed_lines, work.landed, work.rejected
                )
        self.works = [work for work in self.works if not work.is_read]

    def _land_lines(self, work: _Work, pieces: _Pieces) -> None:
        found = pieces.found
        is_large = found.line_size - pieces.start >= _SMALL_FILE and found.problem is None
        if is_large and found.longest_line <= _LONGEST_WHOLE_LINE:
            self.whole.append((work, pieces))
        else:
            self._read_lines(work, pieces)
        rest = b"".join(pieces.chunks(max(pieces.start, found.line_size)))
        is_whole = not rest.strip(_SPACE) or self._read_line(work, found.lines + 1, rest, found.problem or _TRUNCATED)
        if found.problem is not None and is_whole:
            self._reject(work, None, found.problem, None)
        if not is_whole or found.problem is not None:
            work.sha256, work.consumed_bytes, work.consumed_lines = found.line_sha256, found.line_size, found.lines
        elif rest.strip(_SPACE):
            work.consumed_lines += 1

    def _read_lines(self, work: _Work, pieces: _Pieces) -> None:
        found = pieces.found
        for number, line in enumerate(split_lines(pieces.chunks(end=found.line_size)), start=found.start_lines + 1):
            self._read_line(work, number, line)

    def _read_line(self, work: _Work, number: int, line: bytes, broken: str | None = None) -> bool:
        """Takes a line on to be judged, or rejects it; `broken` is the reason for one that is cut off.

        Returns whether it is whole.
        """
        text = line.strip(_SPACE)
        if not text:
            return True
        try:
            decoded = text.decode("utf-8").removeprefix("\ufeff").strip()
        except UnicodeDecodeError as error:
            self._reject(work, number, f"is not valid UTF-8: {error.reason} at byte {error.start + 1}", line)
            return broken is None
        try:
            value = json.loads(decoded, parse_constant=null_constant)
        except (ValueError, RecursionError) as error:
            problem = error.msg if isinstance(error, json.JSONDecodeError) else "is nested too deeply"
            self._reject(work, number, broken or f"is not valid JSON: {problem}", line)
            return broken is None
        self._keep(work, number, decoded, value)
        return True

    def _keep(self, work: _Work, number: int, text: str, value: Any) -> None:
        """Takes a JSON value on to be judged with the others."""
        self.spool.add((work.number, number, text, _cleaned(value) if _ODD.search(text) else None))
        if self.spool.size > _SPOOLED_BYTES:
            self.flush()

    def _reject(self, work: _Work, line: int | None, reason: str, content: bytes | str | None) -> None:
        self.session.reject(work.file.path, line, reason, content)
        work.rejected += 1

    def _land_documents(self, work: _Work, pieces: _Pieces, head: bytes) -> None:
        """Lands the elements of a JSON array, or JSON documents that follow each other."""
        reader = JsonReader(read_from(pieces.chunks()))
        number = 0
        try:
            if reader.peek() == "[":
                for _ in reader.elements():
                    number += 1
                    value, text = reader.value()
                    self._keep(work, number, text, value)
            while reader.peek():
                number += 1
                value, text = reader.value()
                self._keep(work, number, text, value)
        except BrokenJson as error:
            problem = pieces.found.problem or (
                "truncated: the document has no end" if error.is_truncated else f"is not valid JSON: {error}"
            )
            self._reject(work, max(number, 1), problem, reader.rest(LONGEST_CONTENT))
        except UnicodeDecodeError as error:
            self._reject(work, number + 1, f"is not valid UTF-8: {error.reason}", bytes(error.object[:LONGEST_CONTENT]))
        else:
            if pieces.found.problem:
                self._reject(work, None, pieces.found.problem, None)
        work.consumed_lines = number

    def _land_whole_files(self) -> None:
        """Lands the whole lines of the files that wait for it with DuckDB, many files at once.

        Together they fill the table's row groups, which DuckDB then compresses on every core.
        """
        waiting, self.whole = self.whole, []
        by_compression: dict[str, list[tuple[_Work, _Pieces, Path]]] = {}
        for work, pieces in waiting:
            place, compression = pieces.place_of_lines(self.session)
            by_compression.setdefault(compression, []).append((work, pieces, place))
        for compression, batch in by_compression.items():
            self._land_batch(compression, batch)

    def _land_batch(self, compression: str, batch: list[tuple[_Work, _Pieces, Path]]) -> None:
        warehouse = self.session.warehouse
        longest = max(pieces.found.longest_line for _, pieces, _ in batch)
        source = _objects([place for _, _, place in batch], compression, longest)
        warehouse.con.execute("create or replace temp table whole_files (place varchar, path varchar)")
        names = self.session.spool({"place": "varchar", "path": "varchar"})
        for work, _, place in batch:
            names.add((str(place), work.file.path))
        warehouse.con.execute(f"insert into whole_files select * from {names.relation()}")
        names.remove()
        events = self._judged(f"select filename, json as text, json as event from {source}")
        landed_in_all = self._insert(
            f"({events}) as judged inner join whole_files on judged.filename = whole_files.place "
            "where reason is null and not odd"
        )
        warehouse.con.execute("drop table whole_files")
        given = {str(place): pieces.found.lines - pieces.found.start_lines for _, pieces, place in batch}
        counts = given
        if landed_in_all != sum(given.values()):  # counted in the files again, because the table may hold years
            counts = dict(
                warehouse.query(
                    f"select filename, count(*) from ({events}) as judged where reason is null and not odd group by 1"
                )
            )
        relation = warehouse.relation(self.session.table("events"))
        ours = f"_source_name = {literal(self.session.name)} and _load_id = {literal(self.session.load_id)}"
        grown: list[tuple[_Work, _Pieces, Path]] = []
        for work, pieces, place in batch:
            landed = counts.get(str(place), 0)
            one = _objects([place], compression, longest)
            is_as_scanned = pieces.is_copied or pieces.content.is_unchanged()
            if is_as_scanned and (landed == given[str(place)] or self._read_odd_lines(work, one, place, landed)):
                work.landed += landed
                self.session.landed += landed
                continue
            warehouse.con.execute(f"delete from {relation} where {ours} and _source_file = {literal(work.file.path)}")
            if is_as_scanned:
                self._read_lines(work, pieces)
            else:
                grown.append((work, pieces, pieces.copy(self.session)))
        if grown:
            self._land_batch("uncompressed", grown)

    def _read_odd_lines(self, work: _Work, source: str, place: Path, landed: int) -> bool:
        """Takes the lines that DuckDB could not land, or not as they are, one by one.

        Returns False, having taken none, when the lines cannot be told apart.
        """
        warehouse = self.session.warehouse
        numbered = f"select row_number() over () as line_number, json as text, json as event from {source}"
        with warehouse.in_order():
            rows = warehouse.query(
                f"select line_number from ({self._judged(numbered)}) as judged where reason is not null or odd"
            )
        odd = {row[0] for row in rows}
        lines: list[tuple[int, bytes]] = []
        given = 0
        for number, line in enumerate(split_lines(Content(place).chunks()), start=1):
            if line.strip(b" \t\r\n"):
                given += 1
                if given in odd:
                    lines.append((number, line))
        if given != landed + len(odd):
            return False
        for number, line in lines:
            self._read_line(work, work.start_lines + number, line)
        return True

    def _land_spool(self) -> None:
        spool, self.spool = self.spool, self._new_spool()
        warehouse = self.session.warehouse
        warehouse.con.execute(
            "create or replace temp table judged_events as "
            + self._judged(f"select file, line_number, text, coalesce(clean, text) as event from {spool.relation()}")
        )
        spool.remove()
        warehouse.con.execute("create or replace temp table event_files (file integer, path varchar)")
        names = self.session.spool({"file": "integer", "path": "varchar"})
        for work in self.works:
            names.add((work.number, work.file.path))
        warehouse.con.execute(f"insert into event_files select * from {names.relation()}")
        names.remove()
        source = "judged_events inner join event_files using (file)"
        by_number = {work.number: work for work in self.works}
        for number, landed, rejected in warehouse.query(
            "select file, count(*) filter (where reason is null), count(reason) from judged_events group by file"
        ):
            by_number[number].landed += landed
            by_number[number].rejected += rejected
        self.session.landed += self._insert(f"{source} where reason is null")
        self.session.reject_all(
            f"select path as place, line_number, reason, text as content from {source} where reason is not null"
        )
        warehouse.con.execute("drop table judged_events")
        warehouse.con.execute("drop table event_files")

    def _insert(self, judged: str) -> int:
        """Lands judged events; `judged` is what stands behind `from`, with the path of each event's file."""
        table = self.session.table("events")
        values = {
            "_source_name": literal(self.session.name),
            "_source_file": "path",
            "event_time": "event_time",
            "event_type": "upper(e.eventType)",
            "event_kind": "event_kind",
            "run_id": f"case when event_kind = 'RUN' and e.run.runId like '{_UUID}' then lower(e.run.runId) "
            "when event_kind = 'RUN' then e.run.runId end",
            "job_namespace": "case when event_kind <> 'DATASET' then e.job.namespace end",
            "job_name": "case when event_kind <> 'DATASET' then e.job.name end",
            "producer": "e.producer",
            "schema_url": "e.schemaURL",
            "event_md5": "cast(md5(text) as uuid)",
            "event": "event",
            **columns(table, "e"),
        }
        names = ["_loaded_at", "_load_id", *values]
        query = f"select {self.session.stamp}, {', '.join(values.values())} from {judged}"
        return self.session.warehouse.insert(table, names, query)

    def _judged(self, source: str) -> str:
        return _judged(source, shape(self.session.table("events"), _JUDGED_BY))

    def _new_spool(self) -> Spool:
        return self.session.spool({"file": "integer", "line_number": "bigint", "text": "varchar", "clean": "varchar"})


class _Pieces:
    """The part of a file's content that is new, as it was when it was scanned."""

    def __init__(self, content: Content, found: Scan) -> None:
        self.content = content
        self.found = found
        self.is_copied = False
        self.start = found.start
        head = b"".join(itertools.islice(self.chunks(found.start), 1))
        if found.start and head[:2].lstrip(b"\r")[:1] == b"\n":
            self.start += head.index(b"\n") + 1  # the end of the last line that was landed

    def chunks(self, start: int | None = None, end: int | None = None) -> Iterator[bytes]:
        """Goes through the content from `start` to `end` (bytes), or else through all that is new."""
        start = self.start if start is None else start
        end = self.found.size if end is None else end
        if self.found.data is not None:
            yield self.found.data[start:end]
            return
        at = 0
        for chunk in self.content.chunks():
            piece = chunk[max(0, start - at) : max(0, end - at)]
            at += len(chunk)
            if piece:
                yield piece
            if at >= end:
                return

    def head(self) -> bytes:
        """Returns the first bytes that are new, some thousand where there are as many."""
        head = b""
        for chunk in self.chunks():
            head += chunk
            if len(head) >= SNIFFED:
                break
        return head

    def place_of_lines(self, session: Session) -> tuple[Path, str]:
        """Returns a file that holds the new whole lines and nothing else, and how it is compressed.

        It is a copy where there is no such file.
        """
        found = self.found
        if self.start == 0 and found.line_size == found.size and self.content.is_unchanged():
            place = session.place_for_duckdb(self.content.place)
            return place, "gzip" if self.content.is_gzip else "uncompressed"
        return self.copy(session), "uncompressed"

    def copy(self, session: Session) -> Path:
        """Returns a copy of the new whole lines."""
        self.is_copied = True
        copy = session.scratch_file(".ndjson")
        with copy.open("wb") as file:
            for chunk in self.chunks(end=self.found.line_size):
                file.write(chunk)
        return copy

    def check(self) -> None:
        """Raises FeedError where the file does not begin with what was scanned any more."""
        if self.content.is_unchanged():
            return
        running, rest = hashlib.sha256(), self.found.size
        try:
            for chunk in self.content.chunks():
                running.update(chunk[:rest])
                rest -= min(rest, len(chunk))
        except OSError:
            rest = -1
        if rest or running.hexdigest() != self.found.sha256:
            raise FeedError(
                f"{self.content.place} was rewritten or moved while it was read, so nothing of this feed was landed; "
                "load again"
            )


def _objects(places: list[Path], compression: str, longest_line: int) -> str:
    """Returns the DuckDB expression that reads the lines of files as json, and the file of each as filename."""
    paths = ", ".join(literal(str(place)) for place in places)
    return (
        f"read_json_objects([{paths}], format = 'newline_delimited', ignore_errors = true, filename = true, "
        f"compression = '{compression}', maximum_object_size = {max(_LONGEST_USUAL_LINE, longest_line + 1)})"
    )


def _is_binary(head: bytes) -> bool:
    """Whether this is the beginning of something else than text."""
    return b"\x00" in head and head.strip(_SPACE)[:1] not in (b"{", b"[", b"")


def _cleaned(value: Any) -> str:
    """Returns a JSON value as text that every engine can hold."""
    return json.dumps(mended(value), ensure_ascii=False, separators=(",", ":"))


def _judged(source: str, structure: str) -> str:
    """Returns the query that reads events and says what is wrong with them.

    `source` gives text (as delivered; null where the line is broken) and event (the text to land). Adds
    e (the event, read by `structure`), event_kind, event_time, odd, and reason, null for a good event.
    """
    # A time may lack seconds and carry its zone's name behind (Java writes both).
    time = (
        r"regexp_replace(regexp_replace(upper(trim(e.eventTime)), '\[[^\]]*\]$', ''), "
        r"'^(\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2})(Z|[+-].*)?$', '\1:00\2')"
    )
    return f"""
        with parsed as (select *, from_json(event, {structure}) as e from ({source}) as source),
        timed as (
            select
                *,
                case
                    -- Nearly all times are whole, and need none of the mending.
                    when e.eventTime like '____-__-__T__:__:__%' and try_cast(e.eventTime as timestamptz) is not null
                        then try_cast(e.eventTime as timestamptz) at time zone 'UTC'
                    when regexp_matches(e.eventTime, '^\\s*\\d{{4}}-\\d{{2}}-\\d{{2}}[Tt ]\\d{{2}}:\\d{{2}}')
                        then try_cast({time} as timestamptz) at time zone 'UTC'
                end as event_time,
                case
                    when e.run is not null then 'RUN'
                    when e.dataset is not null then 'DATASET'
                    when e.job is not null then 'JOB'
                end as event_kind,
                coalesce({_ODD_SQL}, true) as odd
            from parsed
        )
        select
            *,
            case
                when text is null then 'is not valid JSON'
                when not starts_with(text, '{{') then 'is not a JSON object'
                when event_kind is null then 'is not an OpenLineage event: it has no run, job or dataset'
                when event_kind = 'RUN' and coalesce(e.run.runId, '') = '' then 'has no run.runId'
                when event_kind <> 'DATASET' and coalesce(e.job.namespace, '') = '' then 'has no job.namespace'
                when event_kind <> 'DATASET' and coalesce(e.job.name, '') = '' then 'has no job.name'
                when event_kind = 'DATASET' and coalesce(e.dataset ->> '$.namespace', '') = ''
                    then 'has no dataset.namespace'
                when event_kind = 'DATASET' and coalesce(e.dataset ->> '$.name', '') = '' then 'has no dataset.name'
                when e.eventTime is null then 'has no eventTime'
                when event_time is null then 'eventTime is no time that can be read'
            end as reason
        from timed
    """
