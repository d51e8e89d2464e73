"""Airflow's metadata from every kind of place: what is read, what of it again, and what stays."""

from __future__ import annotations

import csv
import datetime
import json
import sqlite3
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from loading import SHARED, Loader, count_csv_rows, needs_shared_data
from support import ROOT, connect

RUN = "dag_run"
TASK = "task_instance"
NOW = datetime.datetime(2026, 3, 1, 12)


def run_row(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "id": number,
        "dag_id": "orders",
        "run_id": f"scheduled__{number}",
        "state": "success",
        "external_trigger": False,
        "start_date": NOW - datetime.timedelta(hours=number),
        "clear_number": 0,
        "updated_at": NOW - datetime.timedelta(hours=number),
        **changes,
    }


def task_row(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "id": f"01a1fc8d-972a-76dc-a315-{number:012d}",
        "dag_id": "orders",
        "task_id": "load",
        "run_id": f"scheduled__{number}",
        "map_index": -1,
        "try_number": 1,
        "state": "success",
        "duration": 1.5,
        "updated_at": NOW - datetime.timedelta(hours=number),
        **changes,
    }


def postgres_url(settings: dict[str, str]) -> str:
    """The URL of a test database."""
    user, password = settings.get("PLUMBLINE_PG_USER", "plumbline"), settings.get("PLUMBLINE_PG_PASSWORD", "")
    place = f"host={settings['PLUMBLINE_PG_HOST']}&port={settings.get('PLUMBLINE_PG_PORT', '5432')}"
    return f"postgresql+psycopg2://{user}:{password}@/{settings['PLUMBLINE_PG_DATABASE']}?{place}"


class SqliteAirflow:
    """An Airflow on SQLite, which a test writes to."""

    def __init__(self, path: Path) -> None:
        self.con = sqlite3.connect(path)
        self.url = f"sqlite:///{path}"

    def execute(self, sql: str, values: tuple[Any, ...] = ()) -> None:
        self.con.execute(sql, tuple(str(v) if isinstance(v, datetime.datetime) else v for v in values))
        self.con.commit()

    def write(self, table: str, *rows: dict[str, Any]) -> None:
        names = list(rows[0])
        self.execute(f"create table if not exists {table} ({', '.join(names)})")
        for row in rows:
            marks = ", ".join("?" for _ in names)
            self.execute(
                f"insert into {table} ({', '.join(names)}) values ({marks})", tuple(row[name] for name in names)
            )


class PostgresAirflow:
    """An Airflow on PostgreSQL, with its types."""

    def __init__(self, settings: dict[str, str]) -> None:
        self.con = connect(settings, settings["PLUMBLINE_PG_DATABASE"])
        self.con.autocommit = True
        self.settings = settings
        self.url = postgres_url(settings)

    def execute(self, sql: str, values: tuple[Any, ...] = ()) -> None:
        self.con.cursor().execute(sql.replace("?", "%s"), values)

    def write(self, table: str, *rows: dict[str, Any]) -> None:
        def kind(name: str, value: Any) -> str:
            if isinstance(value, datetime.datetime):
                return "timestamptz"
            if name == "id" and isinstance(value, str):
                return "uuid"
            if isinstance(value, dict):
                return "json"
            return {bool: "boolean", int: "integer", float: "double precision", bytes: "bytea"}.get(
                type(value), "varchar"
            )

        names = list(rows[0])
        columns = ", ".join(f"{name} {kind(name, rows[0][name])}" for name in names)
        self.execute(f"create table if not exists {table} ({columns})")
        for row in rows:
            values = tuple(json.dumps(v) if isinstance(v, dict) else v for v in (row[name] for name in names))
            marks = ", ".join("%s" for _ in names)
            self.execute(f"insert into {table} ({', '.join(names)}) values ({marks})", values)


@pytest.fixture(params=["sqlite", "postgres"])
def airflow(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqliteAirflow | PostgresAirflow]:
    if request.param == "sqlite":
        made: SqliteAirflow | PostgresAirflow = SqliteAirflow(tmp_path / "airflow.db")
    else:
        made = PostgresAirflow(request.getfixturevalue("make_postgres_database")())
    yield made
    made.con.close()


def feed(airflow: SqliteAirflow | PostgresAirflow, **options: Any) -> dict[str, Any]:
    return {"kind": "airflow", "name": "prod", "url": airflow.url, **options}


