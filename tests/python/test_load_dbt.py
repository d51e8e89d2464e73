"""dbt's artifacts: every version, what is not one, and what is left out."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from loading import SHARED, Loader, needs_shared_data

FEED = {"kind": "dbt", "name": "shop", "path": "artifacts/*/"}


def artifact(kind: str, version: int, **content: Any) -> dict[str, Any]:
    """A file with the metadata that names its schema."""
    return {
        "metadata": {
            "dbt_schema_version": f"https://schemas.getdbt.com/dbt/{kind}/v{version}.json",
            "dbt_version": "1.11.0",
            "invocation_id": "8a5e0d6c-0000-4000-8000-000000000000",
            "env": {"DBT_ENV_CUSTOM_ENV_TOKEN": "not-to-be-landed"},
        },
        **content,
    }


def node(name: str, **changes: Any) -> dict[str, Any]:
    return {
        "unique_id": f"model.shop.{name}",
        "resource_type": "model",
        "raw_code": "select 'not-to-be-landed'",
        "compiled_code": "select 'not-to-be-landed'",
        "created_at": 1.5,
        "docs": {"show": True},
        "config": {"materialized": "view"},
        **changes,
    }


@pytest.fixture
def write(loader: Loader) -> Callable[[str, Any], Path]:
    def write_file(name: str, content: Any) -> Path:
        path = loader.folder / "artifacts" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        return path

    return write_file


def test_each_kind_of_file_is_known_by_its_schema(loader: Loader, write: Callable[[str, Any], Path]) -> None:
    nodes = {f"model.shop.{name}": node(name) for name in "abc"}
    write(
        "1/any_name.json",
        artifact(
            "manifest",
            12,
            nodes=nodes,
            sources={},
            macros={"m": {}},
            disabled={"x": [node("x"), node("x")]},
            groups=None,
        ),
    )
    write("1/manifest_of_old.json", artifact("manifest", 1, nodes={"model.shop.a": node("a")}, disabled=[node("old")]))
    write(
        "1/results.json",
        artifact(
            "run-results",
            6,
            results=[{"unique_id": "model.shop.a", "compiled_code": "not-to-be-landed"}, {"status": "success"}],
            args={"which": "build"},
            elapsed_time=1.5,
        ),
    )
    write(
        "2/sources.json",
        artifact("sources", 3, results=[{"unique_id": "source.shop.raw.orders", "status": "pass"}], elapsed_time=2),
    )
    write(
        "2/catalog.json",
        artifact(
            "catalog", 1, nodes={"model.shop.a": {"columns": {}}}, sources={"source.shop.raw.orders": {}}, errors=None
        ),
    )
    loader.load(FEED)
    assert loader.rejected() == []
    assert loader.query(
        "select artifact_type, schema_version, args ->> 'which', elapsed_time from raw.dbt_artifacts order by all"
    ) == [
        ("catalog", 1, None, None),
        ("manifest", 1, None, None),
        ("manifest", 12, None, None),
        ("run-results", 6, "build", 1.5),
        ("sources", 3, None, 2.0),
    ]
    assert loader.query("select section, unique_id from raw.dbt_manifest_nodes order by all") == [
        ("disabled", "model.shop.old"),
        ("disabled", "x"),
        ("disabled", "x"),
        *(("nodes", f"model.shop.{name}") for name in "aabc"),
    ]
    assert loader.query("select result_index, unique_id from raw.dbt_run_results order by all") == [
        (1, "model.shop.a"),
        (2, None),
    ]
    assert loader.query("select section, unique_id from raw.dbt_catalog_nodes order by all") == [
        ("nodes", "model.shop.a"),
        ("sources", "source.shop.raw.orders"),
    ]
    assert loader.query("select unique_id from raw.dbt_source_freshness_results") == [("source.shop.raw.orders",)]


def test_a_resource_is_kept_once_for_each_content(loader: Loader, write: Callable[[str, Any], Path]) -> None:
    write("1/manifest.json", artifact("manifest", 12, nodes={"model.shop.a": node("a"), "model.shop.b": node("b")}))
    write(
        "2/manifest.json",
        artifact("manifest", 12, run=2, nodes={"model.shop.a": node("a", created_at=9, raw_code="other")}),
    )
    loader.load(FEED)
    write(
        "3/manifest.json",
        artifact("manifest", 12, run=3, nodes={"model.shop.a": node("a", tags=["new"]), "model.shop.b": node("b")}),
    )
    loader.load()
    assert loader.query("select unique_id, count(*) from raw.dbt_node_contents group by 1 order by 1") == [
        ("model.shop.a", 2),
        ("model.shop.b", 1),
    ]
    assert loader.value("select count(*) from raw.dbt_manifest_nodes") == 5
    assert (
        loader.value(
            "select count(*) from raw.dbt_manifest_nodes anti join raw.dbt_node_contents using (unique_id, node_md5)"
        )
        == 0
    )
    content = {"config": {"materialized": "view"}, "resource_type": "model", "unique_id": "model.shop.b"}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    assert loader.query("select node_md5, node from raw.dbt_node_contents where unique_id = 'model.shop.b'") == [
        (
            hashlib.md5(text.encode(), usedforsecurity=False).hexdigest(),
            json.dumps(
                {"unique_id": "model.shop.b", "resource_type": "model", "config": {"materialized": "view"}},
                separators=(",", ":"),
            ),
        )
    ]


def test_code_and_environment_are_left_out(loader: Loader, write: Callable[[str, Any], Path]) -> None:
    write("1/manifest.json", artifact("manifest", 12, nodes={"model.shop.a": node("a")}))
    write(
        "1/run_results.json",
        artifact("run-results", 6, results=[{"unique_id": "a", "compiled_code": "not-to-be-landed"}]),
    )
    loader.load(FEED)
    assert "not-to-be-landed" not in (loader.folder / "warehouse.duckdb").read_bytes().decode("latin-1")
    assert loader.value("select count(*) from raw.dbt_artifacts where metadata ->> 'env' is not null") == 0


BAD: list[tuple[Any, str]] = [
    (
        artifact("manifest", 13, nodes={}),
        "manifest v13 is newer than v12, the newest that this version of plumbline knows; update plumbline, "
        "then touch the file to load it",
    ),
    (artifact("run-results", 7), "run-results v7 is newer than v6"),
    (artifact("sources", 4), "sources v4 is newer than v3"),
    (artifact("catalog", 2), "catalog v2 is newer than v1"),
    (artifact("semantic-manifest", 1), "semantic-manifest is no artifact that plumbline reads"),
    ({"metadata": {"dbt_schema_version": "v3"}}, "is not a dbt artifact that is known here: its schema is v3"),
    ({"metadata": []}, "is not a dbt artifact: it has no metadata.dbt_schema_version"),
    ({"$schema": "x"}, "is not a dbt artifact: it has no metadata.dbt_schema_version"),
    ([1], "is not a dbt artifact: it is not a JSON object"),
    (b"5", "is not a dbt artifact: it is not a JSON object"),
    (b"", "is not a dbt artifact: it is not a JSON object"),
    (b"{", "truncated: the document has no end; write the file again"),
    (
        json.dumps(artifact("manifest", 12, nodes={"model.shop.a": node("a")})).encode()[:-30],
        "truncated: the document has no end",
    ),
    (
        json.dumps(artifact("manifest", 12, nodes={})).encode() + b"{}",
        "is not valid JSON: something follows the document",
    ),
    (
        json.dumps(artifact("manifest", 12, nodes={"a": node("a")})).encode().replace(b"view", b"\xff"),
        "is not valid UTF-8",
    ),
]


def test_files_that_cannot_be_read_are_rejected_whole(loader: Loader, write: Callable[[str, Any], Path]) -> None:
    for number, (content, _) in enumerate(BAD):
        write(f"1/{number:02d}.json", content)
    write("2/manifest.json", artifact("manifest", 12, nodes={"model.shop.a": node("a")}))
    loader.load(FEED)
    found = loader.rejected()
    assert [(file, line) for file, line, _ in found] == [
        (f"artifacts/1/{number:02d}.json", None) for number in range(len(BAD))
    ]
    assert [reason[: len(start)] for (_, _, reason), (_, start) in zip(found, BAD, strict=True)] == [
        start for _, start in BAD
    ]
    assert loader.query("select count(*), min(unique_id) from raw.dbt_node_contents") == [(1, "model.shop.a")]
    assert loader.value("select count(*) from raw.dbt_artifacts") == 1
    assert "nothing new" in loader.load().output


def test_a_rejected_file_is_read_when_it_is_touched(loader: Loader, write: Callable[[str, Any], Path]) -> None:
    path = write("1/manifest.json", b"{")
    loader.load(FEED)
    write("1/manifest.json", artifact("manifest", 12, nodes={}))
    loader.load()
    assert loader.value("select count(*) from raw.dbt_artifacts") == 1
    assert path.exists()


def test_the_same_content_is_landed_once(loader: Loader, write: Callable[[str, Any], Path]) -> None:
    first = write("1/run_results.json", artifact("run-results", 6, results=[{"unique_id": "a"}]))
    (loader.folder / "artifacts" / "2").mkdir()
    shutil.copy(first, loader.folder / "artifacts" / "2" / "copy.json")
    loader.load(FEED)
    os.utime(first, (1, 1))
    assert "nothing new" in loader.load().output
    assert loader.value("select count(*) from raw.dbt_run_results") == 1


def test_a_path_may_name_a_folder_a_glob_of_folders_or_files(loader: Loader, write: Callable[[str, Any], Path]) -> None:
    for number in (1, 2):
        write(f"{number}/manifest.json", artifact("manifest", 12, number=number))
        write(f"{number}/semantic_manifest.json", {"no": "artifact"})
        write(f"{number}/graph.gpickle", b"x")
    for name, path, count in [
        ("one", "artifacts/1", 1),
        ("one_with_slash", "artifacts/1/", 1),
        ("every", "artifacts/*", 2),
        ("every_with_slash", "artifacts/*/", 2),
        ("deep", "**/", 2),
        ("files", "artifacts/*/manifest.json", 2),
        ("absolute", f"{loader.folder}/artifacts/2", 1),
    ]:
        loader.load({"kind": "dbt", "name": name, "path": path})
        assert loader.value(f"select count(*) from raw.dbt_artifacts where _source_name = '{name}'") == count, path
    assert loader.rejected() == []


def test_memory_follows_the_largest_resource_and_not_the_manifest(loader: Loader, tmp_path: Path) -> None:
    folder = loader.folder / "artifacts" / "1"
    folder.mkdir(parents=True)
    head = json.dumps(artifact("manifest", 12))[:-1]
    with (folder / "manifest.json").open("w") as file:
        file.write(head + ', "nodes": {')
        for number in range(2000):
            separator = "," if number else ""
            file.write(
                f'{separator}"model.shop.m{number}": ' + json.dumps(node(f"m{number}", compiled_code="x" * 20_000))
            )
        file.write("}}")
    assert (folder / "manifest.json").stat().st_size > 40_000_000
    tracemalloc.start()
    loader.load(FEED)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert loader.value("select count(*) from raw.dbt_manifest_nodes") == 2000
    assert peak < 20_000_000


@needs_shared_data
def test_recorded_artifacts_are_all_landed_or_rejected(loader: Loader) -> None:
    loader.load({"kind": "dbt", "name": "shop", "path": f"{SHARED}/dbt/**/"})
    sections = ("nodes", "sources", "exposures", "metrics", "groups", "unit_tests", "semantic_models", "disabled")
    given: dict[str, int] = dict.fromkeys(
        ["artifacts", "manifest_nodes", "catalog_nodes", "run_results", "source_freshness_results"], 0
    )
    rejected = 0
    seen = set()
    for path in sorted((SHARED / "dbt").rglob("*.json")):
        text = path.read_bytes()
        if text in seen:
            continue
        seen.add(text)
        document = json.loads(text)
        version = document.get("metadata", {}).get("dbt_schema_version", "")
        if not version:
            rejected += 1
            continue
        given["artifacts"] += 1
        kind = version.split("/")[-2]
        if kind == "manifest":
            for section in sections:
                values = document.get(section) or {}
                values = values if isinstance(values, list) else list(values.values())
                given["manifest_nodes"] += sum(len(value) if isinstance(value, list) else 1 for value in values)
        elif kind == "catalog":
            given["catalog_nodes"] += len(document["nodes"]) + len(document["sources"])
        elif kind == "run-results":
            given["run_results"] += len(document["results"])
        else:
            given["source_freshness_results"] += len(document["results"])
    landed = {name: loader.value(f"select count(*) from raw.dbt_{name}") for name in given}
    assert landed == given
    assert len(loader.rejected()) == rejected == 6
    assert loader.value("select sum(records_landed) from raw.loads") == sum(given.values())
