"""Measure how long OpenLineage events take from files to the core facts, beside what DuckDB needs at least.

Two ways over the same files, each in processes of its own, one after the other:

baseline   DuckDB lands the files as JSON in a table of a file, then parses the fields that
           plumbline reads with one from_json into typed columns of a second table.
plumbline  `plumbline load`, then `dbt build`, without its tests, up to the core facts; dbt starts while
           it loads, as in `plumbline run`. dbt keeps what it parsed of the project between builds, so it
           parses before, and that is shown but not counted.

Prints the seconds, the peak memory and the ratio, and ends with exit code 1 where the ratio or the
memory is over its limit.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from plumbline.dbt_child import GO_ON
from plumbline.declared import declared_tables

PROJECT = Path(__file__).resolve().parents[1]
FACTS = ["fct_pipeline_runs", "fct_task_attempts", "fct_dataset_writes", "fct_dataset_reads"]
TEXT = "VARCHAR"
ASSERTIONS = {"assertions": [dict.fromkeys("name assertion column severity success expected actual".split(), TEXT)]}
CHECKED = {
    "dataQualityAssertions": ASSERTIONS,
    "greatExpectations_assertions": {"assertions": [{"expectationType": TEXT, "success": TEXT, "columnId": TEXT}]},
}
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
        **CHECKED,
    },
    "inputFacets": {
        "inputStatistics": STATISTICS,
        "dataQualityMetrics": {"rowCount": TEXT, "bytes": TEXT, "fileCount": TEXT},
        **CHECKED,
    },
    "outputFacets": {"outputStatistics": STATISTICS},
}
# What is a list or an object is read as such, where plumbline lands its text first.
LISTS: dict[str, Any] = {
    "inputs": [DATASET],
    "outputs": [DATASET],
    "dataset": DATASET,
    "job_owners": [{"name": TEXT}],
    "tests": "JSON",
}


def event_shape() -> dict[str, Any]:
    """The fields of an event that plumbline's source declares, as from_json takes them."""
    [events] = [table for table in declared_tables(PROJECT) if table.identifier == "openlineage_events"]
    shape: dict[str, Any] = {"run": {"runId": TEXT}, "job": {"namespace": TEXT, "name": TEXT}}
    shape.update(dict.fromkeys(("eventTime", "eventType", "producer", "schemaURL"), TEXT))
    for column, paths in events.paths.items():
        for *outer, last in paths:
            inside = shape
            for name in outer:
                inside = inside.setdefault(name, {})
            inside[last] = LISTS.get(column, TEXT)
    return shape


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
    shape = event_shape()
    columns = ", ".join(typed_columns(shape))
    connection.execute(
        f"create table parsed as select {columns}"
        f" from (select from_json(event, '{json.dumps(shape)}') as e from landed)"
    )
    connection.execute("checkpoint")


@dataclass
class Measurement:
    """What one process took."""

    name: str
    seconds: float
    cpu_seconds: float
    peak_mb: float