def export(folder: Path, table: str, *rows: dict[str, Any]) -> Path:
    """Write a table as CSV."""
    folder.mkdir(exist_ok=True)
    path = folder / f"{table}.csv"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_rows_are_typed_and_changes_are_read_again(loader: Loader, airflow: SqliteAirflow | PostgresAirflow) -> None:
    airflow.write(RUN, *(run_row(number) for number in range(60)))
    airflow.write(TASK, *(task_row(number) for number in range(60)))
    airflow.write(
        "dag",
        {"dag_id": "orders", "is_paused": True, "not_declared": 1},
        {"dag_id": "old", "is_paused": False, "not_declared": 1},
    )
    loader.load(feed(airflow))
    assert loader.query(
        "select id, external_trigger, start_date, clear_number, run_type from raw.airflow_dag_run "
        "where run_id = 'scheduled__1'"
    ) == [("1", False, NOW - datetime.timedelta(hours=1), 0, None)]
    assert loader.query(
        "select id, map_index, duration from raw.airflow_task_instance where run_id = 'scheduled__7'"
    ) == [("01a1fc8d972a76dca315000000000007", -1, 1.5)]
    before = loader.contents(["airflow_dag_run"])

    assert "nothing new" not in loader.load().output  # the look-back is read again,
    assert loader.contents(["airflow_dag_run"]) == before  # and changes nothing
    assert loader.query("select count(distinct _load_id) from raw.airflow_dag_run") == [(1,)]

    airflow.execute(f"update {RUN} set state = 'failed', updated_at = ? where id = 50", (NOW,))
    airflow.execute(f"update {RUN} set state = 'late' where id = 3")
    airflow.execute(f"update {RUN} set state = 'unseen' where id = 40")
    airflow.execute(f"delete from {RUN} where id in (1, 59)")
    airflow.execute("delete from dag where dag_id = 'old'")
    airflow.write(RUN, run_row(60, updated_at=NOW + datetime.timedelta(hours=1)), run_row(61, updated_at=None))
    done = loader.load()
    states = dict(loader.query("select run_id, state from raw.airflow_dag_run"))
    assert len(states) == 62
    assert [states[f"scheduled__{number}"] for number in (50, 3, 40, 1, 59, 60, 61)] == [
        *("failed", "late", "success", "success", "success", "success", "success")
    ]
    assert "4 records landed" in done.output
    assert loader.query("select dag_id, is_paused, _is_current from raw.airflow_dag order by 1") == [
        ("old", False, False),
        ("orders", True, True),
    ]
    airflow.write("dag", {"dag_id": "old", "is_paused": False, "not_declared": 1})
    loader.load()
    assert loader.value("select bool_and(_is_current) from raw.airflow_dag")


def test_what_belongs_to_a_row_that_is_read_is_read_with_it(
    loader: Loader, airflow: SqliteAirflow | PostgresAirflow
) -> None:
    airflow.write(RUN, *(run_row(number) for number in range(60)))
    airflow.write(TASK, *(task_row(number) for number in range(60)))
    airflow.write("task_instance_history", {**task_row(50, try_number=1, state="failed"), "task_instance_id": "x"})
    airflow.write("dagrun_asset_event", {"dag_run_id": 1, "event_id": 1})
    loader.load(feed(airflow, lookback_hours=5))
    # A cleared task moves its earlier try into the history with the time it had.
    airflow.execute(f"update {TASK} set try_number = 3, updated_at = ? where run_id = 'scheduled__50'", (NOW,))
    airflow.write(
        "task_instance_history",
        {**task_row(50, try_number=2, state="failed"), "task_instance_id": "y"},
        {**task_row(58, try_number=2, state="failed"), "task_instance_id": "z"},
    )
    airflow.execute(f"update {RUN} set clear_number = 1, updated_at = ? where id = 55", (NOW,))
    airflow.write("dagrun_asset_event", {"dag_run_id": 55, "event_id": 2}, {"dag_run_id": 54, "event_id": 3})
    loader.load()
    assert loader.query("select run_id, try_number from raw.airflow_task_instance_history order by 1, 2") == [
        ("scheduled__50", 1),
        ("scheduled__50", 2),
    ]
    assert loader.query("select dag_run_id, event_id from raw.airflow_dagrun_asset_event order by 1") == [
        ("1", "1"),
        ("55", "2"),
    ]


