"""What goes wrong around a load leaves nothing half done: nothing is lost, nothing is landed twice, and it is said."""

from __future__ import annotations

import csv
import datetime
import errno
import json
import os
import re
import resource
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

import plumbline.load
from hostile_feeds import write_sqlite
from loading import Loader, event, lines
from plumbline.errors import PlumblineError
from plumbline.feeds import airflow as airflow_feed
from plumbline.feeds import dbt as dbt_feed
from plumbline.feeds import openlineage as openlineage_feed
from plumbline.publish import publish
from support import BIN, ROOT, Workplace, connect
from test_load_airflow import PostgresAirflow, run_row, task_row
from test_load_dbt import artifact, node

LINEAGE = {"kind": "openlineage", "name": "lineage", "path": "*.ndjson"}
ARTIFACTS = {"kind": "dbt", "name": "shop", "path": "artifacts/"}


def events(count: int, start: int = 0) -> bytes:
    """So many events that DuckDB reads their file, not Python."""
    return lines(*(event(number, filler="x" * 3000) for number in range(start, start + count)))


def landed(loader: Loader) -> tuple[Any, ...]:
    """How many events there are, and how many different ones."""
    return loader.query("select count(*), count(distinct event_md5) from raw.openlineage_events")[0]


def load_in_a_process(loader: Loader, limit: int) -> subprocess.CompletedProcess[str]:
    """Load where no file may grow past so many bytes, as on a disk that is full."""
    return subprocess.run(
        [sys.executable, "-m", "plumbline", "load"],
        cwd=loader.folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("megabytes", [1, 3, 6])
def test_a_disk_that_is_full_fails_the_load_and_harms_nothing(loader: Loader, megabytes: int) -> None:
    """The smallest limit stops the scratch files, the others the warehouse."""
    (loader.folder / "a.ndjson").write_bytes(events(100))
    loader.load(LINEAGE)
    # Noise, so that nothing is compressed; Python reads lines with NaN in them.
    noise = (os.urandom(1500).hex() for _ in range(3000))
    given = [event(1000 + number, filler=text, odd=float("nan")) for number, text in enumerate(noise)]
    (loader.folder / "b.ndjson").write_bytes(lines(*given))
    done = load_in_a_process(loader, megabytes << 20)
    assert done.returncode == 1, done.stdout
    assert "lineage: failed: " in done.stdout
    assert "File too large" in done.stdout
    assert "Traceback" not in done.stdout
    assert landed(loader) == (100, 100)
    loader.load()
    assert landed(loader) == (3100, 3100)


def end_sessions(settings: dict[str, str]) -> int:
    """End the sessions that load, as a server does that is stopped at once; returns how many there were."""
    connection = connect(settings, settings["PLUMBLINE_PG_DATABASE"])
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(pg_terminate_backend(pid)) from pg_stat_activity "
            "where datname = current_database() and application_name = 'plumbline' and state <> 'idle'"
        )
        ended = cursor.fetchone()
    connection.close()
    return ended[0] if ended else 0