class Step:
    """A process of its own."""

    def __init__(self, name: str, command: list[str], environment: dict[str, str], cwd: Path) -> None:
        self.name = name
        self._output = tempfile.TemporaryFile(mode="w+")  # noqa: SIM115
        self._started = time.perf_counter()
        # dbt ends with its parent, which it knows by its standard input.
        self._process = subprocess.Popen(
            command, env=environment, cwd=cwd, stdin=subprocess.PIPE, stdout=self._output, stderr=subprocess.STDOUT
        )

    def go_on(self) -> None:
        """Lets a dbt that was started ahead build; its seconds count from here on."""
        assert self._process.stdin is not None
        self._started = time.perf_counter()
        self._process.stdin.write(GO_ON.encode())
        self._process.stdin.flush()

    def measured(self) -> Measurement:
        """Waits for its end; ends the benchmark where it failed."""
        _, status, usage = os.wait4(self._process.pid, 0)
        seconds = time.perf_counter() - self._started
        self._process.returncode = os.waitstatus_to_exitcode(status)
        with self._output:
            if self._process.returncode:
                self._output.seek(0)
                sys.exit(f"{self.name} failed:\n{self._output.read()}")
        return Measurement(self.name, seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


class Workspace:
    """A folder with the feed `lineage`, and the processes that load and build it."""

    def __init__(self, folder: Path, files: str, target: str = "dev", **settings: str) -> None:
        """`files` is a glob; `settings` are environment variables beside those of this process."""
        self.folder = folder
        self._config = folder / "plumbline.yml"
        self._config.write_text(f"feeds:\n  - {{kind: openlineage, name: lineage, path: {json.dumps(files)}}}\n")
        self._target = ["--target", target]
        self._environment = {**os.environ, **settings, "PYTHONPATH": str(PROJECT)}

    def load(self, name: str = "plumbline load") -> Measurement:
        """Runs `plumbline load`."""
        command = [sys.executable, "-m", "plumbline", "load", "--config", str(self._config), *self._target]
        return Step(name, command, self._environment, PROJECT).measured()

    def dbt(self, name: str, *arguments: str) -> Measurement:
        """Runs dbt."""
        return self._dbt(name, [*arguments, *self._options()]).measured()

    def build(self, select: list[str], name: str = "dbt build") -> Measurement:
        """Runs `dbt build` without its tests."""
        return self.dbt(name, *self._build_arguments(select))

    def load_and_build(self, select: list[str], load_name: str, build_name: str) -> list[Measurement]:
        """Loads and builds as `plumbline run` does, whose dbt starts while it loads; without the tests."""
        ahead = ["--ahead", *self._options(), "--", *self._build_arguments(select), *self._options()]
        build = self._dbt(build_name, ahead)
        load = self.load(load_name)
        build.go_on()
        return [load, build.measured()]

    def _build_arguments(self, select: list[str]) -> list[str]:
        left_out = ["--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"]
        return ["build", *left_out, "--select", *select]

    def _options(self) -> list[str]:
        paths = ["--profiles-dir", str(PROJECT), "--target-path", str(self.folder / "target")]
        return [*paths, "--log-path", str(self.folder / "logs"), *self._target]

    def _dbt(self, name: str, arguments: list[str]) -> Step:
        return Step(name, [sys.executable, "-m", "plumbline.dbt_child", *arguments], self._environment, PROJECT)

    def results(self) -> list[dict[str, Any]]:
        """What dbt wrote of the nodes of its last run."""
        return list(json.loads((self.folder / "target" / "run_results.json").read_text())["results"])


def on_duckdb(folder: Path, files: str, memory: str) -> Workspace:
    """A workspace with a DuckDB file of its own, and a limit of memory for each process."""
    settings = {"PLUMBLINE_DUCKDB_PATH": str(folder / "plumbline.duckdb"), "PLUMBLINE_MEMORY_LIMIT": memory}
    return Workspace(folder, files, **settings)


def print_slowest(workspace: Workspace, count: int) -> None:
    """Prints the models that took longest."""
    results = sorted(workspace.results(), key=lambda result: -result["execution_time"])
    for result in results[:count]:
        print(f"    {result['unique_id'].rsplit('.', 1)[-1]:<45} {result['execution_time']:7.1f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", help="a glob of NDJSON files, as generate_openlineage_events.py writes them")
    parser.add_argument("--select", nargs="+", default=[f"+{fact}" for fact in FACTS], help="what dbt builds")
    parser.add_argument("--memory", default="2GB", help="what DuckDB may use in each process")
    parser.add_argument("--most-times", type=float, default=3.0, help="the ratio that is allowed")
    parser.add_argument("--most-mb", type=float, default=4096, help="the peak memory that is allowed")
    parser.add_argument("--slowest", type=int, default=8, help="how many models to name")
    parser.add_argument("--keep", type=Path, help="a folder to work in and to keep")
    parser.add_argument("--baseline-into", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.baseline_into:
        baseline(arguments.files, arguments.baseline_into, arguments.memory)
        return
    folder = arguments.keep or Path(tempfile.mkdtemp(prefix="plumbline_benchmark_"))
    folder.mkdir(parents=True, exist_ok=True)
    files = str(Path(arguments.files).resolve())
    try:
        command = [sys.executable, __file__, files, "--memory", arguments.memory]
        command += ["--baseline-into", str(folder / "baseline.duckdb")]
        (folder / "baseline.duckdb").unlink(missing_ok=True)
        (folder / "plumbline.duckdb").unlink(missing_ok=True)
        least = Step("baseline", command, dict(os.environ), PROJECT).measured()
        workspace = on_duckdb(folder, files, arguments.memory)
        steps = [workspace.dbt("dbt parse", "parse")]
        steps += workspace.load_and_build(arguments.select, "load", "build")
        events = count_events(folder / "plumbline.duckdb")
        is_within = report(events, least, steps, arguments)
        print_slowest(workspace, arguments.slowest)
    finally:
        if not arguments.keep:
            shutil.rmtree(folder)
    sys.exit(0 if is_within else 1)


def count_events(database: Path) -> int:
    import duckdb

    with duckdb.connect(str(database), read_only=True) as connection:
        row = connection.execute("select count(*) from raw.openlineage_events").fetchone()
    return int(row[0]) if row else 0


def report(events: int, least: Measurement, steps: list[Measurement], arguments: argparse.Namespace) -> bool:
    """Prints the figures; returns whether they are within the limits."""
    counted = steps[1:]
    seconds = sum(step.seconds for step in counted)
    cpu_seconds = sum(step.cpu_seconds for step in counted)
    peak_mb = max(step.peak_mb for step in steps)
    times = seconds / least.seconds
    print(f"{events:,} events")
    for step in (least, *steps):
        print(f"  {step.name:<16} {step.seconds:7.1f} s {step.cpu_seconds:7.1f} s CPU {step.peak_mb:7,.0f} MB peak")
    print(f"  {'plumbline':<16} {seconds:7.1f} s {cpu_seconds:7.1f} s CPU {peak_mb:7,.0f} MB peak")
    print(f"  {times:.2f} times the baseline ({cpu_seconds / least.cpu_seconds:.2f} in CPU seconds)")
    is_within = bool(times <= arguments.most_times and peak_mb <= arguments.most_mb)
    print(f"  {'within' if is_within else 'OVER'} {arguments.most_times:g} times and {arguments.most_mb:,.0f} MB")
    return is_within


if __name__ == "__main__":
    main()
