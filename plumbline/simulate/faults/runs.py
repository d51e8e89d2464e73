"""Faults of runs, tasks and loads: SI01, SI02, SI04, SI06, SI07, LA01, DU01."""

from __future__ import annotations

import datetime

from plumbline.simulate.faults.base import Fault, Spot, there_again
from plumbline.simulate.runs import Run
from plumbline.simulate.world import Pipeline, Task, World


def _writes(pipeline: Pipeline) -> bool:
    return bool(pipeline.main.outputs)


def _is_daily(pipeline: Pipeline) -> bool:
    return pipeline.schedule.interval <= datetime.timedelta(days=1)


class ZeroRows(Fault):
    """A load that ends well and brings nothing; its look-alike often brings nothing, as the events are rare."""

    rule_id = "SI01"
    parts = frozenset({"rows"})

    def fits(self, world: World, pipeline: Pipeline) -> bool:
        return _writes(pipeline) and _is_daily(pipeline)

    def plant(self, spot: Spot) -> None:
        days = 1 + round(4 * spot.strength)
        end = spot.start + datetime.timedelta(days=days)

        def bend(run: Run) -> None:
            if spot.start <= run.scheduled_at < end:
                run.main.rows = 0

        spot.pipeline.hooks.append(bend)
        spot.truth.add(
            self.rule_id,
            "dataset",
            spot.pipeline.outputs[0].subject,
            spot.start,
            f"{spot.pipeline.dag_id} ended well for {days} days and wrote no row, where it writes some each time.",
            ended_at=end,
            strength=spot.strength,
        )

    def mimic(self, spot: Spot) -> None:
        share = spot.numbers.uniform(0.6, 0.8)
        spot.pipeline.outputs[0].rows_per_day = 40

        def bend(run: Run) -> None:
            if spot.world.numbers("event", spot.pipeline.dag_id, run.scheduled_at).random() < share:
                run.main.rows = 0

        spot.pipeline.hooks.append(bend)
        spot.truth.add(
            self.rule_id,
            "dataset",
            spot.pipeline.outputs[0].subject,
            spot.world.window.start,
            f"The events of {spot.pipeline.dag_id} are rare: {share:.0%} of its loads are empty, and should be.",
            look_alike=True,
        )


class GreenOverFailed(Fault):
    """A last task that runs whatever came before hides failures; its look-alike skips a branch."""

    rule_id = "SI02"
    parts = frozenset({"tasks", "tries"})

    def fits(self, world: World, pipeline: Pipeline) -> bool:
        return len(pipeline.tasks) < 4

    def plant(self, spot: Spot) -> None:
        pipeline = spot.pipeline
        leaves = [task.task_id for task in pipeline.tasks if not task.downstream]
        last = Task("notify", "bash", 4, leaves, 0, trigger_rule="all_done")
        pipeline.tasks.append(last)
        pipeline.link()
        _alert_as_others(pipeline, last)
        share = 0.1 + 0.5 * spot.strength
        end = spot.end

        def bend(run: Run) -> None:
            numbers = spot.runs(run)
            if numbers is None:
                self._note_chance(spot, run)
            elif numbers.random() < share:
                failing = numbers.choice([task.task_id for task in pipeline.tasks[:-1]])
                run.tasks[failing].is_failing = True

        pipeline.hooks.append(bend)
        spot.truth.add(
            self.rule_id,
            "pipeline",
            pipeline.dag_id,
            spot.start,
            f"About {share:.0%} of its runs have a failed task, and end green, as notify runs whatever came before.",
            ended_at=end,
            strength=spot.strength,
        )
        self._note_consequences(spot, spot.start, end and there_again(pipeline, end))

    def _note_chance(self, spot: Spot, run: Run) -> None:
        """Writes down that a task fails by chance in another time, which notify hides as well."""
        tasks = list(run.tasks.values())
        failing = [one for one in tasks if one.is_failing or one.failing_tries > one.task.retries]
        if not failing or run.tasks["notify"] in failing:
            return
        why = "A task failed by chance, and the run ended green, as notify runs whatever came before."
        spot.truth.add(self.rule_id, "run", run.subject, run.scheduled_at, why, origin="consequence")
        if tasks.index(failing[0]) <= tasks.index(run.main):
            next_at = run.scheduled_at + datetime.timedelta(seconds=1)
            self._note_consequences(spot, run.scheduled_at, there_again(spot.pipeline, next_at))

    def _note_consequences(self, spot: Spot, start: datetime.datetime, end: datetime.datetime | None) -> None:
        why = "Green runs whose load failed left intervals out, and it got old, while nobody was told."
        for dataset in spot.pipeline.outputs:
            contract = spot.world.contract(dataset)
            subjects = [("SI07", "dataset", dataset.subject), ("FR01", "dataset", dataset.subject)]
            subjects += [("CT01", "contract", contract.id)] if contract is not None else []
            for rule_id, kind, name in subjects:
                spot.truth.add(rule_id, kind, name, start, why, ended_at=end, origin="consequence")

    def mimic(self, spot: Spot) -> None:
        pipeline = spot.pipeline
        first = pipeline.tasks[0]
        pick = Task("pick", "branch", 2, [], 0)
        other = Task("load_archive", "bash", 15, ["pick"], 1)
        first.upstream = ["pick"]
        pipeline.tasks = [pick, *pipeline.tasks, other]
        pipeline.link()
        for task in (pick, other):
            _alert_as_others(pipeline, task)

        def bend(run: Run) -> None:
            run.tasks["load_archive"].is_skipped = run.scheduled_at.day != 1

        pipeline.hooks.append(bend)
        spot.truth.add(
            self.rule_id,
            "pipeline",
            pipeline.dag_id,
            spot.world.window.start,
            "Its branch leaves tasks out, which are skipped as they should be.",
            look_alike=True,
        )


