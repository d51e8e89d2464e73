"""Lands documents that stand in files as JSON (one a line, in arrays, one after the other), CSV or YAML; gzip too.

A feed says of each document which rows it gives. A file of lines that has grown goes on from where it ended; a
file that holds no lines is landed whole or, where it breaks off, not at all.
"""

from __future__ import annotations

import codecs
import csv
import datetime
import hashlib
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from plumbline.errors import FeedError
from plumbline.files import SNIFFED, Content, Found, Ledger, Scan, find_files, is_lines, read_from, scan, split_lines
from plumbline.json_stream import BrokenJson, JsonReader, mended, null_constant
from plumbline.quoting import column_list, literal
from plumbline.session import LONGEST_CONTENT, Session, Spool
from plumbline.yaml_documents import YamlProblem, yaml_documents

_SPACE = b" \t\r\n"
_BOM = b"\xef\xbb\xbf"
_LONGEST_FIELD = 16 << 20
_LARGEST_YAML = 16 << 20
_TRUNCATED = "truncated: the last line has no end; it will be loaded when the file has grown"

_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-](0\d|1[0-5])(:?[0-5]\d)?)?", re.ASCII)

Row = tuple[str, dict[str, Any]]


class UnreadableError(Exception):
    """A document that is not what its feed reads; the message says why and what to do."""


def land_documents(
    session: Session,
    path: str,
    optional: bool,
    rows_of: Callable[[Any], Iterable[Row]],
    state_table: str | None = None,
    keeps_rejected_text: bool = True,
) -> None:
    """Lands what is new in the files that `path` names.

    `rows_of` returns the rows of a document, each a raw table and its columns, or raises UnreadableError. Columns that
    every table has are added, and `document_number`, `content_sha256` and `modified_at` where the table declares them.
    A document of a CSV file is a line of it, its empty columns left out.

    With a `state_table` a file is a state of something, read whole each time: the table gets a row for each state of a
    file, also where its content was landed before, and one without content when it is gone. Without
    `keeps_rejected_text`, what is rejected is kept without its text, because that may hold secrets.
    """
    files = find_files(session.folder, path)
    if not files:
        if not optional:
            raise FeedError(f"no file matches {path} (relative paths start from {session.folder})")
        session.note(f"no file matches {path} yet")
        return
    ledger = Ledger(session)
    lander = _Lander(session, ledger, rows_of, state_table, keeps_rejected_text)
    fresh = ledger.changed(files)
    for number, file in enumerate(fresh):
        session.progress(file.path, number / len(fresh))
        lander.land(file)
    lander.finish({file.path for file in files})
    ledger.finish()


def is_time(value: Any) -> bool:
    """Whether this is a day and time of ISO 8601, as staging reads them."""
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        return False
    try:
        return datetime.datetime.fromisoformat(value[:19]).year > 0
    except ValueError:
        return False


