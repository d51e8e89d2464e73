"""SIGTERM while a warehouse is purged, published, documented, backed up or restored leaves nothing half done."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from support import BIN, ROOT, Workplace

# DuckDB hears only where it is told by its own means that such a query is to end.
ENDLESS = {"dev": "select count(*) from range(1000000000000)", "prod": "select pg_sleep(600)"}
OLD = "rejected_records", "openlineage_events"


def start(workplace: Workplace, *command: str | Path) -> subprocess.Popen[str]:
    """Start a command without waiting for it."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PLUMBLINE_", "DBT_"))}
    settings = {"PLUMBLINE_PROJECT_DIR": str(workplace.folder), "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    return subprocess.Popen(
        [str(part) for part in command],
        cwd=workplace.folder,
        env={**inherited, **settings, **workplace.env},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def read_until(process: subprocess.Popen[str], text: str) -> None:
    """Return when a process has printed a line with this text."""
    assert process.stdout is not None
    printed = ""
    for line in process.stdout:
        if text in line:
            return
        printed += line
    pytest.fail(f"It ended with {process.wait()} before it printed {text}: {printed}")


def wait_for(process: subprocess.Popen[str], path: Path, text: str) -> None:
    """Return when a file holds this text; no step of what is tested here takes two minutes."""
    end = time.monotonic() + 120
    while process.poll() is None and time.monotonic() < end:
        if path.exists() and text in path.read_text():
            return
        time.sleep(0.05)
    process.kill()
    printed, _ = process.communicate()
    pytest.fail(f"It ended with {process.returncode} before {path.name} held {text}: {printed}")


def stop(process: subprocess.Popen[str]) -> str:
    """Ask a process to end, and return what it still printed; it must end within seconds, as stopped by SIGTERM."""
    process.send_signal(signal.SIGTERM)
    try:
        printed, _ = process.communicate(timeout=30)
    except subprocess.TimeoutExpired:
        process.kill()
        pytest.fail(f"It did not end: {process.communicate()[0]}")
    assert process.returncode == 143, printed
    assert "Traceback" not in printed, printed
    return printed


@pytest.mark.parametrize("built", ["sample_copy", "sample_on_postgres_copy"])
def test_a_purge_that_is_stopped_deletes_nothing(built: str, request: pytest.FixtureRequest) -> None:
    workplace: Workplace = request.getfixturevalue(built)
    if workplace.target == "prod":
        # As a member of the loader and of the builder.
        workplace.env = {**workplace.env, **request.getfixturevalue("postgres_server")}
    # Else dbt writes no statements into its log.
    workplace.env = {**workplace.env, "DBT_LOG_LEVEL_FILE": "debug"}
    project = workplace.folder / "dbt_project.yml"
    project.write_text(re.sub(r"  retention_days: .*", "  retention_days: {raw: 100}", project.read_text()))
    values = "'lineage', timestamp '2026-01-01'"
    workplace.execute(
        f"insert into raw.rejected_records (_source_name, _loaded_at) values ({values})",
        f"insert into raw.openlineage_events (_source_name, event_time) values ({values})",
    )
    landed = {table: workplace.query(f"select count(*) as found from raw.{table}") for table in OLD}
    # It comes behind the last delete, and before the commit.
    last_step = workplace.folder / "macros/retention/forget_purged_facts.sql"
    last_step.write_text(
        "{% macro forget_purged_facts(steps) %}{% do run_query('" + ENDLESS[workplace.target] + "') %}{% endmacro %}"
    )
    process = start(workplace, BIN / "plumbline", "purge", "--target", workplace.target)
    log = workplace.folder / "logs/dbt.log"
    wait_for(process, log, ENDLESS[workplace.target])
    for table in OLD:
        assert re.search(rf'delete from "\w+"."raw"."{table}"', log.read_text()), table
    assert "Everything was purged, or nothing." in stop(process)
    assert {table: workplace.query(f"select count(*) as found from raw.{table}") for table in OLD} == landed


def undo(workplace: Workplace, step: str) -> None:
    """Let the last run have been stopped at this step, so that a retry begins with it."""
    path = workplace.folder / "target/plumbline_run.state"
    state = json.loads(path.read_text())
    steps = {**state["steps"], step: "stopped"}
    path.write_text(json.dumps({**state, "warehouse": str(workplace.duckdb_path), "steps": steps}))


def events(printed: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in printed.splitlines() if line.startswith("{")]


def steps(printed: str) -> dict[str, str]:
    return {step["step"]: step["result"] for step in events(printed)[-1]["steps"]}


RETRY = ("run", "--retry", "--log-format", "json")
# The command, where each piece of a copy takes its time: by the kernel, or where that cannot, by this process.
SLOW_COPY = """
import errno, os, sys, time
import plumbline.publish
from plumbline.cli import main
by_kernel = os.copy_file_range
def slowly(*given):
    print("copying", flush=True)
    time.sleep(1)
    if {is_by_kernel}:
        return by_kernel(*given)
    raise OSError(errno.EXDEV, "as between two file systems")
os.copy_file_range = slowly
plumbline.publish._CHUNK = 4096
main()
"""


@pytest.mark.parametrize("is_by_kernel", [True, False])
def test_a_copy_for_readers_that_is_stopped_leaves_the_last_one(sample_copy: Workplace, is_by_kernel: bool) -> None:
    workplace = sample_copy
    undo(workplace, "publish")
    copy = workplace.folder / "readers/plumbline.duckdb"
    before = copy.stat()
    process = start(workplace, sys.executable, "-c", SLOW_COPY.format(is_by_kernel=is_by_kernel), *RETRY)
    read_until(process, "copying")
    assert steps(stop(process)) == {"publish": "stopped"}
    assert (copy.stat().st_ino, copy.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert [path.name for path in copy.parent.iterdir()] == [copy.name]
    assert steps(workplace(BIN / "plumbline", *RETRY, "--no-docs"))["publish"] == "ok"
    assert copy.stat().st_ino != before.st_ino


def test_docs_that_are_stopped_leave_the_last_ones(sample_copy: Workplace) -> None:
    workplace = sample_copy
    undo(workplace, "docs")
    target = workplace.folder / "target"

    def artifacts() -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in target.iterdir() if path.suffix in (".json", ".html")}

    before = artifacts()
    process = start(workplace, BIN / "plumbline", *RETRY)
    read_until(process, "BuildingCatalog")
    assert steps(stop(process)) == {"docs": "stopped"}
    assert artifacts() == before
    assert [path.name for path in target.iterdir() if "docs" in path.name] == []
    assert steps(workplace(BIN / "plumbline", *RETRY))["docs"] == "ok"
    changed = {name for name, content in artifacts().items() if content != before[name]}
    assert changed == {"catalog.json", "static_index.html"}


# The command, where the engine is long at work behind the first table that it has copied.
SLOW_TABLES = """
import sys
import plumbline.{module} as module
from plumbline.cli import main
once = module.{function}
def slowly(place, *given):
    result = once(place, *given)
    print("written", flush=True)
    place.query("select count(*) from range(1000000000000)")
    return result
module.{function} = slowly
main()
"""


def test_a_backup_that_is_stopped_leaves_nothing(sample_copy: Workplace) -> None:
    script = SLOW_TABLES.format(module="backup", function="_write_table")
    process = start(sample_copy, sys.executable, "-c", script, "backup", "backups_of_today")
    read_until(process, "written")
    assert (sample_copy.folder / "backups_of_today.partial").is_dir()
    assert stop(process) == "Stopped by a signal. Nothing is left of the backup.\n"
    assert list(sample_copy.folder.glob("backups_of_today*")) == []
    assert "Backed up" in sample_copy(BIN / "plumbline", "backup", "backups_of_today")


@pytest.mark.parametrize("target", ["dev", "prod"])
def test_a_restore_that_is_stopped_changes_nothing(
    target: str, sample_copy: Workplace, request: pytest.FixtureRequest
) -> None:
    env = request.getfixturevalue("make_postgres_database")() if target == "prod" else {}
    sample_copy(BIN / "plumbline", "backup", "backup")
    restored = Workplace(sample_copy.folder, target, env)
    shutil.move(sample_copy.duckdb_path, sample_copy.folder / "before.duckdb")
    restore = ("restore", "backup", "--target", target)
    process = start(restored, sys.executable, "-c", SLOW_TABLES.format(module="restore", function="_fill"), *restore)
    read_until(process, "written")
    assert stop(process) == "Stopped by a signal. The warehouse is as it was.\n"
    # Into a warehouse that holds anything it would be refused.
    assert "Restored" in restored(BIN / "plumbline", *restore)
