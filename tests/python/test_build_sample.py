"""The recorded sample builds by the commands of `make build`, with any of its feeds, and alike on both engines."""

from __future__ import annotations

import gzip
import json
import math
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from support import RETAIL, ROOT, Workplace, recorded_feeds

FEEDS_OF_OTHERS = [feed for feed in recorded_feeds() if not feed.get("optional")]
# What runs, each by itself; and what only speaks of it: promises, and signals.
RUNS, PROMISES = ["airflow", "openlineage", "dbt"], ["odcs", "openslo"]
SIGNALS = sorted({feed["kind"] for feed in FEEDS_OF_OTHERS} - {*RUNS, *PROMISES})
SUBSETS = [[], *([kind] for kind in RUNS), PROMISES, SIGNALS]
# When a row was landed differs from load to load.
TIMES_OF_LOADING = {"loaded_at", "first_loaded_at", "last_loaded_at"}
SHOWN = 12
# Unit tests bring their own rows, and what is below the marts is tested with all feeds; the marts join them.
TESTS_THAT_NEED_NO_SUBSET = (
    "resource_type:unit_test",
    "path:models/staging,resource_type:test",
    "path:models/intermediate,resource_type:test",
)


def marts_of(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    return sorted(
        (
            node
            for node in manifest["nodes"].values()
            if node["resource_type"] == "model" and node["path"].startswith("marts/")
        ),
        key=lambda node: node["name"],
    )


def test_make_build_ends_with_the_findings(sample: Workplace) -> None:
    printed = (sample.folder / "build.log").read_text()
    closing = printed[-3000:]
    assert "ERROR=0" in printed
    assert "plumbline.duckdb" in closing, closing
    assert "static_index.html" in closing, closing
    assert (sample.folder / "target/static_index.html").stat().st_size > 1_000_000


def test_every_unit_test_passes(sample_copy: Workplace) -> None:
    # A run does not build the proposals, and so does not test them either.
    printed = sample_copy.dbt("build", "--select", "path:models/proposals", "test_type:unit")
    assert "WARN=0 ERROR=0 SKIP=0" in printed, printed[-2000:]


def test_the_sample_has_findings(sample: Workplace) -> None:
    found = sample.query("select rule_id, count(*) as findings from marts.fct_findings group by rule_id")
    assert found, "No rule finds anything in the sample, which was made to have faults."


def test_every_column_that_is_built_is_described(sample: Workplace) -> None:
    manifest, catalog = sample.artifact("manifest.json"), sample.artifact("catalog.json")
    undescribed = [
        f"{node['name']}.{column}"
        for key, node in manifest["nodes"].items()
        if node["resource_type"] in ("model", "seed") and key in catalog["nodes"]
        for column in catalog["nodes"][key]["columns"]
        if column.lower() not in {name.lower() for name in node["columns"]}
    ]
    assert not undescribed, "Columns without a description:\n  " + "\n  ".join(sorted(undescribed))


def test_every_column_of_a_proposal_is_described(sample_on_postgres: Workplace, manifest: dict[str, Any]) -> None:
    described = {
        (node["name"], column)
        for node in manifest["nodes"].values()
        if node["path"].startswith("proposals/")
        for column in node["columns"]
    }
    built = sample_on_postgres.query(
        "select table_name, column_name from information_schema.columns where table_name like 'proposed\\_%'"
    )
    assert {(row["table_name"], row["column_name"]) for row in built} == described


def test_a_run_pays_nothing_for_proposals(sample: Workplace, manifest: dict[str, Any]) -> None:
    proposals = {node["name"] for node in manifest["nodes"].values() if node["path"].startswith("proposals/")}
    built = {row["table_name"] for row in sample.query("select table_name from information_schema.tables")}
    assert "fct_findings" in built
    assert proposals
    assert not proposals & built


def test_nothing_is_loaded_twice_and_the_next_build_shows_plumbline_itself(sample_copy: Workplace) -> None:
    counted = "select _source_name, count(*) as landed from raw.openlineage_events group by 1 order by 1"
    before = sample_copy.query(counted)
    sample_copy.load()
    assert sample_copy.query(counted) == before
    sample_copy.dbt("run", "--quiet")
    runs = sample_copy.query(
        "select * from marts.fct_pipeline_runs as runs inner join marts.dim_pipelines_current as pipelines "
        "using (pipeline_key) where pipelines.pipeline_name = 'plumbline'"
    )
    assert len(runs) == 1, "The build before should be a run of the pipeline plumbline."


@pytest.mark.parametrize("kinds", SUBSETS, ids="+".join)
def test_it_builds_with_any_subset_of_feeds(make_workplace: Callable[..., Workplace], kinds: list[str]) -> None:
    workplace = make_workplace("subset")
    feeds = [feed for feed in FEEDS_OF_OTHERS if feed["kind"] in kinds]
    (workplace.folder / "plumbline.yml").write_text(yaml.safe_dump({"feeds": feeds}))
    workplace.load()
    printed = workplace.dbt("build", "--exclude", *TESTS_THAT_NEED_NO_SUBSET)
    assert "WARN=0 ERROR=0 SKIP=0" in printed, printed[-2000:]


def comparable(value: Any) -> Any:
    """A value in the form in which the two drivers agree."""
    if isinstance(value, dict | list):
        return json.dumps(value, sort_keys=True)
    if isinstance(value, Decimal):
        return float(value)
    if value is None or isinstance(value, bool | int | float | str | datetime | date):
        return value
    return str(value)


def is_same(left: Any, right: Any) -> bool:
    if isinstance(left, float) and isinstance(right, float):
        return math.isclose(left, right, rel_tol=1e-9, abs_tol=1e-9)
    return left == right


def keys_of(manifest: dict[str, Any]) -> dict[str, list[str]]:
    """The columns that tell the rows of each model apart: what it is tested to be unique by."""
    keys: dict[str, list[str]] = {}
    for test in manifest["nodes"].values():
        kind = (test.get("test_metadata") or {}).get("name")
        if kind == "unique":
            keys[test["attached_node"]] = [test["column_name"]]
        elif kind == "grain":
            keys.setdefault(test["attached_node"], test["test_metadata"]["kwargs"]["columns"])
    return keys


def differences(name: str, key: list[str], left: list[dict[str, Any]], right: list[dict[str, Any]]) -> list[str]:
    """What differs between two states of the rows of a mart."""

    def by_key(rows: list[dict[str, Any]]) -> dict[tuple[Any, ...], dict[str, Any]]:
        clean = [{name: comparable(value) for name, value in row.items()} for row in rows]
        return {tuple(str(row[column]) for column in key or row): row for row in clean}

    left_rows, right_rows = by_key(left), by_key(right)
    found = []
    if len(left) != len(right):
        found.append(f"{name}: {len(left)} rows on the left, {len(right)} on the right")
    found += [f"{name} {one}: only on the left" for one in sorted(left_rows.keys() - right_rows.keys())]
    found += [f"{name} {one}: only on the right" for one in sorted(right_rows.keys() - left_rows.keys())]
    for one in sorted(left_rows.keys() & right_rows.keys()):
        for column, value in left_rows[one].items():
            other = right_rows[one].get(column)
            if column not in TIMES_OF_LOADING and not is_same(value, other):
                found.append(f"{name} {one} {column}: {value!r} on the left, {other!r} on the right")
    return found


def differences_of_marts(manifest: dict[str, Any], left: Workplace, right: Workplace) -> list[str]:
    """What differs between the marts of two warehouses, the first dozen of each."""
    found = []
    keys = keys_of(manifest)
    for node in marts_of(manifest):
        query = f"select * from {node['schema']}.{node['alias']}"
        of_this = differences(node["name"], keys.get(node["unique_id"], []), left.query(query), right.query(query))
        found += of_this[:SHOWN] + ([f"{node['name']}: {len(of_this) - SHOWN} more"] if len(of_this) > SHOWN else [])
    return found


def test_both_engines_give_the_same_rows(
    sample: Workplace, sample_on_postgres: Workplace, manifest: dict[str, Any]
) -> None:
    found = differences_of_marts(manifest, sample, sample_on_postgres)
    if found:
        pytest.fail("The engines differ:\n  " + "\n  ".join(found), pytrace=False)


def test_a_difference_is_named() -> None:
    left = [{"thing_key": "a", "size": 1.0}, {"thing_key": "b", "size": Decimal("2.0")}]
    right = [{"thing_key": "a", "size": 1.5}, {"thing_key": "b", "size": 2.0}, {"thing_key": "c", "size": 3.0}]
    assert differences("fct_things", ["thing_key"], left, right) == [
        "fct_things: 2 rows on the left, 3 on the right",
        "fct_things ('c',): only on the right",
        "fct_things ('a',) size: 1.0 on the left, 1.5 on the right",
    ]


def test_the_sample_names_no_machine_and_no_secret() -> None:
    wanted = ("/home/", "/root/", "/work/", "/tmp/", "/Users/", "PRIVATE KEY", "password=", "AKIA")  # noqa: S108
    found = []
    for path in sorted((ROOT / "sample").rglob("*")):
        if path.is_file() and path.name != "README.md" and ROOT / RETAIL not in path.parents:
            text = text_of(path)
            found += [f"{path.relative_to(ROOT)} holds {word}" for word in wanted if word in text]
    assert not found, "\n".join(found)


def text_of(path: Path) -> str:
    return gzip.decompress(path.read_bytes()).decode() if path.suffix == ".gz" else path.read_text()