class _Lander:
    """Reads files into scratch files, one a table, which are landed together."""

    def __init__(
        self,
        session: Session,
        ledger: Ledger,
        rows_of: Callable[[Any], Iterable[Row]],
        state_table: str | None,
        keeps_rejected_text: bool,
    ) -> None:
        self.session = session
        self.ledger = ledger
        self.rows_of = rows_of
        self.state_table = state_table
        self.keeps_rejected_text = keeps_rejected_text
        self._spools: dict[str, Spool] = {}
        self._forgotten: list[str] = []
        self._lines: dict[str, int] = {}
        states = self._known_states()
        self._states = dict(states)
        self._contents = {content for _, content in states if content}

    def land(self, file: Found) -> None:
        """Lands one file, as far as it is new. A file that cannot be opened is tried again next time."""
        claimed = None
        try:
            content = Content(file.place)
            found = scan(content, {} if self.state_table else self.ledger.grown_from(file), 0)
            if not self.ledger.claim(found.sha256):
                self.ledger.record(file, found.sha256, found.size, self._lines_of(found), 0, 0)
                self._note_state(file.path, found.sha256, file.modified_at)
                return
            claimed = found.sha256
            reading = self._read(file, content, found)
            is_as_scanned = reading.pieces.sha256() == found.sha256
        except OSError as error:
            self._forgotten.append(file.path)
            self.ledger.release(claimed or "")
            self.session.reject(file.path, None, f"the file cannot be read: {error.strerror}", None)
            return
        if not is_as_scanned:
            self._forgotten.append(file.path)
            self.ledger.release(found.sha256)
            self.session.note(f"{file.path} was rewritten while it was read; the next load takes it")
            return
        self.session.files_or_tables += 1
        if reading.is_broken:
            self._forgotten.append(file.path)
        else:
            self._contents.add(found.sha256)
            self._note_state(file.path, found.sha256, file.modified_at)
        for line, reason, text in reading.rejected:
            self.session.reject(file.path, line, reason, text if self.keeps_rejected_text else None)
        landed = 0 if reading.is_broken else reading.landed
        self.ledger.record(file, *reading.consumed, landed, len(reading.rejected))
        self._lines[reading.consumed[0]] = reading.consumed[2]

    def _lines_of(self, found: Scan) -> int:
        """Returns how many lines or documents a content holds that was landed before; its line ends do not say."""
        if found.sha256 not in self._lines:
            table = self.session.warehouse.relation(self.session.table("load_files", "plumbline"))
            lines = self.session.warehouse.value(
                f"select max(consumed_lines) from {table} where _source_name = {literal(self.session.name)} "
                f"and content_sha256 = {literal(found.sha256)}"
            )
            self._lines[found.sha256] = found.lines if lines is None else lines
        return self._lines[found.sha256]

    def _known_states(self) -> list[tuple[str, str | None]]:
        """Returns each file with each content that it was seen with, None where it was gone, the last one last."""
        if not self.state_table:
            return []
        table = self.session.warehouse.relation(self.session.table(self.state_table))
        rows = self.session.warehouse.query(
            f"select _source_file, content_sha256 from {table} where _source_name = {literal(self.session.name)} "
            "order by _loaded_at"
        )
        return [(path, content) for path, content in rows]

    def _note_state(self, path: str, content: str | None, at: datetime.datetime) -> None:
        is_known = content is None or content in self._contents
        if self.state_table and is_known and self._states.get(path) != content:
            self._states[path] = content
            self._add(
                self.state_table,
                {"_source_file": path, "content_sha256": content, "modified_at": at.isoformat(sep=" ")},
            )

    def finish(self, present: set[str]) -> None:
        """Lands what was read; `present` are the files that are there."""
        for path in sorted(path for path, content in self._states.items() if content and path not in present):
            self._note_state(path, None, self.session.loaded_at)
        for name, spool in self._spools.items():
            table = self.session.table(name)
            columns = list(table.columns)
            query = f"select {column_list(columns)} from {spool.relation()}"
            if self._forgotten:
                query += f" where _source_file not in ({', '.join(map(literal, self._forgotten))})"
            self.session.landed += self.session.warehouse.insert(table, columns, query)
            spool.remove()

    def _read(self, file: Found, content: Content, found: Scan) -> _Reading:
        pieces = _Pieces(content, found)
        head = _head(content)
        reading = _Reading(file, pieces, self.rows_of, self._add)
        name = file.path.lower().removesuffix(".gz")
        if name.endswith(".csv"):
            reading.read_csv()
        elif name.endswith((".yml", ".yaml")):
            reading.read_yaml()
        elif b"\x00" in head:
            reading.reject(None, "the file is binary, not JSON text", head)
        elif is_lines(head):
            reading.read_lines()
        else:
            reading.read_documents()
        return reading

    def _add(self, table: str, row: dict[str, Any]) -> None:
        declared = self.session.table(table)
        if table not in self._spools:
            self._spools[table] = self.session.spool_for(declared)
        self._spools[table].add(self.session.stamped(declared, row))


