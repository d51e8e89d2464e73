"""Measure what the audit of a large platform costs: all that was loaded of it at once, and the day after.

Simulates a platform up to its last day but one, loads that and builds the findings with all that they are made of;
then the same with the last day more. dbt keeps what it parsed of the project between builds, so it parses before the
first; its own start, the time of a build that selects nothing but a view, is measured too, and counted. Ends with exit
code 1 above the limits.
"""

from __future__ import annotations

import argparse
import datetime
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from audit_platforms import START, Platform, copy_of_project

MOST_SECONDS = 180.0
MOST_SECONDS_A_DAY = 20.0


def measured(what: str, work: Callable[[], None]) -> float:
    """Does work in other processes, prints its seconds and its CPU seconds, and returns the former."""
    began, before = time.monotonic(), os.times()
    work()
    seconds, after = time.monotonic() - began, os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    print(f"{what}: {seconds:.1f} s, {cpu:.1f} CPU s", flush=True)
    return seconds


def main() -> int:
    """Measure, print, and compare with the limits."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pipelines", type=int, default=1000)
    parser.add_argument("--days", type=int, default=90)
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="plumbline-benchmark-") as folder:
        project = copy_of_project(Path(folder) / "project")
        platform = Platform(project, arguments.seed, arguments.days, arguments.pipelines)
        end = START + datetime.timedelta(days=arguments.days)
        built = []
        for until in (end - datetime.timedelta(days=1), end):
            measured(f"simulation until {until.date()}", lambda until=until: platform.simulate(until))  # type: ignore[misc]
            measured("load", platform.load)
            if not built:
                platform.build_models("dim_pipelines_current")
                measured("dbt's start", lambda: platform.build_models("dim_pipelines_current"))
            built.append(measured("build", lambda: platform.build_models("+fct_findings")))
        counts = platform.query(
            "select (select count(*) from marts.fct_task_attempts), (select count(*) from raw.openlineage_events), "
            "(select count(*) from marts.fct_findings)"
        )
        print("{:,} task attempts, {:,} events, {:,} findings".format(*counts[0]))
        print(f"peak memory {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024:,.0f} MB")
    return int(built[0] > MOST_SECONDS or built[1] > MOST_SECONDS_A_DAY)


if __name__ == "__main__":
    sys.exit(main())
