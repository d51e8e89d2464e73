"""Faults of what loads bring: SI04, SI07, SI09, SD01, LA01, and of when: DU01, SI05, AL03, FR01, FR02."""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable
from functools import partial

from plumbline.simulate.faults.base import Fault, Spot, there_again
from plumbline.simulate.promises import BUDGET_PERIOD, ServiceLevel, contract_of
from plumbline.simulate.runs import Run
from plumbline.simulate.world import Column, Dataset, Pipeline, World

_DAY = datetime.timedelta(days=1)
_RELOADED_AFTER = datetime.timedelta(hours=9)


def _output(spot: Spot) -> Dataset:
    return spot.pipeline.outputs[0]


def _has_level(world: World, pipeline: Pipeline) -> bool:
    return any(level.pipeline is pipeline for level in world.service_levels)


def _writes_daily(pipeline: Pipeline) -> bool:
    return bool(pipeline.outputs) and pipeline.schedule.interval <= _DAY and not pipeline.schedule.weekdays


def _shrink_loads(pipeline: Pipeline, share: float, is_shrunk: Callable[[Run], bool]) -> None:
    """Leaves of what certain runs load a share, but one row at least."""

    def bend(run: Run) -> None:
        if is_shrunk(run) and run.main.rows is not None:
            run.main.rows = max(1, round(run.main.rows * share))

    pipeline.hooks.append(bend)


class VolumeCollapse(Fault):
    """Loads bring a fraction of the usual, and no check fails; its look-alike is quiet on each weekend."""

    rule_id = "SI04"
    parts = frozenset({"rows"})

    def fits(self, world: World, pipeline: Pipeline) -> bool:
        return _writes_daily(pipeline)

    def plant(self, spot: Spot) -> None:
        share = 0.4 - 0.35 * spot.strength
        days = spot.numbers.randint(2, 6)
        end = spot.start + days * _DAY
        _shrink_loads(spot.pipeline, share, lambda run: spot.start <= run.scheduled_at < end)
        spot.truth.add(
            self.rule_id,
            "dataset",
            _output(spot).subject,
            spot.start,
            f"For {days} days its loads brought {share:.0%} of what is usual, and no check failed.",
            ended_at=end,
            strength=spot.strength,
        )

    def mimic(self, spot: Spot) -> None:
        # The loads of Saturday and Sunday.
        _shrink_loads(spot.pipeline, 0.12, lambda run: run.scheduled_at.weekday() in (6, 0))
        spot.truth.add(
            self.rule_id,
            "dataset",
            _output(spot).subject,
            spot.world.window.start,
            "It is about offices: on each weekend there is hardly anything to load.",
            look_alike=True,
        )


class TruncatedPartition(Fault):
    """One interval is loaded in part; its look-alike is about a day on which everything is closed."""

    rule_id = "SI07"
    parts = frozenset({"rows"})

    def fits(self, world: World, pipeline: Pipeline) -> bool:
        return _writes_daily(pipeline)

    def plant(self, spot: Spot) -> None:
        share = 0.45 - 0.4 * spot.strength
        end = spot.start + spot.pipeline.schedule.interval
        _shrink_loads(spot.pipeline, share, lambda run: spot.start <= run.scheduled_at < end)
        spot.truth.add(
            self.rule_id,
            "dataset",
            _output(spot).subject,
            spot.start,
            f"One interval has {share:.0%} of the rows that those beside it have.",
            ended_at=end,
            strength=spot.strength,
        )

    def mimic(self, spot: Spot) -> None:
        world = spot.world

        def is_of_holiday(run: Run) -> bool:
            return (run.scheduled_at - datetime.timedelta(hours=12)).date() in world.holidays

        _shrink_loads(spot.pipeline, 0.05, is_of_holiday)
        spot.truth.add(
            self.rule_id,
            "dataset",
            _output(spot).subject,
            world.window.start,
            "On public holidays, which its calendar declares, hardly anything happens that could be loaded.",
            look_alike=True,
        )


