"""dbt's artifacts: manifest, run_results, sources and catalog files of every version from dbt 0.19 on.

A file is known by the schema's address in its metadata, not by its name. Large files are read piece
by piece, so that memory follows the largest resource.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator
from typing import Any, BinaryIO, Literal

from plumbline.errors import FeedError
from plumbline.feeds import FilesConfig
from plumbline.files import Content, Found, Ledger, find_files, scan
from plumbline.json_stream import BrokenJson, JsonReader, mended, open_reader
from plumbline.quoting import column_list, literal
from plumbline.session import LONGEST_CONTENT, Session, Spool

# The newest version of each artifact whose layout is known.
_NEWEST = {"manifest": 12, "run-results": 6, "sources": 3, "catalog": 1}
_SCHEMA_ADDRESS = re.compile(r"/dbt/(?P<type>[a-z-]+)/v(?P<version>\d+)(?:\.json)?$")
# What else dbt writes into its target folder; nothing that is an artifact for people.
_NO_ARTIFACTS = {"semantic_manifest.json", "graph_summary.json", "perf_info.json"}
_MANIFEST_SECTIONS = {
    *("nodes", "sources", "exposures", "metrics", "groups", "unit_tests", "semantic_models", "disabled"),
}
_CATALOG_SECTIONS = {"nodes", "sources"}
_NODE_LEFT_OUT = ("compiled_code", "compiled_sql", "raw_code", "raw_sql", "created_at", "docs")
_RESULT_LEFT_OUT = ("compiled_code", "compiled_sql")


class Config(FilesConfig):
    """`path` is a folder, a glob of folders, or of files."""

    kind: Literal["dbt"]


class _Unreadable(Exception):
    """A file that is no artifact that can be read; the message says why and what to do."""


def load(config: Config, session: Session) -> None:
    """Lands the artifacts whose content is new."""
    files = _artifact_files(config, session)
    if not files:
        if not config.optional:
            raise FeedError(
                f"no .json file in {config.path} (relative paths start from {session.folder}); it is to name "
                "folders that hold manifest.json, run_results.json, sources.json or catalog.json"
            )
        session.note(f"no .json file in {config.path} yet")
        return
    ledger = Ledger(session)
    artifacts = _Artifacts(session)
    fresh = ledger.changed(files)
    for number, file in enumerate(fresh):
        session.progress(file.path, number / len(fresh))
        try:
            content = Content(file.place)
            found = scan(content, {}, 0)
            if not ledger.claim(found.sha256):
                ledger.record(file, found.sha256, found.size, 1, 0, 0)
                continue
            before, problem = artifacts.records, None
            try:
                artifacts.read(file, found.sha256)
            except _Unreadable as error:
                problem = str(error)
            if not content.is_unchanged():
                artifacts.forget(file)
                ledger.release(found.sha256)
                session.note(f"{file.path} was written while it was read; the next load takes it")
                continue
            if problem is not None:
                with file.place.open("rb") as opened:
                    session.reject(file.path, None, problem, opened.read(LONGEST_CONTENT))
        except OSError as error:
            session.reject(file.path, None, f"the file cannot be read: {error.strerror}", None)
            continue
        session.files_or_tables += 1
        ledger.record(file, found.sha256, found.size, 1, artifacts.records - before, int(problem is not None))
    artifacts.finish()
    ledger.finish()


def _artifact_files(config: Config, session: Session) -> list[Found]:
    """Returns the .json files that the path names, or that stand in the folders it names."""
    pattern = config.path
    found = {file.path: file for file in find_files(session.folder, pattern) if file.path.endswith(".json")}
    if not found or pattern.endswith("/"):
        inside = os.path.join(pattern, "*.json")
        found.update({file.path: file for file in find_files(session.folder, inside)})
    return [found[path] for path in sorted(found) if os.path.basename(path) not in _NO_ARTIFACTS]


class _Artifacts:
    """Reads artifacts into scratch files, one a table, which are landed together.

    `records` counts artifacts, resources, results and relations, but not the contents of resources, which
    are kept once however many manifests repeat them.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self.records = 0
        self._spools: dict[str, Spool] = {}
        self._contents: set[tuple[str, str]] = set()
        self._broken: list[str] = []

    def read(self, file: Found, artifact_id: str) -> None:
        """Reads one file. Raises _Unreadable, in which case none of it is landed, and OSError."""
        self._reading = reading = _Reading(self, file, artifact_id)
        try:
            with file.place.open("rb") as opened:
                metadata = _metadata(opened)
                artifact_type, version = _schema(metadata)
                opened.seek(0)
                reading.read(open_reader(opened), metadata, artifact_type, version)
        except (BrokenJson, UnicodeDecodeError) as error:
            self.forget(file)
            if isinstance(error, UnicodeDecodeError):
                raise _Unreadable(f"is not valid UTF-8: {error.reason}") from None
            if error.is_truncated:
                raise _Unreadable("truncated: the document has no end; write the file again") from None
            raise _Unreadable(f"is not valid JSON: {error}") from None
        self.records += reading.records

    def forget(self, file: Found) -> None:
        """Lands nothing of the file that was read last."""
        self._broken.append(file.path)
        self._contents -= self._reading.new_contents

    def is_new_content(self, unique_id: str, md5: str) -> bool:
        """Whether this load has not met this content before."""
        is_new = (unique_id, md5) not in self._contents
        self._contents.add((unique_id, md5))
        return is_new

    def add(self, table: str, row: dict[str, Any]) -> None:
        """Keeps a row of a table, without the columns that every table has."""
        declared = self.session.table(table)
        if table not in self._spools:
            self._spools[table] = self.session.spool_for(declared)
        self._spools[table].add(self.session.stamped(declared, row))

    def finish(self) -> None:
        """Lands what was read."""
        warehouse = self.session.warehouse
        broken = ", ".join(literal(path) for path in self._broken)
        for name, spool in self._spools.items():
            table = self.session.table(name)
            columns = list(table.columns)
            query = f"select {column_list(columns)} from {spool.relation()}"
            if broken:
                query += f" where _source_file not in ({broken})"
            if name == "node_contents":
                warehouse.insert_new(table, columns, query)
            else:
                self.session.landed += warehouse.insert(table, columns, query)
            spool.remove()


