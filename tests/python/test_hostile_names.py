"""Names that look like SQL, Jinja, HTML, JSON or a terminal's commands arrive in every mart as they are."""

from __future__ import annotations

import json
import os
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from hostile_feeds import (
    NAMES,
    NAMESPACE,
    TWINS,
    airflow_tables,
    dbt_node_name,
    write_artifacts,
    write_csv,
    write_events,
    write_sqlite,
)
from loading import Loader, event, lines
from plumbline.terminal import printable
from support import BIN, Workplace, run
from test_build_sample import differences, keys_of, marts_of
from test_load_airflow import NOW, PostgresAirflow, run_row, task_row

# Folders and files that hold what shells, globs, SQL and templates take for their own.
FEEDS = [
    {"kind": "airflow", "name": "sqlite", "url": "sqlite:///feeds/it's a [db]; .sqlite"},
    {"kind": "airflow", "name": "csv", "url": "feeds/[1] ex'port {{ x }}"},
    {"kind": "openlineage", "name": "lineage", "path": "feeds/$(events) 'x' \u202e/*"},
    {"kind": "dbt", "name": "artifacts", "path": "feeds/<b>art[*]facts;/"},
]
ALL = set(NAMES.values())
DAGS = ALL | {dag for dag, _ in TWINS}
TASKS = ALL | {task for _, task in TWINS}
# dbt's messages lose their colours and the space around them.
UNCOLOURED = {re.sub("\x1b" + r"\[[0-9;]*[A-Za-z]", "", name).strip(" \r\n") for name in ALL}
PADDING = ("padding", "p")


def of_pipelines(column: str, feed: str) -> str:
    return f"select {column} as value from marts.dim_pipelines_current where source_name = '{feed}'"


def of_tasks(column: str, feed: str) -> str:
    return f"select {column} as value from marts.dim_tasks_current where source_name = '{feed}'"


def of_columns(column: str, feed: str) -> str:
    return (
        f"select {column} as value from marts.dim_columns inner join marts.dim_datasets_current using (dataset_key) "
        f"where source_name = '{feed}'"
    )


def of(mart: str, column: str, feed: str) -> str:
    return f"select {column} as value from marts.{mart} where source_name = '{feed}' and {column} is not null"


EXPECTED: dict[str, set[str]] = {
    **{
        query: expected
        for feed in ("sqlite", "csv")
        for query, expected in {
            of_pipelines("pipeline_name", feed): DAGS,
            of_pipelines("owner", feed): TASKS,
            of_pipelines("reported_owner", feed): TASKS,
            of_pipelines("description", feed): TASKS,
            of_pipelines("tags", feed): TASKS,
            of_pipelines("schedule_expression", feed): TASKS,
            of_pipelines("file_location", feed): TASKS,
            of_pipelines("tasks_without_failure_alerting", feed): TASKS,
            of_tasks("pipeline_name", feed): DAGS,
            of_tasks("task_name", feed): TASKS,
            of_tasks("task_type", feed): TASKS,
            of_tasks("trigger_rule", feed): TASKS,
            of_tasks("owner", feed): TASKS,
            of_tasks("subject_name", feed): {f"{dag}.{task}" for dag, task in [*zip(ALL, ALL, strict=True), *TWINS]},
            of("fct_pipeline_runs", "run_id", feed): TASKS,
            of("fct_task_attempts", "run_id", feed): TASKS,
            of("fct_task_attempts", "operator", feed): TASKS,
            of("fct_findings", "subject_name", feed) + " and subject_type = 'pipeline'": DAGS,
            of("fct_findings", "team", feed) + " and subject_type = 'pipeline'": TASKS,
            of("fct_audit_results", "subject_name", feed) + " and subject_type = 'pipeline'": DAGS,
            of("dim_datasets_current", "dataset_name", feed): TASKS,
        }.items()
    },
    "select team_name as value from marts.dim_teams where not is_unknown and domain is null": TASKS,
    of_pipelines("pipeline_name", "lineage"): {*ALL, PADDING[1]},
    of_pipelines("platform_instance", "lineage"): {*ALL, PADDING[0]},
    of("dim_pipelines_current", "owner", "lineage"): ALL,
    of("fct_pipeline_runs", "error_message", "lineage"): ALL,
    of("fct_task_attempts", "error_message", "lineage"): ALL,
    of("dim_datasets_current", "dataset_namespace", "lineage"): {f"{NAMESPACE}/{name}" for name in ALL},
    of("dim_datasets_current", "dataset_name", "lineage"): {each for name in ALL for each in (name, f"{name}>")},
    of_columns("column_name", "lineage"): ALL,
    of_columns("data_type", "lineage"): ALL,
    of("dim_checks", "check_name", "lineage"): ALL,
    of("dim_checks", "column_name", "lineage"): ALL,
    of("fct_pipeline_runs", "run_id", "lineage") + " and run_id not like '01941f29-%'": ALL,
    of("dim_tasks_current", "task_name", "artifacts"): {f"model.shop.{dbt_node_name(name)}" for name in ALL},
    of("dim_tasks_current", "owner", "artifacts"): ALL - {NAMES["json"]},
    of("fct_task_attempts", "error_message", "artifacts"): UNCOLOURED,
    of("fct_check_results", "message", "artifacts"): UNCOLOURED,
    of("dim_datasets_current", "dataset_name", "artifacts"): {f"db.{name}.{name}" for name in ALL},
    of("dim_checks", "check_name", "artifacts"): ALL,
    of("dim_checks", "column_name", "artifacts"): ALL,
    of_columns("column_name", "artifacts"): ALL,
}


