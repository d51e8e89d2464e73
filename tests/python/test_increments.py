"""However records arrive, the marts end the same: in any order, twice, late, over any number of loads and builds."""

from __future__ import annotations

import csv
import gzip
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from support import ROOT, Workplace
from test_build_sample import FEEDS_OF_OTHERS, differences, keys_of, marts_of

# An example is several builds, so that a test run tries one that holds everything; this many more are looked for.
EXAMPLES = int(os.environ.get("PLUMBLINE_TEST_EXAMPLES", "0"))
FACTS = (
    "fct_pipeline_runs",
    "fct_task_attempts",
    "fct_dataset_writes",
    "fct_dataset_reads",
    "fct_check_results",
    "fct_schema_changes",
)
# Findings have a history of their own, which is that of the builds.
AUDITED = (*FACTS, "fct_audit_results")
# The feeds of the sample, under the same names; what runs is delivered in parts, and what is said of it is there.
IN_PARTS = [
    {"kind": "airflow", "name": "airflow", "url": "delivered/airflow"},
    {"kind": "openlineage", "name": "lineage", "path": "delivered/events/*.ndjson"},
    {"kind": "dbt", "name": "warehouse", "path": "delivered/artifacts/*/", "optional": True},
]
FEEDS = IN_PARTS + [feed for feed in FEEDS_OF_OTHERS if feed["kind"] not in {part["kind"] for part in IN_PARTS}]
EVENTS = [
    line
    for path in sorted((ROOT / "sample/openlineage").glob("*.ndjson*"))
    for line in (gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes())
    .decode()
    .splitlines()
    if line.strip()
]
ARTIFACTS = sorted(path for path in (ROOT / "sample/dbt").iterdir() if path.is_dir())
# What Airflow adds rows to as it runs; its other tables are a state, which is read whole.
AIRFLOW_HISTORY = ("dag_run", "task_instance", "task_instance_history", "asset_event", "task_reschedule", "log")
# Of these, what stands in a table before it has ended.
AIRFLOW_STATEFUL = ("dag_run", "task_instance")
Row = dict[str, str]


