"""Faults of what pipelines are set to: AL01, OW01, DJ01, and of what is told of them: TL01."""

from __future__ import annotations

import copy
import datetime

from plumbline.simulate.faults.base import Fault, Spot
from plumbline.simulate.runs import Run
from plumbline.simulate.world import Dataset, Pipeline, World


class NoFailureAlerting(Fault):
    """Nobody hears of a failure; its look-alikes are alerted by a rule outside of Airflow, or are a sandbox."""

    rule_id = "AL01"
    parts = frozenset({"alerting", "tries"})

    def plant(self, spot: Spot) -> None:
        pipeline = spot.pipeline
        is_partial = spot.strength < 0.5 and len(pipeline.tasks) > 1
        pipeline.alerting = "none"
        for task in pipeline.tasks:
            task.has_callback, task.email = False, None
        if is_partial:
            for task in pipeline.tasks[:-1]:
                task.has_callback = True
        spot.truth.add(
            self.rule_id,
            "pipeline",
            pipeline.dag_id,
            spot.world.window.start,
            f"Nobody hears when {pipeline.tasks[-1].task_id} fails." if is_partial else "Nobody hears when it fails.",
            strength=0.5 if is_partial else 1.0,
        )

    def mimic(self, spot: Spot) -> None:
        pipeline = spot.pipeline
        pipeline.alerting = "none"
        for task in pipeline.tasks:
            task.has_callback, task.email = False, None
        if spot.number % 2 == 0:
            pipeline.faults.add("external rule")
            why = "An enabled rule of Prometheus alerts on its failed runs."
        else:
            pipeline.environment = "sandbox"
            why = "It is a sandbox, as its tag says."
        spot.truth.add(self.rule_id, "pipeline", pipeline.dag_id, spot.world.window.start, why, look_alike=True)


class Unowned(Fault):
    """A pipeline of nobody; its look-alikes are of a known team by another name, or a generated one."""

    rule_id = "OW01"
    parts = frozenset({"owner"})

    def plant(self, spot: Spot) -> None:
        pipeline = spot.pipeline
        pipeline.owner = ("airflow", "airflow", "former-team")[spot.number % 3]
        why = "Its owner is the default." if pipeline.owner == "airflow" else "Its owner is a team that is no more."
        spot.truth.add(self.rule_id, "pipeline", pipeline.dag_id, spot.world.window.start, why)

    def mimic(self, spot: Spot) -> None:
        pipeline = spot.pipeline
        # A new name would not be that of what was written of it before.
        if spot.number % 2 == 0 or pipeline.faults != self.parts:
            pipeline.owner = pipeline.team.name.replace("-", " ").title()
            why = "Its owner is another spelling of its team, which the list of aliases knows."
        else:
            pipeline.dag_id = f"tmp_{pipeline.dag_id}"
            pipeline.owner = "airflow"
            why = "It is generated and temporary, as its name says."
        spot.truth.add(self.rule_id, "pipeline", pipeline.dag_id, spot.world.window.start, why, look_alike=True)


class TwoWriters(Fault):
    """A copy of a pipeline writes the same table; its look-alike took the table over from one that is paused."""

    rule_id = "DJ01"
    parts = frozenset({"writers", "rows", "tries", "schedule"})

    def fits(self, world: World, pipeline: Pipeline) -> bool:
        return bool(pipeline.outputs)

    def plant(self, spot: Spot) -> None:
        other = _copy(spot, f"{spot.pipeline.dag_id}_v2")
        other.hooks.append(_between(spot.start, spot.end))
        other.paused_at = spot.end
        spot.world.pipelines.append(other)
        spot.truth.add(
            self.rule_id,
            "dataset",
            spot.pipeline.outputs[0].subject,
            spot.start,
            f"{other.dag_id} writes it too, at the same times as {spot.pipeline.dag_id}.",
            ended_at=spot.end,
            strength=spot.strength,
        )

    def mimic(self, spot: Spot) -> None:
        other = _copy(spot, f"{spot.pipeline.dag_id}_green")
        other.hooks.append(_between(spot.start, None))
        spot.pipeline.hooks.append(_between(spot.world.window.start, spot.start))
        spot.pipeline.paused_at = spot.start
        spot.world.pipelines.append(other)
        spot.truth.add(
            self.rule_id,
            "dataset",
            spot.pipeline.outputs[0].subject,
            spot.start,
            f"{other.dag_id} took it over from {spot.pipeline.dag_id}, which is paused since.",
            look_alike=True,
        )