def write_feeds(folder: Path) -> None:
    feeds = folder / "feeds"
    feeds.mkdir()
    tables = airflow_tables()
    write_sqlite(feeds / "it's a [db]; .sqlite", tables)
    write_csv(feeds / "[1] ex'port {{ x }}", tables)
    write_events(feeds / "$(events) 'x' \u202e")
    write_artifacts(feeds / "<b>art*facts;")
    (folder / "plumbline.yml").write_text(yaml.safe_dump({"feeds": FEEDS}))


def built(workplace: Workplace) -> Workplace:
    write_feeds(workplace.folder)
    printed = workplace.load()
    assert "rejected" not in printed.replace("landed  rejected  seconds", ""), printed
    workplace.dbt("build", "--exclude-resource-type", "unit_test", "--exclude-resource-type", "test")
    return workplace


@pytest.fixture(scope="module")
def on_duckdb(make_workplace: Callable[..., Workplace]) -> Workplace:
    return built(make_workplace("hostile"))


@pytest.fixture(scope="module")
def on_postgres(
    make_workplace: Callable[..., Workplace], make_postgres_database: Callable[..., dict[str, str]]
) -> Workplace:
    return built(make_workplace("hostile_postgres", "prod", make_postgres_database()))


@pytest.mark.parametrize("engine", ["on_duckdb", "on_postgres"])
def test_every_name_arrives_in_the_marts_as_it_is(engine: str, request: pytest.FixtureRequest) -> None:
    workplace: Workplace = request.getfixturevalue(engine)
    wrong = []
    for query, expected in EXPECTED.items():
        found = {row["value"] for row in workplace.query(query)}
        wrong += [f"{query}: {value!a:.300} is missing" for value in expected - found]
        wrong += [f"{query}: {value!a:.300} is there" for value in found - expected]
    assert not wrong, f"{len(wrong)} values:\n" + "\n".join(sorted(wrong))


def test_both_engines_give_the_same_rows_of_them(
    on_duckdb: Workplace, on_postgres: Workplace, manifest: dict[str, Any]
) -> None:
    def rows(workplace: Workplace, query: str) -> list[dict[str, Any]]:
        # The engines write the escapes in JSON in different letter cases.
        return [
            {name: json.loads(value) if name == "evidence" and value else value for name, value in row.items()}
            for row in workplace.query(query)
        ]

    keys = keys_of(manifest)
    found = []
    for node in marts_of(manifest):
        query = f"select * from {node['schema']}.{node['alias']}"
        key = keys.get(node["unique_id"], [])
        found += differences(node["name"], key, rows(on_duckdb, query), rows(on_postgres, query))
    assert not found, "\n".join(f"{difference:.300}" for difference in found[:20])