class DuplicateRows(Fault):
    """Loads bring everything twice while the inputs are flat; its look-alike grew as its inputs did."""

    rule_id = "SI09"
    parts = frozenset({"rows"})

    def fits(self, world: World, pipeline: Pipeline) -> bool:
        writers = [dataset.writer for dataset in pipeline.main.inputs]
        # Inputs that load from outside, so that what they bring grows by itself.
        return (
            _writes_daily(pipeline)
            and bool(writers)
            and all(one and _writes_daily(one) and not one.inputs and "rows" not in one.faults for one in writers)
        )

    def plant(self, spot: Spot) -> None:
        days = 1 + round(6 * spot.strength)
        end = spot.start + days * _DAY

        def bend(run: Run) -> None:
            if spot.start <= run.scheduled_at < end and run.main.rows is not None:
                run.main.rows *= 2

        spot.pipeline.hooks.append(bend)
        spot.truth.add(
            self.rule_id,
            "dataset",
            _output(spot).subject,
            spot.start,
            f"For {days} days its loads brought each row twice; its inputs were as ever.",
            ended_at=end,
            strength=spot.strength,
        )

    def mimic(self, spot: Spot) -> None:
        def grow(run: Run, since: datetime.datetime) -> None:
            if run.scheduled_at >= since and run.main.rows is not None:
                run.main.rows = round(run.main.rows * 1.95)

        for dataset in spot.pipeline.main.inputs:
            if dataset.writer is not None:
                dataset.writer.faults.add("rows")
                dataset.writer.hooks.append(partial(grow, since=spot.start))
        # What is made of them grows once all of them have.
        spot.pipeline.hooks.append(partial(grow, since=spot.start + _DAY))
        spot.truth.add(
            self.rule_id,
            "dataset",
            _output(spot).subject,
            spot.start,
            "Twice as many rows since a market was added, as in its inputs.",
            look_alike=True,
        )


class SchemaDrift(Fault):
    """A column is gone, renamed or of another type, unsaid; its look-alikes are added, or were deployed."""

    rule_id = "SD01"
    parts = frozenset({"schema"})

    def fits(self, world: World, pipeline: Pipeline) -> bool:
        return bool(pipeline.outputs) and bool(world.readers.get(pipeline.outputs[0].name))

    def plant(self, spot: Spot) -> None:
        dataset = _output(spot)
        kind = ("removed", "renamed", "retyped")[spot.number % 3]
        changed = dataset.columns[4]
        columns = [column for column in dataset.columns if column is not changed]
        if kind == "renamed":
            columns.insert(4, Column(f"{changed.name}_code", changed.type))
        elif kind == "retyped":
            columns.insert(4, Column(changed.name, "integer"))
        # A version of about that time would explain it.
        deployed = spot.pipeline.deployed_at
        quiet = [at for at in deployed if not spot.start - 10 * _DAY < at < spot.start + 10 * _DAY]
        spot.pipeline.deployed_at = quiet or deployed[:1]
        _change_schema(spot, columns)
        spot.truth.add(
            self.rule_id,
            "dataset",
            dataset.subject,
            spot.start,
            f"Its column {changed.name} was {kind}; nothing was deployed, and what reads it went on.",
        )
        contract = spot.world.contract(dataset)
        if contract is not None:
            spot.truth.add(
                "CT01",
                "contract",
                contract.id,
                spot.start,
                f"The column {changed.name} is no longer as the contract has it.",
                origin="consequence",
            )

    def mimic(self, spot: Spot) -> None:
        dataset = _output(spot)
        columns = [*dataset.columns, Column("loyalty_level", "text")]
        why = "A column that may be null was added at its end."
        if spot.number % 2:
            changed = dataset.columns[4]
            columns = [Column("state", one.type) if one is changed else one for one in dataset.columns]
            spot.pipeline.deployed_at = sorted(
                [*spot.pipeline.deployed_at, spot.start - datetime.timedelta(minutes=20)]
            )
            why = f"Its column {changed.name} was renamed by a version that was deployed just before."
            spot.world.contracts = [one for one in spot.world.contracts if one.dataset is not dataset]
        _change_schema(spot, columns)
        spot.truth.add(self.rule_id, "dataset", dataset.subject, spot.start, why, look_alike=True)