class _Reading:
    """One artifact that is being read."""

    def __init__(self, artifacts: _Artifacts, file: Found, artifact_id: str) -> None:
        self.artifacts = artifacts
        self.file = file
        self.artifact_id = artifact_id
        self.records = 0
        self.new_contents: set[tuple[str, str]] = set()

    def read(self, reader: JsonReader, metadata: dict[str, Any], artifact_type: str, version: int) -> None:
        """Goes through the document once."""
        args = elapsed_time = None
        for key in reader.members():
            if artifact_type == "manifest" and key in _MANIFEST_SECTIONS:
                self._manifest_section(reader, key)
            elif artifact_type == "catalog" and key in _CATALOG_SECTIONS:
                for unique_id, node in _entries(reader):
                    self._add("catalog_nodes", section=key, unique_id=unique_id, node=node)
            elif artifact_type == "run-results" and key == "results":
                self._results(reader, "run_results")
            elif artifact_type == "sources" and key == "results":
                self._results(reader, "source_freshness_results")
            elif key == "args":
                args = reader.value()[0]
            elif key == "elapsed_time":
                elapsed_time = reader.value()[0]
            else:
                reader.skip()
        if reader.peek():
            raise BrokenJson("something follows the document", is_truncated=False)
        self._add(
            "artifacts",
            artifact_type=artifact_type,
            schema_version=version,
            metadata={key: value for key, value in metadata.items() if key != "env"},
            args=args,
            elapsed_time=elapsed_time if isinstance(elapsed_time, int | float) else None,
        )

    def _manifest_section(self, reader: JsonReader, section: str) -> None:
        for key, value in _entries(reader):
            # Disabled resources: a list of them, later lists by unique_id.
            for node in value if isinstance(value, list) else [value]:
                unique_id = key if key is not None else node.get("unique_id") if isinstance(node, dict) else None
                content = (
                    {name: part for name, part in node.items() if name not in _NODE_LEFT_OUT}
                    if isinstance(node, dict)
                    else node
                )
                text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
                md5 = hashlib.md5(text.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()
                self._add("manifest_nodes", section=section, unique_id=unique_id, node_md5=md5)
                if self.artifacts.is_new_content(str(unique_id), md5):
                    self.new_contents.add((str(unique_id), md5))
                    self._keep("node_contents", section=section, unique_id=unique_id, node_md5=md5, node=content)

    def _results(self, reader: JsonReader, table: str) -> None:
        for index, (_, result) in enumerate(_entries(reader), start=1):
            unique_id = None
            if isinstance(result, dict):
                unique_id = result.get("unique_id") or None
                result = {name: part for name, part in result.items() if name not in _RESULT_LEFT_OUT}
            self._add(table, result_index=index, unique_id=unique_id, result=result)

    def _add(self, table: str, **row: Any) -> None:
        self.records += 1
        self._keep(table, artifact_id=self.artifact_id, **row)

    def _keep(self, table: str, **row: Any) -> None:
        self.artifacts.add(table, {"_source_file": self.file.path, **mended(row)})


def _entries(reader: JsonReader) -> Iterator[tuple[str | None, Any]]:
    """Goes through an object's members, or an array's elements with None for a key; null holds nothing."""
    kind = reader.peek()
    if kind == "{":
        for key in reader.members():
            yield key, reader.value()[0]
    elif kind == "[":
        for _ in reader.elements():
            yield None, reader.value()[0]
    else:
        reader.value()


def _metadata(file: BinaryIO) -> dict[str, Any]:
    """Returns the metadata of an artifact, which is usually the first thing in it."""
    reader = open_reader(file)
    if reader.peek() != "{":
        if reader.peek() not in ("[", '"', ""):
            reader.value()
        raise _Unreadable("is not a dbt artifact: it is not a JSON object")
    for key in reader.members():
        if key == "metadata":
            value = reader.value()[0]
            return value if isinstance(value, dict) else {}
        reader.skip()
    return {}


def _schema(metadata: dict[str, Any]) -> tuple[str, int]:
    """Returns an artifact's type and version. Raises _Unreadable when they are not known here."""
    address = metadata.get("dbt_schema_version")
    if not isinstance(address, str):
        raise _Unreadable("is not a dbt artifact: it has no metadata.dbt_schema_version")
    found = _SCHEMA_ADDRESS.search(address)
    if found is None:
        raise _Unreadable(f"is not a dbt artifact that is known here: its schema is {address}")
    artifact_type, version = found["type"], int(found["version"])
    if artifact_type not in _NEWEST:
        raise _Unreadable(f"{artifact_type} is no artifact that plumbline reads; it reads {', '.join(_NEWEST)}")
    if version > _NEWEST[artifact_type]:
        raise _Unreadable(
            f"{artifact_type} v{version} is newer than v{_NEWEST[artifact_type]}, the newest that this version of "
            "plumbline knows; update plumbline, then touch the file to load it"
        )
    return artifact_type, version
