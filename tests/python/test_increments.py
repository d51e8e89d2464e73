"""However records arrive, the marts end the same: in any order, twice, late, over any number of loads and builds."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support import ROOT, Workplace
from test_build_sample import FEEDS_OF_OTHERS, differences, keys_of

FACTS = (
    "fct_pipeline_runs",
    "fct_task_attempts",
    "fct_dataset_writes",
    "fct_dataset_reads",
    "fct_check_results",
    "fct_schema_changes",
)
EVENTS = [
    line
    for path in sorted((ROOT / "sample/openlineage").glob("*.ndjson*"))
    for line in (gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes())
    .decode()
    .splitlines()
    if line.strip()
]
Marts = dict[str, Counter[str]]


def build(workplace: Workplace, *flags: str) -> None:
    workplace.dbt(
        "--quiet",
        "build",
        *flags,
        "--select",
        *(f"+{fact}" for fact in FACTS),
        "--exclude-resource-type",
        "test",
        "--exclude-resource-type",
        "unit_test",
    )


def configure(workplace: Workplace, feeds: list[dict[str, Any]]) -> None:
    (workplace.folder / "plumbline.yml").write_text(yaml.safe_dump({"feeds": feeds}))


def deliver(workplace: Workplace, name: str, events: list[str]) -> None:
    """Add a file of events to those that are there, and load it."""
    folder = workplace.folder / "events"
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.ndjson").write_text("".join(f"{event}\n" for event in events))
    configure(workplace, [{"kind": "openlineage", "name": "lineage", "path": "events/*.ndjson"}])
    workplace.load()


def marts(workplace: Workplace) -> Marts:
    """Every row of every mart that was built, as text, with how often it is there."""
    selected = [
        (node["schema"], node["alias"])
        for node in workplace.artifact("manifest.json")["nodes"].values()
        if node["resource_type"] == "model" and node["path"].startswith("marts/")
    ]
    there = {
        (row["table_schema"], row["table_name"])
        for row in workplace.query("select table_schema, table_name from information_schema.tables")
    }
    return {
        table: Counter(
            json.dumps(row, default=str, sort_keys=True) for row in workplace.query(f"select * from {schema}.{table}")
        )
        for schema, table in selected
        if (schema, table) in there
    }


def describe_differences(left: Marts, right: Marts) -> list[str]:
    assert left.keys() == right.keys()
    return [
        f"{table}: {row} {side}"
        for table in left
        for side, rows in (("is missing", left[table] - right[table]), ("is too many", right[table] - left[table]))
        for row in list(rows)[:3]
    ]


@pytest.fixture(scope="module", params=["dev", "prod"])
def make_empty(
    request: pytest.FixtureRequest, make_workplace: Callable[..., Workplace]
) -> tuple[Callable[[], Workplace], Marts]:
    """Makes warehouses of one engine, and the marts that one load and one build make there."""

    def make() -> Workplace:
        env = request.getfixturevalue("make_postgres_database")() if request.param == "prod" else {}
        return make_workplace("increments", request.param, env)

    at_once = make()
    deliver(at_once, "all", EVENTS)
    build(at_once)
    expected = marts(at_once)
    assert expected["fct_dataset_writes"], "The sample's lineage should fill the facts."
    return make, expected


# An example is several builds, so that there are few of them here; raise max_examples to look for more.
@given(seed=st.integers(0, 2**32), parts=st.integers(2, 3), repeated=st.floats(0, 0.5))
@settings(max_examples=1, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_any_split_order_and_repetition_gives_the_same_marts(
    make_empty: tuple[Callable[[], Workplace], Marts], seed: int, parts: int, repeated: float
) -> None:
    make, expected = make_empty
    random = Random(seed)
    deliveries = EVENTS + random.choices(EVENTS, k=int(len(EVENTS) * repeated))
    random.shuffle(deliveries)
    workplace = make()
    for part in range(parts):
        deliver(workplace, str(part), deliveries[part::parts])
        build(workplace)
    found = describe_differences(expected, marts(workplace))
    assert not found, "\n".join(found)
    build(workplace, "--full-refresh")
    found = describe_differences(expected, marts(workplace))
    assert not found, "after a full refresh:\n" + "\n".join(found)


def test_an_increment_reads_only_what_is_new(make_empty: tuple[Callable[[], Workplace], Marts]) -> None:
    workplace = make_empty[0]()
    deliver(workplace, "all", EVENTS[:-1])
    build(workplace)
    deliver(workplace, "last", EVENTS[-1:])
    build(workplace)
    counted = workplace.query(
        "select loaded_at, count(*) as events from staging.stg_openlineage__events group by 1 order by 1"
    )
    assert [row["events"] for row in counted] == [len(EVENTS) - 1, 1]


def test_runs_move_to_the_platforms_that_are_loaded_after_their_lineage(
    make_workplace: Callable[..., Workplace], sample: Workplace, manifest: dict[str, Any]
) -> None:
    """On PostgreSQL that is what test_readers.py reads meanwhile."""
    workplace = make_workplace("later_platforms")
    for feeds in ([feed for feed in FEEDS_OF_OTHERS if feed["kind"] == "openlineage"], FEEDS_OF_OTHERS):
        configure(workplace, feeds)
        workplace.load()
        build(workplace)
    found = []
    for node in manifest["nodes"].values():
        if node["resource_type"] == "model" and node["name"] in FACTS:
            query = f"select * from marts.{node['alias']}"
            key = keys_of(manifest).get(node["unique_id"], [])
            found += differences(node["name"], key, workplace.query(query), sample.query(query))[:5]
    assert not found, "Loaded one after the other (left), and at once (right):\n" + "\n".join(found)
