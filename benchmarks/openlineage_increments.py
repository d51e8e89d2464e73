"""Measure what new OpenLineage events cost to build on a small history and on a large one.

For each size of history: its events are loaded and built, then parts of further events are each loaded and built in
an increment. DuckDB is measured in CPU seconds; PostgreSQL, whose server works beside the processes that are
measured, in seconds. Every increment is shown; the median of each history is compared. Ends with exit code 1 where
that of the largest is more than the allowed number of times that of the smallest.
"""

from __future__ import annotations

import argparse
import contextlib
import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from generate_openlineage_events import Platform, write
from openlineage_throughput import FACTS, Measurement, Workspace, on_duckdb, print_slowest
from postgres_readers import execute, postgres_server

PER_FILE = 100_000


@contextlib.contextmanager
def workspace_on(target: str, folder: Path, files: str, memory: str, database: str) -> Iterator[Workspace]:
    """An empty warehouse: a file in the folder, or a database on the server."""
    if target == "dev":
        yield on_duckdb(folder, files, memory)
        return
    with postgres_server() as settings:
        execute(settings, "postgres", f"drop database if exists {database} with (force)")
        execute(settings, "postgres", f"create database {database}")
        yield Workspace(folder, files, target, **settings, PLUMBLINE_PG_DATABASE=database)
        execute(settings, "postgres", f"drop database {database} with (force)")


def measure_increments(workspace: Workspace, history: int, arguments: argparse.Namespace) -> list[list[Measurement]]:
    """Builds a history of so many events; returns what loading and building each part of new events took."""
    events, parts = workspace.folder / "events", workspace.folder / "parts"
    lines = Platform(1).deliveries()
    write(lines, events, history, PER_FILE, False)
    workspace.load("load of the history")
    workspace.build(arguments.select, "build of the history")
    increments = []
    for part in range(arguments.increments):
        write(lines, parts, arguments.new, PER_FILE, False)
        for number, file in enumerate(sorted(parts.iterdir())):
            file.rename(events / f"part-{part}-{number}.ndjson")
        increments.append([workspace.load(), workspace.build(arguments.select)])
    return increments


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--histories", type=int, nargs="+", default=[100_000, 10_000_000], help="in events")
    parser.add_argument("--new", type=int, default=10_000, help="how many events come anew each time")
    parser.add_argument("--increments", type=int, default=3, help="how many times they come")
    parser.add_argument("--target", choices=["dev", "prod"], default="dev", help="DuckDB or PostgreSQL")
    parser.add_argument("--database", default="plumbline_increments_benchmark", help="is dropped and made anew")
    parser.add_argument("--select", nargs="+", default=[f"+{fact}" for fact in FACTS], help="what dbt builds")
    parser.add_argument("--memory", default="2GB", help="what DuckDB may use in each process")
    parser.add_argument("--most-times", type=float, default=1.3, help="the ratio that is allowed")
    parser.add_argument("--slowest", type=int, default=8, help="how many models to name")
    arguments = parser.parse_args()
    costs = []
    for history in sorted(arguments.histories):
        folder = Path(tempfile.mkdtemp(prefix="plumbline_benchmark_"))
        files = str(folder / "events" / "*.ndjson")
        try:
            with workspace_on(arguments.target, folder, files, arguments.memory, arguments.database) as workspace:
                increments = measure_increments(workspace, history, arguments)
                print(f"{arguments.new:,} events on {history:,}")
                for step in (step for increment in increments for step in increment):
                    print(
                        f"  {step.name:<16} {step.seconds:7.1f} s {step.cpu_seconds:7.1f} s CPU {step.peak_mb:7,.0f} MB"
                    )
                print_slowest(workspace, arguments.slowest)
        finally:
            shutil.rmtree(folder)
        unit = "cpu_seconds" if arguments.target == "dev" else "seconds"
        costs.append(statistics.median(sum(getattr(step, unit) for step in increment) for increment in increments))
    times = costs[-1] / costs[0]
    print(f"{costs[-1]:.1f} s beside {costs[0]:.1f} s: {times:.2f} times; allowed are {arguments.most_times:g}")
    sys.exit(0 if times <= arguments.most_times else 1)


if __name__ == "__main__":
    main()
