"""Faults of alerts, incidents and deployments: AL02, AL04, AL05, IN01, IN02, IN03, CH01."""

from __future__ import annotations

import datetime
from collections.abc import Callable

from plumbline.simulate.alerts import Alerts, rule_of
from plumbline.simulate.faults.base import Fault, Spot
from plumbline.simulate.runs import Run
from plumbline.simulate.serialized_dag import version_name
from plumbline.simulate.world import Pipeline, World

_DAY = datetime.timedelta(days=1)
_HOUR = datetime.timedelta(hours=1)

Say = Callable[[datetime.datetime, Alerts], None]


class FailureUnheard(Fault):
    """Runs fail, and the alert is lost; its look-alike was started by hand, by somebody who looks."""

    rule_id = "AL02"
    parts = frozenset({"tries", "alerting", "schedule", "incidents", "rules"})

    def fits(self, world: World, pipeline: Pipeline) -> bool:
        return pipeline.alerting != "none"

    def plant(self, spot: Spot) -> None:
        left = [1 + round(3 * spot.strength)]

        def bend(run: Run) -> None:
            if run.scheduled_at >= spot.start and left[0]:
                left[0] -= 1
                run.main.is_failing = run.is_unheard = True
                run.is_rerun_when_failed = False

        # Which runs these are is known when they are due: the walk writes their truth.
        spot.pipeline.hooks.append(bend)
        for dataset in spot.pipeline.outputs:
            why = "Its loads failed and nobody was told, so that it got old."
            spot.truth.add("FR01", "dataset", dataset.subject, spot.start, why, origin="consequence")
            contract = spot.world.contract(dataset)
            if contract is not None:
                spot.truth.add("CT01", "contract", contract.id, spot.start, why, origin="consequence")

    def mimic(self, spot: Spot) -> None:
        left = [1]

        def bend(run: Run) -> None:
            if run.scheduled_at >= spot.start and left[0]:
                left[0] -= 1
                run.run_type = "manual"
                run.main.is_failing = run.is_unheard = True
                spot.truth.add(
                    self.rule_id,
                    "run",
                    run.subject,
                    run.scheduled_at,
                    "It failed unsaid, but was started by hand.",
                    look_alike=True,
                )

        spot.pipeline.hooks.append(bend)


class NoisyRule(Fault):
    """A rule fires many times a day for nothing; its look-alike told of one long outage, again and again."""

    rule_id = "AL04"
    parts = frozenset({"rules"})

    def plant(self, spot: Spot) -> None:
        pipeline = spot.pipeline
        name = _own_rule(spot, "QueueLong", "warning")
        by_day = 10 + round(15 * spot.strength)

        def of_day(day: datetime.datetime, alerts: Alerts) -> None:
            if not spot.is_on(day):
                return
            numbers = spot.world.numbers("noise", pipeline.dag_id, day)
            for _ in range(by_day):
                at = day + numbers.uniform(0, 23) * _HOUR
                labels = {"dag_id": pipeline.dag_id}
                alerts.fire(name, pipeline.team, "warning", labels, at, at + numbers.uniform(0.02, 0.2) * _HOUR)

        spot.world.daily.append(of_day)
        spot.truth.add(
            self.rule_id,
            "alert rule",
            name,
            spot.start,
            f"It fires {by_day} times a day and is over within minutes; nobody ever does anything about it.",
            ended_at=spot.end,
            strength=spot.strength,
        )

    def mimic(self, spot: Spot) -> None:
        pipeline = spot.pipeline
        name = _own_rule(spot, "ReplicaBehind", "warning")
        day_of = spot.start.date()

        def of_day(day: datetime.datetime, alerts: Alerts) -> None:
            if day.date() == day_of:
                labels = {"dag_id": pipeline.dag_id}
                alerts.fire(name, pipeline.team, "warning", labels, day + 9 * _HOUR, day + 55 * _HOUR)

        spot.world.daily.append(of_day)
        spot.truth.add(
            self.rule_id,
            "alert rule",
            name,
            spot.start,
            "It told of one long outage, many times: one episode.",
            ended_at=spot.start + 2 * _DAY,
            look_alike=True,
        )


class PageWithoutRunbook(Fault):
    """A rule pages and says not what to do; its look-alike is mended by itself."""

    rule_id = "AL05"
    parts = frozenset({"rules"})

    def plant(self, spot: Spot) -> None:
        name = _own_rule(spot, "LoadStuck", "critical", runbook=False)
        _fire_weekly(spot, name)
        spot.truth.add(
            self.rule_id,
            "alert rule",
            name,
            spot.world.window.start,
            "It pages, and has no runbook.",
        )

    def mimic(self, spot: Spot) -> None:
        name = _own_rule(spot, "WorkerRestarted", "critical", runbook=False)
        rules = spot.world.extra_rules[spot.pipeline.team.name]
        rules[-1]["annotations"]["remediation"] = "automatic"
        _fire_weekly(spot, name)
        spot.truth.add(
            self.rule_id,
            "alert rule",
            name,
            spot.world.window.start,
            "It pages without a runbook; what it tells of is mended automatically, as its annotation says.",
            look_alike=True,
        )


