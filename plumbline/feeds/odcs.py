"""Data contracts of the Open Data Contract Standard 3.0.0 to 3.1.0: YAML, one or many documents a file, or JSON.

A contract is held against the standard's own JSON schema, which comes with the package open-data-contract-standard:
that of 3.1.0, and for contracts of earlier versions the same without what 3.1.0 forbids and they allow.
"""

from __future__ import annotations

import copy
import functools
import hashlib
import importlib.resources
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import jsonschema
from jsonschema.exceptions import ValidationError

from plumbline.errors import FeedError
from plumbline.feeds import FilesConfig
from plumbline.files import Content, Found, Ledger, find_files, scan
from plumbline.json_stream import mended
from plumbline.quoting import column_list
from plumbline.session import Session
from plumbline.yaml_documents import HEAVIEST, Document, Location, YamlProblem, yaml_documents

_VERSIONS = ("v3.0.0", "v3.0.1", "v3.0.2", "v3.1.0")
_NEWEST = (3, 1, 0)
_SUFFIXES = (".yaml", ".yml", ".json", ".yaml.gz", ".yml.gz", ".json.gz")
_LARGEST_FILE = 64_000_000
_LONGEST_MESSAGE = 200
# Columns of raw, and the fields of a contract that stand in them.
_FIELDS = {
    "api_version": "apiVersion",
    "kind": "kind",
    "contract_id": "id",
    "contract_version": "version",
    "status": "status",
    "name": "name",
    "domain": "domain",
    "tenant": "tenant",
    "data_product": "dataProduct",
    "contract_created_ts": "contractCreatedTs",
}
# Where 3.1.0 forbids names that it does not know, and the versions before it did not.
_OPEN_BEFORE_3_1 = (
    ("Server",),
    ("DataQuality",),
    ("AuthoritativeDefinitions", "items"),
    ("SupportItem",),
    ("Pricing",),
    ("TeamMember",),
    ("Role",),
    ("ServiceLevelAgreementProperty",),
    ("CustomProperty",),
)


class Config(FilesConfig):
    """The keys of a feed of files."""

    kind: Literal["odcs"]


@dataclass
class _Rejected(Exception):
    """A document that is no contract that can be read: why, and where."""

    reason: str
    line: int | None
    text: str


def load(config: Config, session: Session) -> None:
    """Lands the contracts of the files whose content is new, or has come back."""
    files = [file for file in find_files(session.folder, config.path) if file.path.lower().endswith(_SUFFIXES)]
    if not files:
        if not config.optional:
            raise FeedError(
                f"no file of contracts ({', '.join(_SUFFIXES[:3])}) in {config.path} "
                f"(relative paths start from {session.folder})"
            )
        session.note(f"no file of contracts in {config.path} yet")
        return
    ledger = Ledger(session)
    table = session.table("contracts")
    spool = session.spool_for(table)
    fresh = ledger.changed(files)
    for number, file in enumerate(fresh):
        session.progress(file.path, number / len(fresh))
        try:
            content = Content(file.place)
            found = scan(content, {}, _LARGEST_FILE)
            if not content.is_unchanged():
                session.note(f"{file.path} was written while it was read; the next load takes it")
                continue
        except OSError as error:
            session.reject(file.path, None, f"the file cannot be read: {error.strerror}", None)
            continue
        has_returned = ledger.has_returned(file, found.sha256)
        if not ledger.claim(found.sha256) and not has_returned:
            ledger.record(file, found.sha256, found.size, 1, 0, 0)
            continue
        rows, rejected = spool.rows, session.rejected
        for read in _contracts(file, found.data, found.problem):
            if isinstance(read, _Rejected):
                session.reject(file.path, read.line, read.reason, read.text)
            else:
                spool.add(session.stamped(table, {"_source_file": file.path, **read}))
        session.files_or_tables += 1
        ledger.record(file, found.sha256, found.size, 1, spool.rows - rows, session.rejected - rejected)
    columns = list(table.columns)
    session.landed += session.warehouse.insert(table, columns, f"select {column_list(columns)} from {spool.relation()}")
    spool.remove()
    ledger.finish()


def _contracts(file: Found, data: bytes | None, problem: str | None) -> Iterator[dict[str, Any] | _Rejected]:
    """Goes through the documents of a file: each a row of raw, or a rejection."""
    if problem is not None:
        yield _Rejected(problem, None, "")
        return
    if data is None:
        yield _Rejected(f"is larger than {_LARGEST_FILE // 1_000_000} MB, which no file of contracts is", None, "")
        return
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        yield _Rejected(f"is not valid UTF-8: {error.reason}", line, data.decode("utf-8", "backslashreplace"))
        return
    documents = _json_document(text) if ".json" in file.path.lower()[-8:] else yaml_documents(text)
    index = 0
    try:
        for index, document in enumerate(documents, start=1):
            try:
                _check(document)
            except _Rejected as rejected:
                yield rejected
                continue
            yield _row(document, index)
    except YamlProblem as error:
        yield _Rejected(str(error), error.line, text[error.start :])
        return
    if index == 0:
        yield _Rejected("holds no document", None, text)


def _json_document(text: str) -> Iterator[Document]:
    """Returns the one document of a JSON file. Raises YamlProblem."""
    if text.count(",") + text.count(":") > HEAVIEST // 64:
        raise YamlProblem("has too many values for a contract", 1, 0)
    try:
        value = json.loads(text, parse_constant=str)
    except json.JSONDecodeError as error:
        raise YamlProblem(f"is not valid JSON: {error.msg}", error.lineno, 0) from None
    except (RecursionError, ValueError):
        raise YamlProblem("is not JSON that can be read: nested too deeply, or a number too long", 1, 0) from None
    lines: dict[int, dict[str | int, int]] = {}
    try:
        # Nearly all JSON is YAML, which says where things stand.
        placed = next(iter(yaml_documents(text.replace("\t", " "))), None)
        if placed is not None and placed.value == value:
            value, lines = placed.value, placed.lines
    except YamlProblem:
        pass
    yield Document(value, text, 1, lines)


