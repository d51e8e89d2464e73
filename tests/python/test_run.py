"""`plumbline run`: its steps, its exit codes, its log, how it stops, and how it goes on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import yaml

from loading import event, lines
from plumbline.dbt_child import GO_ON
from support import BIN, Workplace

Event = dict[str, Any]
FIELDS = ["time", "level", "run", "step", "event", "message"]
# A model that reads no feed, and builds in an instant.
SELECTED = ["--select", "dim_dates", "--no-docs"]


@pytest.fixture(scope="module")
def place(make_workplace: Callable[..., Workplace]) -> Workplace:
    """A copy of the project; each test writes its own plumbline.yml, and a warehouse in a folder of its own."""
    return make_workplace("run")


@pytest.fixture
def workplace(place: Workplace) -> Iterator[Workplace]:
    """The copy, without what the last test left in it but for what dbt parsed."""
    for path in [*place.folder.glob("plumbline.duckdb*"), *place.folder.glob("target/*")]:
        if path.is_file() and path.name != "partial_parse.msgpack":
            path.unlink()
    write_feeds(place)
    yield place


def write_feeds(workplace: Workplace, *feeds: dict[str, Any]) -> None:
    (workplace.folder / "plumbline.yml").write_text(yaml.safe_dump({"feeds": list(feeds)}))


def start(workplace: Workplace, *arguments: str) -> subprocess.Popen[str]:
    """Start a run without waiting for it."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PLUMBLINE_", "DBT_"))}
    return subprocess.Popen(
        [BIN / "plumbline", "run", "--target", workplace.target, "--log-format", "json", *arguments],
        cwd=workplace.folder,
        env={**inherited, "PLUMBLINE_PROJECT_DIR": str(workplace.folder), **workplace.env},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def started(workplace: Workplace, until: str, *arguments: str) -> subprocess.Popen[str]:
    """Start a run and return when it has written a line with this in it."""
    process = start(workplace, *arguments)
    assert process.stdout is not None
    for line in process.stdout:
        if until in line:
            return process
    pytest.fail(f"The run ended with {process.wait()} before it said {until}")


def test_dbt_waits_before_it_reaches_for_the_warehouse_until_it_is_told_to_go_on(workplace: Workplace) -> None:
    options = ["--target", "dev", "--log-format", "json"]
    command = ["run", "--select", "dim_dates", *options]
    with subprocess.Popen(
        [sys.executable, "-m", "plumbline.dbt_child", "--ahead", *options, "--", *command],
        cwd=workplace.folder,
        env={**os.environ, "PYTHONPATH": str(workplace.folder), "PYTHONUNBUFFERED": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None and process.stdout is not None
        said = next(name for line in process.stdout if (name := json.loads(line)["info"]["name"]) == "ConcurrencyLine")
        time.sleep(1)
        assert said and process.poll() is None and not workplace.duckdb_path.exists()
        process.stdin.write(GO_ON)
        process.stdin.flush()
        assert "StatsLine" in process.stdout.read()
        assert process.wait() == 0
    assert workplace.duckdb_path.exists()


def rest_of(process: subprocess.Popen[str]) -> tuple[int, list[Event]]:
    """Wait for a run to end; its exit code and what it still wrote."""
    printed, _ = process.communicate(timeout=180)
    return process.returncode, [json.loads(line) for line in printed.splitlines()]


def finished(workplace: Workplace, *arguments: str) -> tuple[int, list[Event]]:
    return rest_of(start(workplace, *arguments))


def steps(events: list[Event]) -> dict[str, str]:
    return {step["step"]: step["result"] for step in events[-1]["steps"]}


def test_a_failed_feed_stops_neither_the_others_nor_the_build(workplace: Workplace) -> None:
    (workplace.folder / "a.ndjson").write_bytes(lines(event(), "broken"))
    write_feeds(
        workplace,
        {"kind": "airflow", "name": "gone", "url": "postgresql://reader:tell-nobody@127.0.0.1:1/airflow"},
        {"kind": "openlineage", "name": "lineage", "path": "a.ndjson"},
    )
    code, events = finished(workplace, *SELECTED)
    assert code == 1
    for each in events:
        assert list(each)[: len(FIELDS)] == FIELDS, each
    assert len({each["run"] for each in events}) == 1
    ended = {each["feed"]: each for each in events if each["event"] == "feed_ended"}
    assert (ended["gone"]["result"], ended["gone"]["level"]) == ("failed", "error")
    assert (ended["lineage"]["records_landed"], ended["lineage"]["records_rejected"]) == (1, 1)
    built = [each for each in events if each.get("node") == "model.plumbline.dim_dates"]
    assert built[-1]["status"] == "pass" or built[-1]["status"] == "success"
    assert steps(events) == {
        "load": "failed",
        "build": "ok",
        "publish": "skipped",
        "docs": "skipped",
        "observe": "skipped",
        "notify": "skipped",
    }
    assert events[-1]["exit_code"] == 1
    assert "tell-nobody" not in json.dumps(events)


def test_a_run_lands_what_dbt_said_of_it(workplace: Workplace) -> None:
    write_feeds(workplace, {"kind": "dbt", "name": "plumbline", "path": "target/", "optional": True})
    code, events = finished(workplace, *SELECTED)
    assert (code, steps(events)["observe"]) == (0, "ok")
    landed = workplace.query("select metadata ->> '$.invocation_id' as id from raw.dbt_artifacts")
    assert {row["id"] for row in landed} == {each["invocation_id"] for each in events if "invocation_id" in each}


def test_what_is_told_wrong_is_said_in_the_form_that_was_asked_for(workplace: Workplace) -> None:
    write_feeds(workplace, {"kind": "airflow"})
    code, events = finished(workplace)
    assert (code, [each["event"] for each in events]) == (2, ["error"])
    assert "plumbline.yml:2" in events[0]["message"]
    code, events = finished(workplace, "--retry", "--select", "dim_dates")
    assert (code, [each["event"] for each in events]) == (2, ["error"])


def test_a_retry_continues_from_what_failed(workplace: Workplace) -> None:
    test = workplace.folder / "tests" / "assert_no_day.sql"
    test.write_text("select date_on from {{ ref('dim_dates') }}")
    try:
        code, events = finished(workplace, *SELECTED)
        assert (code, steps(events)["build"], steps(events)["docs"]) == (3, "failed", "skipped")
        test.write_text("select date_on from {{ ref('dim_dates') }} where false")
        code, events = finished(workplace, "--retry", "--no-docs")
        executed = {each["node"] for each in events if each.get("dbt_event") == "LogStartLine"}
        assert (code, executed) == (0, {"test.plumbline.assert_no_day"})
        assert "load" not in steps(events)
        code, events = finished(workplace, "--retry")
        assert (code, events[-1]["steps"]) == (0, [])
    finally:
        test.unlink()


def test_a_load_that_is_stopped_is_taken_back(workplace: Workplace) -> None:
    write_feeds(workplace, {"kind": "openlineage", "name": "lineage", "path": "*.ndjson"})
    given = [event(number, filler="x" * 900) for number in range(40_000)]
    file = workplace.folder / "many.ndjson"
    file.write_bytes(lines(*given))
    process = started(workplace, '"feed_started"', *SELECTED)
    time.sleep(0.1)
    process.send_signal(signal.SIGTERM)
    code, events = rest_of(process)
    file.unlink()
    assert (code, steps(events)) == (143, {"load": "stopped"})
    assert workplace.query("select count(*) as events from raw.openlineage_events") == [{"events": 0}]
    assert workplace.query("select count(*) as loads from raw.loads") == [{"loads": 0}]


def test_a_build_that_is_stopped_is_continued(workplace: Workplace) -> None:
    process = started(workplace, '"LogStartLine"', *SELECTED, "--select", "path:seeds")
    process.send_signal(signal.SIGINT)
    code, events = rest_of(process)
    assert (code, steps(events)) == (130, {"load": "ok", "build": "stopped"})
    assert "Traceback" not in json.dumps(events)
    code, events = finished(workplace, "--retry", "--no-docs")
    left_out = dict.fromkeys(["publish", "docs", "observe", "notify"], "skipped")
    assert (code, steps(events)) == (0, {"build": "ok", **left_out})
    assert workplace.query("select count(*) > 0 as is_built from marts.dim_dates") == [{"is_built": True}]


def test_dbt_does_not_outlive_a_run_that_is_killed(workplace: Workplace) -> None:
    process = started(workplace, '"LogStartLine"', *SELECTED, "--select", "path:seeds")
    process.kill()
    process.wait()
    deadline = time.monotonic() + 20
    code = 75
    while code == 75 and time.monotonic() < deadline:
        code, _ = finished(workplace, "--retry", *SELECTED[2:])
    assert code == 0