def test_a_compressed_dag_is_decompressed(loader: Loader, airflow: SqliteAirflow | PostgresAirflow) -> None:
    airflow.write(RUN, run_row(1))
    airflow.write(TASK, task_row(1))
    dag = {"dag": {"dag_id": "orders", "tasks": [1, 2]}}
    common = {"dag_hash": "h", "last_updated": NOW}
    airflow.write(
        "serialized_dag",
        {"dag_id": "plain", "data": dag, "data_compressed": b"", **common}
        if isinstance(airflow, PostgresAirflow)
        else {"dag_id": "plain", "data": json.dumps(dag), "data_compressed": None, **common},
        {"dag_id": "packed", "data": None, "data_compressed": zlib.compress(json.dumps(dag).encode()), **common},
        {"dag_id": "damaged", "data": None, "data_compressed": b"no zlib", **common},
    )
    loader.load(feed(airflow))
    assert [
        (key, json.loads(data))
        for key, data in loader.query("select dag_id, data from raw.airflow_serialized_dag order by 1")
    ] == [
        ("packed", dag),
        ("plain", dag),
    ]
    assert [row[2] for row in loader.rejected()] == ["data_compressed cannot be decompressed"]


def test_a_value_that_cannot_be_read_rejects_its_row(loader: Loader) -> None:
    folder = loader.folder / "export"
    export(
        folder,
        RUN,
        run_row(1),
        run_row(2, start_date="tomorrow", clear_number="many"),
        run_row(3, run_id=""),
        run_row(4, external_trigger="perhaps"),
        run_row(5, external_trigger="t", start_date="2026-03-01T10:00:00.5+02:00", clear_number="2.0"),
        run_row(1, state="running", updated_at=NOW + datetime.timedelta(hours=9)),
    )
    path = export(folder, TASK, task_row(1))
    with path.open("a") as file:
        file.write("only,three,cells\r\n")
    export(
        folder,
        "dag",
        {"dag_id": "orders", "asset_expression": "{broken"},
        {"dag_id": "fine", "asset_expression": '{"a": 1}'},
    )
    done = loader.load({"kind": "airflow", "name": "prod", "url": "export"})
    assert loader.query(
        "select run_id, state, external_trigger, start_date, clear_number from raw.airflow_dag_run order by 1"
    ) == [
        ("scheduled__1", "running", False, NOW - datetime.timedelta(hours=1), 0),
        ("scheduled__5", "success", True, datetime.datetime(2026, 3, 1, 8, 0, 0, 500000), 2),
    ]
    assert sorted(loader.rejected()) == [
        ("dag", 1, "asset_expression is not a json"),
        (RUN, 2, "start_date is not a timestamp; clear_number is not an integer"),
        (RUN, 3, "run_id is null"),
        (RUN, 4, "external_trigger is not a boolean"),
        (TASK, 3, "the line does not fit the header: Expected Number of Columns: 9 Found: 3"),
    ]
    assert "5 rejected" in done.output
    assert loader.value("select content from raw.rejected_records where line_number = 4").startswith('{"id":"4",')
    assert "nothing new" in loader.load().output


def test_exports_may_be_parquet_and_gzip(loader: Loader) -> None:
    folder = loader.folder / "export"
    folder.mkdir()
    with duckdb.connect() as con:
        con.execute("set TimeZone = 'UTC'")
        con.execute(
            f"copy (select 'orders' as dag_id, 'r' as run_id, 'success' as state, true as external_trigger, "
            f"timestamptz '2026-03-01 10:00:00+02' as start_date, 3 as clear_number) to '{folder}/dag_run.parquet'"
        )
        con.execute(
            f"copy (select 'orders' as dag_id, 'load' as task_id, 'r' as run_id, -1 as map_index, 'success' as state, "
            f"uuid '01a1fc8d-972a-76dc-a315-77a7ee33b4f0' as id) to '{folder}/task_instance.csv.gz' (header)"
        )
    loader.load({"kind": "airflow", "name": "prod", "url": "export/"})
    assert loader.query("select external_trigger, start_date, clear_number from raw.airflow_dag_run") == [
        (True, datetime.datetime(2026, 3, 1, 8), 3)
    ]
    assert loader.query("select id from raw.airflow_task_instance") == [("01a1fc8d972a76dca31577a7ee33b4f0",)]


def test_only_the_exports_that_changed_are_read(loader: Loader) -> None:
    folder = loader.folder / "export"
    export(folder, RUN, run_row(1))
    export(folder, TASK, task_row(1))
    loader.load({"kind": "airflow", "name": "prod", "url": "export"})
    export(folder, RUN, run_row(1, state="failed"), run_row(2))
    loader.load()
    assert loader.query("select files_or_tables, records_landed from raw.loads order by started_at") == [(2, 2), (1, 2)]