def _row(document: Document, index: int) -> dict[str, Any]:
    contract = mended(document.value)
    ordered = json.dumps(contract, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    fields = {column: contract.get(field) for column, field in _FIELDS.items()}
    return {
        **{column: value if value is None else str(value) for column, value in fields.items()},
        "document_index": index,
        "line_number": document.first_line,
        "document_sha256": hashlib.sha256(ordered.encode("utf-8", "surrogatepass")).hexdigest(),
        "document": json.dumps(contract, separators=(",", ":"), ensure_ascii=False),
    }


def _check(document: Document) -> None:
    """Raises _Rejected for what is no valid contract of a version that is known here."""
    value = document.value
    if not isinstance(value, dict):
        raise _Rejected("is no data contract: it is not a mapping", document.first_line, document.text)

    def rejected(reason: str, *location: str | int) -> _Rejected:
        return _Rejected(reason, document.line(location), document.text)

    if "dataContractSpecification" in value:
        raise rejected(
            "is of the Data Contract Specification, and not of the Open Data Contract Standard; "
            "convert it to ODCS 3 (datacontract export --format odcs)",
            "dataContractSpecification",
        )
    api_version = value.get("apiVersion")
    named = re.fullmatch(r"v?(\d+)\.(\d+)\.(\d+)", str(api_version))
    if named is not None and int(named[1]) == 2:
        raise rejected(f"is of ODCS {api_version}, which is not read here; convert it to ODCS 3", "apiVersion")
    if value.get("kind") != "DataContract":
        kind = value.get("kind")
        told = f"its kind is {_short(kind)}" if "kind" in value else "it has no kind: DataContract"
        raise rejected(f"is no data contract: {told}", "kind")
    if named is not None and tuple(int(part) for part in named.groups()) > _NEWEST:
        raise rejected(
            f"is of ODCS {api_version}, newer than {_VERSIONS[-1]}, the newest that this version of plumbline knows; "
            "update plumbline, then touch the file to load it",
            "apiVersion",
        )
    if api_version not in _VERSIONS:
        told = f"apiVersion is {_short(api_version)}" if "apiVersion" in value else "it has no apiVersion"
        raise rejected(f"is no data contract that can be read: {told}; known are {', '.join(_VERSIONS)}", "apiVersion")
    try:
        errors = sorted(_validator(api_version == _VERSIONS[-1]).iter_errors(value), key=_rank)
    except RecursionError:
        raise rejected("is nested too deeply to be held against the standard") from None
    if errors:
        first = errors[0]
        more = len({error.json_path for error in errors}) - 1
        raise rejected(
            f"is not valid ODCS {api_version}: {first.json_path}: {_message(first)}"
            + (f" (and {more} more {'clause' if more == 1 else 'clauses'})" if more else ""),
            *_location(first),
        )


def _rank(error: ValidationError) -> tuple[bool, list[str]]:
    """Orders mistakes by place; a name is unknown also where something else is wrong, so that comes last."""
    return error.validator == "unevaluatedProperties", [f"{part:>9}" for part in error.absolute_path]


def _location(error: ValidationError) -> Location:
    unknown = re.search(r"\('([^']*)' was unexpected\)", error.message)
    return (*error.absolute_path, *([unknown[1]] if unknown else []))


def _message(error: ValidationError) -> str:
    if error.validator in ("oneOf", "anyOf"):
        # The message repeats all that stands there.
        return "fits none of the forms that the standard knows for it"
    return _short(error.message)


def _short(value: Any) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= _LONGEST_MESSAGE else f"{text[:_LONGEST_MESSAGE]}..."


@functools.cache
def _validator(is_newest: bool) -> jsonschema.Draft201909Validator:
    """Returns the check of contracts of 3.1.0, or of versions before it, which may use what came with 3.1.0."""
    file = importlib.resources.files("open_data_contract_standard") / "schema.json"
    schema = json.loads(file.read_text(encoding="utf-8"))
    return jsonschema.Draft201909Validator(schema if is_newest else _before_3_1(schema))


def _before_3_1(newest: dict[str, Any]) -> dict[str, Any]:
    """Returns the schema of 3.1.0 without what it forbids and the versions before it allowed."""
    schema = copy.deepcopy(newest)
    definitions = schema["$defs"]
    schema.pop("unevaluatedProperties")
    for name, *inner in _OPEN_BEFORE_3_1:
        definition = functools.reduce(lambda part, key: part[key], inner, definitions[name])
        definition.pop("unevaluatedProperties", None)
        definition.pop("additionalProperties", None)
    definitions["StableId"] = {}
    definitions["CustomProperty"].pop("required")
    definitions["TeamMember"].pop("required")
    definitions["ServerSource"]["DuckdbServer"]["properties"]["schema"]["type"] = ["string", "integer"]
    library = definitions["DataQualityLibrary"]
    library.pop("required")
    library["anyOf"] = [{"required": ["metric"]}, {"required": ["rule"]}]
    operators = definitions["DataQualityOperators"]
    operators["properties"] = {
        name: rule for choice in operators.pop("oneOf") for name, rule in choice["properties"].items()
    }
    for rule in definitions["SchemaBaseProperty"]["allOf"]:
        options = rule.get("then", {}).get("properties", {}).get("logicalTypeOptions", {}).get("properties", {})
        for name in ("exclusiveMinimum", "exclusiveMaximum"):
            if name in options:
                options[name]["type"] = [options[name]["type"], "boolean"]
    return schema