class LateData(Fault):
    """An interval is loaded again after it was read; its look-alike is a backfill, and says so."""

    rule_id = "LA01"
    parts = frozenset({"rows", "tries"})

    def fits(self, world: World, pipeline: Pipeline) -> bool:
        return (
            _writes_daily(pipeline)
            and not _has_level(world, pipeline)
            and any(self._reads_soon(world, pipeline, one) for one in world.readers.get(pipeline.outputs[0].name, []))
        )

    def _reads_soon(self, world: World, pipeline: Pipeline, reader: Pipeline) -> bool:
        """Says whether a pipeline reads on most days what another loads before that is loaded again."""
        loaded_at = pipeline.schedule.following(world.window.start) + datetime.timedelta(minutes=15)
        # A dbt project makes all of its tables anew, and has taken the change up.
        return (
            reader.project is None
            and len(reader.schedule.weekdays) != 1
            and reader.schedule.following(loaded_at) < loaded_at + _RELOADED_AFTER
        )

    def plant(self, spot: Spot) -> None:
        share = 0.1 + 0.3 * spot.strength

        def bend(run: Run) -> None:
            numbers = spot.runs(run)
            if numbers is not None and numbers.random() < share:
                run.is_reloaded_after = _RELOADED_AFTER.total_seconds() + numbers.uniform(0, 4 * 3600)

        spot.pipeline.hooks.append(bend)
        spot.truth.add(
            self.rule_id,
            "dataset",
            _output(spot).subject,
            spot.start,
            f"About {share:.0%} of its intervals were loaded again hours after others had read them.",
            ended_at=spot.end,
            strength=spot.strength,
        )

    def mimic(self, spot: Spot) -> None:
        start = spot.start.replace(hour=0, minute=0)

        def bend(run: Run) -> None:
            if start <= run.scheduled_at < start + 3 * _DAY:
                run.run_type = "backfill"
                run.start_delay += 5 * 86400
                run.is_late_told = True

        spot.pipeline.hooks.append(bend)
        spot.truth.add(
            self.rule_id,
            "dataset",
            _output(spot).subject,
            start,
            "Three days were loaded late by a backfill, as their run type says.",
            ended_at=start + 8 * _DAY,
            look_alike=True,
        )


class DurationCreep(Fault):
    """Runs take longer from week to week; its look-alike had one long run."""

    rule_id = "DU01"
    parts = frozenset({"duration"})

    def fits(self, world: World, pipeline: Pipeline) -> bool:
        return pipeline.schedule.interval <= _DAY

    def plant(self, spot: Spot) -> None:
        by_day = 0.02 + 0.04 * spot.strength
        start = spot.world.window.at(spot.numbers.uniform(0.05, 0.3))

        def bend(run: Run) -> None:
            days = (run.scheduled_at - start) / _DAY
            run.slowness = 1.0 + by_day * max(0.0, days)

        spot.pipeline.hooks.append(bend)
        spot.truth.add(
            self.rule_id,
            "pipeline",
            spot.pipeline.dag_id,
            start,
            f"Each day its runs take {by_day:.1%} of their first duration longer.",
            strength=spot.strength,
        )

    def mimic(self, spot: Spot) -> None:
        def bend(run: Run) -> None:
            if spot.start <= run.scheduled_at < spot.start + spot.pipeline.schedule.interval:
                run.slowness = 8.0

        spot.pipeline.hooks.append(bend)
        spot.truth.add(
            self.rule_id,
            "pipeline",
            spot.pipeline.dag_id,
            spot.start,
            "One run took eight times as long, as it loaded what had been missing.",
            ended_at=spot.start + _DAY,
            look_alike=True,
        )