@pytest.mark.parametrize("engine", ["on_duckdb", "on_postgres"])
def test_every_fact_finds_what_it_names(engine: str, request: pytest.FixtureRequest) -> None:
    """Keys are made of the names; two pairs of names that read the same behind each other are two tasks."""
    workplace: Workplace = request.getfixturevalue(engine)
    rows = workplace.query(
        """
        select tasks.pipeline_name, tasks.task_name, count(*) as attempts
        from marts.fct_task_attempts as attempts
        inner join marts.dim_tasks_current as tasks using (task_key)
        inner join marts.dim_pipelines_current as pipelines on attempts.pipeline_key = pipelines.pipeline_key
        where attempts.source_name = 'csv' and pipelines.pipeline_name = tasks.pipeline_name
        group by 1, 2
        """
    )
    found = {(row["pipeline_name"], row["task_name"]): row["attempts"] for row in rows}
    assert found == dict.fromkeys([*((name, name) for name in ALL), *TWINS], 1)


@pytest.mark.parametrize("engine", ["on_duckdb", "on_postgres"])
def test_evidence_is_json_with_the_names_in_it(engine: str, request: pytest.FixtureRequest) -> None:
    workplace: Workplace = request.getfixturevalue(engine)
    rows = workplace.query("select subject_name, evidence from marts.fct_findings where rule_id = 'AL01'")
    assert len(rows) >= 2 * len(ALL)
    for row in rows:
        json.loads(row["evidence"])


@pytest.mark.parametrize("engine", ["on_duckdb", "on_postgres"])
def test_the_printed_findings_cannot_steer_a_terminal(engine: str, request: pytest.FixtureRequest) -> None:
    workplace: Workplace = request.getfixturevalue(engine)
    printed = workplace(BIN / "plumbline", "findings", "--target", workplace.target)
    steering = {letter for letter in printed if unicodedata.category(letter) in ("Cc", "Cf", "Zl", "Zp")}
    assert steering <= {"\n", "\u200d"}, {hex(ord(letter)) for letter in steering}
    assert "[bold red]x[/bold red]" in printed
    assert "\\x1b[31mred\\x1b[2J" in printed
    assert "\\u202egpj.exe" in printed


def test_the_findings_are_printed_where_letters_are_few(on_duckdb: Workplace) -> None:
    env = {"PLUMBLINE_PROJECT_DIR": str(on_duckdb.folder), "PYTHONIOENCODING": "ascii"}
    done = run(BIN / "plumbline", "findings", cwd=on_duckdb.folder, env=env)
    assert done.returncode == 0, done.stdout[-2000:]


def test_the_docs_site_holds_nothing_of_what_was_loaded(on_duckdb: Workplace) -> None:
    """It is made of the project and the warehouse's catalog; no name in there is a feed's."""
    on_duckdb.dbt("docs", "generate", "--static", "--no-compile")
    pages = [path for path in (on_duckdb.folder / "target").glob("*") if path.suffix in (".html", ".json")]
    assert {"static_index.html", "catalog.json"} <= {path.name for path in pages}
    telling = [name for name in ALL if len(name) > 10]
    assert len(telling) > 15
    for page in pages:
        text = page.read_text()
        found = [name for name in telling for form in (name, json.dumps(name)[1:-1]) if form in text]
        assert not found, f"{page.name} holds {found[0]!a}"


@pytest.mark.parametrize("name", ["a'b", "a;b", "{{ a }}", "a b", "a\nb", "<a>", "\u202ea", "-a", "a" * 101, ""])
def test_a_feed_may_not_have_such_a_name(loader: Loader, name: str) -> None:
    feed = {"kind": "openlineage", "name": name, "path": "x"}
    (loader.folder / "plumbline.yml").write_text(yaml.safe_dump({"feeds": [feed]}, allow_unicode=True))
    done = loader.run("load")
    assert done.code == 2
    assert "plumbline.yml:3: feeds[0].name: " in done.output


def test_a_file_whose_name_is_no_text_is_read(loader: Loader) -> None:
    folder = os.fsencode(loader.folder) + b"/events"
    os.mkdir(folder)
    for number, name in enumerate((b"small \xff\xfe.ndjson", b"large \xff\xfe.ndjson")):
        content = lines(*(event(n + number * 1000, filler="x" * 4000) for n in range(1 + 100 * number)))
        with open(folder + b"/" + name, "wb") as file:
            file.write(content)
    done = loader.load({"kind": "openlineage", "name": "lineage", "path": "events/*"})
    assert "102 records landed" in done.output
    assert "nothing new" in loader.load().output
    assert loader.query("select distinct _source_file from raw.openlineage_events order by 1") == [
        ("events/large \\xff\\xfe.ndjson",),
        ("events/small \\xff\\xfe.ndjson",),
    ]


