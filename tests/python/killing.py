"""Starts `plumbline run` and kills it at a moment of its work, as the kernel, an operator or a power cut would."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from support import BIN, Workplace
from test_build_sample import marts_of

# Tests say nothing of what is built; without them a run is short.
SELECTED = ("resource_type:model", "resource_type:seed", "resource_type:snapshot")
LOCKED = 75
LONGEST_RUN = 600


@dataclass(frozen=True)
class Moment:
    """When to kill: behind this many of the run's events of a step, and so many seconds. Whom: all, run or dbt."""

    step: str
    events: int
    seconds: float
    whom: str


@dataclass
class Ended:
    """How a run ended: its exit code (negative: the signal), and its last events."""

    code: int
    is_killed: bool
    events: list[dict[str, object]]


def random_moment(random: Random, step: str, events: int) -> Moment:
    """A moment of a step that has so many events."""
    longest = 0.5 if step == "load" else 0.2
    whom = random.choice(["all", "all", "run", "dbt"])
    return Moment(step, random.randrange(events), random.uniform(0, longest), whom)


def events_of(manifest: dict[str, Any]) -> dict[str, int]:
    """How many events the steps of a run of the sample have at least: what is loaded, or built, begins and ends."""
    kinds = {selected.partition(":")[2] for selected in SELECTED}
    built = sum(node["resource_type"] in kinds for node in manifest["nodes"].values())
    return {"load": 6, "build": 2 * built - 10}


def public_marts(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    """The marts that people read. Views of the audit's rules show what was loaded behind the last build, too."""
    return [node for node in marts_of(manifest) if node["config"]["access"] == "public"]


def start(workplace: Workplace, *options: str) -> subprocess.Popen[str]:
    """Start a run whose log is a JSON object a line."""
    command = [BIN / "plumbline", "run", "--no-docs", "--log-format", "json", "--target", workplace.target, *options]
    selection = [part for selected in SELECTED for part in ("--select", selected)]
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PLUMBLINE_", "DBT_"))}
    settings = {"PLUMBLINE_PROJECT_DIR": str(workplace.folder), **workplace.env}
    return subprocess.Popen(
        [str(part) for part in [*command, *selection]],
        cwd=workplace.folder,
        env={**inherited, **settings},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def run_until(workplace: Workplace, moment: Moment | None) -> Ended:
    """Run until this moment, or to the end where there is none; a lock that is still held is waited for."""
    deadline = time.monotonic() + LONGEST_RUN
    while True:
        process = start(workplace)
        ended = _followed(process, moment)
        if ended.code != LOCKED or time.monotonic() > deadline:
            return ended
        time.sleep(0.1)


def _followed(process: subprocess.Popen[str], moment: Moment | None) -> Ended:
    ended = Ended(0, False, [])
    seen = 0
    assert process.stdout is not None
    for line in process.stdout:
        assert "Traceback" not in line, [*(event.get("message") for event in ended.events[-8:]), line]
        event = json.loads(line)
        ended.events.append(event)
        if moment is None or ended.is_killed or event["step"] != moment.step:
            continue
        if seen == moment.events:
            time.sleep(moment.seconds)
            ended.is_killed = _kill(process, moment.whom)
        seen += 1
    ended.code = process.wait()
    process.stdout.close()
    return ended


def _kill(process: subprocess.Popen[str], whom: str) -> bool:
    """Kill the run, or its dbt, or both with all that they started; returns whether there was somebody to kill."""
    children = descendants(process.pid)
    if whom == "dbt" and not children:
        whom = "all"
    victims = {"all": [process.pid, *children], "run": [process.pid], "dbt": children}[whom]
    is_hit = False
    for victim in victims:
        try:
            os.kill(victim, signal.SIGKILL)
            is_hit = True
        except ProcessLookupError:
            continue
    # A run whose dbt was killed may have ended of it by now.
    return is_hit if whom == "dbt" else process.poll() is None or process.returncode == -signal.SIGKILL


def descendants(parent: int) -> list[int]:
    """The processes that a process started, and they."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == parent:
            child = int(stat.parent.name)
            found += [child, *descendants(child)]
    return found