@pytest.mark.parametrize("seconds", [0.0, 0.2, 0.5])
def test_a_database_that_goes_away_fails_the_load_and_harms_nothing(postgres_loader: Loader, seconds: float) -> None:
    loader = postgres_loader
    (loader.folder / "a.ndjson").write_bytes(events(100))
    loader.load(LINEAGE)
    (loader.folder / "b.ndjson").write_bytes(events(8000, 1000))
    process = subprocess.Popen(
        [sys.executable, "-m", "plumbline", "load", "--target", "prod"],
        cwd=loader.folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(seconds)
    while not end_sessions(dict(os.environ)) and process.poll() is None:
        time.sleep(0.01)
    printed = process.stdout.read()
    process.stdout.close()
    assert process.wait() in (0, 1), printed
    assert not re.search("Traceback|Stack Trace|terminate called", printed), printed
    # The feed may have landed before: then it stays, whatever became of the next one.
    assert landed(loader) == ((100, 100) if "lineage: failed: " in printed else (8100, 8100)), printed
    loader.load()
    assert landed(loader) == (8100, 8100)


SOME_MODELS = (
    "+stg_openlineage__event_datasets,resource_type:model",
    "+int_openlineage_runs__identified,resource_type:model",
)
MADE_OF_EVENTS = {
    "staging.stg_openlineage__events": "event_key, run_id, event_at, job_name",
    "staging.stg_openlineage__event_datasets": "event_key, role, dataset_name, event_at",
    "intermediate.int_openlineage_runs__identified": "openlineage_run_id, pipeline_run_key",
}


def start_run(workplace: Workplace) -> subprocess.Popen[str]:
    """Start a run that builds a few models, which takes in new events and makes increments."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PLUMBLINE_", "DBT_"))}
    selection = [part for model in SOME_MODELS for part in ("--select", model)]
    return subprocess.Popen(
        [str(BIN / "plumbline"), "run", "--no-docs", "--target", "prod", *selection],
        cwd=workplace.folder,
        env={**inherited, "NO_COLOR": "1", "PLUMBLINE_PROJECT_DIR": str(workplace.folder), **workplace.env},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def events_of_datasets(start: int) -> bytes:
    there = [{"namespace": "shop", "name": f"table_{number}"} for number in range(3)]
    return lines(*(event(number, outputs=there) for number in range(start, start + 20)))


def test_a_database_that_goes_away_fails_the_build_and_harms_nothing(
    make_workplace: Callable[..., Workplace],
    make_postgres_database: Callable[..., dict[str, str]],
    administer: Callable[..., None],
) -> None:
    """The server takes no connections for as long as it is down, and has ended all that there were."""
    disturbed, undisturbed = (make_workplace(name, "prod", make_postgres_database()) for name in ("disturbed", "calm"))
    for workplace in (disturbed, undisturbed):
        (workplace.folder / "plumbline.yml").write_text(yaml.safe_dump({"feeds": [LINEAGE]}))
        (workplace.folder / "a.ndjson").write_bytes(events_of_datasets(0))
        workplace.load()
        (workplace.folder / "b.ndjson").write_bytes(events_of_datasets(100))
    database = disturbed.env["PLUMBLINE_PG_DATABASE"]
    in_the_way = connect(disturbed.env, database)
    in_the_way.cursor().execute("lock table raw.airflow_task_instance_history in access exclusive mode")
    process = start_run(disturbed)
    is_waiting = (
        "select 1 as found from pg_stat_activity "
        "where wait_event_type = 'Lock' and application_name = 'dbt' and datname = current_database()"
    )
    while not disturbed.query(is_waiting) and process.poll() is None:
        time.sleep(0.1)
    administer(f"alter database {database} allow_connections false", "postgres")
    administer(f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{database}'", "postgres")
    printed, _ = process.communicate()
    in_the_way.close()
    administer(f"alter database {database} allow_connections true", "postgres")
    assert process.returncode == 3, printed
    assert not re.search("Traceback|Stack Trace", printed), printed
    assert re.search("terminating connection|not currently accepting connections", printed), printed
    for workplace in (disturbed, undisturbed):
        process = start_run(workplace)
        printed, _ = process.communicate()
        assert process.returncode == 0, printed
    for table, columns in MADE_OF_EVENTS.items():
        query = f"select {columns} from {table} order by {columns}"
        rows = disturbed.query(query)
        assert rows and rows == undisturbed.query(query), table


def test_a_load_that_the_server_still_commits_is_waited_for(
    postgres_loader: Loader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plumbline.warehouse.LOCK_TIMEOUT", "1s")
    (postgres_loader.folder / "a.ndjson").write_bytes(lines(event()))
    postgres_loader.load(LINEAGE)
    (postgres_loader.folder / "b.ndjson").write_bytes(lines(event(1)))
    with connect(dict(os.environ), os.environ["PLUMBLINE_PG_DATABASE"]) as other:
        other.cursor().execute("update raw.load_files set records_landed = records_landed")
        done = postgres_loader.load(fails=True)
    other.close()
    assert "another session has been writing to raw.load_files for 1s" in done.output
    postgres_loader.load()
    assert landed(postgres_loader) == (2, 2)


@pytest.mark.parametrize("engine", ["loader", "postgres_loader"])
def test_a_clock_that_goes_back_makes_no_load_older_than_the_last(
    engine: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Increments take what was loaded since the last; a log goes on from its last state, by the time of its load."""
    loader: Loader = request.getfixturevalue(engine)
    noon = datetime.datetime(2026, 3, 1, 12)
    path = loader.folder / "a.ndjson"
    for number, hours in enumerate((0, -1, -2, 48, -72)):
        monkeypatch.setattr(plumbline.load, "_now", lambda hours=hours: noon + datetime.timedelta(hours=hours))
        with path.open("ab") as file:
            file.write(lines(event(2 * number), event(2 * number + 1)))
        loader.load(LINEAGE)
        assert landed(loader) == (2 * (number + 1),) * 2
    assert "nothing new" in loader.load().output
    times = loader.query("select _loaded_at, count(*) from raw.openlineage_events group by 1 order by min(event_time)")
    microsecond = datetime.timedelta(microseconds=1)
    late = noon + datetime.timedelta(hours=48)
    assert times == [
        (noon, 2),
        (noon + microsecond, 2),
        (noon + 2 * microsecond, 2),
        (late, 2),
        (late + microsecond, 2),
    ]
    assert loader.value("select count(*) from raw.loads where ended_at < started_at") == 0


class Meddler:
    """Does something once, right behind a call of a method."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, owner: type, method: str, deed: Callable[[], object]) -> None:
        original = getattr(owner, method)
        self.is_done = False

        def meddled(*arguments: Any, **options: Any) -> Any:
            result = original(*arguments, **options)
            if not self.is_done:
                self.is_done = True
                deed()
            return result

        monkeypatch.setattr(owner, method, meddled)


@pytest.mark.parametrize("moment", ["place_of_lines", "head"])
def test_a_log_that_grows_while_it_is_read_is_landed_up_to_where_it_was(
    loader: Loader, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    path = loader.folder / "a.ndjson"
    path.write_bytes(events(200))

    def grow() -> None:
        with path.open("ab") as file:
            file.write(events(200, 1000))

    meddler = Meddler(monkeypatch, openlineage_feed._Pieces, moment, grow)
    assert "200 records landed" in loader.load(LINEAGE).output
    assert meddler.is_done
    assert landed(loader) == (200, 200)
    assert "200 records landed" in loader.load().output
    assert landed(loader) == (400, 400)
    assert "nothing new" in loader.load().output


@pytest.mark.parametrize("deed", ["rewritten", "moved"])
def test_a_log_that_is_rewritten_or_moved_while_it_is_read_is_read_again(
    loader: Loader, monkeypatch: pytest.MonkeyPatch, deed: str
) -> None:
    path = loader.folder / "a.ndjson"
    path.write_bytes(events(200))

    def meddle() -> None:
        if deed == "moved":
            path.rename(loader.folder / "a-1.ndjson")
        path.write_bytes(events(150, 1000))

    Meddler(monkeypatch, openlineage_feed._Pieces, "head", meddle)
    done = loader.load(LINEAGE, fails=True)
    assert "was rewritten or moved while it was read" in done.output
    assert landed(loader) == (0, 0)
    loader.load()
    assert landed(loader) == ((350, 350) if deed == "moved" else (150, 150))


def test_an_artifact_that_is_written_while_it_is_read_is_taken_by_the_next_load(
    loader: Loader, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = loader.folder / "artifacts"
    folder.mkdir()

    def write(name: str) -> None:
        content = artifact("manifest", 12, nodes={f"model.shop.{name}": node(name)}, sources={})
        (folder / "manifest.json").write_text(json.dumps(content))

    write("before")
    Meddler(monkeypatch, dbt_feed._Artifacts, "read", lambda: write("after_it"))
    done = loader.load(ARTIFACTS)
    assert "was written while it was read; the next load takes it" in done.output
    tables = ("dbt_artifacts", "dbt_manifest_nodes", "dbt_node_contents", "load_files", "rejected_records")
    assert [loader.value(f"select count(*) from raw.{table}") for table in tables] == [0, 0, 0, 0, 0]
    loader.load()
    assert loader.query("select unique_id from raw.dbt_manifest_nodes") == [("model.shop.after_it",)]
    assert loader.query("select unique_id from raw.dbt_node_contents") == [("model.shop.after_it",)]


def test_rows_that_change_while_airflow_is_read_are_all_there_after_the_next_load(
    loader: Loader, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = loader.folder / "airflow.sqlite"
    tables = {"dag_run": [run_row(n) for n in range(3)], "task_instance": [task_row(n) for n in range(3)]}
    write_sqlite(path, {table: [{k: str(v) for k, v in row.items()} for row in rows] for table, rows in tables.items()})

    def go_on() -> None:
        other = loader.folder / "later.sqlite"
        later = {"dag_run": [run_row(7)], "task_instance": [task_row(7), task_row(8, run_id="scheduled__7")]}
        write_sqlite(
            other, {table: [{k: str(v) for k, v in row.items()} for row in rows] for table, rows in later.items()}
        )
        connection = sqlite3.connect(path)
        connection.execute("attach ? as later", [str(other)])
        for table in later:
            connection.execute(f"insert into main.{table} select * from later.{table}")
        connection.execute("update dag_run set state = 'failed', updated_at = '2026-03-01 13:00:00' where id = '0'")
        connection.commit()
        connection.close()

    meddler = Meddler(monkeypatch, airflow_feed._Reading, "land", go_on)
    loader.load({"kind": "airflow", "name": "prod", "url": "sqlite:///airflow.sqlite"})
    assert meddler.is_done
    loader.load()
    assert loader.query("select run_id, state from raw.airflow_dag_run order by 1") == [
        ("scheduled__0", "failed"),
        ("scheduled__1", "success"),
        ("scheduled__2", "success"),
        ("scheduled__7", "success"),
    ]
    assert loader.value("select count(*) from raw.airflow_task_instance") == 5


def write_export(folder: Path, kind: str, table: str, *rows: dict[str, Any]) -> None:
    """Put a table in place of the one that an export folder holds, as an export does that takes care."""
    fresh = folder / f".{table}"
    values = [{name: str(value) for name, value in row.items()} for row in rows]
    if kind == "parquet":
        (folder.parent / "rows.ndjson").write_bytes(lines(*values))
        duckdb.execute(f"copy (from '{folder.parent}/rows.ndjson') to '{fresh}' (format parquet)")
    else:
        with fresh.open("w", newline="") as file:
            writer = csv.DictWriter(file, list(values[0]))
            writer.writeheader()
            writer.writerows(values)
    fresh.replace(folder / f"{table}.{kind}")


@pytest.mark.parametrize("kind", ["csv", "parquet"])
@pytest.mark.parametrize("rewritten", ["dag_run", "task_instance"])
def test_an_export_that_is_rewritten_while_it_is_read_is_read_again(
    loader: Loader, monkeypatch: pytest.MonkeyPatch, kind: str, rewritten: str
) -> None:
    """Whether its table was read already, or is read next: rows of two exports are never landed together."""
    folder = loader.folder / "export"
    folder.mkdir()
    write_export(folder, kind, "dag_run", run_row(0))
    write_export(folder, kind, "task_instance", task_row(0))
    row = run_row(1) if rewritten == "dag_run" else task_row(1)
    rewrite = Meddler(monkeypatch, airflow_feed._Reading, "land", lambda: write_export(folder, kind, rewritten, row))
    done = loader.load({"kind": "airflow", "name": "prod", "url": "export"}, fails=True)
    assert rewrite.is_done
    assert f"{rewritten}.{kind} was rewritten or moved while the folder was read" in done.output
    tables = ("raw.airflow_dag_run", "raw.airflow_task_instance", "raw.load_files", "raw.rejected_records")
    assert [loader.value(f"select count(*) from {table}") for table in tables] == [0, 0, 0, 0]
    loader.load()
    numbers = {"dag_run": 0, "task_instance": 0, rewritten: 1}
    assert loader.query("select run_id from raw.airflow_dag_run") == [(f"scheduled__{numbers['dag_run']}",)]
    assert loader.query("select run_id from raw.airflow_task_instance") == [
        (task_row(numbers["task_instance"])["run_id"],)
    ]
    assert "nothing new" in loader.load().output


def test_an_airflow_that_goes_away_while_it_is_read_fails_its_load_and_harms_nothing(
    loader: Loader, monkeypatch: pytest.MonkeyPatch, make_postgres_database: Callable[[], dict[str, str]]
) -> None:
    airflow = PostgresAirflow(make_postgres_database())
    airflow.write("dag_run", *(run_row(number) for number in range(3)))
    airflow.write("task_instance", *(task_row(number) for number in range(3)))

    def go_away() -> None:
        ended = "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()"
        airflow.execute(f"{ended} and pid <> pg_backend_pid()")

    meddler = Meddler(monkeypatch, airflow_feed._Reading, "land", go_away)
    done = loader.load({"kind": "airflow", "name": "prod", "url": airflow.url}, fails=True)
    assert meddler.is_done
    assert "prod: failed: " in done.output
    tables = ("raw.airflow_dag", "raw.airflow_dag_run", "raw.airflow_task_instance")
    assert [loader.value(f"select count(*) from {table}") for table in tables] == [0, 0, 0]
    loader.load()
    assert [loader.value(f"select count(*) from {table}") for table in tables] == [0, 3, 3]
    airflow.con.close()


def test_a_disk_that_is_full_leaves_readers_the_last_copy(loader: Loader, monkeypatch: pytest.MonkeyPatch) -> None:
    (loader.folder / "a.ndjson").write_bytes(lines(event()))
    loader.load(LINEAGE)
    copy, _ = publish()
    before = copy.stat()

    def fail(*given: int) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "copy_file_range", fail)
    with pytest.raises(PlumblineError, match="cannot be written: No space left on device"):
        publish()
    assert (copy.stat().st_ino, copy.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert [path.name for path in copy.parent.iterdir()] == [copy.name]


def test_a_folder_that_may_not_be_written_is_said(loader: Loader, monkeypatch: pytest.MonkeyPatch) -> None:
    (loader.folder / "plumbline.yml").write_text(yaml.safe_dump({"feeds": [LINEAGE]}))
    (loader.folder / "a.ndjson").write_bytes(lines(event()))
    monkeypatch.setenv("PLUMBLINE_DUCKDB_PATH", str(Path("/proc/nowhere.duckdb")))
    done = loader.run("load")
    assert done.code == 2
    assert "/proc/nowhere.duckdb" in done.output