class FoundByConsumer(Fault):
    """People report what no monitor saw; in the look-alike a monitor writes in their name."""

    rule_id = "IN01"
    parts = frozenset({"incidents", "rules"})

    def fits(self, world: World, pipeline: Pipeline) -> bool:
        return bool(pipeline.outputs)

    def plant(self, spot: Spot) -> None:
        hours = 4 + 40 * spot.strength
        pipeline, dataset = spot.pipeline, spot.pipeline.outputs[0]

        def calm(run: Run) -> None:
            if spot.start - _DAY <= run.scheduled_at < spot.start + (hours + 1) * _HOUR:
                for task_run in run.tasks.values():
                    task_run.is_failing, task_run.failing_tries = False, 0

        # What fails meanwhile by chance would be told.
        pipeline.hooks.append(calm)

        def say(at: datetime.datetime, alerts: Alerts) -> None:
            reported_at = at + hours * _HOUR
            identity = alerts.ticket(
                pipeline,
                at,
                reported_at + _HOUR,
                reported_at + 9 * _HOUR,
                spot.numbers,
                cause="Rows of one market were filtered out",
                opened_by="human",
                dataset=dataset,
                title=f"Numbers of {dataset.table} are wrong",
            )
            alerts.report(identity, f"{dataset.table} looks wrong since yesterday", reported_at, dataset)
            spot.truth.add(
                self.rule_id,
                "incident",
                identity,
                at,
                f"A reader reported it {hours:.0f} hours after it began; no monitor had said anything.",
                ended_at=reported_at + 9 * _HOUR,
                strength=spot.strength,
            )

        _once(spot, say)

    def mimic(self, spot: Spot) -> None:
        pipeline, dataset = spot.pipeline, spot.pipeline.outputs[0]

        def say(at: datetime.datetime, alerts: Alerts) -> None:
            told_at = at + 0.2 * _HOUR
            alerts.stale(dataset, pipeline.team, told_at, at + 5 * _HOUR)
            identity = alerts.ticket(
                pipeline,
                at,
                told_at + 0.1 * _HOUR,
                at + 5 * _HOUR,
                spot.numbers,
                cause="The source was down",
                opened_by="monitor",
                dataset=dataset,
                title=f"{dataset.table} is stale",
            )
            alerts.report(identity, f"monitor-bot: {dataset.table} is stale", told_at + 0.05 * _HOUR, dataset)
            spot.truth.add(
                self.rule_id,
                "incident",
                identity,
                at,
                "It looks as if somebody reported it: that was the monitor's own account, after its alert.",
                ended_at=at + 5 * _HOUR,
                look_alike=True,
            )

        _once(spot, say)


class RepeatIncident(Fault):
    """The same cause, again; its look-alike is one ticket that was opened again."""

    rule_id = "IN02"
    parts = frozenset({"incidents"})

    def plant(self, spot: Spot) -> None:
        cause = "The supplier changed the file without notice"
        window = spot.world.window
        gap = min((3 + 20 * (1 - spot.strength)) * _DAY, (window.end - window.start) / 2)
        pipeline = spot.pipeline
        start = min(spot.start, max(window.start, window.end - gap - 2 * _DAY))

        def first(at: datetime.datetime, alerts: Alerts) -> None:
            alerts.ticket(pipeline, at, at + _HOUR, at + 8 * _HOUR, spot.numbers, cause=cause)

        def again(at: datetime.datetime, alerts: Alerts) -> None:
            identity = alerts.ticket(pipeline, at, at + _HOUR, at + 6 * _HOUR, spot.numbers, cause=cause)
            spot.truth.add(
                self.rule_id,
                "incident",
                identity,
                at,
                f"The same subject and cause as {gap.days} days before.",
                strength=spot.strength,
            )

        _once(spot, first, start)
        _once(spot, again, start + gap)

    def mimic(self, spot: Spot) -> None:
        pipeline = spot.pipeline

        def say(at: datetime.datetime, alerts: Alerts) -> None:
            identity = alerts.ticket(
                pipeline, at, at + _HOUR, at + 5 * _HOUR, spot.numbers, cause="A column was missing", title="First try"
            )
            alerts.reopened(identity, pipeline, at + _HOUR, at + 30 * _HOUR, "A column was missing")
            spot.truth.add(
                self.rule_id,
                "incident",
                identity,
                at,
                "It was resolved too early and opened again: one incident.",
                ended_at=at + 30 * _HOUR,
                look_alike=True,
            )

        _once(spot, say)


