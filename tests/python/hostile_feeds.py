"""Feeds in which everything that people name is named to break something."""

from __future__ import annotations

import csv
import json
import random
import sqlite3
from pathlib import Path
from typing import Any

from loading import event, lines


def _unsqueezable(length: int) -> str:
    """Text that no compression makes short, of letters of one to four bytes; the same in every run."""
    letters = [chr(code) for code in (*range(0x61, 0x7B), *range(0x3B1, 0x3C9), *range(0x4E00, 0x5000), 0x1F600)]
    return "".join(random.Random(20260101).choices(letters, k=length))


# No comma in them: every tool takes that for the end of an owner.
NAMES = {
    "quotes": 'it\'s "quoted" `twice` \'\'""',
    "sql": "x'; drop table marts.fct_findings; --",
    "comment": "/* $$ */ -- # $tag$ %s %(x)s :name ?",
    "jinja": "{{ 1 / 0 }} {% raise %} {# hidden #}",
    "html": "<script>alert(1)</script>&amp;<!-- </td> -->",
    "markup": "[bold red]x[/bold red] [link=x]y[/link]",
    "newlines": "first\nsecond\r\nthird\tfourth\x0b\x0c",
    "backslashes": "C:\\temp\\new \\u0041 \\u0000 \\x00 \\' ${HOME} $1 \\1",
    "right to left": "\u202egpj.exe\u2066 \u05d0\u05d1\u200f \u0627\u0644",
    "emoji": "\U0001f469\u200d\U0001f469\u200d\U0001f466\ufe0f\U0001f1e8\U0001f1ed e\u0301 \u00e9 \ufb03 I\u0307",
    "terminal": "\x1b[31mred\x1b[2J\x1b]0;title\x07\x08\x7f\x9b1A",
    "separators": "a\x1fb\x1ec\x1dd\x1ce",
    "like": "100%_of_%",
    "json": '{"__var": ["null"]}',
    "letter cases": "\u00c9\u00c0 \u0130\u0131 \u1e9e\u00df \u03a3\u03c2 \u01c5",
    "null": "null",
    "nothing": "None of it",
    "number": "0123",
    "unseen": "a\u200bb\ufeffc\u00add\u2028e\u00a0f",
    "path": "../../etc/passwd/%2e%2e//.",
    "long": _unsqueezable(10_000),
}
# Two lists of parts that a separator between them must not make the same: (pipeline, task).
TWINS = [("twin\x1fa", "b"), ("twin", "a\x1fb")]
ENDS_AT = "2026-01-05 10:00:30.000000"
STARTS_AT = "2026-01-05 10:00:00.000000"
NAMESPACE = "hostile://store"


def airflow_tables() -> dict[str, list[dict[str, Any]]]:
    """Airflow's tables with one DAG a name, whose task, run, owner, tag, texts and asset have the same name."""
    tables: dict[str, list[dict[str, Any]]] = {"alembic_version": [{"version_num": "d2f4e1b3c5a7"}]}
    pairs = [*((name, name) for name in NAMES.values()), *TWINS]
    for number, (dag, task) in enumerate(pairs, start=1):
        run = {"dag_id": dag, "run_id": task}
        instance = {
            **run,
            "task_id": task,
            "map_index": -1,
            "try_number": 1,
            "start_date": STARTS_AT,
            "end_date": ENDS_AT,
            "state": "failed",
            "operator": task,
            "hostname": task,
        }
        serialized_task = {"task_id": task, "task_type": task, "owner": task, "outlets": [], "trigger_rule": task}
        dag_document = {
            "dag_id": dag,
            "description": task,
            "tags": [task],
            "timetable": {"__type": "airflow.timetables.trigger.CronTriggerTimetable", "__var": {"expression": task}},
            "tasks": [{"__type": "operator", "__var": serialized_task}],
        }
        rows: dict[str, dict[str, Any]] = {
            "dag": {
                "dag_id": dag,
                "is_paused": 0,
                "is_stale": 0,
                "last_parsed_time": ENDS_AT,
                "fileloc": task,
                "owners": task,
                "description": task,
                "timetable_summary": task,
            },
            "dag_tag": {"name": task, "dag_id": dag},
            "dag_run": {
                **run,
                "id": number,
                "start_date": STARTS_AT,
                "end_date": ENDS_AT,
                "logical_date": STARTS_AT,
                "state": "failed",
                "run_type": "manual",
                "updated_at": ENDS_AT,
                "conf": json.dumps({task: task}),
            },
            "task_instance": {**instance, "id": f"01a1fc8d-972a-76dc-a315-{number:012d}", "updated_at": ENDS_AT},
            "serialized_dag": {
                "id": number,
                "dag_id": dag,
                "data": json.dumps({"__version": 3, "dag": dag_document}),
                "last_updated": ENDS_AT,
                "created_at": ENDS_AT,
                "dag_hash": str(number),
            },
            "asset": {"id": number, "name": task, "uri": task, "group": task, "extra": json.dumps({task: task})},
            "asset_event": {
                "id": number,
                "asset_id": number,
                "source_task_id": task,
                "source_dag_id": dag,
                "source_run_id": task,
                "source_map_index": -1,
                "timestamp": ENDS_AT,
            },
            "import_error": {"id": number, "filename": task, "stacktrace": task, "timestamp": ENDS_AT},
        }
        for table, row in rows.items():
            tables.setdefault(table, []).append(row)
    return tables