@dataclass
class Export:
    """A table of Airflow as CSV."""

    table: str
    columns: list[str]
    rows: list[Row]

    @classmethod
    def read(cls, path: Path) -> Export:
        with path.open(newline="") as file:
            reader = csv.DictReader(file)
            return cls(path.stem, list(reader.fieldnames or ()), list(reader))

    def write(self, folder: Path, rows: list[Row]) -> None:
        with (folder / f"{self.table}.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, self.columns)
            writer.writeheader()
            writer.writerows(rows)


class Deliveries:
    """The sample, record by record, in any order and in parts; some of it twice, and some of it as it was before."""

    def __init__(self, random: Random, parts: int, repeated: float) -> None:
        self._random, self._parts, self._repeated = random, parts, repeated
        self._events = self._split(EVENTS)
        self._artifacts = self._split(ARTIFACTS)
        # The feed may be named later than the others.
        self._airflow_begins_with = random.randrange(parts)
        exports = [Export.read(ROOT / f"sample/airflow/{table}.csv") for table in AIRFLOW_HISTORY]
        self._exports = [(export, [(random.randrange(parts), row) for row in export.rows]) for export in exports]

    def _split(self, records: list[Any]) -> list[list[Any]]:
        several = records + self._random.choices(records, k=int(len(records) * self._repeated))
        self._random.shuffle(several)
        return [several[part :: self._parts] for part in range(self._parts)]

    def deliver(self, part: int, delivered: Path) -> list[dict[str, Any]]:
        """Write a part beside those that are there; returns the feeds that there are by now."""
        for name in ("events", "airflow"):
            (delivered / name).mkdir(parents=True, exist_ok=True)
        (delivered / f"events/{part}.ndjson").write_text("".join(f"{event}\n" for event in self._events[part]))
        for number, folder in enumerate(self._artifacts[part]):
            shutil.copytree(folder, delivered / f"artifacts/{part}_{number}")
        if part < self._airflow_begins_with:
            return [feed for feed in FEEDS if feed["kind"] != "airflow"]
        if part == self._airflow_begins_with:
            for path in (ROOT / "sample/airflow").glob("*.csv"):
                shutil.copy(path, delivered / "airflow")
        for export, rows in self._exports:
            there = [row for comes_with, row in rows if comes_with <= part]
            if export.table in AIRFLOW_STATEFUL:
                there += [self._as_it_was(row) for comes_with, row in rows if comes_with > part and row["start_date"]]
            self._random.shuffle(there)
            export.write(delivered / "airflow", there)
        return FEEDS

    def _as_it_was(self, row: Row) -> Row:
        return {**row, "state": "running", "end_date": "", "updated_at": row["start_date"]}


def build(workplace: Workplace, *flags: str, facts: tuple[str, ...] = FACTS) -> None:
    workplace.dbt(
        "--quiet",
        "build",
        *flags,
        "--select",
        *(f"+{fact}" for fact in facts),
        "--exclude-resource-type",
        "test",
        "--exclude-resource-type",
        "unit_test",
    )


def configure(workplace: Workplace, feeds: list[dict[str, Any]]) -> None:
    (workplace.folder / "plumbline.yml").write_text(yaml.safe_dump({"feeds": feeds}))


def differences_from(left: Workplace, right: Workplace, manifest: dict[str, Any]) -> list[str]:
    """What differs between the facts, and what they refer to, of two warehouses; the first five of each."""
    keys = keys_of(manifest)
    relations = "select table_name from information_schema.tables where table_schema in ('marts', 'audit')"
    there = {row["table_name"] for row in left.query(relations)}
    assert there >= {*FACTS, "dim_pipelines", "dim_tasks", "dim_datasets", "dim_checks", "dim_teams"}
    found = []
    for node in marts_of(manifest):
        if node["alias"] in there:
            query = f"select * from {node['schema']}.{node['alias']}"
            key = keys.get(node["unique_id"], [])
            found += differences(node["name"], key, left.query(query), right.query(query))[:5]
    return found


@pytest.fixture(scope="module", params=["dev", "prod"])
def make_empty(request: pytest.FixtureRequest, make_workplace: Callable[..., Workplace]) -> Callable[[], Workplace]:
    """Makes warehouses of one engine."""

    def make() -> Workplace:
        env = request.getfixturevalue("make_postgres_database")() if request.param == "prod" else {}
        return make_workplace("increments", request.param, env)

    return make


@pytest.fixture
def differences_from_at_once(
    make_empty: Callable[[], Workplace], request: pytest.FixtureRequest, manifest: dict[str, Any]
) -> Callable[[Workplace], list[str]]:
    """Compares a warehouse with the sample by one load and one build on the same engine."""
    target = request.node.callspec.params["make_empty"]
    at_once: Workplace = request.getfixturevalue("sample_on_postgres" if target == "prod" else "sample")
    return lambda workplace: differences_from(workplace, at_once, manifest)


@given(
    seed=st.integers(0, 2**32),
    is_built=st.lists(st.booleans(), min_size=1, max_size=3),
    repeated=st.floats(0, 0.5),
)
@example(seed=1, is_built=[True, False], repeated=0.3)
@settings(
    max_examples=max(EXAMPLES, 1),
    phases=[Phase.explicit, *([Phase.generate] if EXAMPLES else [])],
    deadline=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
def test_any_split_order_and_repetition_gives_the_same_marts(
    make_empty: Callable[[], Workplace],
    differences_from_at_once: Callable[[Workplace], list[str]],
    seed: int,
    is_built: list[bool],
    repeated: float,
) -> None:
    """Each part is loaded, and some are built before the next one comes; the last one is."""
    parts = [*is_built, True]
    deliveries = Deliveries(Random(seed), len(parts), repeated)
    workplace = make_empty()
    for part, is_built_then in enumerate(parts):
        configure(workplace, deliveries.deliver(part, workplace.folder / "delivered"))
        workplace.load()
        if is_built_then:
            build(workplace, facts=AUDITED)
    found = differences_from_at_once(workplace)
    assert not found, "Loaded in parts (left), and at once (right):\n" + "\n".join(found)
    build(workplace, "--full-refresh", facts=AUDITED)
    found = differences_from_at_once(workplace)
    assert not found, "After a full refresh (left), and at once (right):\n" + "\n".join(found)


def test_an_increment_reads_only_what_is_new(make_empty: Callable[[], Workplace]) -> None:
    workplace = make_empty()
    configure(workplace, [{"kind": "openlineage", "name": "lineage", "path": "*.ndjson"}])
    for name, events in (("all", EVENTS[:-1]), ("last", EVENTS[-1:])):
        (workplace.folder / f"{name}.ndjson").write_text("".join(f"{event}\n" for event in events))
        workplace.load()
        build(workplace)
    counted = workplace.query(
        "select loaded_at, count(*) as events from staging.stg_openlineage__events group by 1 order by 1"
    )
    assert [row["events"] for row in counted] == [len(EVENTS) - 1, 1]


def test_an_increment_builds_again_the_runs_of_which_something_else_is_reported(
    make_empty: Callable[[], Workplace],
) -> None:
    workplace = make_empty()
    configure(workplace, Deliveries(Random(1), 1, 0.0).deliver(0, workplace.folder / "delivered"))
    workplace.load()
    build(workplace)
    export = Export.read(workplace.folder / "delivered/airflow/task_instance.csv")
    changed = next(row for row in export.rows if row["state"] == "success")
    changed.update(state="failed", updated_at=max(row["updated_at"] for row in export.rows))
    export.write(workplace.folder / "delivered/airflow", export.rows)
    workplace.load()
    build(workplace)
    built_again = workplace.query(
        "select runs.pipeline_name, runs.run_id from intermediate.int_pipeline_runs__reported as reported "
        "inner join intermediate.int_pipeline_runs__resolved as runs using (pipeline_run_key) "
        "where reported.increment > 1"
    )
    assert built_again == [{"pipeline_name": changed["dag_id"], "run_id": changed["run_id"]}]
    attempts = workplace.query(
        "select facts.state from marts.fct_task_attempts as facts "
        "inner join intermediate.int_task_attempts__resolved as attempts using (task_attempt_key) "
        f"where attempts.pipeline_name = '{changed['dag_id']}' and attempts.run_id = '{changed['run_id']}' "
        f"and attempts.task_name = '{changed['task_id']}' and attempts.try_number = {changed['try_number']}"
    )
    assert attempts == [{"state": "failed"}]


def test_runs_move_to_the_platforms_that_are_loaded_after_their_lineage(
    make_workplace: Callable[..., Workplace], sample: Workplace, manifest: dict[str, Any]
) -> None:
    """On PostgreSQL that is what test_readers.py reads meanwhile."""
    workplace = make_workplace("later_platforms")
    for feeds in ([feed for feed in FEEDS_OF_OTHERS if feed["kind"] == "openlineage"], FEEDS_OF_OTHERS):
        configure(workplace, feeds)
        workplace.load()
        build(workplace)
    found = differences_from(workplace, sample, manifest)
    assert not found, "Loaded one after the other (left), and at once (right):\n" + "\n".join(found)
