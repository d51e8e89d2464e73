"""Starts dbt as a child process, and turns what it says into events of the run.

A child, because a build that the kernel kills for its memory then leaves a run that can say so, because dbt
frees what it took only by ending, and because DuckDB's file is closed with certainty when it has ended.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from plumbline.dbt_child import GO_ON
from plumbline.lock import Lock
from plumbline.log import Log
from plumbline.stop import Stop
from plumbline.warehouse import duckdb_path

_LOG_FORMAT = ("--log-format", "json", "--log-format-file", "debug")
# What dbt says of being interrupted, with a traceback, when it was asked to end.
_INTERRUPTION = {"MainEncounteredError", "MainStackTrace"}
# dbt has run what it was told to, and some of it failed; any other code but 0 means that it could not run.
SOME_NODES_FAILED = 1


@dataclass
class DbtResult:
    """How a dbt command ended: its exit code, its invocation_id, and how many nodes ended how."""

    code: int = 0
    invocation_id: str | None = None
    nodes: dict[str, int] = field(default_factory=dict)


def target_folder(project: Path) -> Path:
    """Returns the folder that dbt writes its artifacts to."""
    return project / (os.environ.get("DBT_TARGET_PATH") or "target")


class DbtChild:
    """A dbt command in a process of its own. It ends with the block that it is opened for, or with this process.

    With `options`, which `dbt parse` knows too, the process reads the project and chooses what to build while this one
    does something else.
    `environment` stands in the place of this process's own.
    """

    def __init__(
        self,
        arguments: list[str],
        project: Path,
        schema_prefix: str,
        log: Log,
        lock: Lock,
        options: list[str] | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        given = [*_LOG_FORMAT, "--use-colors" if log.is_coloured else "--no-use-colors"]
        ahead = [] if options is None else ["--ahead", *options, *given, "--"]
        self._log = log
        # In a session of its own, so that a Ctrl-C reaches it through its parent, once.
        self._process = subprocess.Popen(
            [sys.executable, "-m", "plumbline.dbt_child", *ahead, *arguments, *(options or []), *given],
            cwd=project,
            env=_environment(project, schema_prefix) if environment is None else dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=lock.descriptors,
            start_new_session=True,
            encoding="utf-8",
            errors="replace",
        )

    def __enter__(self) -> DbtChild:
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(BrokenPipeError), self._process:
            pass

    def __call__(self, step: str, stop: Stop) -> DbtResult:
        """Lets the command go on to its end, and asks it to end when this process is asked to."""
        log, result = self._log, DbtResult()
        stop.check()
        with stop.forwarded(self._process):
            assert self._process.stdin is not None and self._process.stdout is not None  # noqa: S101
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.write(GO_ON)
                self._process.stdin.flush()
            for line in self._process.stdout:
                _pass_on(line.rstrip("\n"), step, log, stop, result)
            result.code = self._process.wait()
        if result.code < 0 and stop.signal is None:
            log.event(
                step,
                "dbt_killed",
                f"dbt was killed by signal {-result.code}. Where that is 9, look whether the machine ran out of "
                "memory; PLUMBLINE_MEMORY_LIMIT says how much of it DuckDB may use.",
                level="error",
            )
        return result


def run_dbt(
    arguments: list[str],
    step: str,
    project: Path,
    schema_prefix: str,
    log: Log,
    lock: Lock,
    stop: Stop,
    environment: Mapping[str, str] | None = None,
) -> DbtResult:
    """Runs a dbt command in the project's folder until it ends, and asks it to end when this process is asked to."""
    stop.check()
    with DbtChild(arguments, project, schema_prefix, log, lock, environment=environment) as child:
        return child(step, stop)


def _environment(project: Path, schema_prefix: str) -> dict[str, str]:
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    # dbt parses everything anew when a variable that the project reads is set to anything else, even to nothing.
    if schema_prefix:
        environment["PLUMBLINE_SCHEMA_PREFIX"] = schema_prefix
    # A relative path starts from where plumbline was called; dbt runs in the project's folder.
    path = duckdb_path()
    if not path.is_absolute() and Path.cwd() != project:
        environment["PLUMBLINE_DUCKDB_PATH"] = str(path.absolute())
    return environment


def _pass_on(line: str, step: str, log: Log, stop: Stop, result: DbtResult) -> None:
    try:
        said: dict[str, Any] = json.loads(line)
        info, data = said["info"], said["data"]
    except (ValueError, TypeError, KeyError):
        if line.strip():
            log.event(step, "dbt_output", line, level="warning")
        return
    if stop.signal is not None and info["name"] in _INTERRUPTION:
        return
    result.invocation_id = info.get("invocation_id") or result.invocation_id
    if info["name"] == "StatsLine":
        result.nodes = dict(data["stats"])
    node = data.get("node_info") or {}
    log.event(
        step,
        "dbt",
        info["msg"],
        level={"warn": "warning"}.get(info["level"], info["level"]),
        time=info["ts"],
        dbt_event=info["name"],
        dbt_code=info.get("code"),
        invocation_id=info.get("invocation_id"),
        node=node.get("unique_id"),
        status=node.get("node_status"),
        seconds=data.get("execution_time") if node else None,
    )
