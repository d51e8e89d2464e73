"""OpenSLO v1: YAML files of service levels, of several documents, each an object or a list of objects.

What stands in a file holds until the file says otherwise: it is landed whole each time that its content changes, and
that it is gone is landed too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ValidationError

from plumbline.declared import Table
from plumbline.errors import FeedError
from plumbline.feeds import FilesConfig
from plumbline.files import Content, Found, Ledger, find_files, scan
from plumbline.json_stream import mended
from plumbline.openslo_objects import API_VERSION, SPECS, Metadata
from plumbline.quoting import column_list, literal
from plumbline.session import Session, Spool
from plumbline.yaml_documents import Document, Location, YamlProblem, yaml_documents

_LONGEST_FILE = 64 << 20
_FIELDS = ("apiVersion", "kind", "metadata", "spec")
_MESSAGES = {
    "missing": "is required",
    "extra_forbidden": "is not a field of OpenSLO v1",
    "string_type": "must be a text; put numbers and the like between quotes",
    "model_type": "must be an object",
    "dict_type": "must be an object",
    "list_type": "must be a list",
}


class Config(FilesConfig):
    """The keys of a feed of files."""

    kind: Literal["openslo"]


@dataclass(frozen=True)
class _Mistake:
    """What is wrong with an object, and where in it."""

    location: Location
    message: str

    def told(self, outside: Location) -> str:
        """Returns it for people, its place in the object at `outside`: spec.objectives[0].target: ..."""
        name = ""
        for part in self.location[len(outside) :]:
            name += f"[{part}]" if isinstance(part, int) else f".{part}" if name else part
        return f"{name}: {self.message}" if name else self.message


def load(config: Config, session: Session) -> None:
    """Lands the objects of the files whose content is new, and which files are gone."""
    files = [file for file in find_files(session.folder, config.path) if file.path.endswith((".yaml", ".yml"))]
    if not files:
        if not config.optional:
            raise FeedError(
                f"no .yaml or .yml file in {config.path} (relative paths start from {session.folder}); it is to name "
                "files of OpenSLO objects"
            )
        session.note(f"no .yaml or .yml file in {config.path} yet")
        return
    ledger = Ledger(session)
    objects = _Objects(session)
    fresh = {file.path for file in ledger.changed(files)}
    for file in files:
        if file.path not in fresh and objects.is_present(file):
            continue
        try:
            content = Content(file.place)
            found = scan(content, {}, _LONGEST_FILE)
        except OSError as error:
            session.reject(file.path, None, f"the file cannot be read: {error.strerror}", None)
            continue
        if not content.is_unchanged():
            session.note(f"{file.path} was written while it was read; the next load takes it")
            continue
        landed = rejected = 0
        if objects.is_new(file, found.sha256):
            landed, rejected = objects.read(file, found.sha256, found.data, found.problem)
            session.files_or_tables += 1
        ledger.record(file, found.sha256, found.size, 1, landed, rejected)
    objects.forget_all_but(files)
    objects.finish()
    ledger.finish()


class _Objects:
    """Reads files into two scratch files, of the files and of their objects, which are landed together."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._files = session.table("files")
        self._objects = session.table("objects")
        self._file_spool = session.spool_for(self._files)
        self._object_spool = session.spool_for(self._objects)
        # The content of each file that was there when it was landed last.
        self._present: dict[str, str] = {}
        for path, sha256, is_gone in session.warehouse.query(
            f"select _source_file, content_sha256, is_gone from {session.warehouse.relation(self._files)} "
            f"where _source_name = {literal(session.name)} order by _loaded_at"
        ):
            self._present.pop(path, None)
            if not is_gone:
                self._present[path] = sha256

    def is_present(self, file: Found) -> bool:
        """Whether the file was there when it was landed last."""
        return file.path in self._present

    def is_new(self, file: Found, sha256: str) -> bool:
        """Whether the file held something else when it was landed last."""
        return self._present.get(file.path) != sha256

    def read(self, file: Found, sha256: str, data: bytes | None, problem: str | None) -> tuple[int, int]:
        """Reads one file; returns how many of its objects are valid, and how many records were rejected."""
        reject = self.session.reject
        landed = rejected = 0
        text = ""
        try:
            if problem is None and data is None:
                problem = f"the file has more than {_LONGEST_FILE >> 20} MB"
            text = (data or b"").decode("utf-8-sig")
        except UnicodeDecodeError as error:
            problem = f"is not valid UTF-8: {error.reason}"
        if problem is not None:
            reject(file.path, None, problem, data)
            text, rejected = "", 1
        try:
            for document in yaml_documents(text):
                for location, value in _objects_of(document):
                    mistakes = _mistakes(value, location)
                    if mistakes:
                        reasons = "; ".join(mistake.told(location) for mistake in mistakes)
                        line = document.line(mistakes[0].location)
                        reject(file.path, line, mended(reasons), _text_of(document, location, text))
                        rejected += 1
                        continue
                    landed += 1
                    self._add(
                        self._object_spool,
                        self._objects,
                        _source_file=file.path,
                        content_sha256=sha256,
                        object_number=landed + rejected,
                        line_number=document.line(location),
                        api_version=value["apiVersion"],
                        kind=value["kind"],
                        object_name=value["metadata"]["name"],
                        object=value,
                    )
        except YamlProblem as error:
            reject(file.path, error.line, mended(str(error)), text[error.start :])
            rejected += 1
        self._add(
            self._file_spool,
            self._files,
            _source_file=file.path,
            content_sha256=sha256,
            is_gone=False,
            object_count=landed,
            rejected_count=rejected,
        )
        return landed, rejected

    def forget_all_but(self, files: list[Found]) -> None:
        """Notes which files are no longer there."""
        for path in sorted(self._present.keys() - {file.path for file in files}):
            self._add(
                self._file_spool,
                self._files,
                _source_file=path,
                content_sha256=self._present[path],
                is_gone=True,
                object_count=0,
                rejected_count=0,
            )
            self.session.files_or_tables += 1

    def _add(self, spool: Spool, table: Table, **row: Any) -> None:
        spool.add(self.session.stamped(table, mended(row)))

    def finish(self) -> None:
        """Lands what was read."""
        for table, spool in ((self._files, self._file_spool), (self._objects, self._object_spool)):
            columns = list(table.columns)
            query = f"select {column_list(columns)} from {spool.relation()}"
            count = self.session.warehouse.insert(table, columns, query)
            self.session.landed += count if table is self._objects else 0
            spool.remove()


