"""Data contracts: what lands, as it was written, and what is rejected, for which clause and in which line."""

from __future__ import annotations

import gzip
import json
import os
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from loading import SHARED, Loader, needs_shared_data
from plumbline.yaml_documents import YamlProblem, yaml_documents

FEED = {"kind": "odcs", "name": "contracts", "path": "contracts/"}
VERSIONS = ("3.0.0", "3.0.1", "3.0.2", "3.1.0")

CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: orders
version: 1.0.0
status: active
contractCreatedTs: 2026-01-02T03:04:05+01:00
schema:
  - name: orders
    properties:
      - {name: id, logicalType: integer, required: true}
slaProperties:
  - property: timeOfAvailability
    value: 09:30
  - property: endOfSupport
    value: 2030-01-01
"""

# What is wrong with the contracts that are not valid, as their authors meant it or not.
INVALID = {
    "changelog__unit__changelog_unit_v1.yaml": (32, "$.schema[0].quality[0]: 'query' is a required property"),
    "changelog__unit__changelog_unit_v2.yaml": (32, "$.schema[0].quality[0]: 'query' is a required property"),
    "lint__invalid.odcs.yaml": (1, "$: 'status' is a required property"),
    "lint__invalid_multiple_errors.odcs.yaml": (1, "$: 'version' is a required property"),
    "lint__odcs_with_extra_top_level.yaml": (7, "'change_management' was unexpected"),
    "oracle__datacontract-oracle-odcs.yaml": (14, "$.servers[0].port: '__PORT__' is not of type 'integer'"),
    "postgres__odcs.yaml": (14, "$.schema[0].properties[0]"),
    "postgres__odcs_case_sensitive.odcs.yaml": (14, "$.schema[0].properties[0]"),
    "postgres__servicelevels.odcs.yaml": (14, "$.schema[0].properties[0]"),
    "schema-evolution__odcs-datacontract-cities-version-2.yaml": (52, "('delimiter' was unexpected)"),
    "snowflake__import__datacontract.yaml": (8, "$.servers[0]: 'account' is a required property"),
}


class TextLoader(yaml.SafeLoader):
    """Reads dates as text, as JSON has none."""


TextLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def shared_contracts() -> dict[Path, Any]:
    paths = sorted((SHARED / "odcs").glob("*/*.y*ml"))
    return {path: yaml.load(path.read_text("utf-8"), Loader=TextLoader) for path in paths}  # noqa: S506


def standard(version: str) -> jsonschema.Draft201909Validator:
    file = SHARED / "odcs" / "json_schemas" / f"odcs-json-schema-v{version}.json"
    return jsonschema.Draft201909Validator(json.loads(file.read_text("utf-8")))


@pytest.fixture
def write(loader: Loader) -> Callable[[str, str | bytes], Path]:
    def write_file(name: str, content: str | bytes) -> Path:
        path = loader.folder / "contracts" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write_file


def rejected(loader: Loader) -> list[tuple[Any, ...]]:
    return loader.query("select line_number, reason from raw.rejected_records order by _source_file, line_number")


@needs_shared_data
def test_every_recorded_contract_lands_or_is_rejected_for_what_is_wrong(loader: Loader) -> None:
    loader.load({**FEED, "path": str(SHARED / "odcs" / "**" / "*.y*ml")})

    expected = {str(path): value for path, value in shared_contracts().items() if path.name not in INVALID}
    landed = loader.query("select _source_file, document, contract_id, api_version from raw.odcs_contracts")
    assert {file: json.loads(document) for file, document, _, _ in landed} == expected
    assert {(file, id_, version) for file, _, id_, version in landed} == {
        (file, value["id"], value["apiVersion"]) for file, value in expected.items()
    }
    found = {
        Path(file).name: (line, reason)
        for file, line, reason in loader.query("select _source_file, line_number, reason from raw.rejected_records")
    }
    assert found.keys() == INVALID.keys()
    for name, (line, reason) in INVALID.items():
        assert found[name][0] == line, name
        assert reason in found[name][1], name


@needs_shared_data
def test_no_version_of_the_standard_allows_what_is_rejected(
    loader: Loader, write: Callable[[str, str | bytes], Path]
) -> None:
    allowed = set()
    for path, value in shared_contracts().items():
        if path.stat().st_size > 6_000:
            continue
        for version in VERSIONS:
            claimed = {**value, "apiVersion": f"v{version}"}
            write(f"{path.stem}-{version}.json", json.dumps(claimed))
            if standard(version).is_valid(claimed):
                allowed.add(f"contracts/{path.stem}-{version}.json")

    loader.load(FEED)

    landed = {file for (file,) in loader.query("select _source_file from raw.odcs_contracts")}
    assert len(allowed) > 100
    assert allowed - landed == set()
    # Of the newest version nothing else is taken; earlier ones may use what came with it.
    assert {file for file in landed - allowed if file.endswith("-3.1.0.json")} == set()


def test_values_stay_as_they_are_written(loader: Loader, write: Callable[[str, str | bytes], Path]) -> None:
    write("orders.yaml", CONTRACT)

    loader.load(FEED)

    ((document, created),) = loader.query("select document, contract_created_ts from raw.odcs_contracts")
    assert created == "2026-01-02T03:04:05+01:00"
    assert [level["value"] for level in json.loads(document)["slaProperties"]] == ["09:30", "2030-01-01"]


def test_documents_of_a_file_land_each_with_its_line(loader: Loader, write: Callable[[str, str | bytes], Path]) -> None:
    write("all.yaml.gz", gzip.compress(f"{CONTRACT}---\n{CONTRACT.replace('orders', 'lines')}".encode()))
    write("one.json", json.dumps(yaml.safe_load(CONTRACT.replace("2026-01-02T03:04:05+01:00", "'x'")), default=str))

    loader.load(FEED)

    assert loader.query(
        "select _source_file, document_index, line_number, contract_id from raw.odcs_contracts order by 1, 2"
    ) == [
        ("contracts/all.yaml.gz", 1, 1, "orders"),
        ("contracts/all.yaml.gz", 2, 17, "lines"),
        ("contracts/one.json", 1, 1, "orders"),
    ]


def test_a_file_lands_once_and_each_of_its_states(loader: Loader, write: Callable[[str, str | bytes], Path]) -> None:
    path = write("orders.yaml", CONTRACT)
    loader.load(FEED)
    loader.load()
    write("copy.yaml", CONTRACT)
    loader.load()
    assert loader.query("select contract_version from raw.odcs_contracts") == [("1.0.0",)]

    changed = CONTRACT.replace("1.0.0", "1.1.0")
    for content, moment in ((changed, 10), (CONTRACT, 20), (CONTRACT + "# no change\n", 30)):
        path.write_text(content)
        os.utime(path, (moment, moment))
        loader.load()

    landed = loader.query("select contract_version, document_sha256 from raw.odcs_contracts order by _loaded_at")
    assert [version for version, _ in landed] == ["1.0.0", "1.1.0", "1.0.0", "1.0.0"]
    assert landed[0][1] == landed[2][1] == landed[3][1] != landed[1][1]


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        ("dataContractSpecification: 1.1.0\nid: x\n", 1, "is of the Data Contract Specification"),
        ("kind: DataContract\napiVersion: v2.2.2\n", 2, "is of ODCS v2.2.2"),
        ("kind: DataContract\napiVersion: v3.2.0\n", 2, "is of ODCS v3.2.0, newer than v3.1.0"),
        ("kind: DataContract\nid: x\n", 1, "it has no apiVersion"),
        ("a: 1\nkind: DataProduct\n", 2, "is no data contract: its kind is DataProduct"),
        ("a: 1\n", 1, "is no data contract: it has no kind: DataContract"),
        ("- a\n", 1, "is no data contract: it is not a mapping"),
        ("", None, "holds no document"),
        ("id: [1\nkind: x\n", 2, "is not valid YAML: "),
        ("id: 1\nid: 2\n", 2, "the key id stands here a second time"),
        (b"id: \xff\n", 1, "is not valid UTF-8"),
        (CONTRACT.replace("status: active\n", ""), 1, "is not valid ODCS v3.1.0: $: 'status' is a required property"),
        (CONTRACT.replace("version: 1.0.0", "version: 1.0"), 4, "$.version: 1.0 is not of type 'string'"),
        (CONTRACT.replace("integer", "int"), 10, "$.schema[0].properties[0].logicalType: 'int' is not one of"),
        (CONTRACT.replace("required", "requierd"), 10, "('requierd' was unexpected)"),
    ],
)
def test_what_is_no_contract_is_rejected_by_name_and_line(
    loader: Loader, write: Callable[[str, str | bytes], Path], content: str | bytes, line: int | None, reason: str
) -> None:
    write("bad.yaml", content)

    loader.load(FEED)

    ((found_line, found_reason),) = rejected(loader)
    assert found_line == line
    assert reason in found_reason
    assert loader.query("select count(*) from raw.odcs_contracts") == [(0,)]


def test_what_stands_before_a_mistake_lands(loader: Loader, write: Callable[[str, str | bytes], Path]) -> None:
    write("some.yaml", f"{CONTRACT}---\nkind: other\n---\nid: [1\n")

    loader.load(FEED)

    assert loader.query("select contract_id from raw.odcs_contracts") == [("orders",)]
    assert [line for line, _ in rejected(loader)] == [17, 20]
    assert loader.query("select records_landed, records_rejected from raw.load_files") == [(1, 2)]


def test_mistakes_in_json_have_lines_too(loader: Loader, write: Callable[[str, str | bytes], Path]) -> None:
    value = {**yaml.safe_load(CONTRACT), "contractCreatedTs": "2026-01-01", "slaProperties": [], "name": "\U0001f4e6"}
    write("astral.json", json.dumps(value))
    write("broken.json", '{"kind": "DataContract",\n "id": }')
    write("wrong.json", json.dumps({**value, "name": "x", "status": 1}, indent="\t"))

    loader.load(FEED)

    assert loader.query("select name from raw.odcs_contracts") == [("\U0001f4e6",)]
    (broken, wrong) = rejected(loader)
    assert broken == (2, "is not valid JSON: Expecting value")
    assert wrong == (6, "is not valid ODCS v3.1.0: $.status: 1 is not of type 'string'")


def test_nothing_there_is_an_error_unless_it_is_optional(loader: Loader) -> None:
    assert "no file of contracts" in loader.load(FEED, fails=True).output
    loader.load({**FEED, "optional": True})


def bomb() -> str:
    lines = ["a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 12)]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (bomb(), "is larger than 16 MB with its aliases written out"),
        ("a: &a " + "x" * 100_000 + "\nb: [" + "*a, " * 1_000 + "]", "is larger than 16 MB"),
        ("[" + "a," * 1_000_000 + "]", "is larger than 16 MB"),
        ("[" * 100_000, "is nested deeper than 64 levels"),
        ("a: &x [*x]", "the alias *x stands for nothing"),
        ("a: !python/object:os.system x", "means nothing here"),
    ],
)
def test_hostile_yaml_takes_no_memory(text: str, reason: str) -> None:
    tracemalloc.start()
    with pytest.raises(YamlProblem, match="^" + reason.replace("*", "[*]") if "means" not in reason else reason):
        list(yaml_documents(text))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 100_000_000


def test_merged_and_repeated_parts_are_written_out() -> None:
    (document,) = yaml_documents("a: &a {x: 1, y: 2}\nb:\n  <<: *a\n  y: 3\nc: [*a]\n")

    assert document.value == {"a": {"x": 1, "y": 2}, "b": {"x": 1, "y": 3}, "c": [{"x": 1, "y": 2}]}
    assert document.line(("b", "y")) == 4
