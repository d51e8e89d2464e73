"""How a run goes: what is meant to happen, bent by faults, and then played out minute by minute."""

from __future__ import annotations

import datetime
import random
from dataclasses import dataclass, field
from typing import Literal

from plumbline.simulate.calendar import volume_share
from plumbline.simulate.projects import Invocation
from plumbline.simulate.random_streams import noise
from plumbline.simulate.world import Pipeline, Task, World

State = Literal["success", "failed", "skipped", "upstream_failed", "running", "queued", "none"]

_FIRST_TRY_FAILS = 0.006
_FIRST_TRY_FAILS_IN_STORMS = 0.3
_RUN_FAILS = 0.0015
_TEST_FAILS = 0.004
_RERUN_SHARE = 0.85
_ERRORS = (
    "could not connect to server: Connection timed out",
    "canceling statement due to statement timeout",
    "could not serialize access due to concurrent update",
    "HTTPError: 503 Service Unavailable",
    "Bash command failed. The command returned a non-zero exit code 1.",
    "out of memory",
)


@dataclass
class Attempt:
    """One try of a task."""

    number: int
    queued_at: datetime.datetime
    started_at: datetime.datetime
    ended_at: datetime.datetime | None
    state: State
    error: str | None = None
    clear_number: int = 0


@dataclass
class TaskRun:
    """A task in a run: first what is meant to happen, then what did."""

    task: Task
    seconds: float
    failing_tries: int = 0
    """How many tries fail before one goes well."""
    is_failing: bool = False
    """Says that every try fails."""
    is_skipped: bool = False
    """Says that a branch goes another way."""
    rows: int | None = None
    """How many rows the outputs get; none is not told."""
    failed_checks: dict[str, tuple[str, int]] = field(default_factory=dict)
    """Of a check: which columns fail, with the name of the test and what was found."""
    error: str = _ERRORS[0]
    lost_events: frozenset[str] = frozenset()
    """The kinds of events that never arrive."""
    reschedules: list[datetime.datetime] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)
    state: State = "none"
    ended_at: datetime.datetime | None = None

    @property
    def started_at(self) -> datetime.datetime | None:
        """When its last try began."""
        return self.attempts[-1].started_at if self.attempts else None

    @property
    def duration(self) -> float:
        """How long its last try took, in seconds."""
        if not self.attempts or self.attempts[-1].ended_at is None:
            return 0.0
        return (self.attempts[-1].ended_at - self.attempts[-1].started_at).total_seconds()


@dataclass
class Pass:
    """One time that the tasks of a run were gone through: the first, or after it was cleared."""

    clear_number: int
    queued_at: datetime.datetime
    started_at: datetime.datetime
    ended_at: datetime.datetime | None
    state: State


@dataclass
class Run:
    """A run of a pipeline."""

    world: World
    pipeline: Pipeline
    scheduled_at: datetime.datetime
    numbers: random.Random
    tasks: dict[str, TaskRun]
    start_delay: float
    """Seconds from the scheduled instant to the start."""
    run_type: str = "scheduled"
    is_missed: bool = False
    """Says that it never begins, as far as anybody can see."""
    is_rerun_when_failed: bool = False
    is_unheard: bool = False
    """Says that the alert of its failure is lost."""
    slowness: float = 1.0
    has_no_lineage: bool = False
    invocation: Invocation = field(default_factory=Invocation)
    """What the dbt project of the pipeline is going to say."""
    null_shares: dict[str, float] = field(default_factory=dict)
    """Which share of a column's values is null, where it is not the usual."""
    is_reloaded_after: float | None = None
    """Seconds after which what went well is loaded once more."""
    is_late_told: bool = False
    """Says that an alert tells of a run that is late or missed."""
    loses_end: bool = False
    """Says that the last event of the run itself never arrives."""
    passes: list[Pass] = field(default_factory=list)

    @property
    def main(self) -> TaskRun:
        """The task that writes the dataset."""
        return self.tasks[self.pipeline.main.task_id]

    @property
    def logical_at(self) -> datetime.datetime:
        """The logical date: the scheduled instant in Airflow 3, the beginning of the interval in Airflow 2."""
        if self.run_type == "manual":
            return self.scheduled_at + _seconds(self.start_delay / 2)
        if self.pipeline.generation == 3:
            return self.scheduled_at
        return self.pipeline.schedule.previous(self.scheduled_at)

    @property
    def run_id(self) -> str:
        """Airflow's id of the run."""
        return f"{self.run_type}__{self.logical_at.isoformat()}+00:00"

    @property
    def started_at(self) -> datetime.datetime:
        """When the last pass began."""
        return self.passes[-1].started_at

    @property
    def ended_at(self) -> datetime.datetime | None:
        """When the last pass ended."""
        return self.passes[-1].ended_at

    @property
    def state(self) -> State:
        """How the last pass ended."""
        return self.passes[-1].state

    @property
    def subject(self) -> str:
        """The name of the run in the truth."""
        return f"{self.pipeline.dag_id}/{self.run_id}"