def test_two_airflows_stand_side_by_side(loader: Loader) -> None:
    for name in ("one", "two"):
        export(loader.folder / name, RUN, run_row(1, state=name))
        export(loader.folder / name, TASK, task_row(1))
    loader.load(*({"kind": "airflow", "name": name, "url": name} for name in ("one", "two")))
    assert loader.query("select _source_name, state from raw.airflow_dag_run order by 1") == [
        ("one", "one"),
        ("two", "two"),
    ]


def test_the_source_is_never_written_to(loader: Loader, make_postgres_database: Callable[[], dict[str, str]]) -> None:
    airflow = PostgresAirflow(make_postgres_database())
    airflow.write(RUN, run_row(1))
    airflow.write(TASK, task_row(1))
    airflow.execute("create role reader login in role pg_read_all_data password 'only-for-reading'")
    try:
        database = airflow.settings["PLUMBLINE_PG_DATABASE"]
        host, port = airflow.settings["PLUMBLINE_PG_HOST"], airflow.settings.get("PLUMBLINE_PG_PORT", "5432")
        url = f"postgresql://reader:only-for-reading@/{database}?host={host}&port={port}"
        done = loader.load({"kind": "airflow", "name": "prod", "url": url})
        assert "2 records landed" in done.output
        assert "only-for-reading" not in done.output
    finally:
        airflow.con.close()
        admin = connect(airflow.settings, airflow.settings.get("PLUMBLINE_PG_DATABASE", "postgres"))
        admin.autocommit = True
        admin.cursor().execute("drop role reader")
        admin.close()


def test_a_row_with_the_same_values_keeps_its_load(loader: Loader) -> None:
    folder = loader.folder / "export"
    export(folder, RUN, run_row(1), run_row(2))
    export(folder, TASK, task_row(1))
    loader.load({"kind": "airflow", "name": "prod", "url": "export"})
    export(folder, RUN, run_row(1), run_row(2, state="failed"))
    loader.load()
    assert loader.query(
        "select run_id, r._load_id = l.load_id from raw.airflow_dag_run as r, "
        "(select load_id from raw.loads order by started_at limit 1) as l order by 1"
    ) == [
        ("scheduled__1", True),
        ("scheduled__2", False),
    ]


@pytest.mark.parametrize("version", ["airflow-2.10.5", "airflow-3.3.2"])
@needs_shared_data
def test_recorded_databases_are_all_landed(loader: Loader, version: str) -> None:
    folder = SHARED / "airflow_metadata" / version
    loader.load({"kind": "airflow", "name": "prod", "url": str(folder)})
    assert loader.rejected() == []
    declared = {
        row[0].removeprefix("airflow_")
        for row in loader.query("select table_name from duckdb_tables() where table_name like 'airflow_%'")
    }
    given = {path.stem: count_csv_rows(path) for path in folder.glob("*.csv") if path.stem in declared}
    assert {name: loader.value(f"select count(*) from raw.airflow_{name}") for name in given} == given
    assert loader.value("select sum(records_landed) from raw.loads") == sum(given.values())
    columns = "run_id, state, start_date"
    with (folder / "dag_run.csv").open() as file:
        expected = sorted((row["run_id"], row["state"], row["start_date"]) for row in csv.DictReader(file))
    assert [
        (a, b, c.isoformat(sep=" ", timespec="microseconds"))
        for a, b, c in loader.query(f"select {columns} from raw.airflow_dag_run order by all")
    ] == expected


def test_the_sample_loads_without_a_rejection(loader: Loader) -> None:
    loader.load({"kind": "airflow", "name": "sample", "url": str(ROOT / "sample" / "airflow")})
    given = sum(count_csv_rows(path) for path in (ROOT / "sample" / "airflow").glob("*.csv"))
    assert loader.query("select records_landed, records_rejected from raw.loads") == [(given, 0)]


def test_a_table_without_a_header_is_a_table_without_rows(loader: Loader) -> None:
    folder = loader.folder / "export"
    export(folder, RUN, run_row(1))
    export(folder, TASK, task_row(1))
    (folder / "dag.csv").write_text("")
    assert "2 records landed" in loader.load({"kind": "airflow", "name": "prod", "url": "export"}).output
