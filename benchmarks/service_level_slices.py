"""Measure what hourly slices of service levels cost: a year of many of them, and the day after.

In an empty warehouse that the project has made, the models that the slices are made of are replaced by tables: service
levels, each of a dataset of its own that is updated every six hours, with a gap now and then, and the present. Then dbt
builds the slices and the days of a year, and again with one day more. dbt's own start, the time of a build that selects
nothing but a view, is measured beside and taken off. Ends with exit code 1 above the limits.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

PROJECT = Path(__file__).resolve().parents[1]
MODELS = [
    "int_dataset_days__updated",
    "int_service_level_days__bounded",
    "int_service_level_days__evidenced",
    "int_service_level_slices__stale",
    "int_service_level_slices__judged",
    "fct_service_level_slices",
    "fct_service_level_slice_days",
    "fct_service_level_tallies",
    "fct_service_level_windows",
    "fct_service_level_days",
]
MOST_SECONDS = 60.0
MOST_SECONDS_A_DAY = 5.0
BEGIN = "2026-01-01"


def dbt(path: Path, *arguments: str) -> tuple[float, float]:
    """Run dbt and return its seconds, and its CPU seconds."""
    env = {**os.environ, "PLUMBLINE_DUCKDB_PATH": str(path), "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"}
    began, before = time.monotonic(), os.times()
    subprocess.run([str(Path(sys.executable).parent / "dbt"), "-q", *arguments], cwd=PROJECT, env=env, check=True)
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return time.monotonic() - began, cpu


def fill(path: Path, service_levels: int) -> None:
    """Replace what the slices are made of."""
    with duckdb.connect(str(path)) as con:
        con.execute("drop view intermediate.int_dataset_updates__observed")
        con.execute("drop view intermediate.int_sources__as_of")
        con.execute(
            "create table intermediate.int_sources__as_of as "
            "select unnest(['*', 'lineage']) as source_name, timestamp '2000-01-01' as as_of_at"
        )
        con.execute(
            "create temp table numbers as select cast(md5('s' || n) as uuid) as service_level_key, "
            f"cast(md5('d' || n) as uuid) as dataset_key, n from range({service_levels}) as numbers(n)"
        )
        con.execute(
            "create table intermediate.int_dataset_updates__observed as "
            "select dataset_key, 'lineage' as source_name, "
            f"timestamp '{BEGIN}' + (6 * i * 3600 + hash(n, i) % 1200) * interval '1 second' as updated_at "
            "from numbers cross join range(1500) as times(i) where hash(i, n) % 20 > 0"
        )
        con.execute(
            "insert into intermediate.int_service_levels__resolved by name "
            "select service_level_key, 'openslo' as standard, 'promises' as source_name, "
            "'s' || n as service_level_name, 'age' as measure, dataset_key, "
            "cast('00000000-0000-0000-0000-000000000000' as uuid) as pipeline_key, 'Timeslices' as budgeting_method, "
            "0.95 as target, 32400 as limit_seconds, 3600 as slice_seconds, 1.0 as time_slice_target, "
            "true as is_rolling, 28 as window_days, true as is_measured, "
            "timestamp '1900-01-01' as valid_from, timestamp '9999-12-31' as valid_to, true as is_current from numbers"
        )


def move_to(path: Path, days: int) -> None:
    """Let the present be so many days after the beginning."""
    with duckdb.connect(str(path)) as con:
        con.execute(
            f"update intermediate.int_sources__as_of set as_of_at = timestamp '{BEGIN}' + {days} * interval '1 day'"
        )
    dbt(path, "run", "--select", "dim_service_levels")


def main() -> int:
    """Measure, print, and compare with the limits."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--service-levels", type=int, default=1000)
    parser.add_argument("--days", type=int, default=365)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="plumbline-benchmark-") as folder:
        path = Path(folder) / "warehouse.duckdb"
        subprocess.run(
            [str(Path(sys.executable).parent / "plumbline"), "load", "--config", "/dev/stdin"],
            input="feeds: []\n",
            text=True,
            env={**os.environ, "PLUMBLINE_DUCKDB_PATH": str(path)},
            check=True,
            stdout=subprocess.DEVNULL,
        )
        dbt(path, "seed")
        dbt(
            path,
            "build",
            "--resource-type",
            "model",
            "--resource-type",
            "snapshot",
            "--select",
            "+fct_service_level_days",
        )
        fill(path, arguments.service_levels)
        move_to(path, arguments.days)
        start = dbt(path, "run", "--select", "dim_service_levels_current")
        first = dbt(path, "run", "--full-refresh", "--select", *MODELS)
        with duckdb.connect(str(path), read_only=True) as con:
            slices = con.execute("select count(*) from marts.fct_service_level_slices").fetchall()[0][0]
        move_to(path, arguments.days + 1)
        again = dbt(path, "run", "--select", *MODELS)
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        for what, (seconds, cpu) in {"dbt's start": start, f"{slices:,} slices": first, "the next day": again}.items():
            print(f"{what}: {seconds:.1f} s, {cpu:.1f} CPU s")
        print(f"peak memory {peak:,.0f} MB")
        return int(first[0] - start[0] > MOST_SECONDS or again[0] - start[0] > MOST_SECONDS_A_DAY)


if __name__ == "__main__":
    sys.exit(main())