def plan(world: World, pipeline: Pipeline, scheduled_at: datetime.datetime) -> Run:
    """Returns what is meant to happen at a scheduled instant."""
    numbers = world.numbers("run", pipeline.dag_id, scheduled_at)
    load = 1.0 + 0.25 * (scheduled_at.hour in (1, 2, 4, 6))
    tasks = {}
    for task in pipeline.tasks:
        failing = int(numbers.random() < _chance(world, scheduled_at))
        if failing and numbers.random() < 0.08:
            failing = 2
        tasks[task.task_id] = TaskRun(
            task=task,
            seconds=task.seconds * load * noise(numbers, 0.12),
            failing_tries=failing,
            rows=_rows(world, pipeline, task, scheduled_at, numbers) if task.outputs else None,
            error=numbers.choice(_ERRORS),
        )
    is_failing = numbers.random() < _RUN_FAILS
    tasks[numbers.choice(pipeline.tasks).task_id].is_failing = is_failing
    run = Run(
        world=world,
        pipeline=pipeline,
        scheduled_at=scheduled_at,
        numbers=numbers,
        tasks=tasks,
        start_delay=numbers.uniform(0.5, 9.0) * load,
        is_rerun_when_failed=numbers.random() < _RERUN_SHARE,
    )
    if pipeline.project is not None and numbers.random() < _TEST_FAILS:
        test = numbers.choice([test for test in pipeline.project.tests if test.severity == "error"])
        run.invocation.failures[pipeline.project.unique_id(test)] = numbers.randint(1, 40)
    return run


def play(run: Run) -> None:
    """Plays a run out as it was planned, and once more where somebody clears it after it failed."""
    project = run.pipeline.project
    if project is not None and project.fails(run.invocation):
        run.main.is_failing = not run.invocation.is_mended_by_retry
        run.main.failing_tries = max(1, run.main.failing_tries)
        run.main.error = _ERRORS[4]
    queued_at = run.scheduled_at + _seconds(run.start_delay * 0.5)
    _pass(run, 0, queued_at, run.scheduled_at + _seconds(run.start_delay))
    if run.state == "failed" and run.is_rerun_when_failed:
        assert run.ended_at is not None  # noqa: S101
        cleared_at = run.ended_at + _seconds(run.numbers.uniform(1200, 4 * 3600))
        for task_run in run.tasks.values():
            task_run.is_failing = False
            if task_run.state in ("failed", "upstream_failed"):
                task_run.state = "none"
                task_run.failing_tries = 0
        _pass(run, 1, cleared_at, cleared_at + _seconds(2.0))
    elif run.state == "success" and run.is_reloaded_after is not None:
        _reload(run, run.is_reloaded_after)


def _reload(run: Run, seconds: float) -> None:
    """Plays the task that writes, and what comes after it, once more: late rows came."""
    assert run.ended_at is not None  # noqa: S101
    again = {run.pipeline.main.task_id}
    for task in run.pipeline.tasks:
        if again & set(task.upstream):
            again.add(task.task_id)
    for name in again:
        run.tasks[name].state = "none"
    if run.main.rows is not None:
        run.main.rows += round(run.main.rows * run.numbers.uniform(0.02, 0.1))
    cleared_at = run.ended_at + _seconds(seconds)
    _pass(run, 1, cleared_at, cleared_at + _seconds(2.0))


