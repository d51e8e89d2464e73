"""A simulated platform: files of the shape of recorded ones, the same each time, that hold what the truth says."""

from __future__ import annotations

import csv
import datetime
import gzip
import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml
from open_data_contract_standard.model import OpenDataContractStandard

from loading import SHARED, needs_shared_data
from plumbline.errors import ConfigError
from plumbline.simulate import Options, platform, simulate
from plumbline.simulate.builder import build_world
from plumbline.simulate.calendar import Schedule
from plumbline.simulate.faults import FAULTS
from plumbline.simulate.faults.base import Spot
from plumbline.simulate.faults.data import LateData, SilentStaleness, SpentBudget, StaleUpstream
from plumbline.simulate.faults.incidents import FailureUnheard
from plumbline.simulate.faults.runs import GreenOverFailed
from plumbline.simulate.output import JsonList
from plumbline.simulate.runs import plan
from plumbline.simulate.truth import Truth
from plumbline.simulate.world import Pipeline, Window, World
from support import ROOT, run

SAMPLE = ROOT / "sample"
START = datetime.datetime(2026, 1, 5)
# Names in the place of these are those of tasks, columns and nodes.
NAMED = re.compile(
    r"((?:^|\.)(?:tasksState|tasksDuration|tasks|columnMetrics|fields|children|nodes|sources|exposures|disabled|parent_map"
    r"|child_map|columns))\.[^.\[]+"
)
# In the schemas of https://openlineage.io/spec/facets/ (DataQualityAssertions 1-1-0, OutputStatistics 1-0-2), and in no
# recording: the column check of Airflow fills the first two, an operator of one's own the last.
PUBLISHED = {
    "inputs[].facets.dataQualityAssertions.assertions[].expected": {"text"},
    "inputs[].facets.dataQualityAssertions.assertions[].actual": {"text"},
    "outputs[].outputFacets.outputStatistics.size": {"number"},
}

csv.field_size_limit(10**8)


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _simulate(tmp_path_factory.mktemp("simulated"), days=12, pipelines=80, seed=3)


@pytest.fixture(scope="module")
def truths(simulated: Path) -> list[dict[str, Any]]:
    return json.loads((simulated / "truth.json").read_text())["truths"]


def test_airflow_3_tables_are_those_recorded(simulated: Path) -> None:
    _compare_tables(simulated / "airflow3", SAMPLE / "airflow")


@needs_shared_data
def test_airflow_2_tables_are_those_recorded(simulated: Path) -> None:
    _compare_tables(simulated / "airflow2", SHARED / "airflow_metadata" / "airflow-2.10.5")


@needs_shared_data
def test_airflow_2_events_have_the_facets_fields_and_types_of_recorded_ones(simulated: Path) -> None:
    recorded = SHARED / "openlineage" / "generated" / "airflow-2.10.5_provider-2.8.0.ndjson"
    shapes = _shapes(_documents(recorded))
    of_sql = _shapes(event for file in SAMPLE.glob("openlineage/*.gz") for event in _events(file))
    for path, kinds in [*of_sql.items(), *PUBLISHED.items()]:
        shapes[path] |= kinds
    made = _shapes(event for event in _one_of_each(simulated) if event["job"]["namespace"] == "airflow2-retail")
    assert _beyond(made, shapes) == {}


@pytest.mark.parametrize(
    ("tables", "recorded_in"),
    [
        ("airflow3", SAMPLE / "airflow"),
        pytest.param("airflow2", SHARED / "airflow_metadata" / "airflow-2.10.5", marks=needs_shared_data),
    ],
)
def test_serialized_dags_have_the_keys_and_types_of_recorded_ones(
    simulated: Path, tables: str, recorded_in: Path
) -> None:
    recorded = _shapes(json.loads(row["data"]) for row in _rows(recorded_in / "serialized_dag.csv"))
    made = _shapes(json.loads(row["data"]) for row in _rows(simulated / tables / "serialized_dag.csv"))
    assert _beyond(made, recorded) == {}