class StaleUpstream(Fault):
    """An input comes hours late, and is read before it is there; its look-alike changes only once a week."""

    rule_id = "SI05"
    parts = frozenset({"reads"})

    def fits(self, world: World, pipeline: Pipeline) -> bool:
        return _writes_daily(pipeline) and any(self._source(world, dataset) for dataset in pipeline.main.inputs)

    def _source(self, world: World, dataset: Dataset) -> Pipeline | None:
        writer = dataset.writer
        if writer is None or not _writes_daily(writer) or _has_level(world, writer):
            return None
        if {"schedule", "reads"} & writer.faults:
            return None
        return writer

    def plant(self, spot: Spot) -> None:
        source = next(one for dataset in spot.pipeline.main.inputs if (one := self._source(spot.world, dataset)))
        source.faults |= {"schedule", "reads"}
        days = 2 + round(5 * spot.strength)
        end = spot.start + days * _DAY

        def bend(run: Run) -> None:
            if spot.start <= run.scheduled_at < end:
                run.start_delay += 11 * 3600
                run.is_late_told = True

        source.hooks.append(bend)
        spot.truth.add(
            self.rule_id,
            "pipeline",
            spot.pipeline.dag_id,
            spot.start,
            f"For {days} days it read {source.outputs[0].subject} before the load of the day, which came late.",
            ended_at=end,
            strength=spot.strength,
        )

    def mimic(self, spot: Spot) -> None:
        source = next(one for dataset in spot.pipeline.main.inputs if (one := self._source(spot.world, dataset)))
        source.faults |= {"schedule", "reads"}
        hour = source.schedule.hours[0]
        source.schedule = type(source.schedule)(source.schedule.minute, (hour,), (0,), source.schedule.zone)
        contract = spot.world.contract(source.outputs[0])
        if contract is not None:
            contract.latency_hours = 8 * 24
        spot.truth.add(
            self.rule_id,
            "pipeline",
            spot.pipeline.dag_id,
            spot.world.window.start,
            f"It runs each day and reads {source.outputs[0].subject}, which changes once a week by design.",
            look_alike=True,
        )


class MissedRuns(Fault):
    """Runs that are due do not come, and nobody is told; its look-alike is paused on purpose, with a waiver."""

    rule_id = "AL03"
    parts = frozenset({"schedule", "rows", "tries", "reads", "promise", "quality", "incidents", "rules"})

    def fits(self, world: World, pipeline: Pipeline) -> bool:
        return (
            _writes_daily(pipeline)
            and not _has_level(world, pipeline)
            and bool(world.readers.get(pipeline.outputs[0].name))
            # dbt would watch the age of a source, and what is told of its inputs would explain it.
            and not any(pipeline.outputs[0] in project.sources for project in world.projects)
            and not pipeline.inputs
        )

    def plant(self, spot: Spot) -> None:
        pipeline = spot.pipeline
        kind = ("import error", "paused")[spot.number % 2]
        pipeline.hooks.append(_leave_out(spot.start, None))
        if kind == "paused":
            pipeline.paused_at = spot.start
            why = "It was paused, though others read what it writes, and nobody is told that its runs do not come."
        else:
            pipeline.broken_at = spot.start
            why = "Its file no longer parses, so that its runs do not come, and nobody is told."
        spot.truth.add(self.rule_id, "pipeline", pipeline.dag_id, spot.start, why)
        _note_breach(spot, spot.start, None)

    def mimic(self, spot: Spot) -> None:
        pipeline = spot.pipeline
        pipeline.paused_at = spot.start
        pipeline.hooks.append(_leave_out(spot.start, None))
        spot.world.contracts = [one for one in spot.world.contracts if one.dataset is not _output(spot)]
        expires = spot.start + datetime.timedelta(days=150)
        spot.world.waivers.append(
            {
                "rule_id": self.rule_id,
                "subject_pattern": pipeline.dag_id,
                "source_name": "*",
                "reason": "Paused until the supplier's new interface is there",
                "owner": pipeline.team.name,
                "created_on": spot.start.date().isoformat(),
                "expires_on": expires.date().isoformat(),
            }
        )
        spot.truth.add(
            self.rule_id,
            "pipeline",
            pipeline.dag_id,
            spot.start,
            "It is paused on purpose, and a waiver says so.",
            look_alike=True,
        )
        if _output(spot).name in spot.world.critical:
            spot.truth.add(
                "CV01",
                "dataset",
                _output(spot).subject,
                spot.world.window.start,
                "It is among what matters most, and its promise went with the pause of what writes it.",
                origin="consequence",
            )