class RetryHiddenFlapping(Fault):
    """A task that succeeds only on retry; its look-alike waits in reschedule mode, or rarely needs a retry."""

    rule_id = "SI06"
    parts = frozenset({"tries"})

    def fits(self, world: World, pipeline: Pipeline) -> bool:
        return pipeline.main.retries >= 1 and len(pipeline.schedule.weekdays) != 1

    def plant(self, spot: Spot) -> None:
        # What the rule means by flapping is a share of the runs of a month.
        share = 0.4 + 0.55 * spot.strength
        spot.start, spot.end = min(spot.start, spot.world.window.at(0.5)), None
        task = spot.pipeline.main

        def bend(run: Run) -> None:
            numbers = spot.runs(run)
            if numbers is not None and numbers.random() < share:
                run.tasks[task.task_id].failing_tries = max(1, run.tasks[task.task_id].failing_tries)

        spot.pipeline.hooks.append(bend)
        spot.truth.add(
            self.rule_id,
            "task",
            f"{spot.pipeline.dag_id}.{task.task_id}",
            spot.start,
            f"About {share:.0%} of its runs end well only on a later try.",
            ended_at=spot.end,
            strength=spot.strength,
        )

    def mimic(self, spot: Spot) -> None:
        pipeline, task = spot.pipeline, spot.pipeline.main
        if spot.number % 2 == 0:
            sensor = Task("wait_for_source", "sensor", 20, [], 0)
            pipeline.tasks[0].upstream = [*pipeline.tasks[0].upstream, "wait_for_source"]
            pipeline.tasks.insert(0, sensor)
            pipeline.link()
            _alert_as_others(pipeline, sensor)
            name, why = sensor.task_id, "It waits in reschedule mode: the scheduler takes it up again and again."
        else:
            name, why = task.task_id, "It loses 8 % of its first tries to machines that are taken back: few enough."

            def bend(run: Run) -> None:
                if spot.world.numbers("spot loss", pipeline.dag_id, run.scheduled_at).random() < 0.08:
                    run.tasks[task.task_id].failing_tries = 1
                    run.tasks[task.task_id].error = "Spot instance was reclaimed"

            pipeline.hooks.append(bend)
        spot.truth.add(
            self.rule_id,
            "task",
            f"{pipeline.dag_id}.{name}",
            spot.world.window.start,
            why,
            look_alike=True,
        )


def _alert_as_others(pipeline: Pipeline, task: Task) -> None:
    task.has_callback = pipeline.alerting == "task"
    task.email = f"{pipeline.team.name}@example.com" if pipeline.alerting == "email" else None
