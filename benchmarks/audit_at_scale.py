"""Measure what the audit of a large platform costs: all that was loaded of it at once, and the day after.

Simulates a platform up to its last day but one, loads that and builds the findings with all that they are made of;
then the same with the last day more, and the audit's own models once more by themselves. dbt keeps what it parsed of
the project between builds, so it parses before the first. Its own start, the time of a build that selects nothing but
a view, is measured beside; it is counted in the builds, and taken off where the audit's models are compared with their
limit. Ends with exit code 1 above the limits.
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

from audit_platforms import FINDINGS, START, Platform, copy_of_project

MOST_SECONDS = 180.0
MOST_SECONDS_OF_AUDIT = 20.0
A_VIEW = "dim_pipelines_current"
AUDIT = f"marts.audit,{FINDINGS}"


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

        platform.simulate(end - datetime.timedelta(days=1))
        measured("load of all days but one", platform.load)
        platform.build_models("+" + A_VIEW)
        start = measured("dbt's start", lambda: platform.build_models(A_VIEW))
        first = measured("build of all days but one", lambda: platform.build_models(FINDINGS))

        platform.simulate(end)
        measured("load of the last day", platform.load)
        measured("build of the last day", lambda: platform.build_models(FINDINGS))
        audit = measured("its audit models by themselves", lambda: platform.build_models(AUDIT))

        counts = platform.query(
            "select (select count(*) from marts.fct_task_attempts), (select count(*) from raw.openlineage_events), "
            "(select count(*) from marts.fct_findings)"
        )
        print("{:,} task attempts, {:,} events, {:,} findings".format(*counts[0]))
        print(f"peak memory {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024:,.0f} MB")
    return int(first > MOST_SECONDS or audit - start > MOST_SECONDS_OF_AUDIT)


if __name__ == "__main__":
    sys.exit(main())