class SilentStaleness(Fault):
    """A promised table gets old, and nobody is told; its look-alike has an agreed pause."""

    rule_id = "FR01"
    parts = frozenset({"schedule", "rows", "tries", "reads", "promise", "incidents", "rules"})

    def fits(self, world: World, pipeline: Pipeline) -> bool:
        # What is told of its inputs would explain it.
        return _writes_daily(pipeline) and not _has_level(world, pipeline) and not pipeline.inputs

    def plant(self, spot: Spot) -> None:
        _promise(spot)
        days = 2 + round(3 * spot.strength)
        end = spot.start + days * _DAY
        spot.pipeline.hooks.append(_leave_out(spot.start, end))
        spot.truth.add(
            self.rule_id,
            "dataset",
            _output(spot).subject,
            spot.start,
            f"It was not written for {days} days, longer than its contract allows, and nobody was told.",
            ended_at=there_again(spot.pipeline, end),
            strength=spot.strength,
        )
        _note_broken_promise(spot, spot.start, there_again(spot.pipeline, end))
        _note_missing_intervals(spot, spot.start, end)
        spot.truth.add(
            "AL03",
            "pipeline",
            spot.pipeline.dag_id,
            spot.start,
            f"Its runs of {days} days did not come, and nobody was told.",
            ended_at=end,
            strength=spot.strength,
            origin="consequence",
        )

    def mimic(self, spot: Spot) -> None:
        _promise(spot)
        contract = spot.world.contract(_output(spot))
        if contract is not None:
            contract.status = "draft"
        end = spot.start + 3 * _DAY

        def bend(run: Run) -> None:
            if spot.start <= run.scheduled_at < end:
                run.is_missed = run.is_late_told = True

        spot.pipeline.hooks.append(bend)
        _note_missing_intervals(spot, spot.start, end)
        spot.truth.add(
            self.rule_id,
            "dataset",
            _output(spot).subject,
            spot.start,
            "It was not written for three days; its contract is a draft, and its team was told.",
            ended_at=end,
            look_alike=True,
        )


