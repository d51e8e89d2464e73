"""A load as a whole: on both engines, once and again, killed, and told wrong things."""

from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
import yaml

from loading import Loader, event, lines, tables_of
from plumbline.declared import declared_tables, project_folder
from support import ROOT, connect
from test_load_airflow import PostgresAirflow, run_row, task_row

SAMPLE = [
    {"kind": "airflow", "name": "airflow", "url": str(ROOT / "sample" / "airflow")},
    {"kind": "openlineage", "name": "lineage", "path": str(ROOT / "sample" / "openlineage" / "*.ndjson*")},
    {"kind": "dbt", "name": "warehouse", "path": f"{ROOT}/sample/dbt/*/"},
]
TABLES = [table.identifier for table in declared_tables(project_folder()) if table.feed != "plumbline"]


def test_nothing_configured_leaves_every_table_empty_and_typed(loader: Loader) -> None:
    (loader.folder / "plumbline.yml").write_text("feeds: []\n")
    done = loader.load()
    assert "No feed is configured" in done.output
    for table in declared_tables(project_folder()):
        described = loader.query(f"describe raw.{table.identifier}")
        types = {"double precision": "double", "text": "varchar"}
        assert [(row[0], row[1].lower()) for row in described] == [
            (name, types.get(kind, kind)) for name, kind in table.columns.items()
        ]


def test_the_second_load_of_the_same_changes_nothing(loader: Loader) -> None:
    loader.load(*SAMPLE)
    tables = [*TABLES, "load_files", "rejected_records"]
    before = loader.contents(tables)
    done = loader.load()
    assert done.output.count("nothing new") == len(SAMPLE)
    assert loader.contents(tables) == before
    assert loader.query("select state, count(*) from raw.loads group by 1 order by 1") == [
        ("loaded", 3),
        ("unchanged", 3),
    ]


def test_the_planner_knows_what_was_landed(postgres_loader: Loader) -> None:
    def land(name: str, numbers: range) -> float:
        (postgres_loader.folder / name).write_bytes(lines(*(event(number) for number in numbers)))
        postgres_loader.load({"kind": "openlineage", "name": "lineage", "path": f"{postgres_loader.folder}/*.ndjson"})
        with (
            connect(dict(os.environ), os.environ["PLUMBLINE_PG_DATABASE"]) as connection,
            connection.cursor() as cursor,
        ):
            cursor.execute("select reltuples from pg_class where oid = 'raw.openlineage_events'::regclass")
            (rows,) = cursor.fetchone() or (-1,)
        connection.close()
        return float(rows)

    assert land("many.ndjson", range(70)) == 70
    assert land("few.ndjson", range(70, 73)) == 70, "A few rows change no plan, and all would be looked at for them."
    assert land("more.ndjson", range(80, 110)) == 103


def test_both_engines_hold_the_same_rows(loader: Loader, postgres_loader: Loader) -> None:
    events = loader.folder / "events"
    events.mkdir()
    odd = json.dumps(event(run={"runId": "odd"}, job={"namespace": "n\x00", "name": "j"}, a=[math.nan, "\ud800"]))
    (events / "odd.ndjson").write_bytes(lines(odd, "broken\x00", b"\xff", event(1)))
    feeds = [*SAMPLE, {"kind": "openlineage", "name": "odd", "path": str(events / "*")}]
    loader.load(*feeds)
    assert len(loader.rejected()) == 2
    done = postgres_loader.load(*feeds)
    tables = [*TABLES, "rejected_records"]
    assert loader.contents(tables, "count(*)") == postgres_loader.contents(tables, "count(*)")
    assert postgres_loader.load().output.count("nothing new") == len(feeds), done.output
    for query in (
        "select * exclude (event, _loaded_at, _load_id) from raw.openlineage_events order by event_md5, _source_file",
        "select * exclude (_loaded_at, _load_id) from raw.airflow_task_instance order by id",
        "select * exclude (node, _loaded_at, _load_id) from raw.dbt_node_contents order by unique_id, node_md5",
        "select _source_file, line_number, reason, content from raw.rejected_records order by line_number",
        "select event ->> '$.a' from raw.openlineage_events where run_id = 'odd'",
    ):
        assert loader.query(query) == [
            tuple(
                value.replace(", ", ",") if isinstance(value, str) and value.startswith("[null") else value
                for value in row
            )
            for row in postgres_loader.query(query)
        ]