class SameWorkTwice(Fault):
    """Two pipelines run the same statement for two tables; its look-alike is the sandbox of one."""

    rule_id = "DJ02"
    parts = frozenset({"writers", "rows", "tries", "schedule", "tasks"})

    def fits(self, world: World, pipeline: Pipeline) -> bool:
        # Of two that are alike the one that others read is kept.
        return bool(pipeline.main.inputs and pipeline.outputs and world.readers.get(pipeline.outputs[0].name))

    def plant(self, spot: Spot) -> None:
        other = _twin(spot, f"{spot.pipeline.dag_id}_report", "_report")
        spot.truth.add(
            self.rule_id,
            "task",
            f"{other.dag_id}.{other.main.task_id}",
            spot.start,
            f"It does what {spot.pipeline.dag_id}.{spot.pipeline.main.task_id} does, for a table of its own.",
        )

    def mimic(self, spot: Spot) -> None:
        other = _twin(spot, f"{spot.pipeline.dag_id}_dev", "_dev")
        other.environment = "sandbox"
        spot.truth.add(
            self.rule_id,
            "task",
            f"{other.dag_id}.{other.main.task_id}",
            spot.start,
            f"It is the sandbox of {spot.pipeline.dag_id}, as its tag says.",
            look_alike=True,
        )


def _twin(spot: Spot, dag_id: str, suffix: str) -> Pipeline:
    """Adds a pipeline that does what another does, for a table of its own."""
    other = _copy(spot, dag_id)
    original = spot.pipeline.outputs[0]
    output = Dataset(
        name=original.name + suffix,
        columns=original.columns,
        rows_per_day=original.rows_per_day,
        growth=original.growth,
        writer=other,
    )
    for task in other.tasks:
        task.outputs = [output if dataset is original else dataset for dataset in task.outputs]
        task.inputs = [output if dataset is original else dataset for dataset in task.inputs]
    other.hooks.append(_between(spot.start, None))
    spot.world.pipelines.append(other)
    return other


class BlindSpot(Fault):
    """Lineage that loses ends, or does not see a pipeline; its look-alike was only just connected."""

    rule_id = "TL01"
    parts = frozenset({"telemetry"})

    def fits(self, world: World, pipeline: Pipeline) -> bool:
        return bool(pipeline.outputs)

    def plant(self, spot: Spot) -> None:
        pipeline = spot.pipeline
        if spot.number % 2 == 0:
            share = 0.3 + 0.6 * spot.strength
            spot.end = None if spot.start < spot.world.window.at(0.8) else spot.end

            def bend(run: Run) -> None:
                numbers = spot.runs(run)
                if numbers is not None and numbers.random() < share:
                    run.loses_end = True
                    for task_run in run.tasks.values():
                        task_run.lost_events = frozenset({"END"})

            pipeline.hooks.append(bend)
            why = f"The last events of about {share:.0%} of its runs never arrive."
            start, end = spot.start, spot.end
        else:
            pipeline.is_seen_by_lineage = False
            why = "Lineage sees none of its runs, though it sees its neighbours."
            start, end = spot.world.window.start, None
        spot.truth.add(self.rule_id, "pipeline", pipeline.dag_id, start, why, ended_at=end, strength=spot.strength)

    def mimic(self, spot: Spot) -> None:
        connected_at = spot.world.window.at(spot.numbers.uniform(0.2, 0.6))

        def bend(run: Run) -> None:
            run.has_no_lineage = run.scheduled_at < connected_at

        spot.pipeline.hooks.append(bend)
        spot.truth.add(
            self.rule_id,
            "pipeline",
            spot.pipeline.dag_id,
            spot.world.window.start,
            "It was connected to lineage while the others were: nothing is lost since.",
            ended_at=connected_at,
            look_alike=True,
        )


def _between(start: datetime.datetime, end: datetime.datetime | None) -> _Between:
    return _Between(start, end)


class _Between:
    """A hook that leaves out the runs outside of a time."""

    def __init__(self, start: datetime.datetime, end: datetime.datetime | None) -> None:
        self._start, self._end = start, end

    def __call__(self, run: Run) -> None:
        if run.scheduled_at < self._start or (self._end is not None and run.scheduled_at >= self._end):
            run.is_missed = True


def _copy(spot: Spot, dag_id: str) -> Pipeline:
    """Returns a pipeline that does what another does, and was deployed when the fault begins."""
    original = spot.pipeline
    tasks = [copy.copy(task) for task in original.tasks]
    for task in tasks:
        task.assets = []
    return Pipeline(
        dag_id=dag_id,
        generation=original.generation,
        layer=original.layer,
        team=original.team,
        owner=original.owner,
        schedule=original.schedule,
        tasks=tasks,
        tier=original.tier,
        alerting=original.alerting,
        started_on=original.started_on,
        deployed_at=[spot.start - datetime.timedelta(hours=2)],
        faults={"writers", "rows", "tries", "schedule", "tasks", "alerting", "owner", "telemetry"},
    )
