"""Walks through the days of the simulated platform and writes what its tools say of them."""

from __future__ import annotations

import datetime
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import yaml

from plumbline.errors import ConfigError
from plumbline.simulate.airflow import AirflowExport
from plumbline.simulate.alerts import Alerts
from plumbline.simulate.builder import build_world
from plumbline.simulate.dbt import DbtFiles
from plumbline.simulate.faults import FAULTS, plant_all
from plumbline.simulate.lineage import Lineage
from plumbline.simulate.output import Days, JsonList, write_csv
from plumbline.simulate.projects import Invocation, Project, note_doubles
from plumbline.simulate.promises import BUDGET_PERIOD, write_promises
from plumbline.simulate.runs import Run, cut, plan, play
from plumbline.simulate.truth import Truth
from plumbline.simulate.validations import send_validation
from plumbline.simulate.world import CALENDAR, Pipeline, Window, World

FEEDS = [
    {"kind": "airflow", "name": "airflow3", "url": "airflow3"},
    {"kind": "airflow", "name": "airflow2", "url": "airflow2"},
    {"kind": "openlineage", "name": "lineage", "path": "openlineage/*.ndjson.gz"},
    {"kind": "dbt", "name": "warehouse", "path": "dbt/*/*/", "optional": True},
    {"kind": "odcs", "name": "contracts", "path": "contracts/"},
    {"kind": "openslo", "name": "service_levels", "path": "openslo/*.yaml", "optional": True},
    {"kind": "alertmanager", "name": "alertmanager", "path": "alertmanager/*.ndjson"},
    {"kind": "pagerduty", "name": "pagerduty", "path": "pagerduty/", "optional": True},
    {"kind": "alerts", "name": "alerts", "path": "alerts/*.csv"},
    {"kind": "alert_rules", "name": "alert_rules", "path": "alert_rules/"},
]
_GRACE = datetime.timedelta(minutes=30)
# Which loads a dataset remembers: late ones are known before they are there, and must not hide those that were.
_REMEMBERED = datetime.timedelta(days=2)
_FEWEST_REMEMBERED = 4
_MOST_DAYS = 3660
_MOST_PIPELINES = 100_000
_FEWEST_PIPELINES = 10


@dataclass(frozen=True)
class Options:
    """What is to be simulated, and where it goes."""

    days: int
    pipelines: int
    seed: int
    start: datetime.datetime
    folder: Path
    until: datetime.datetime | None = None
    """The day at whose beginning everything is exported, if not at the end."""
    has_faults: bool = True


@dataclass(frozen=True)
class Summary:
    """What was written."""

    runs: int
    truths: Counter[tuple[str, str]]
    homeless: list[str]
    """Rules for whose faults the platform has no place."""


def simulate(options: Options) -> Summary:
    """Writes the metadata of a platform, and the truth about it, into a new or empty folder."""
    _check(options)
    end = options.start + datetime.timedelta(days=options.days)
    window = Window(options.start, end, options.until or end)
    world = build_world(options.seed, window, options.pipelines)
    head = {
        "seed": options.seed,
        "days": options.days,
        "pipelines": options.pipelines,
        "simulated_from": f"{window.start.isoformat()}Z",
        "simulated_until": f"{window.until.isoformat()}Z",
    }
    with JsonList(options.folder / "truth.json", head, "truths") as records:
        truth = Truth(records, window.end)
        homeless = plant_all(world, FAULTS if options.has_faults else (), truth)
        note_doubles(world.projects, truth)
        _declare(world, options.folder)
        write_promises(world, options.folder)
        runs = _Walk(world, truth, options.folder).walk()
    return Summary(runs, truth.counts, homeless)


