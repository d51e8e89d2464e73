"""Measure how long OpenLineage events take from files to the core facts, beside what DuckDB needs at least.

Two ways over the same files, each in processes of its own, one after the other:

baseline   DuckDB lands the files as JSON in a table of a file, then parses the fields that
           plumbline reads with one from_json into typed columns of a second table.
plumbline  `plumbline load`, then `dbt run` up to the core facts.

Prints the seconds, the peak memory and the ratio, and ends with exit code 1 where the ratio or the
memory is over its limit.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[1]
FACTS = ["fct_pipeline_runs", "fct_task_attempts", "fct_dataset_writes", "fct_dataset_reads"]
TEXT = "VARCHAR"
RUN = {"runId": TEXT}
JOB = {"namespace": TEXT, "name": TEXT}
DAG_RUN = dict.fromkeys(
    "run_id run_type clear_number logical_date run_after data_interval_start data_interval_end start_date".split(), TEXT
)
AIRFLOW = {
    "dag": {"dag_id": TEXT},
    "dagRun": DAG_RUN,
    "task": {"task_id": TEXT, "operator_class": TEXT},
    "taskInstance": {"try_number": TEXT, "map_index": TEXT},
}
ASSERTIONS = {"assertions": [dict.fromkeys("name assertion column severity success expected actual".split(), TEXT)]}
STATISTICS = {"rowCount": TEXT, "size": TEXT, "fileCount": TEXT}
DATASET = {
    "namespace": TEXT,
    "name": TEXT,
    "facets": {
        "schema": {"fields": [{"name": TEXT, "type": TEXT}]},
        "ownership": {"owners": [{"name": TEXT}]},
        "symlinks": {"identifiers": [{"namespace": TEXT, "name": TEXT, "type": TEXT}]},
        "lifecycleStateChange": {"lifecycleStateChange": TEXT},
        "version": {"datasetVersion": TEXT},
        "dataQualityAssertions": ASSERTIONS,
    },
    "inputFacets": {"inputStatistics": STATISTICS, "dataQualityAssertions": ASSERTIONS},
    "outputFacets": {"outputStatistics": STATISTICS},
}
EVENT = {
    "eventTime": TEXT,
    "eventType": TEXT,
    "producer": TEXT,
    "schemaURL": TEXT,
    "run": {
        "runId": TEXT,
        "facets": {
            "nominalTime": {"nominalStartTime": TEXT, "nominalEndTime": TEXT},
            "parent": {"run": RUN, "job": JOB, "root": {"run": RUN, "job": JOB}},
            "errorMessage": {"message": TEXT},
            "processing_engine": {"name": TEXT},
            "airflow": AIRFLOW,
            "airflowDagRun": AIRFLOW,
            "airflowState": {"tasksState": "JSON"},
            "dbt_run": {"invocation_id": TEXT, "project_name": TEXT},
        },
    },
    "job": {
        "namespace": TEXT,
        "name": TEXT,
        "facets": {
            "jobType": {"jobType": TEXT, "integration": TEXT, "processingType": TEXT},
            "ownership": {"owners": [{"name": TEXT}]},
            "dbt_node": {"unique_id": TEXT},
            "sql": {"query": TEXT},
        },
    },
    "inputs": [DATASET],
    "outputs": [DATASET],
    "dataset": DATASET,
}


def typed_columns(shape: dict[str, Any], path: str = "e") -> list[str]:
    """One column a field, times and numbers as such; lists stay lists."""
    columns = []
    for name, kind in shape.items():
        field = f'{path}."{name}"'
        alias = '"' + "_".join([*path.replace('"', "").split(".")[1:], name]) + '"'
        if isinstance(kind, dict):
            columns += typed_columns(kind, field)
        elif name.endswith(("Time", "_date", "run_after", "_start", "_end")):
            columns.append(f"try_cast({field} as timestamptz) as {alias}")
        elif name in ("try_number", "map_index", "clear_number"):
            columns.append(f"try_cast({field} as integer) as {alias}")
        else:
            columns.append(f"{field} as {alias}")
    return columns


def baseline(files: str, database: str, memory: str) -> None:
    """What the first child process does."""
    import duckdb

    connection = duckdb.connect(database)
    connection.execute(f"set memory_limit = '{memory}'; set TimeZone = 'UTC'")
    connection.execute("set preserve_insertion_order = false")
    connection.execute(
        "create table landed as select json as event from read_json_objects(?, format = 'newline_delimited')",
        [files],
    )
    columns = ", ".join(typed_columns(EVENT))
    connection.execute(
        f"create table parsed as select {columns}"
        f" from (select from_json(event, '{json.dumps(EVENT)}') as e from landed)"
    )
    connection.execute("checkpoint")


@dataclass
class Measurement:
    name: str
    seconds: float
    peak_mb: float


def measure(name: str, command: list[str], environment: dict[str, str], cwd: Path) -> Measurement:
    started = time.perf_counter()
    process = subprocess.Popen(
        command, env=environment, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert process.stdout is not None
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{name} failed:\n{output}")
    return Measurement(name, time.perf_counter() - started, usage.ru_maxrss / 1024)