def test_lineage_events_have_the_facets_fields_and_types_of_recorded_ones(simulated: Path) -> None:
    recorded = _shapes(event for file in SAMPLE.glob("openlineage/*.gz") for event in _events(file))
    for path, kinds in PUBLISHED.items():
        recorded[path] |= kinds
    made = _shapes(event for event in _one_of_each(simulated) if event["job"]["namespace"] != "airflow2-retail")
    assert _beyond(made, recorded) == {}


@pytest.mark.parametrize("name", ["manifest", "run_results", "sources", "catalog"])
def test_dbt_artifacts_have_the_keys_and_types_of_recorded_ones(simulated: Path, name: str) -> None:
    recorded = _shapes(json.loads(file.read_text()) for file in SAMPLE.glob(f"dbt/*/{name}.json"))
    made = _shapes(json.loads(file.read_text()) for file in simulated.glob(f"dbt/*/*/{name}.json"))
    assert made
    # Nothing was disabled in the recordings: the manifest's schema has lists of the same nodes there.
    made = {path.replace("disabled.*[]", "nodes.*"): kinds for path, kinds in made.items() if path != "disabled.*"}
    assert _beyond(made, recorded) == {}


@pytest.mark.parametrize(
    ("made_by", "recorded_in"),
    [("alertmanager/*.ndjson", "alertmanager/*.ndjson"), ("pagerduty/*.ndjson", "pagerduty/*")],
)
def test_notifications_have_the_keys_and_types_of_recorded_ones(
    simulated: Path, made_by: str, recorded_in: str
) -> None:
    recorded = _shapes(event for file in SAMPLE.glob(recorded_in) for event in _documents(file))
    made = _shapes(event for file in simulated.glob(made_by) for event in _documents(file))
    labels = {path for path in made if ".labels." in path or "Labels." in path or ".details." in path}
    assert made
    assert _beyond({path: kinds for path, kinds in made.items() if path not in labels}, recorded) == {}


def test_contracts_are_valid(simulated: Path) -> None:
    contracts = list(simulated.glob("contracts/*.yaml"))
    assert contracts
    for file in contracts:
        OpenDataContractStandard.model_validate(yaml.safe_load(file.read_text()))


def test_same_arguments_give_the_same_bytes(tmp_path: Path) -> None:
    first = _simulate(tmp_path / "first", days=3, pipelines=40)
    second = _simulate(tmp_path / "second", days=3, pipelines=40)
    other = _simulate(tmp_path / "other", days=3, pipelines=40, seed=2)
    assert _contents(first) == _contents(second)
    assert _contents(first) != _contents(other)


def test_no_name_is_one_of_the_recordings(simulated: Path) -> None:
    """The sample has both, and what has the same name would be taken for the same."""
    recorded = {row["dag_id"] for row in _rows(SAMPLE / "airflow" / "dag.csv")}
    made = {row["dag_id"] for tables in ("airflow2", "airflow3") for row in _rows(simulated / tables / "dag.csv")}
    assert made
    assert not made & recorded
    events = [event for file in SAMPLE.glob("openlineage/*.gz") for event in _events(file)]
    spaces = [{event["job"]["namespace"] for event in of_one} for of_one in (events, _one_of_each(simulated))]
    assert not spaces[0] & spaces[1]


def test_the_registry_lists_a_dataset_once(simulated: Path) -> None:
    listed = [row["subject_pattern"] for row in _rows(simulated / "registry" / "registry_assets.csv")]
    assert listed
    assert len(listed) == len(set(listed))


def test_days_can_be_counted_from_any_hour(tmp_path: Path) -> None:
    start = START.replace(hour=6, minute=30)
    simulate(Options(days=2, pipelines=20, seed=1, start=start, folder=tmp_path))
    truth = json.loads((tmp_path / "truth.json").read_text())
    assert (truth["simulated_from"], truth["simulated_until"]) == ("2026-01-05T06:30:00Z", "2026-01-07T06:30:00Z")
    begun = [row["logical_date"] for row in _rows(tmp_path / "airflow3" / "dag_run.csv")]
    assert min(begun)[:16] >= "2026-01-04 06:30"
    assert max(begun)[:10] >= "2026-01-06"
    sent = [
        alert["startsAt"]
        for file in tmp_path.glob("alertmanager/*.ndjson")
        for notification in _documents(file)
        for alert in notification["alerts"]
    ]
    assert min(sent)[:16] >= "2026-01-05T06:30"
    assert {file.name for file in tmp_path.glob("alertmanager/*-07.ndjson")}