@pytest.mark.parametrize("engine", ["loader", "postgres_loader"])
def test_what_no_engine_can_hold_is_replaced_in_all_alike(engine: str, request: pytest.FixtureRequest) -> None:
    """NUL, which PostgreSQL has no place for, and halves of surrogate pairs, which are no characters."""
    loader: Loader = request.getfixturevalue(engine)
    document = '{"kept": "\\\\u0000 \\\\ud800", "bad": "a\\u0000\\u0000b\\ud800c\\ud83d\\ude00"}'
    serialized = {"id": 1, "dag_id": "d\x00", "data": document, "last_updated": NOW, "dag_hash": "1"}
    tables = {
        "dag_run": [run_row(1, run_id="r\x00")],
        "task_instance": [task_row(1, task_id="t\x00", run_id="r\x00")],
        "serialized_dag": [serialized],
    }
    rows = {table: [{k: str(v) for k, v in row.items()} for row in of_table] for table, of_table in tables.items()}
    write_sqlite(loader.folder / "airflow.sqlite", rows)
    write_csv(loader.folder / "export", rows)
    (loader.folder / "a.ndjson").write_bytes(lines(event(job={"namespace": "n", "name": "a\x00\ud800"})))
    loader.load(
        {"kind": "airflow", "name": "sqlite", "url": "sqlite:///airflow.sqlite"},
        {"kind": "airflow", "name": "csv", "url": "export"},
        {"kind": "openlineage", "name": "lineage", "path": "a.ndjson"},
    )
    for feed in ("sqlite", "csv"):
        assert loader.query(f"select task_id, run_id from raw.airflow_task_instance where _source_name = '{feed}'") == [
            ("t\ufffd", "r\ufffd")
        ]
        data = loader.value(f"select data from raw.airflow_serialized_dag where _source_name = '{feed}'")
        assert json.loads(data) == {"kept": "\\u0000 \\ud800", "bad": "a\ufffd\ufffdb\ufffdc\U0001f600"}
    assert json.loads(loader.value("select event from raw.openlineage_events"))["job"]["name"] == "a\ufffd\ufffd"
    assert loader.value("select count(*) from raw.rejected_records") == 0


def test_names_of_an_airflow_in_postgresql_are_read_and_found_again(
    loader: Loader, make_postgres_database: Callable[[], dict[str, str]]
) -> None:
    airflow = PostgresAirflow(make_postgres_database())
    names = [name for name in NAMES.values() if len(name) < 250]
    airflow.write("dag_run", *(run_row(n, dag_id=name, run_id=name) for n, name in enumerate(names)))
    airflow.write("task_instance", *(task_row(n, dag_id=n1, task_id=n1, run_id=n1) for n, n1 in enumerate(names)))
    loader.load({"kind": "airflow", "name": "prod", "url": airflow.url})
    airflow.execute("update dag_run set state = 'failed'")
    assert f"{len(names)} records landed" in loader.load().output
    airflow.con.close()
    assert {row[0] for row in loader.query("select dag_id from raw.airflow_dag_run where state = 'failed'")} == {*names}
    assert {row[0] for row in loader.query("select task_id from raw.airflow_task_instance")} == {*names}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("\x1b[31m", "\\x1b[31m"),
        ("a\nb\tc", "a\\nb\\tc"),
        ("\x9b1A\u202e\u2066\u200b\ufeff", "\\x9b1A\\u202e\\u2066\\u200b\\ufeff"),
        ("\U0001f469\u200d\U0001f466 \u05d0 e\u0301", "\U0001f469\u200d\U0001f466 \u05d0 e\u0301"),
        ("\ud800\U000e0041", "\\ud800\\U000e0041"),
    ],
)
def test_what_cannot_be_seen_is_printed_as_an_escape(text: str, shown: str) -> None:
    assert printable(text) == shown
