"""Airflow databases that are in the warehouse already stand in for loaded ones."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from support import ROOT, Workplace

REPLICAS = {"two": ROOT / "tests" / "fixtures" / "airflow-2.10.5" / "metadata", "three": ROOT / "sample" / "airflow"}


def copy_in(warehouse: Path, schema: str, folder: Path) -> None:
    """Copy every table of an export into a schema, with the types that its values have."""
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(f"create schema {schema}")
        for path in folder.glob("*.csv"):
            connection.execute(f'create table {schema}."{path.stem}" as from read_csv($1, header = true)', [str(path)])


def tries(folder: Path) -> Counter[str]:
    """Count the tries of an export by state, from the files themselves."""
    counts: Counter[str] = Counter()
    for table in ("task_instance", "task_instance_history"):
        with (folder / f"{table}.csv").open(newline="") as file:
            counts.update(row["state"] for row in csv.DictReader(file))
    return counts


def adopt(workplace: Workplace) -> str:
    return workplace.dbt(
        "run-operation", "adopt_airflow_replica", "--args", "{replicas: {two: replica_two, three: replica_three}}"
    )


@pytest.fixture(scope="module")
def adopted(make_workplace: Callable[..., Workplace]) -> Workplace:
    """A warehouse with an adopted replica of each generation and nothing else."""
    workplace = make_workplace("replica")
    for name, folder in REPLICAS.items():
        copy_in(workplace.duckdb_path, f"replica_{name}", folder)
    adopt(workplace)
    return workplace


def test_replicas_of_both_generations_give_every_try(adopted: Workplace) -> None:
    adopted.dbt("run", "--select", "+int_task_attempts__from_airflow", "+stg_airflow__serialized_tasks")
    with duckdb.connect(str(adopted.duckdb_path), read_only=True) as connection:
        for name, folder in REPLICAS.items():
            found = connection.execute(
                "select reported_state, count(*) from intermediate.int_task_attempts__from_airflow "
                "where source_name = ? group by 1",
                [name],
            ).fetchall()
            assert dict(found) == tries(folder)
            tasks = connection.execute(
                "select count(*) from staging.stg_airflow__serialized_tasks where source_name = ?", [name]
            ).fetchone()
            assert tasks and tasks[0] > 0


def test_a_replica_never_replaces_loaded_rows(adopted: Workplace) -> None:
    with duckdb.connect(str(adopted.duckdb_path)) as connection:
        connection.execute("drop view raw.airflow_dag")
        connection.execute("create table raw.airflow_dag as select 'prod' as _source_name")
    with pytest.raises(AssertionError, match="holds 1 loaded rows"):
        adopt(adopted)