def test_one_fault_more_moves_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    every = _simulate(tmp_path / "every", days=3, pipelines=80)
    monkeypatch.setattr(platform, "FAULTS", FAULTS[:-1])
    fewer = _simulate(tmp_path / "fewer", days=3, pipelines=80)
    last = FAULTS[-1].rule_id
    kept = [
        [truth for truth in json.loads((folder / "truth.json").read_text())["truths"] if truth["rule_id"] != last]
        for folder in (every, fewer)
    ]
    assert kept[0] == kept[1]
    assert (every / "airflow3" / "task_instance.csv").read_bytes() == (
        fewer / "airflow3" / "task_instance.csv"
    ).read_bytes()


def test_an_earlier_export_is_what_was_there_by_then(tmp_path: Path) -> None:
    whole = _simulate(tmp_path / "whole", days=6, pipelines=40)
    until = START + datetime.timedelta(days=4)
    simulate(Options(days=6, pipelines=40, seed=1, start=START, folder=tmp_path / "part", until=until))
    part = _contents(tmp_path / "part")
    for name, content in _contents(whole).items():
        if name.startswith(("openlineage/", "dbt/", "alertmanager/", "contracts/")):
            is_there = not re.search(r"2026-01-(09|10)|/202601(09|10)T", name)
            assert part.get(name) == (content if is_there else None), name
    ended = [row["end_date"] for row in _rows(tmp_path / "part" / "airflow3" / "task_instance.csv")]
    assert max(ended) < until.isoformat()
    with pytest.raises(ConfigError, match="--until is 2026-01-12"):
        late = datetime.datetime(2026, 1, 12)
        simulate(Options(days=6, pipelines=40, seed=1, start=START, folder=tmp_path / "late", until=late))


def test_a_platform_without_faults_has_none_but_those_of_chance(tmp_path: Path) -> None:
    simulate(Options(days=3, pipelines=40, seed=1, start=START, folder=tmp_path / "well", has_faults=False))
    truths = json.loads((tmp_path / "well" / "truth.json").read_text())["truths"]
    assert {truth["origin"] for truth in truths} <= {"consequence"}
    assert not any(truth["look_alike"] for truth in truths)


def test_every_fault_is_planted_and_has_a_look_alike(truths: list[dict[str, Any]]) -> None:
    rules = {fault.rule_id for fault in FAULTS}
    assert {truth["rule_id"] for truth in truths if truth["look_alike"]} == rules
    assert {truth["rule_id"] for truth in truths if not truth["look_alike"]} >= rules


def test_truth_says_what_where_when_and_how_strong(truths: list[dict[str, Any]]) -> None:
    for truth in truths:
        assert set(truth) == {
            "rule_id",
            "subject_type",
            "subject_name",
            "planted_at",
            "ended_at",
            "strength",
            "look_alike",
            "origin",
            "explanation",
        }
        planted_at = datetime.datetime.fromisoformat(truth["planted_at"])
        assert truth["ended_at"] is None or datetime.datetime.fromisoformat(truth["ended_at"]) >= planted_at
        assert 0 <= truth["strength"] <= 1