class _Walk:
    """One walk through the days."""

    def __init__(self, world: World, truth: Truth, folder: Path) -> None:
        self._world = world
        self._truth = truth
        self._events = Days(folder / "openlineage", "events-{day}.ndjson.gz", world.window.until)
        self._lineage = Lineage(self._events)
        self._airflow = {
            2: AirflowExport(folder / "airflow2", world, 2),
            3: AirflowExport(folder / "airflow3", world, 3),
        }
        self._dbt = DbtFiles(folder / "dbt", world)
        self._alerts = Alerts(folder, world, truth)
        self._missed: dict[str, list[datetime.datetime]] = {}
        self._runs = 0

    def walk(self) -> int:
        """Goes through every run of every day; returns how many there were."""
        window = self._world.window
        for number in range(-1, window.days + 1):
            day = window.start.date() + datetime.timedelta(days=number)
            midnight = datetime.datetime.combine(day, datetime.time())
            if number >= 0 and midnight < window.until:
                self._alerts.heartbeat(midnight)
            if window.start <= midnight < window.end:
                for of_day in self._world.daily:
                    of_day(midnight, self._alerts)
            for at, pipeline in self._due(day):
                self._events.flush(at)
                self._alerts.flush(at)
                self._run(pipeline, at)
        self._events.close()
        self._alerts.close()
        for export in self._airflow.values():
            export.close(window.until)
        self._note_spent_budgets()
        return self._runs

    def _due(self, day: datetime.date) -> list[tuple[datetime.datetime, Pipeline]]:
        window = self._world.window
        due = [
            (at, index)
            for index, pipeline in enumerate(self._world.pipelines)
            for at in pipeline.schedule.instants(day)
            if window.start <= at < window.until
        ]
        return [(at, self._world.pipelines[index]) for at, index in sorted(due)]

    def _run(self, pipeline: Pipeline, at: datetime.datetime) -> None:
        run = plan(self._world, pipeline, at)
        for bend in pipeline.hooks:
            bend(run)
        self._missed.setdefault(pipeline.dag_id, []).append(at)
        if run.is_missed:
            if run.is_late_told:
                self._alerts.late(pipeline, at + _GRACE, at + pipeline.schedule.interval)
            return
        play(run)
        if run.is_late_told and run.passes[0].started_at > at + _GRACE:
            self._alerts.late(pipeline, at + _GRACE, run.passes[0].started_at)
        cut(run, self._world.window.until)
        if not run.passes:
            return
        self._note_delivery(run)
        self._note_stale_reads(run)
        self._note_writes(run)
        self._tell_failures(run)
        if pipeline.project is not None:
            self._run_dbt(run, pipeline.project)
        self._runs += 1
        self._airflow[pipeline.generation].record(run)
        send_validation(self._events, run)
        for job, lost_at in self._lineage.record(run):
            self._note_lost(run, job, lost_at)

    def _note_delivery(self, run: Run) -> None:
        level = next((one for one in self._world.service_levels if one.pipeline is run.pipeline), None)
        is_good = all(task_run.state in ("success", "skipped") for task_run in run.tasks.values())
        if level is None or run.state != "success" or run.ended_at is None or not is_good:
            return
        if run.ended_at <= run.scheduled_at + datetime.timedelta(hours=level.due_within_hours):
            self._missed[run.pipeline.dag_id].remove(run.scheduled_at)

    def _note_spent_budgets(self) -> None:
        """Writes down which service levels have less than one miss left of what four weeks allow."""
        until = self._world.window.until
        begin = until - BUDGET_PERIOD
        for level in self._world.service_levels:
            pipeline = level.pipeline
            days = [begin.date() + datetime.timedelta(days=number) for number in range(BUDGET_PERIOD.days + 1)]
            due = [at for day in days for at in pipeline.schedule.instants(day) if begin <= at < until]
            missed = [at for at in self._missed.get(pipeline.dag_id, []) if at in due]
            if missed and len(missed) + 1 > (1 - level.target) * len(due):
                why = f"{len(missed)} of {len(due)} deliveries of four weeks were missed or late."
                self._truth.add("FR02", "service level", level.name, missed[-1], why, origin="consequence")

    def _note_writes(self, run: Run) -> None:
        before = max(_FEWEST_REMEMBERED, _REMEMBERED // run.pipeline.schedule.interval) - 1
        for task_run in run.tasks.values():
            if task_run.state == "success" and task_run.ended_at is not None:
                for dataset in task_run.task.outputs:
                    dataset.loads = [*dataset.loads[-before:], (run.scheduled_at, task_run.ended_at)]
                    dataset.rows = task_run.rows or 0

    def _note_stale_reads(self, run: Run) -> None:
        """Writes down where a run reads an input whose load was due by the run's own instant, and had not come yet."""
        pipeline = run.pipeline
        reads_at = run.main.started_at
        if reads_at is None or run.main.state != "success":
            return
        for dataset in pipeline.inputs:
            writer = dataset.writer
            due_at = None if writer is None else self._last_instant(writer, run.scheduled_at)
            if due_at is None or (dataset.last_loaded(reads_at) or due_at) >= due_at:
                continue
            is_source = pipeline.project is not None and dataset in pipeline.project.sources
            reader = pipeline.project.name if is_source and pipeline.project else pipeline.dag_id
            self._truth.add(
                "SI05",
                "run",
                f"{reader}/{run.run_id}",
                reads_at,
                f"{dataset.subject} was due at {due_at:%Y-%m-%d %H:%M}, and not there when {reader} read it.",
                ended_at=run.ended_at,
                origin="consequence",
            )

    def _last_instant(self, pipeline: Pipeline, until: datetime.datetime) -> datetime.datetime | None:
        """Returns when a pipeline was due last, if that was in the last two days."""
        days = [until.date() - datetime.timedelta(days=number) for number in (-1, 0, 1, 2)]
        return max((at for day in days for at in pipeline.schedule.instants(day) if at <= until), default=None)

    def _tell_failures(self, run: Run) -> None:
        for one in run.passes:
            if one.state != "failed" or one.ended_at is None or one.ended_at >= self._world.window.until:
                continue
            is_told = self._alerts.run_failed(run, one) or self._is_explained(run.pipeline, one.ended_at)
            if is_told:
                continue
            if not run.pipeline.is_sandbox and run.run_type != "manual":
                self._truth.add(
                    "AL02",
                    "run",
                    run.subject,
                    one.ended_at,
                    f"{run.pipeline.dag_id} failed, and nobody was told.",
                    origin="planted" if run.is_unheard else "consequence",
                )
            self._note_untold_age(run.pipeline, one.ended_at)

    def _note_untold_age(self, pipeline: Pipeline, failed_at: datetime.datetime) -> None:
        """Writes down that what a failed run was to write gets older than was promised, and nobody is told."""
        ended_at = failed_at + 2 * pipeline.schedule.interval
        why = f"{pipeline.dag_id} failed, nobody was told, and what it writes got old."
        for dataset in pipeline.outputs:
            contract = self._world.contract(dataset)
            if contract is not None:
                for rule_id, kind, name in (("FR01", "dataset", dataset.subject), ("CT01", "contract", contract.id)):
                    self._truth.add(rule_id, kind, name, failed_at, why, ended_at=ended_at, origin="consequence")

    def _is_explained(self, pipeline: Pipeline, at: datetime.datetime) -> bool:
        """Says whether people were told of what a pipeline's data is made from, at whatever distance."""
        seen: set[str] = set()
        waiting = [dataset.writer for dataset in pipeline.inputs]
        while waiting:
            writer = waiting.pop()
            if writer is None or writer.dag_id in seen:
                continue
            if self._alerts.is_told_of(writer, at):
                return True
            seen.add(writer.dag_id)
            waiting += [dataset.writer for dataset in writer.inputs]
        return False

    def _run_dbt(self, run: Run, project: Project) -> None:
        end = self._world.window.until
        for attempt in run.tasks["dbt_freshness"].attempts:
            if attempt.state == "success" and attempt.started_at < end:
                self._dbt.freshness(project, attempt.started_at)
        for attempt in run.main.attempts:
            if attempt.ended_at is None or attempt.ended_at >= end:
                continue
            invocation = run.invocation
            if attempt.state == "success" or attempt.clear_number:
                warnings = {project.unique_id(test) for test in project.tests if test.severity == "warn"}
                found = {name: count for name, count in invocation.failures.items() if name in warnings}
                invocation = Invocation(failures=found, rows=invocation.rows)
            elif not project.fails(invocation):
                continue  # the machine was lost, and what it wrote with it
            self._dbt.build(project, invocation, attempt.started_at, attempt.ended_at)

    def _note_lost(self, run: Run, job: str, lost_at: datetime.datetime) -> None:
        is_outage = any(start <= lost_at < end for start, end in self._world.blackouts)
        if is_outage and job == run.pipeline.dag_id:
            self._truth.add(
                "TL01",
                "pipeline",
                run.pipeline.dag_id,
                lost_at,
                f"The collector of lineage was down when {run.run_id} ended.",
                ended_at=lost_at,
                strength=0.1,
                origin="consequence",
            )


def _check(options: Options) -> None:
    if not 1 <= options.days <= _MOST_DAYS:
        raise ConfigError(f"--days is {options.days}: give a number from 1 to {_MOST_DAYS}.")
    if not _FEWEST_PIPELINES <= options.pipelines <= _MOST_PIPELINES:
        raise ConfigError(
            f"--pipelines is {options.pipelines}: give a number from {_FEWEST_PIPELINES} to {_MOST_PIPELINES}."
        )
    end = options.start + datetime.timedelta(days=options.days)
    if options.until is not None and not options.start < options.until <= end:
        raise ConfigError(f"--until is {options.until}: give an instant after {options.start}, {end} at the latest.")
    try:
        options.folder.mkdir(parents=True, exist_ok=True)
        is_empty = not any(options.folder.iterdir())
    except OSError as error:
        raise ConfigError(f"{options.folder}: cannot be written to: {error.strerror}") from None
    if not is_empty:
        raise ConfigError(f"{options.folder}: is not empty. Give --out a folder that is new or empty.")


def _declare(world: World, folder: Path) -> None:
    """Writes the configuration and what people declare: teams, tiers, holidays."""
    text = "# The feeds of a simulated platform: plumbline load --config <this file>\n"
    (folder / "plumbline.yml").write_text(text + yaml.safe_dump({"feeds": FEEDS}, sort_keys=False), encoding="utf-8")
    registry = folder / "registry"
    write_csv(
        registry / "registry_teams.csv",
        ("team", "domain", "tier", "channel", "on_call"),
        [vars(team) | {"team": team.name} for team in world.teams],
    )
    write_csv(
        registry / "team_aliases.csv",
        ("alias", "team_name"),
        [
            *({"alias": alias} for alias in ("airflow", "admin", "root", "nobody", "none", "unknown")),
            *({"alias": team.name.replace("-", " "), "team_name": team.name} for team in world.teams),
        ],
    )
    write_csv(
        registry / "audit_waivers.csv",
        ("rule_id", "subject_pattern", "source_name", "reason", "owner", "created_on", "expires_on"),
        world.waivers,
    )
    write_csv(
        registry / "registry_assets.csv",
        ("subject_type", "subject_pattern", "source_name", "tier", "calendar"),
        [
            {
                "subject_type": "dataset",
                "subject_pattern": dataset.subject,
                "source_name": "*",
                "tier": dataset.tier,
                "calendar": CALENDAR,
            }
            # Two pipelines can write one dataset.
            for dataset in {dataset.subject: dataset for dataset in world.datasets}.values()
        ],
    )
    write_csv(
        registry / "registry_calendars.csv",
        ("calendar", "starts_at", "ends_at", "time_zone", "kind", "owner", "reason"),
        [
            {
                "calendar": CALENDAR,
                "starts_at": day.isoformat(),
                "ends_at": (day + datetime.timedelta(days=1)).isoformat(),
                "time_zone": "Europe/Stockholm",
                "kind": "holiday",
                "owner": world.teams[0].name,
                "reason": "Public holiday",
            }
            for day in sorted(world.holidays)
        ],
    )