def cut(run: Run, end: datetime.datetime) -> None:
    """Leaves of a run what had happened by an instant: what was under way is running, what came later is not there."""
    last = run.passes[-1]
    if last.ended_at is None or last.ended_at < end:
        return
    run.passes = [one for one in run.passes if one.started_at < end]
    if not run.passes:
        return
    last = run.passes[-1]
    if last.ended_at is not None and last.ended_at >= end:
        last.ended_at, last.state = None, "running"
    for task_run in run.tasks.values():
        task_run.attempts = [attempt for attempt in task_run.attempts if attempt.started_at < end]
        if task_run.attempts:
            attempt = task_run.attempts[-1]
            if attempt.ended_at is not None and attempt.ended_at >= end:
                attempt.ended_at, attempt.state, attempt.error = None, "running", None
            task_run.state, task_run.ended_at = attempt.state, attempt.ended_at
        elif task_run.ended_at is None or task_run.ended_at >= end:
            task_run.state = "upstream_failed" if last.state == "failed" else "none"
            task_run.ended_at = last.ended_at


def _pass(run: Run, clear_number: int, queued_at: datetime.datetime, started_at: datetime.datetime) -> None:
    ended_at = started_at
    for task_run in run.tasks.values():
        if task_run.state in ("success", "skipped"):
            continue
        _play_task(run, task_run, clear_number, started_at)
        assert task_run.ended_at is not None  # noqa: S101
        ended_at = max(ended_at, task_run.ended_at)
    leaves = [task_run.state for task_run in run.tasks.values() if not task_run.task.downstream]
    state: State = "failed" if {"failed", "upstream_failed"} & set(leaves) else "success"
    ended_at += _seconds(run.numbers.uniform(0.3, 1.5))
    run.passes.append(Pass(clear_number, queued_at, started_at, ended_at, state))


def _play_task(run: Run, task_run: TaskRun, clear_number: int, started_at: datetime.datetime) -> None:
    task = task_run.task
    upstream = [run.tasks[name] for name in task.upstream]
    ready_at = max([started_at, *(other.ended_at for other in upstream if other.ended_at is not None)])
    if task.trigger_rule == "all_success":
        states = {other.state for other in upstream}
        state: State = "upstream_failed" if states & {"failed", "upstream_failed"} else "skipped"
        if states - {"success"} or task_run.is_skipped:
            task_run.state, task_run.ended_at = state, ready_at + _seconds(0.4)
            return
    number = len(task_run.attempts)
    last = number + (task.retries if task_run.is_failing else min(task_run.failing_tries, task.retries + 1)) + 1
    last = min(last, number + task.retries + 1)
    good = not task_run.is_failing and task_run.failing_tries <= task.retries
    at = ready_at
    while number < last:
        number += 1
        begins = at + _seconds(run.numbers.uniform(0.5, 4.0))
        is_good = good and number == last
        share = 1.0 if is_good else run.numbers.uniform(0.05, 0.9)
        if task.operator == "sensor":
            task_run.reschedules = [begins + _seconds(60 * poke) for poke in range(run.numbers.randint(0, 2))]
            begins = task_run.reschedules[-1] + _seconds(61) if task_run.reschedules else begins
        ends = begins + _seconds(max(0.2, task_run.seconds * run.slowness * share))
        task_run.attempts.append(
            Attempt(
                number=number,
                queued_at=at,
                started_at=begins,
                ended_at=ends,
                state="success" if is_good else "failed",
                error=None if is_good else task_run.error,
                clear_number=clear_number,
            )
        )
        at = ends + _seconds(task.retry_seconds)
    task_run.state = task_run.attempts[-1].state
    task_run.ended_at = task_run.attempts[-1].ended_at


def _chance(world: World, at: datetime.datetime) -> float:
    in_storm = any(start <= at < end for start, end in world.storms)
    return _FIRST_TRY_FAILS_IN_STORMS if in_storm else _FIRST_TRY_FAILS


def _rows(world: World, pipeline: Pipeline, task: Task, at: datetime.datetime, numbers: random.Random) -> int:
    dataset = task.outputs[0]
    day = (at - world.window.start).total_seconds() / 86400
    of_day = pipeline.schedule.interval.total_seconds() / 86400
    growth: float = (1.0 + dataset.growth) ** day
    expected = dataset.rows_per_day * of_day * growth * volume_share(at, world.holidays)
    return max(1, round(expected * noise(numbers, 0.07)))


def _seconds(seconds: float) -> datetime.timedelta:
    return datetime.timedelta(seconds=round(seconds, 6))