def test_late_deliveries_spend_the_budget_however_short_their_time(tmp_path: Path) -> None:
    world, pipeline = _daily_pipeline()
    window = world.window
    days = [START.date() + datetime.timedelta(days=day) for day in range(window.days)]
    for number in range(20):
        pipeline.hooks.clear()
        with _truths(tmp_path, world) as truth:
            start = window.at(0.6)
            end = start + datetime.timedelta(days=3)
            SpentBudget().plant(Spot(world, pipeline, world.numbers(), truth, number, start, end, 0.2))
        (planted,) = _written(tmp_path)
        runs = [plan(world, pipeline, at) for day in days for at in pipeline.schedule.instants(day)]
        for run_ in runs:
            pipeline.hooks[0](run_)
        spent_until = datetime.datetime.fromisoformat(planted["ended_at"] or window.end.isoformat())
        last = spent_until.replace(tzinfo=None) - datetime.timedelta(days=1)
        late = [run_.scheduled_at for run_ in runs if run_.start_delay > 3600]
        assert len([at for at in late if last.date() - datetime.timedelta(days=27) <= at.date() <= last.date()]) == 2


def test_hourly_loads_that_come_hours_late_are_not_there_when_they_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class HourlyStaleUpstream(StaleUpstream):
        def plant(self, spot: Spot) -> None:
            for dataset in spot.pipeline.main.inputs:
                assert dataset.writer is not None
                dataset.writer.schedule = Schedule(25, tuple(range(24)))
            spot.start = spot.start.replace(hour=0, minute=0)
            super().plant(spot)

    monkeypatch.setattr(platform, "FAULTS", (HourlyStaleUpstream(),))
    truths = json.loads((_simulate(tmp_path / "hourly", days=20, pipelines=20) / "truth.json").read_text())["truths"]
    (planted,) = _planted(truths, "SI05")
    runs = {truth["planted_at"][:10] for truth in truths if truth["subject_name"].startswith(planted["subject_name"])}
    begin, end = (datetime.date.fromisoformat(planted[name][:10]) for name in ("planted_at", "ended_at"))
    assert {str(begin + datetime.timedelta(days=day)) for day in range((end - begin).days)} <= runs


def test_a_table_that_was_not_written_is_old_until_its_next_run(tmp_path: Path) -> None:
    world, pipeline = _daily_pipeline()
    end = START + datetime.timedelta(days=13, hours=23)
    with _truths(tmp_path, world) as truth:
        start = end - datetime.timedelta(days=5)
        SilentStaleness().plant(Spot(world, pipeline, world.numbers(), truth, 0, start, None, 1.0))
    (ended,) = [one["ended_at"] for one in _written(tmp_path) if one["rule_id"] == "FR01"]
    assert ended > pipeline.schedule.following(end).isoformat() > end.isoformat()


def test_a_chance_failure_that_a_last_task_hides_is_in_the_truth(tmp_path: Path) -> None:
    world, pipeline = _daily_pipeline()
    start = START + datetime.timedelta(days=30)
    with _truths(tmp_path, world) as truth:
        GreenOverFailed().plant(Spot(world, pipeline, world.numbers(), truth, 0, start, None, 1.0))
        run_ = plan(world, pipeline, pipeline.schedule.following(START))
        for task_run in run_.tasks.values():
            task_run.is_failing = task_run is run_.main
            task_run.failing_tries = 0
        pipeline.hooks[-1](run_)
    found = [
        (one["rule_id"], one["subject_name"]) for one in _written(tmp_path) if one["planted_at"] < start.isoformat()
    ]
    assert ("SI02", run_.subject) in found
    assert ("FR01", pipeline.outputs[0].subject) in found


def test_what_a_run_by_hand_failed_to_write_gets_old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Promised(FailureUnheard):
        def fits(self, world: World, pipeline: Pipeline) -> bool:
            return bool(pipeline.outputs) and world.contract(pipeline.outputs[0]) is not None and not pipeline.inputs

    monkeypatch.setattr(platform, "FAULTS", (Promised(),))
    truths = json.loads((_simulate(tmp_path / "hand", days=20, pipelines=20) / "truth.json").read_text())["truths"]
    (look_alike,) = [one for one in truths if one["rule_id"] == "AL02" and one["look_alike"]]
    dag_id = look_alike["subject_name"].split("/")[0]
    why = f"{dag_id} failed, nobody was told, and what it writes got old."
    assert {one["rule_id"] for one in truths if one["explanation"] == why} == {"FR01", "CT01"}


