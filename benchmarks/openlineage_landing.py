"""Measure how long OpenLineage events take from files to the rows of staging in PostgreSQL, beside the naive way.

Two ways over the same files, one after the other, each in a database of its own on the server that PLUMBLINE_PG_*
names, or else on one that is started:

naive      COPY puts the events into one jsonb column; staging reads the same fields of it by ->> (naive_landing.sql).
plumbline  `plumbline load`, then the staging models of events and of their datasets.

Counted are the COPY and the statements of the naive way; of plumbline the process of the load, from its start, and
the time from the start of the first model to the end of the last, with their statistics. dbt's own start is shown, but
not counted. Both ways must give the same rows, which is checked. Ends with exit code 1 where they do not, or where
plumbline takes more than its share of the naive way's time.
"""

from __future__ import annotations

import argparse
import datetime
import glob
import shutil
import sys
import tempfile
import time
from pathlib import Path

from openlineage_throughput import PROJECT, Workspace
from postgres_readers import connect, execute, postgres_server

MODELS = ["stg_openlineage__events", "stg_openlineage__event_datasets"]
# The naive way has keys of its own.
NOT_COMPARED = ("event_key", "event_md5", "source_name", "loaded_at")
COPY = "copy naive.events from stdin with (format csv, quote e'\\x01', delimiter e'\\x02')"


def naive(settings: dict[str, str], database: str, files: list[str]) -> dict[str, float]:
    """Lands and parses the naive way; returns the seconds of each step."""
    connection = connect(settings, database)
    cursor = connection.cursor()
    cursor.execute("create schema naive; create table naive.events (event jsonb)")
    seconds = {}
    began = time.perf_counter()
    for file in files:
        with open(file, "rb") as events:
            cursor.copy_expert(COPY, events, size=1 << 20)
    seconds["naive: copy"] = time.perf_counter() - began
    for statement in (PROJECT / "benchmarks/naive_landing.sql").read_text().split(";\n"):
        if statement.strip():
            began = time.perf_counter()
            cursor.execute(statement)
            table = statement.partition("create table ")[2].partition(" ")[0]
            seconds[f"naive: {table}"] = time.perf_counter() - began
    connection.close()
    return seconds


def plumbline(settings: dict[str, str], database: str, pattern: str, folder: Path) -> tuple[dict[str, float], float]:
    """Loads and builds staging; returns the seconds of each step, and those of dbt that are not of its models."""
    workspace = Workspace(folder, pattern, "prod", **{**settings, "PLUMBLINE_PG_DATABASE": database})
    seconds = {"plumbline load": workspace.load().seconds}
    whole = workspace.dbt("dbt run", "run", "--select", *MODELS)
    moments = [
        datetime.datetime.fromisoformat(timing[edge])
        for result in workspace.results()
        if result["unique_id"].startswith("model.")
        for timing in result["timing"]
        for edge in ("started_at", "completed_at")
    ]
    seconds["both models, side by side"] = (max(moments) - min(moments)).total_seconds()
    return seconds, whole.seconds - seconds["both models, side by side"]


def differences(settings: dict[str, str], database: str) -> list[str]:
    """Says of each staging model how many of its rows the naive way does not have, and the other way round."""
    connection = connect(settings, database)
    cursor = connection.cursor()
    found = []
    for model in MODELS:
        naively = model.replace("stg_openlineage__", "stg_")
        cursor.execute(
            "select column_name from information_schema.columns "
            "where (table_schema, table_name) in (('staging', %s), ('naive', %s)) and column_name <> all (%s) "
            "group by 1 having count(*) = 2 order by 1",
            (model, naively, list(NOT_COMPARED)),
        )
        # Lists of JSON stand as text on one side and as jsonb on the other.
        lists = ("inputs", "outputs", "dataset", "tests", "job_owners", "schema_fields", "assertions", "gx_assertions")
        columns = ", ".join(f"{name}::jsonb" if name in lists else name for (name,) in cursor.fetchall())
        ours, theirs = (f"select {columns} from {table}" for table in (f"staging.{model}", f"naive.{naively}"))
        for one, other, who in ((ours, theirs, "plumbline"), (theirs, ours, "the naive way")):
            cursor.execute(f"select count(*) from ({one} except all {other}) as missing")
            (rows,) = cursor.fetchone() or (0,)
            found += [f"{model}: {rows:,} rows only {who} has"] if rows else []
    connection.close()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", help="a glob of NDJSON files, as generate_openlineage_events.py writes them")
    parser.add_argument("--most-share", type=float, default=1 / 3, help="the share of the naive way that is allowed")
    parser.add_argument("--database", default="plumbline_landing_benchmark", help="is dropped and made anew")
    arguments = parser.parse_args()
    pattern = str(Path(arguments.files).resolve())
    files = sorted(glob.glob(pattern))
    folder = Path(tempfile.mkdtemp(prefix="plumbline_benchmark_"))
    try:
        with postgres_server() as settings:
            execute(settings, "postgres", f"drop database if exists {arguments.database} with (force)")
            execute(settings, "postgres", f"create database {arguments.database}")
            execute(settings, arguments.database, (PROJECT / "deploy/postgres/settings.sql").read_text())
            least = naive(settings, arguments.database, files)
            execute(settings, arguments.database, "checkpoint")
            steps, rest = plumbline(settings, arguments.database, pattern, folder)
            for step, seconds in {**least, **steps}.items():
                print(f"  {step:<36} {seconds:7.1f} s")
            print(f"  {'dbt beside its models, not counted':<36} {rest:7.1f} s")
            different = differences(settings, arguments.database)
            execute(settings, "postgres", f"drop database {arguments.database} with (force)")
    finally:
        shutil.rmtree(folder)
    share = sum(steps.values()) / sum(least.values())
    is_within = share <= arguments.most_share and not different
    print("\n".join(different) or "  the same rows both ways")
    print(f"  {sum(steps.values()):.1f} s beside {sum(least.values()):.1f} s: {share:.2f} of the naive way")
    print(f"  {'within' if is_within else 'OVER'} {arguments.most_share:.2f}")
    sys.exit(0 if is_within else 1)


if __name__ == "__main__":
    main()