def _objects_of(document: Document) -> Iterator[tuple[Location, Any]]:
    if isinstance(document.value, list):
        for index, value in enumerate(document.value):
            yield (index,), value
    else:
        yield (), document.value


def _text_of(document: Document, location: Location, text: str) -> str:
    """Returns the lines of the file in which an object stands."""
    if not location:
        return document.text
    first, following = document.line(location), document.line((int(location[0]) + 1,))
    end = following if following > first else None
    return "".join(text.splitlines(keepends=True)[first - 1 : end - 1 if end else None])


def _mistakes(value: Any, location: Location) -> list[_Mistake]:
    """Returns what is wrong with an object."""
    if not isinstance(value, dict):
        return [_Mistake(location, "is no OpenSLO object: it has no apiVersion, kind, metadata and spec")]
    version = value.get("apiVersion")
    if version is None:
        return [_Mistake((*location, "apiVersion"), "is required")]
    if version != API_VERSION:
        known = isinstance(version, str) and version.startswith(("openslo/", "openslo.com/"))
        what = "is another version of OpenSLO" if known else "is no version of OpenSLO"
        return [_Mistake((*location, "apiVersion"), f"{version} {what}; plumbline reads {API_VERSION}")]
    kind = value.get("kind")
    if not isinstance(kind, str) or kind not in SPECS:
        message = "is required" if kind is None else f"{kind} is no kind of object; it is one of {', '.join(SPECS)}"
        return [_Mistake((*location, "kind"), message)]
    return [
        *(_Mistake((*location, key), _MESSAGES["extra_forbidden"]) for key in value if key not in _FIELDS),
        *_checked(Metadata, value, "metadata", location),
        *_checked(SPECS[kind], value, "spec", location),
    ]


def _checked(model: type[BaseModel], value: dict[str, Any], key: str, location: Location) -> Iterator[_Mistake]:
    if value.get(key) is None:
        yield _Mistake((*location, key), "is required")
        return
    try:
        model.model_validate(value[key])
    except ValidationError as error:
        for detail in error.errors(include_input=False, include_url=False):
            message = detail["msg"].removeprefix("Value error, ")
            place = _place(value[key], tuple(detail["loc"]))
            yield _Mistake((*location, key, *place), _MESSAGES.get(detail["type"], message[:1].lower() + message[1:]))


def _place(value: Any, location: Location) -> Location:
    """Returns a location without the names of the alternatives that pydantic tried."""
    place: list[str | int] = []
    for index, part in enumerate(location):
        is_inside = (isinstance(value, dict) and part in value) or (
            isinstance(value, list) and isinstance(part, int) and part < len(value)
        )
        if is_inside:
            value = value[part]
            place.append(part)
        elif isinstance(value, dict) and index == len(location) - 1:
            place.append(part)
    return tuple(place)