def test_only_what_is_read_in_between_is_loaded_again_too_late() -> None:
    world, pipeline = _daily_pipeline()
    reader = next(one for one in world.pipelines if one.layer == "serve" and one.project is None)
    world.readers[pipeline.outputs[0].name] = [reader]
    pipeline.schedule = Schedule(0, (5,))
    fits = {}
    for hour in (4, 5, 6, 13, 15):
        reader.schedule = Schedule(0, (hour,))
        fits[hour] = LateData().fits(world, pipeline)
    assert fits == {4: False, 5: False, 6: True, 13: True, 15: False}


def test_green_runs_over_failed_work_are_in_the_tables(simulated: Path, truths: list[dict[str, Any]]) -> None:
    (planted,) = _planted(truths, "SI02")
    tables = next(
        folder
        for folder in (simulated / "airflow2", simulated / "airflow3")
        if any(row["dag_id"] == planted["subject_name"] for row in _rows(folder / "dag.csv"))
    )
    green = {
        row["run_id"]
        for row in _rows(tables / "dag_run.csv")
        if row["dag_id"] == planted["subject_name"] and row["state"] == "success"
    }
    failed = {
        row["run_id"]
        for row in _rows(tables / "task_instance.csv")
        if row["dag_id"] == planted["subject_name"] and row["state"] == "failed"
    }
    assert green & failed


def test_empty_loads_are_in_the_events(simulated: Path, truths: list[dict[str, Any]]) -> None:
    (planted,) = _planted(truths, "SI01")
    rows = [
        (event["eventTime"], output["outputFacets"]["outputStatistics"]["rowCount"])
        for file in sorted(simulated.glob("openlineage/*.gz"))
        for event in _events(file)
        for output in event["outputs"]
        if f"{output['namespace']}/{output['name']}" == planted["subject_name"] and "outputFacets" in output
    ]
    assert {count == 0 for at, count in rows if at < planted["planted_at"]} == {False}
    assert 0 in {count for at, count in rows if at >= planted["planted_at"]}


def test_unheard_failures_have_no_alert(simulated: Path, truths: list[dict[str, Any]]) -> None:
    pipelines = {truth["subject_name"].split("/")[0] for truth in _planted(truths, "AL02")}
    told = {
        alert["labels"].get("dag_id")
        for file in simulated.glob("alertmanager/*.ndjson")
        for notification in _documents(file)
        for alert in notification["alerts"]
        if alert["labels"]["alertname"] == "AirflowRunFailed"
    }
    assert pipelines
    assert not pipelines & told


def test_a_simulated_platform_loads_and_nothing_is_rejected(tmp_path: Path) -> None:
    folder = _simulate(tmp_path / "platform", days=2, pipelines=30)
    env = {"PLUMBLINE_DUCKDB_PATH": str(tmp_path / "warehouse.duckdb")}
    done = run(sys.executable, "-m", "plumbline", "load", "--config", folder / "plumbline.yml", env=env)
    assert done.returncode == 0, done.stdout
    rejected = [line.split()[4] for line in done.stdout.splitlines() if re.search(r"\) +\d", line)]
    assert rejected == ["0"] * 10


@pytest.mark.parametrize(
    ("days", "pipelines", "reason"),
    [(0, 20, "--days is 0"), (5000, 20, "--days is 5000"), (5, 3, "--pipelines is 3"), (5, -1, "--pipelines is -1")],
)
def test_numbers_that_make_no_sense_are_refused(tmp_path: Path, days: int, pipelines: int, reason: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(reason)):
        _simulate(tmp_path / "out", days=days, pipelines=pipelines)


def test_folder_that_is_not_empty_is_refused_without_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep")
    done = run(sys.executable, "-m", "plumbline", "simulate", "--out", tmp_path)
    assert done.returncode == 2
    assert "is not empty" in done.stdout
    assert "Traceback" not in done.stdout
    assert [file.name for file in tmp_path.iterdir()] == ["mine.txt"]


def _simulate(folder: Path, days: int, pipelines: int, seed: int = 1) -> Path:
    simulate(Options(days=days, pipelines=pipelines, seed=seed, start=START, folder=folder))
    return folder