def write_sqlite(path: Path, tables: dict[str, list[dict[str, Any]]]) -> None:
    """Write tables into an SQLite file."""
    connection = sqlite3.connect(path)
    for table, rows in tables.items():
        names = ", ".join(f'"{name}"' for name in rows[0])
        connection.execute(f"create table {table} ({names})")
        marks = ", ".join("?" for _ in rows[0])
        connection.executemany(f"insert into {table} values ({marks})", [tuple(row.values()) for row in rows])
    connection.commit()
    connection.close()


def write_csv(folder: Path, tables: dict[str, list[dict[str, Any]]]) -> None:
    """Write tables into a folder as CSV."""
    folder.mkdir(parents=True)
    for table, rows in tables.items():
        with (folder / f"{table}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(rows[0]), quoting=csv.QUOTE_ALL)
            writer.writeheader()
            writer.writerows(rows)


def openlineage_events() -> list[dict[str, Any]]:
    """A run a name: namespace, job, owner, error, datasets, their columns and types, and assertions have it."""
    events = []
    for number, name in enumerate(NAMES.values()):
        fields = [{"name": name, "type": name}]
        dataset = {
            "namespace": f"{NAMESPACE}/{name}",
            "name": name,
            "facets": {"schema": {"fields": fields}, "ownership": {"owners": [{"name": name}]}},
        }
        assertion = {"assertion": name, "success": False, "column": name}
        common = {
            "run": {
                "runId": name,
                "facets": {"errorMessage": {"message": name, "programmingLanguage": name, "stackTrace": name}},
            },
            "job": {
                "namespace": name,
                "name": name,
                "facets": {"ownership": {"owners": [{"name": name}]}, "sql": {"query": name}},
            },
            "producer": f"https://example.com/{name}",
        }
        events.append(event(number, eventType="START", eventTime="2026-01-05T10:00:00Z", **common))
        events.append(
            event(
                number,
                eventType="FAIL",
                eventTime="2026-01-05T10:00:30Z",
                **common,
                inputs=[{**dataset, "inputFacets": {"dataQualityAssertions": {"assertions": [assertion]}}}],
                outputs=[{**dataset, "name": f"{name}>"}],
            )
        )
    return events


def write_events(folder: Path) -> None:
    """Write the events, each as DuckDB reads it (a large file), as Python does (a small one) and as an array.

    The files are named like what is in them, as far as a file system allows.
    """
    folder.mkdir(parents=True)
    events = openlineage_events()
    for number, name in enumerate(NAMES.values()):
        file_name = "[1]*?" + name.replace("/", "\u2215").encode()[:120].decode("utf-8", "ignore")
        pair = events[number * 2 : number * 2 + 2]
        if number % 3 == 0:
            padding = [event(n, job={"namespace": "padding", "name": "p"}, filler="x" * 4000) for n in range(70)]
            content = lines(*pair, *padding)
        elif number % 3 == 1:
            content = lines(*pair)
        else:
            content = json.dumps(pair, ensure_ascii=False, indent=1).encode()
        (folder / f"{file_name}.ndjson").write_bytes(content)


def _artifact(kind: str, version: int, number: int, **content: Any) -> dict[str, Any]:
    return {
        "metadata": {
            "dbt_schema_version": f"https://schemas.getdbt.com/dbt/{kind}/v{version}.json",
            "dbt_version": "1.11.0",
            "project_name": "shop",
            "adapter_type": "hostile",
            "invocation_id": f"8a5e0d6c-0000-4000-8000-{number:012d}",
            "invocation_started_at": "2026-01-05T10:00:00.000000Z",
            "generated_at": "2026-01-05T10:00:30.000000Z",
        },
        **content,
    }


def dbt_node_name(name: str) -> str:
    """A name as it can stand between the dots of a unique_id."""
    return name.replace(".", "\u2024")


def write_artifacts(folder: Path) -> None:
    """Write a manifest, run results and a catalog of models and tests with these names."""
    folder.mkdir(parents=True)
    nodes: dict[str, Any] = {}
    results = []
    relations = {}
    timing = [
        {"name": "execute", "started_at": "2026-01-05T10:00:00.000000Z", "completed_at": "2026-01-05T10:00:30.000000Z"}
    ]
    for name in NAMES.values():
        model, test = f"model.shop.{dbt_node_name(name)}", f"test.shop.{dbt_node_name(name)}.1a2b3c"
        common = {
            "name": name,
            "database": "db",
            "schema": name,
            "alias": name,
            "description": name,
            "tags": [name],
            "original_file_path": name,
            "config": {"materialized": "table", "severity": "ERROR", "meta": {"owner": name}},
        }
        nodes[model] = {**common, "unique_id": model, "resource_type": "model", "columns": {name: {"name": name}}}
        nodes[test] = {
            **common,
            "unique_id": test,
            "resource_type": "test",
            "column_name": name,
            "attached_node": model,
            "test_metadata": {"name": name, "kwargs": {"column_name": name}},
            "depends_on": {"nodes": [model]},
        }
        for unique_id, status in ((model, "error"), (test, "fail")):
            results.append({"unique_id": unique_id, "status": status, "message": name, "failures": 1, "timing": timing})
        relations[model] = {
            "unique_id": model,
            "metadata": {"type": name, "database": "db", "schema": name, "name": name},
            "columns": {name: {"name": name, "type": name, "index": 1}},
        }
    args = {"which": "build", "select": list(NAMES.values())}
    for kind, document in {
        "manifest": _artifact("manifest", 12, 1, nodes=nodes, sources={}),
        "run_results": _artifact("run-results", 6, 1, results=results, args=args, elapsed_time=1.0),
        "catalog": _artifact("catalog", 1, 1, nodes=relations, sources={}),
    }.items():
        (folder / f"{kind}.json").write_text(json.dumps(document), encoding="utf-8")
