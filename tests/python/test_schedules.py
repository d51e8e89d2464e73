"""Schedules become instants as in Airflow, also when clocks are changed, and only what is new is added."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from loading import Loader, event
from plumbline.schedules import ScheduleProblem, instants

STOCKHOLM = "Europe/Stockholm"


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text)


def times(expression: str, zone: str, start: str, end: str) -> list[str]:
    return [f"{at:%d %H:%M:%S}".removesuffix(":00") for at, _ in instants(expression, zone, utc(start), utc(end))]


# Worked by hand. In Stockholm the clock goes from 02:00 (UTC+1) to 03:00 (UTC+2) on 2026-03-29, at 01:00 UTC,
# and from 03:00 (UTC+2) back to 02:00 (UTC+1) on 2026-10-25, at 01:00 UTC.
EXPANSIONS = {
    "a day as any other": ("0 4 * * *", "UTC", "2026-03-01", "2026-03-03", ["01 04:00", "02 04:00"]),
    "from the start on, before the end": ("0 0 * * *", "UTC", "2026-03-01", "2026-03-03", ["01 00:00", "02 00:00"]),
    "a zone in winter and in summer": (
        *("30 7 * * *", STOCKHOLM, "2026-03-28", "2026-03-31"),
        ["28 06:30", "29 05:30", "30 05:30"],
    ),
    "every hour of the short day": (
        *("0 * * * *", STOCKHOLM, "2026-03-28 23:00", "2026-03-29 04:00"),
        ["28 23:00", "29 00:00", "29 01:00", "29 02:00", "29 03:00"],
    ),
    "every hour of the long day": (
        *("0 * * * *", STOCKHOLM, "2026-10-24 22:00", "2026-10-25 03:00"),
        ["24 22:00", "24 23:00", "25 00:00", "25 01:00", "25 02:00"],
    ),
    "every quarter of the hour that comes twice": (
        *("*/15 * * * *", STOCKHOLM, "2026-10-25 00:30", "2026-10-25 01:30"),
        ["25 00:30", "25 00:45", "25 01:00", "25 01:15"],
    ),
    # 02:30 does not come on the 29th; it is 03:30 by then.
    "the hour that is left out": (
        *("30 2 * * *", STOCKHOLM, "2026-03-28", "2026-03-31"),
        ["28 01:30", "29 01:30", "30 00:30"],
    ),
    # 02:30 comes at 00:30 and at 01:30 UTC on the 25th, and counts the second time.
    "the hour that comes twice": (
        *("30 2 * * *", STOCKHOLM, "2026-10-24", "2026-10-27"),
        ["24 00:30", "25 01:30", "26 01:30"],
    ),
    # 00:00, 02:00 and 04:00 on the wall: in spring the second is 03:00, in autumn the second 02:00.
    "every other hour in spring": (
        *("0 */2 * * *", STOCKHOLM, "2026-03-28 23:00", "2026-03-29 03:00"),
        ["28 23:00", "29 01:00", "29 02:00"],
    ),
    "every other hour in autumn": (
        *("0 */2 * * *", STOCKHOLM, "2026-10-24 22:00", "2026-10-25 04:00"),
        ["24 22:00", "25 01:00", "25 03:00"],
    ),
    "another hemisphere": (
        "0 9 * * *",
        "Australia/Sydney",
        "2026-04-03",
        "2026-04-06",
        ["03 22:00", "04 23:00", "05 23:00"],
    ),
    # Nobody changes an offset: 09:00 at -08:00 is 17:00 UTC before and after the 8th, when clocks there are changed.
    "an offset": ("0 9 * * *", "-08:00", "2026-03-07", "2026-03-10", ["07 17:00", "08 17:00", "09 17:00"]),
    "an offset of half an hour": ("0 0 * * *", "+05:30", "2026-03-01", "2026-03-03", ["01 18:30", "02 18:30"]),
    "a day of the month or of the week": (
        *("0 0 13 * fri", "UTC", "2026-03-06", "2026-03-21"),
        ["06 00:00", "13 00:00", "20 00:00"],
    ),
    "six fields, the last of seconds": (
        *("0 12 * * * 0,30", "UTC", "2026-03-01", "2026-03-02"),
        ["01 12:00", "01 12:00:30"],
    ),
    "hourly": ("@hourly", "UTC", "2026-03-01", "2026-03-01 02:00", ["01 00:00", "01 01:00"]),
    "daily": ("@daily", "UTC", "2026-03-01", "2026-03-03", ["01 00:00", "02 00:00"]),
    "weekly": ("@weekly", "UTC", "2026-03-01", "2026-03-15", ["01 00:00", "08 00:00"]),
    "monthly": ("@monthly", "UTC", "2026-03-01", "2026-04-02", ["01 00:00", "01 00:00"]),
    "quarterly": ("@quarterly", "UTC", "2026-03-01", "2026-08-01", ["01 00:00", "01 00:00"]),
    "yearly": ("@yearly", "UTC", "2026-03-01", "2028-03-01", ["01 00:00", "01 00:00"]),
    "a day that never comes": ("0 0 30 2 *", "UTC", "2026-03-01", "2027-03-01", []),
}


@pytest.mark.parametrize("case", EXPANSIONS.values(), ids=EXPANSIONS)
def test_a_schedule_names_these_instants(case: tuple[str, str, str, str, list[str]]) -> None:
    *arguments, expected = case
    assert times(*arguments) == expected


def test_each_instant_knows_the_next_one() -> None:
    found = instants("0 0 1 * *", "UTC", utc("2026-03-01"), utc("2026-03-02"))
    assert found == [(utc("2026-03-01"), utc("2026-04-01"))]


@pytest.mark.parametrize(
    ("expression", "zone"),
    [("61 * * * *", "UTC"), ("whenever", "UTC"), ("@daily", "Mars/Olympus"), ("@daily", "+99:00")],
)
def test_what_is_no_schedule_says_so(expression: str, zone: str) -> None:
    with pytest.raises(ScheduleProblem, match="is no"):
        instants(expression, zone, utc("2026-03-01"), utc("2026-03-02"))


def write_csv(path: Path, rows: list[dict[str, Any]]) -> None:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


DAGS: dict[str, dict[str, Any]] = {
    "cron": {
        "timetable": {"__type": "t.CronTriggerTimetable", "__var": {"expression": "0 4 * * *", "timezone": "UTC"}}
    },
    "same": {
        "timetable": {"__type": "t.CronDataIntervalTimetable", "__var": {"expression": "0 4 * * *", "timezone": "UTC"}}
    },
    "preset": {"schedule_interval": "@daily", "timezone": STOCKHOLM},
    "wrong": {"schedule_interval": "61 * * * *", "timezone": "UTC"},
    "interval": {"timetable": {"__type": "t.DeltaTriggerTimetable", "__var": {"delta": 60.0}}, "timezone": "UTC"},
    "interval of 2": {"schedule_interval": {"__type": "timedelta", "__var": 60.0}, "timezone": "UTC"},
    "once": {"schedule_interval": "@once", "timezone": "UTC"},
    "continuous": {"timetable": {"__type": "t.ContinuousTimetable", "__var": {}}, "timezone": "UTC"},
    "assets": {"timetable": {"__type": "t.AssetTriggeredTimetable", "__var": {}}, "timezone": "UTC"},
    "none": {"schedule_interval": None, "timezone": "UTC"},
}


def write_airflow(folder: Path, *days: str, dags: dict[str, dict[str, Any]] = DAGS) -> dict[str, Any]:
    """Writes the metadata of an Airflow whose runs were due at midnight of these days."""
    folder.mkdir(exist_ok=True)
    runs = [
        {"id": number, "dag_id": "cron", "run_id": day, "state": "success", "run_type": "scheduled", "run_after": day,
         "updated_at": day}
        for number, day in enumerate(days, start=1)
    ]  # fmt: skip
    write_csv(folder / "dag_run.csv", runs)
    write_csv(
        folder / "task_instance.csv",
        [{"dag_id": "cron", "task_id": "t", "run_id": days[0], "map_index": -1, "state": "success"}],
    )
    write_csv(
        folder / "serialized_dag.csv",
        [
            {"id": number, "dag_id": name, "data": json.dumps({"dag": dag}), "last_updated": "2026-01-01 00:00:00"}
            for number, (name, dag) in enumerate(dags.items(), start=1)
        ],
    )
    return {"kind": "airflow", "name": "prod", "url": str(folder)}


Schedules = Callable[[Loader], list[tuple[Any, ...]]]


def schedules(loader: Loader) -> list[tuple[Any, ...]]:
    return loader.query(
        "select schedule_expression, time_zone, expanded_from, expanded_until, problem is null "
        "from raw.schedules order by 1, 2"
    )


def occurrences(loader: Loader) -> list[tuple[Any, ...]]:
    return loader.query("select schedule_expression, occurs_at from raw.schedule_occurrences order by 1, 2")


def test_a_load_expands_each_cron_once_over_the_days_of_the_metadata(loader: Loader) -> None:
    loader.load(write_airflow(loader.folder / "airflow", "2026-01-05 00:00:00", "2026-01-06 00:00:00"))
    window = (utc("2026-01-05"), utc("2026-01-08"))
    assert schedules(loader) == [
        ("0 4 * * *", "UTC", *window, True),
        ("61 * * * *", "UTC", *window, False),
        ("@daily", STOCKHOLM, *window, True),
    ]
    assert occurrences(loader) == [
        *(("0 4 * * *", utc(f"2026-01-0{day} 04:00")) for day in (5, 6, 7)),
        *(("@daily", utc(f"2026-01-0{day} 23:00")) for day in (5, 6, 7)),
    ]


def test_only_new_days_and_new_schedules_are_added(loader: Loader) -> None:
    folder = loader.folder / "airflow"
    feed = write_airflow(folder, "2026-01-05 00:00:00", "2026-01-06 00:00:00")
    loader.load(feed)
    kept = "select * from raw.schedule_occurrences order by all"
    before = loader.query(kept)
    loader.load()
    assert loader.query(kept) == before
    days = ["2026-01-03 00:00:00", "2026-01-05 00:00:00", "2026-01-06 00:00:00", "2026-01-08 00:00:00"]
    write_airflow(folder, *days, dags={**DAGS, "new": {"schedule_interval": "@weekly", "timezone": "UTC"}})
    loader.load()
    assert set(before) < set(loader.query(kept))
    once = loader.folder / "once"
    once.mkdir()
    whole = occurrences(loader)
    assert [at.day for name, at in whole if name == "0 4 * * *"] == list(range(3, 10))
    assert [at.day for name, at in whole if name == "@weekly"] == [4]
    assert len(whole) == len(set(whole))


def test_a_run_of_another_age_does_not_expand_an_age(loader: Loader) -> None:
    loader.load(
        write_airflow(loader.folder / "airflow", "1970-01-01 00:00:00", "2026-01-06 00:00:00", "2999-01-01 00:00:00")
    )
    first, last = loader.query("select min(occurs_at), max(occurs_at) from raw.schedule_occurrences")[0]
    assert utc("2026-01-08") - timedelta(days=1105) < first < last < utc("2026-01-08")


def test_nothing_landed_expands_nothing(loader: Loader) -> None:
    loader.load({"kind": "openlineage", "name": "none", "path": "none/*.json", "optional": True})
    assert schedules(loader) == []


# What contracts promise, with the schedules that are made of it.
PROMISES: dict[str, tuple[dict[str, Any], set[tuple[str, str]]]] = {
    "a frequency of cron": (
        {"property": "Frequency", "value": 1, "unit": "d", "scheduler": "cron", "schedule": "0 6 * * 1-5"},
        {("0 6 * * 1-5", "UTC")},
    ),
    "a frequency": ({"property": "fy", "value": 1, "unit": "d"}, set()),
    "an offset": (
        {"property": "timeOfAvailability", "value": "09:00-08:00"},
        {("0 9 * * *", "-08:00"), ("0 0 * * *", "-08:00")},
    ),
    "an offset in short, and seconds": (
        {"property": "timeOfAvailability", "value": "9:05:30 +0530"},
        {("5 9 * * * 30", "+05:30"), ("0 0 * * *", "+05:30")},
    ),
    "no zone": (
        {"property": "timeofavailability", "value": "23:59:00"},
        {("59 23 * * *", "UTC"), ("0 0 * * *", "UTC")},
    ),
    "a city, on workdays": (
        {"property": "timeOfAvailability", "value": f"06:00 {STOCKHOLM}", "schedule": "0 0 * * 1-5"},
        {("0 6 * * *", STOCKHOLM), ("0 0 * * 1-5", STOCKHOLM)},
    ),
    "no time": ({"property": "timeOfAvailability", "value": "24:00"}, set()),
    "the schedule of another tool": (
        {"property": "frequency", "value": 1, "scheduler": "airflow", "schedule": "@daily"},
        set(),
    ),
    "a schedule of seconds": ({"property": "frequency", "value": 1, "schedule": "* * * * * *"}, set()),
    "when a latency is looked at": ({"property": "latency", "value": 4, "unit": "d", "schedule": "0 30 * * *"}, set()),
}


def write_contract(folder: Path, *items: dict[str, Any]) -> dict[str, Any]:
    folder.mkdir(exist_ok=True)
    contract = {
        **{"apiVersion": "v3.1.0", "kind": "DataContract", "id": "c", "version": "1.0.0", "status": "active"},
        **({"slaProperties": list(items)} if items else {}),
    }
    (folder / "c.odcs.json").write_text(json.dumps(contract))
    return {"kind": "odcs", "name": "contracts", "path": str(folder)}


def write_events(folder: Path, *days: str) -> dict[str, Any]:
    folder.mkdir(exist_ok=True)
    for day in days:
        (folder / f"{day}.json").write_text(json.dumps(event(eventTime=f"{day}T12:00:00Z")))
    return {"kind": "openlineage", "name": "lineage", "path": str(folder / "*.json")}


def test_what_contracts_promise_is_expanded(loader: Loader) -> None:
    contracts = write_contract(loader.folder / "contracts", *(item for item, _ in PROMISES.values()))
    loader.load(contracts, write_events(loader.folder / "events", "2026-01-05"))
    expected = set().union(*(found for _, found in PROMISES.values()))
    assert {(expression, zone) for expression, zone, *_ in schedules(loader)} == expected


def test_a_contract_is_expanded_over_the_days_of_the_lineage(loader: Loader) -> None:
    """Airflow's schedules keep to the days of its own runs, and the contract's follow new events."""
    promise = {"property": "timeOfAvailability", "value": "09:00"}
    contracts = write_contract(loader.folder / "contracts", promise)
    airflow = write_airflow(loader.folder / "airflow", "2026-01-05 00:00:00", "2026-01-06 00:00:00")
    loader.load(contracts, airflow, write_events(loader.folder / "events", "2026-01-03", "2026-01-09"))
    of_time = "select min(occurs_at), max(occurs_at) from raw.schedule_occurrences where schedule_expression = "
    assert loader.query(of_time + "'0 9 * * *'") == [(utc("2026-01-03 09:00"), utc("2026-01-10 09:00"))]
    assert loader.query(of_time + "'0 4 * * *'") == [(utc("2026-01-05 04:00"), utc("2026-01-07 04:00"))]
    write_events(loader.folder / "events", "2026-01-12")
    loader.load()
    assert loader.query(of_time + "'0 9 * * *'") == [(utc("2026-01-03 09:00"), utc("2026-01-13 09:00"))]
    assert loader.query(of_time + "'0 4 * * *'") == [(utc("2026-01-05 04:00"), utc("2026-01-07 04:00"))]


def test_a_contract_that_is_new_is_expanded_over_what_was_landed_before(loader: Loader) -> None:
    events = write_events(loader.folder / "events", "2026-01-03", "2026-01-09")
    loader.load(events, write_contract(loader.folder / "contracts"))
    assert schedules(loader) == []
    write_contract(loader.folder / "contracts", {"property": "frequency", "value": 1, "schedule": "0 9 * * *"})
    loader.load()
    assert [at.day for _, at in occurrences(loader)] == list(range(3, 11))


def test_postgres_is_given_the_same(postgres_loader: Loader) -> None:
    feed = write_airflow(postgres_loader.folder / "airflow", "2026-01-05 00:00:00", "2026-01-06 00:00:00")
    contracts = write_contract(
        postgres_loader.folder / "contracts", {"property": "timeOfAvailability", "value": f"09:00 {STOCKHOLM}"}
    )
    postgres_loader.load(feed, contracts, write_events(postgres_loader.folder / "events", "2026-01-06"))
    postgres_loader.load()
    # The contract's midnight and Airflow's @daily are two expressions.
    assert len(schedules(postgres_loader)) == 5
    assert len(occurrences(postgres_loader)) == 6 + 2 * 3