def _daily_pipeline() -> tuple[World, Pipeline]:
    """One that loads from outside each day, of a platform of 60 days."""
    end = START + datetime.timedelta(days=60)
    world = build_world(1, Window(START, end, end), 20)
    loads = (one for one in world.pipelines if one.schedule.interval.days == 1 and not one.schedule.weekdays)
    return world, next(one for one in loads if one.outputs and not one.inputs)


@contextmanager
def _truths(folder: Path, world: World) -> Iterator[Truth]:
    with JsonList(folder / "written.json", {"seed": world.seed}, "truths") as records:
        yield Truth(records, world.window.end)


def _written(folder: Path) -> list[dict[str, Any]]:
    return json.loads((folder / "written.json").read_text())["truths"]


def _planted(truths: list[dict[str, Any]], rule_id: str) -> list[dict[str, Any]]:
    return [
        truth
        for truth in truths
        if truth["rule_id"] == rule_id and truth["origin"] == "planted" and not truth["look_alike"]
    ]


def _contents(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def _events(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt") as file:
        yield from map(json.loads, file)


def _one_of_each(folder: Path) -> list[dict[str, Any]]:
    """One event of each type of each job."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for file in folder.glob("openlineage/*.gz"):
        for event in _events(file):
            found.setdefault((event["job"]["name"], event["eventType"]), event)
    return list(found.values())


def _documents(path: Path) -> Iterator[dict[str, Any]]:
    text = path.read_text()
    if path.suffix == ".json":
        yield json.loads(text)
    else:
        yield from map(json.loads, text.splitlines())


def _compare_tables(made: Path, recorded: Path) -> None:
    """The tables are recorded ones, with the same columns, and values of the same kinds."""
    for file in sorted(made.glob("*.csv")):
        assert (recorded / file.name).exists(), file.name
        assert _header(file) == _header(recorded / file.name), file.name
        kinds = _kinds(recorded / file.name)
        unlike = {
            column: found - kinds[column]
            for column, found in _kinds(file).items()
            if kinds[column] and not found <= kinds[column]
        }
        assert unlike == {}, file.name


def _header(path: Path) -> list[str]:
    with path.open(newline="") as file:
        return next(csv.reader(file))


def _kinds(path: Path) -> dict[str, set[str]]:
    kinds: dict[str, set[str]] = defaultdict(set)
    for row in _rows(path):
        for column, value in row.items():
            if value:
                kinds[column].add(_kind_of_text(value))
    return kinds


def _kind_of_text(value: str) -> str:
    if re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}", value):
        return "time"
    if re.fullmatch(r"-?\d+(\.\d+)?(e-?\d+)?", value):
        return "number"
    if re.fullmatch(r"[0-9a-f]{32}", value):
        return "uuid or hash"
    return "json" if value[0] in "{[" else "text"


def _shapes(documents: Iterator[Any]) -> dict[str, set[str]]:
    """The paths of documents, each with the types of what is there; null is of every type."""
    shapes: dict[str, set[str]] = defaultdict(set)
    for document in documents:
        _add_shape(shapes, "", document)
    return shapes


def _add_shape(shapes: dict[str, set[str]], path: str, value: Any) -> None:
    if isinstance(value, dict):
        shapes[path] |= {"object"}
        for key, inner in value.items():
            _add_shape(shapes, NAMED.sub(r"\1.*", f"{path}.{key.replace('.', '_')}" if path else key), inner)
    elif isinstance(value, list):
        shapes[path] |= {"list"}
        for inner in value:
            _add_shape(shapes, f"{path}[]", inner)
    else:
        kinds = {str: "text", bool: "boolean", int: "number", float: "number"}
        shapes[path] |= {kinds[type(value)]} if value is not None else set()


def _beyond(made: dict[str, set[str]], recorded: dict[str, set[str]]) -> dict[str, set[str]]:
    """What is made and was never recorded; where only null was recorded, any type may be made."""
    return {
        path: kinds - recorded.get(path, set())
        for path, kinds in made.items()
        if path not in recorded or (recorded[path] and not kinds <= recorded[path])
    }
