"""Measure what 10,000 new OpenLineage events cost to build on a small history and on a large one.

For each size of history: its events are loaded and built, then further events are loaded and built in an
increment, which is what is measured. Ends with exit code 1 where the increment on the largest history costs
more CPU seconds than the allowed number of times that on the smallest.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from generate_openlineage_events import Platform, write
from openlineage_throughput import FACTS, Measurement, Workspace, on_duckdb, print_slowest

PER_FILE = 100_000


def increment(
    folder: Path, history: int, new: int, memory: str, select: list[str]
) -> tuple[Workspace, list[Measurement]]:
    """Builds the history, then measures loading and building `new` events more. Sizes are in events."""
    events = folder / "events"
    lines = Platform(1).deliveries()
    write(lines, events, history, PER_FILE, False)
    workspace = on_duckdb(folder, str(events / "*.ndjson"), memory)
    workspace.load("load of the history")
    workspace.build(select, "build of the history")
    write(lines, folder / "new", new, PER_FILE, False)
    for number, file in enumerate(sorted((folder / "new").iterdir())):
        file.rename(events / f"new-{number}.ndjson")
    return workspace, [workspace.load(), workspace.build(select)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--histories", type=int, nargs="+", default=[100_000, 10_000_000], help="in events")
    parser.add_argument("--new", type=int, default=10_000, help="how many events come anew")
    parser.add_argument("--select", nargs="+", default=[f"+{fact}" for fact in FACTS], help="what dbt builds")
    parser.add_argument("--memory", default="2GB", help="what DuckDB may use in each process")
    parser.add_argument("--most-times", type=float, default=1.3, help="the ratio that is allowed")
    parser.add_argument("--slowest", type=int, default=8, help="how many models to name")
    arguments = parser.parse_args()
    costs = []
    for history in sorted(arguments.histories):
        folder = Path(tempfile.mkdtemp(prefix="plumbline_benchmark_"))
        try:
            workspace, steps = increment(folder, history, arguments.new, arguments.memory, arguments.select)
            print(f"{arguments.new:,} events on {history:,}")
            for step in steps:
                print(f"  {step.name:<16} {step.seconds:7.1f} s {step.cpu_seconds:7.1f} s CPU {step.peak_mb:7,.0f} MB")
            print_slowest(workspace, arguments.slowest)
            costs.append(sum(step.cpu_seconds for step in steps))
        finally:
            shutil.rmtree(folder)
    times = costs[-1] / costs[0]
    print(f"{times:.2f} times in CPU seconds; allowed are {arguments.most_times:g}")
    sys.exit(0 if times <= arguments.most_times else 1)


if __name__ == "__main__":
    main()