def test_changes_are_merged_on_postgresql(
    postgres_loader: Loader, make_postgres_database: Callable[[], dict[str, str]]
) -> None:
    airflow = PostgresAirflow(make_postgres_database())
    airflow.write("dag_run", run_row(1), run_row(2))
    airflow.write("task_instance", task_row(1))
    airflow.write(
        "dag", {"dag_id": "orders", "asset_expression": {"any": [1]}}, {"dag_id": "old", "asset_expression": {}}
    )
    postgres_loader.load({"kind": "airflow", "name": "prod", "url": airflow.url})
    assert "0 records landed" in postgres_loader.load().output
    airflow.execute("update dag_run set state = 'failed' where id = 2")
    airflow.execute("delete from dag where dag_id = 'old'")
    assert "1 records landed" in postgres_loader.load().output
    airflow.con.close()
    assert postgres_loader.query("select run_id, state from raw.airflow_dag_run order by 1") == [
        ("scheduled__1", "success"),
        ("scheduled__2", "failed"),
    ]
    assert postgres_loader.query("select dag_id, _is_current from raw.airflow_dag order by 1") == [
        ("old", False),
        ("orders", True),
    ]


def test_a_schema_prefix_keeps_builds_apart(loader: Loader, monkeypatch: pytest.MonkeyPatch) -> None:
    (loader.folder / "plumbline.yml").write_text("feeds: []\n")
    monkeypatch.setenv("PLUMBLINE_SCHEMA_PREFIX", "ci_7_")
    loader.load()
    assert {name.split(".")[0] for name in tables_of(loader.folder / "warehouse.duckdb")} == {"ci_7_raw"}
    assert loader.run("load", "--schema-prefix", "no; drop").code == 2


@pytest.mark.parametrize("engine", ["loader", "postgres_loader"])
def test_a_column_that_is_declared_later_is_added(engine: str, request: pytest.FixtureRequest) -> None:
    loader: Loader = request.getfixturevalue(engine)
    sources = loader.use_own_staging() / "dbt" / "_dbt__sources.yml"
    document = yaml.safe_load(sources.read_text())
    columns = document["sources"][0]["tables"][0]["columns"]
    removed = columns.pop()
    sources.write_text(yaml.safe_dump(document))
    (loader.folder / "plumbline.yml").write_text("feeds: []\n")
    loader.load()
    columns.append(removed)
    sources.write_text(yaml.safe_dump(document))
    loader.load(SAMPLE[2])
    assert loader.value("select max(elapsed_time) from raw.dbt_artifacts") > 0


def test_a_failed_feed_fails_alone(loader: Loader) -> None:
    (loader.folder / "a.ndjson").write_bytes(lines(event()))
    done = loader.load(
        {"kind": "airflow", "name": "first", "url": "nowhere"},
        {"kind": "openlineage", "name": "second", "path": "a.ndjson"},
        {"kind": "dbt", "name": "third", "path": "nowhere/*/"},
        {"kind": "dbt", "name": "fourth", "path": "nowhere/*/", "optional": True},
        fails=True,
    )
    assert loader.query("select _source_name, state, error_message is not null from raw.loads order by started_at") == [
        ("first", "failed", True),
        ("second", "loaded", False),
        ("third", "failed", True),
        ("fourth", "unchanged", False),
    ]
    assert "fourth: note:" in done.output