class _Pieces:
    """The bytes of a file up to where it was scanned, and the SHA-256 of those that were read."""

    def __init__(self, content: Content, found: Scan) -> None:
        self.content = content
        self.found = found
        self._running = hashlib.sha256()
        self._left = found.size
        self._source = content.chunks()
        self.sha256_at_start = self._running.hexdigest()

    def chunks(self, start: int = 0) -> Iterator[bytes]:
        """Goes through the bytes from `start` on, once."""
        at = 0
        for chunk in self._source:
            piece = chunk[: self._left]
            self._left -= len(piece)
            if at <= start <= at + len(piece):
                self._running.update(piece[: start - at])
                self.sha256_at_start = self._running.hexdigest()
                self._running.update(piece[start - at :])
            else:
                self._running.update(piece)
            fresh = piece[max(0, start - at) :]
            at += len(piece)
            if fresh:
                yield fresh
            if not self._left:
                return

    def sha256(self) -> str:
        """Reads what is left and returns the SHA-256 of everything."""
        for _ in self.chunks():
            pass
        return self._running.hexdigest()


class _Reading:
    """One file that is being read: what of it is rejected, and up to where it is done with.

    Nothing of a file that `is_broken` is to be landed.
    """

    def __init__(
        self,
        file: Found,
        pieces: _Pieces,
        rows_of: Callable[[Any], Iterable[Row]],
        add: Callable[[str, dict[str, Any]], None],
    ) -> None:
        self.file = file
        self.pieces = pieces
        self.found = pieces.found
        self.rows_of = rows_of
        self.add = add
        self.landed = 0
        self.is_broken = False
        self.rejected: list[tuple[int | None, str, bytes | str | None]] = []
        self.consumed = (self.found.sha256, self.found.size, self.found.lines)

    def reject(self, line: int | None, reason: str, text: bytes | str | None) -> None:
        """Notes what cannot be landed."""
        self.rejected.append((line, reason, text))

    def read_lines(self) -> None:
        """Reads one document a line; a last line without its end is left to the load that finds it whole."""
        found = self.found
        number = found.start_lines
        is_whole = True
        is_first = True
        for line in split_lines(self.pieces.chunks(found.start)):
            # The end of the last line that was landed without one.
            if not (is_first and found.start and line.strip(b"\r") == b"\n"):
                number += 1
                is_whole = self._read_line(number, line, line.endswith(b"\n"))
            is_first = False
        if found.problem is not None and is_whole:
            self.reject(None, found.problem, None)
        if not is_whole or found.problem is not None:
            self.consumed = (found.line_sha256, found.line_size, found.lines)
        else:
            self.consumed = (found.sha256, found.size, number)

    def read_documents(self) -> None:
        """Reads the elements of JSON arrays, and documents that follow each other, all or none of them."""
        found = self.found
        reader = JsonReader(read_from(self.pieces.chunks(found.start)))
        number = found.start_lines
        try:
            while kind := reader.peek():
                for _ in reader.elements() if kind == "[" else (None,):
                    number += 1
                    value, text = reader.value()
                    self._take(number, value, text)
            if found.problem:
                raise BrokenJson(found.problem, is_truncated=True)
        except (BrokenJson, UnicodeDecodeError) as error:
            self.is_broken = True
            self.rejected.clear()
            if isinstance(error, UnicodeDecodeError):
                self.reject(number + 1, f"is not valid UTF-8: {error.reason}", error.object[:LONGEST_CONTENT])
            else:
                cut = found.problem or "truncated: the document has no end"
                reason = cut if error.is_truncated else f"is not valid JSON: {error}"
                self.reject(max(number, 1), f"{reason}; nothing of the file is landed", reader.rest(LONGEST_CONTENT))
            self.consumed = (self.pieces.sha256_at_start, found.start, found.start_lines)
        else:
            self.consumed = (found.sha256, found.size, number)

    def read_csv(self) -> None:
        """Reads the lines of a CSV file with a header, each as an object of its columns that are not empty."""
        found = self.found
        rows = csv.reader(_text_lines(codecs.iterdecode(self.pieces.chunks(), "utf-8-sig")), strict=True)
        number, broken = 0, found.problem
        limit = csv.field_size_limit(_LONGEST_FIELD)
        try:
            header = [name.strip() for name in next(rows, [])]
            for values in rows:
                number += 1
                if number <= found.start_lines or not values:
                    continue
                if len(values) != len(header):
                    reason = f"has {len(values)} columns where the header has {len(header)}"
                    self.reject(number + 1, reason, _written(values))
                    continue
                pairs = zip(header, values, strict=True)
                row = {name: value for name, value in pairs if value.strip() != ""}
                self._take(number + 1, row, _written(values), number)
        except UnicodeDecodeError as error:
            broken = broken or f"is not valid UTF-8: {error.reason}"
        except csv.Error as error:
            broken = broken or f"is not valid CSV: {error}"
        finally:
            csv.field_size_limit(limit)
        if broken:
            self.reject(number + 2, broken, None)
        is_cut = bool(self.rejected) and self.rejected[-1][0] == number + 1 and found.size > found.line_size
        if is_cut:
            self.rejected[-1] = (number + 1, _TRUNCATED, self.rejected[-1][2])
        # It is read from its header on each time, so that only the number of its lines says how far it is landed.
        if broken or is_cut:
            self.consumed = (found.line_sha256, found.line_size, number - is_cut)
        else:
            self.consumed = (found.sha256, found.size, number)

    def read_yaml(self) -> None:
        """Reads the documents of a YAML file, all or none of them; a number, but a whole one, and a time stay text."""
        number = 0
        try:
            if self.found.size > _LARGEST_YAML:
                raise UnreadableError(f"is larger than the {_LARGEST_YAML >> 20} MB that a YAML file may have")
            text = b"".join(self.pieces.chunks()).decode("utf-8-sig")
            if self.found.problem:
                raise UnreadableError(self.found.problem)
            for number, document in enumerate(list(yaml_documents(text, has_fractions=False)), start=1):
                self._take(document.first_line, document.value, "", number)
        except UnicodeDecodeError as error:
            self._break(f"is not valid UTF-8: {error.reason}")
        except YamlProblem as error:
            self._break(str(error), error.line)
        except UnreadableError as error:
            self._break(str(error))
        self.consumed = (self.found.sha256, 0, number)

    def _break(self, reason: str, line: int | None = None) -> None:
        self.is_broken = True
        self.rejected.clear()
        self.reject(line, reason, None)

    def _read_line(self, number: int, line: bytes, is_ended: bool) -> bool:
        """Takes one line, or rejects it. Returns whether it is whole."""
        text = line.removeprefix(_BOM).strip(_SPACE + b"\x00")
        if not text:
            return True
        try:
            decoded = text.decode("utf-8")
            value = json.loads(decoded, parse_constant=null_constant)
        except UnicodeDecodeError as error:
            self.reject(number, f"is not valid UTF-8: {error.reason} at byte {error.start + 1}", line)
            return is_ended
        except (ValueError, RecursionError) as error:
            problem = error.msg if isinstance(error, json.JSONDecodeError) else "is nested too deeply"
            broken = None if is_ended else self.found.problem or _TRUNCATED
            self.reject(number, broken or f"is not valid JSON: {problem}", line)
            return is_ended
        self._take(number, value, decoded)
        return True

    def _take(self, line: int, value: Any, text: str, number: int | None = None) -> None:
        try:
            rows = list(self.rows_of(mended(value)))
        except UnreadableError as error:
            self.reject(line, str(error), text)
            return
        place = {
            "_source_file": self.file.path,
            "document_number": line if number is None else number,
            "content_sha256": self.found.sha256,
            "modified_at": self.file.modified_at.isoformat(sep=" "),
        }
        for table, row in rows:
            self.add(table, {**place, **row})
            self.landed += 1


def _head(content: Content) -> bytes:
    head = b""
    for chunk in content.chunks():
        head += chunk
        if len(head) >= SNIFFED:
            break
    return head.removeprefix(_BOM).lstrip(_SPACE + b"\x00")


def _text_lines(chunks: Iterator[str]) -> Iterator[str]:
    """Goes through lines of text with their ends."""
    rest = ""
    for chunk in chunks:
        *ended, rest = (rest + chunk).split("\n")
        for line in ended:
            yield line + "\n"
    if rest:
        yield rest


def _written(values: list[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(values)
    return text.getvalue()