class NeglectedIncident(Fault):
    """An incident is left open or closed without a cause; its look-alike waits for a supplier."""

    rule_id = "IN03"
    parts = frozenset({"incidents"})

    def plant(self, spot: Spot) -> None:
        pipeline = spot.pipeline
        is_open = spot.number % 2 == 1

        def say(at: datetime.datetime, alerts: Alerts) -> None:
            resolved_at = None if is_open else at + 20 * _HOUR
            taken_up = None if is_open else 1800.0
            identity = alerts.ticket(
                pipeline, at, at + 0.5 * _HOUR, resolved_at, spot.numbers, acknowledged_after=taken_up
            )
            why = "Nobody took it up, and it is open still." if is_open else "It was closed without a cause."
            spot.truth.add(self.rule_id, "incident", identity, at, why, ended_at=resolved_at)

        _once(spot, say)

    def mimic(self, spot: Spot) -> None:
        pipeline = spot.pipeline

        def say(at: datetime.datetime, alerts: Alerts) -> None:
            identity = alerts.ticket(
                pipeline,
                at,
                at + 0.5 * _HOUR,
                None,
                spot.numbers,
                acknowledged_after=600,
                title=f"{pipeline.dag_id}: waiting for the supplier",
            )
            why = "It was taken up at once and is open as it waits for a supplier, as its title says."
            spot.truth.add(self.rule_id, "incident", identity, at, why, look_alike=True)

        _once(spot, say)


class BreakingChange(Fault):
    """A new version breaks the runs after it; in the look-alike the data broke them, and nothing changed."""

    rule_id = "CH01"
    parts = frozenset({"tries", "deployments", "schedule"})

    def fits(self, world: World, pipeline: Pipeline) -> bool:
        return pipeline.alerting != "none" and pipeline.schedule.interval <= _DAY and pipeline.project is None

    def plant(self, spot: Spot) -> None:
        pipeline = spot.pipeline
        deployed_at = spot.start.replace(hour=14, minute=spot.numbers.randrange(60))
        mended_at = deployed_at + (20 + 30 * spot.strength) * _HOUR
        pipeline.deployed_at = sorted([*pipeline.deployed_at, deployed_at, mended_at])
        pipeline.deployed_at = [at for at in pipeline.deployed_at if at < spot.world.window.end]

        broken: list[Run] = []

        def bend(run: Run) -> None:
            if not deployed_at <= run.scheduled_at < mended_at:
                return
            run.main.is_failing, run.is_rerun_when_failed = True, False
            run.main.error = "NameError: name 'load_window' is not defined"
            if not broken:
                spot.truth.add(
                    self.rule_id,
                    "deployment",
                    f"{pipeline.dag_id} {version_name(pipeline, pipeline.version(deployed_at))}",
                    deployed_at,
                    "Its runs fail from this version on, until the next.",
                    ended_at=mended_at,
                    strength=spot.strength,
                )
            broken.append(run)

        pipeline.hooks.append(bend)

    def mimic(self, spot: Spot) -> None:
        pipeline = spot.pipeline
        start = spot.start
        quiet = [at for at in pipeline.deployed_at if not start - 2 * _DAY < at < start + 2 * _DAY]
        pipeline.deployed_at = quiet or pipeline.deployed_at[:1]

        broken: list[Run] = []

        def bend(run: Run) -> None:
            if not start <= run.scheduled_at < start + _DAY:
                return
            run.main.is_failing, run.is_rerun_when_failed = True, False
            run.main.error = "The supplier's file is not there"
            if not broken:
                spot.truth.add(
                    self.rule_id,
                    "deployment",
                    f"{pipeline.dag_id} {version_name(pipeline, pipeline.version(start))}",
                    start,
                    "Its runs of a day failed for a file that was not there; nothing had been deployed.",
                    ended_at=start + _DAY,
                    look_alike=True,
                )
            broken.append(run)

        pipeline.hooks.append(bend)


def _own_rule(spot: Spot, kind: str, severity: str, runbook: bool = True) -> str:
    """Adds an alert rule of the pipeline's own to those of its team, and returns its name."""
    team = spot.pipeline.team
    name = "".join(word.title() for word in spot.pipeline.dag_id.split("_")) + kind
    spot.world.extra_rules.setdefault(team.name, []).append(rule_of(name, team, severity, runbook))
    return name


def _fire_weekly(spot: Spot, name: str) -> None:
    pipeline = spot.pipeline

    def of_day(day: datetime.datetime, alerts: Alerts) -> None:
        if (day - spot.world.window.start).days % 7 == 2:
            at = day + 11 * _HOUR
            alerts.fire(name, pipeline.team, "critical", {"dag_id": pipeline.dag_id}, at, at + 0.7 * _HOUR)

    spot.world.daily.append(of_day)


def _once(spot: Spot, say: Say, start: datetime.datetime | None = None) -> None:
    """Lets something be said at the spot's time, on the day that it comes to."""
    at = (start or spot.start).replace(microsecond=0)

    def of_day(day: datetime.datetime, alerts: Alerts) -> None:
        if day.date() == at.date():
            say(at, alerts)

    spot.world.daily.append(of_day)