def test_what_a_failed_feed_had_landed_is_taken_back(loader: Loader, monkeypatch: pytest.MonkeyPatch) -> None:
    (loader.folder / "a.ndjson").write_bytes(lines(event(), "broken"))
    feed = {"kind": "openlineage", "name": "lineage", "path": "a.ndjson"}

    def fail(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as context:
        context.setattr("plumbline.files.Ledger.finish", fail)
        done = loader.load(feed, fails=True)
    assert "No space left on device" in done.output
    assert loader.query("select state, records_landed from raw.loads") == [("failed", 0)]
    for table in ("openlineage_events", "rejected_records", "load_files"):
        assert loader.value(f"select count(*) from raw.{table}") == 0
    loader.load()
    assert loader.value("select count(*) from raw.openlineage_events") == 1


@pytest.mark.parametrize("seconds_after_start", [0.0, 0.15, 0.4])
def test_a_load_that_is_killed_has_happened_whole_or_not_at_all(loader: Loader, seconds_after_start: float) -> None:
    given = [event(number, filler="x" * 900) for number in range(40_000)]
    (loader.folder / "a.ndjson").write_bytes(lines(*given))
    (loader.folder / "plumbline.yml").write_text(
        yaml.safe_dump({"feeds": [{"kind": "openlineage", "name": "lineage", "path": "*.ndjson"}]})
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "plumbline", "load"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert "loading" in process.stdout.readline()
    time.sleep(seconds_after_start)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    with duckdb.connect(os.environ["PLUMBLINE_DUCKDB_PATH"]) as con:
        found = con.execute(
            "select (select count(*) from raw.openlineage_events), (select count(*) from raw.loads), "
            "(select count(*) from raw.load_files)"
        ).fetchone()
    assert found in ((0, 0, 0), (len(given), 1, 1))
    loader.load()
    assert loader.query("select count(*), count(distinct event_md5) from raw.openlineage_events") == [
        (len(given), len(given))
    ]


def test_a_load_into_postgresql_that_is_killed_leaves_nothing(postgres_loader: Loader) -> None:
    loader = postgres_loader
    (loader.folder / "plumbline.yml").write_text("feeds: []\n")
    loader.load()
    given = [event(number, filler="x" * 900) for number in range(20_000)]
    (loader.folder / "a.ndjson").write_bytes(lines(*given))
    (loader.folder / "plumbline.yml").write_text(
        yaml.safe_dump({"feeds": [{"kind": "openlineage", "name": "lineage", "path": "*.ndjson"}]})
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "plumbline", "load", "--target", "prod"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert "loading" in process.stdout.readline()
    time.sleep(0.3)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    found = loader.query("select (select count(*) from raw.openlineage_events), (select count(*) from raw.loads)")
    assert found in ([(0, 0)], [(len(given), 1)])
    deadline = threading.Event()
    for _ in range(50):  # the server notices a moment later that its client has gone
        if loader.run("load", "--target", "prod").code == 0:
            break
        deadline.wait(0.1)
    assert loader.query("select count(*), count(distinct event_md5) from raw.openlineage_events") == [
        (len(given), len(given))
    ]


def test_a_warehouse_that_is_in_use_is_named(loader: Loader) -> None:
    (loader.folder / "plumbline.yml").write_text("feeds: []\n")
    loader.load()
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import duckdb, sys; con = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()",
            os.environ["PLUMBLINE_DUCKDB_PATH"],
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    holder.stdout.readline()
    done = loader.run("load")
    holder.communicate()
    assert done.code == 75
    assert "is in use by another process" in done.output


def test_a_warehouse_that_is_no_duckdb_file_is_named(loader: Loader) -> None:
    (loader.folder / "plumbline.yml").write_text("feeds: []\n")
    (loader.folder / "warehouse.duckdb").write_text("not a database, but long enough to be looked at " * 100)
    done = loader.run("load")
    assert done.code == 2
    assert "cannot be opened as a DuckDB file" in done.output


def test_the_version_is_printed(loader: Loader) -> None:
    assert loader.run("--version").output.startswith("plumbline, version ")


@pytest.mark.parametrize("path", sorted((ROOT / "plumbline" / "feeds").glob("[a-z]*.py")), ids=lambda path: path.stem)
def test_every_feed_has_a_folder_of_staging_models(path: Path) -> None:
    assert (ROOT / "models" / "staging" / path.stem / f"_{path.stem}__sources.yml").is_file()