class SpentBudget(Fault):
    """Deliveries come too late too often for their service level; its look-alike has too few to say so."""

    rule_id = "FR02"
    parts = frozenset({"schedule", "promise", "reads"})

    def fits(self, world: World, pipeline: Pipeline) -> bool:
        return _writes_daily(pipeline)

    def plant(self, spot: Spot) -> None:
        level = self._level(spot)
        share = 0.25 + 0.5 * spot.strength
        # Chance may leave a short time too few late deliveries to spend the budget.
        while (spent_until := self._spent_until(spot, level, share)) is None and spot.start > spot.world.window.start:
            spot.start -= _DAY

        def bend(run: Run) -> None:
            if self._is_late(spot, share, run.scheduled_at):
                run.start_delay += (level.due_within_hours + 1) * 3600
                run.is_late_told = True

        spot.pipeline.hooks.append(bend)
        spot.truth.add(
            self.rule_id,
            "service level",
            level.name,
            spot.start,
            f"About {share:.0%} of the deliveries are late, where {1 - level.target:.0%} may be.",
            ended_at=spent_until or spot.end,
            strength=spot.strength,
        )

    def _is_late(self, spot: Spot, share: float, at: datetime.datetime) -> bool:
        return spot.is_on(at) and spot.numbers_at(at).random() < share

    def _spent_until(self, spot: Spot, level: ServiceLevel, share: float) -> datetime.datetime | None:
        """Returns the first day on which the budget has a miss left again, none if it always had one."""
        window, schedule = spot.world.window, spot.pipeline.schedule
        days = [window.start.date() + number * _DAY for number in range(-1, window.days + 1)]
        due = [at for day in days for at in schedule.instants(day) if window.start <= at < window.end]
        late = [at for at in due if self._is_late(spot, share, at)]
        most = math.floor((1 - level.target) * (BUDGET_PERIOD / schedule.interval))
        spent = [first for first, last in zip(late, late[most - 1 :], strict=False) if last - first < BUDGET_PERIOD]
        return datetime.datetime.combine(max(spent).date(), datetime.time()) + BUDGET_PERIOD if spent else None

    def mimic(self, spot: Spot) -> None:
        level = self._level(spot)
        pipeline = spot.pipeline
        pipeline.schedule = type(pipeline.schedule)(pipeline.schedule.minute, pipeline.schedule.hours[:1], (2,))
        contract = spot.world.contract(_output(spot))
        if contract is not None:
            contract.latency_hours = 9 * 24

        def bend(run: Run) -> None:
            if spot.start <= run.scheduled_at < spot.start + 7 * _DAY:
                run.start_delay += (level.due_within_hours + 1) * 3600
                run.is_late_told = True

        pipeline.hooks.append(bend)
        spot.truth.add(
            self.rule_id,
            "service level",
            level.name,
            spot.start,
            "One of four deliveries was late: too few to speak of a rate.",
            ended_at=spot.start + 7 * _DAY,
            look_alike=True,
        )

    def _level(self, spot: Spot) -> ServiceLevel:
        for level in spot.world.service_levels:
            if level.pipeline is spot.pipeline:
                return level
        level = ServiceLevel(spot.pipeline, 2, 0.9)
        spot.world.service_levels.append(level)
        return level


def _change_schema(spot: Spot, columns: list[Column]) -> None:
    dataset = _output(spot)

    def bend(run: Run) -> None:
        if run.scheduled_at >= spot.start:
            dataset.columns = columns

    spot.pipeline.hooks.append(bend)


def _leave_out(start: datetime.datetime, end: datetime.datetime | None) -> _LeaveOut:
    return _LeaveOut(start, end)


class _LeaveOut:
    """A hook by which runs of a time never begin."""

    def __init__(self, start: datetime.datetime, end: datetime.datetime | None) -> None:
        self._start, self._end = start, end

    def __call__(self, run: Run) -> None:
        if run.scheduled_at >= self._start and (self._end is None or run.scheduled_at < self._end):
            run.is_missed = True


def _promise(spot: Spot) -> None:
    """Gives the table a contract that says how old it may be, where it has none."""
    if spot.world.contract(_output(spot)) is None:
        team = spot.pipeline.team
        spot.world.contracts.append(contract_of(_output(spot), team.name, team.domain, spot.pipeline.schedule.interval))


def _note_breach(spot: Spot, start: datetime.datetime, end: datetime.datetime | None) -> None:
    if spot.world.contract(_output(spot)) is not None:
        spot.truth.add(
            "FR01",
            "dataset",
            _output(spot).subject,
            start,
            "It gets older than its contract allows, and nobody is told.",
            ended_at=end,
            origin="consequence",
        )
        _note_broken_promise(spot, start, end)


def _note_missing_intervals(spot: Spot, start: datetime.datetime, end: datetime.datetime) -> None:
    spot.truth.add(
        "SI07",
        "dataset",
        _output(spot).subject,
        start,
        "The intervals of runs that did not come are missing, and later runs did not make up for them.",
        ended_at=end,
        origin="consequence",
    )


def _note_broken_promise(spot: Spot, start: datetime.datetime, end: datetime.datetime | None) -> None:
    contract = spot.world.contract(_output(spot))
    if contract is not None:
        why = f"{_output(spot).subject} is older than the contract allows."
        spot.truth.add("CT01", "contract", contract.id, start, why, ended_at=end, origin="consequence")
