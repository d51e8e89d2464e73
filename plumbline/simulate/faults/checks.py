"""Faults of checks and promises: SI03, SI08, CK01, CK02, CT01, CT02, CV01, FR03."""

from __future__ import annotations

import datetime
import random

from plumbline.simulate.faults.base import Fault, Spot
from plumbline.simulate.projects import Project, Test
from plumbline.simulate.promises import Contract, contract_of
from plumbline.simulate.runs import Run
from plumbline.simulate.world import Column, Dataset, Pipeline, World

_DAY = datetime.timedelta(days=1)


def _project(pipeline: Pipeline) -> Project:
    assert pipeline.project is not None  # noqa: S101
    return pipeline.project


def _is_dbt(pipeline: Pipeline) -> bool:
    return pipeline.project is not None


def _take_test(project: Project, numbers: random.Random, severity: str) -> Test:
    """Adds a test of a column that no other test is about, and returns it."""
    taken = {(test.kind, test.model.name, test.column) for test in project.tests}
    free = [
        (model, column.name)
        for model in project.models
        for column in model.dataset.columns[1:]
        if ("not_null", model.name, column.name) not in taken and column.name != "country"
    ]
    model, column = numbers.choice(free)
    test = Test("not_null", model, column, severity=severity)
    project.tests.append(test)
    return test


class WarningUnheard(Fault):
    """A test that only warns fails each time, and nobody looks; its look-alike is accepted for a while."""

    rule_id = "SI03"
    parts = frozenset({"warnings"})
    share = 0.002

    def fits(self, world: World, pipeline: Pipeline) -> bool:
        return _is_dbt(pipeline)

    def plant(self, spot: Spot) -> None:
        test = self._warn(spot)
        spot.truth.add(
            self.rule_id,
            "check",
            _project(spot.pipeline).unique_id(test),
            spot.start,
            "It fails each time, but only warns; there is no alert, no ticket and no waiver.",
            ended_at=spot.end,
            strength=spot.strength,
        )
        _note_dead(spot, test)

    def mimic(self, spot: Spot) -> None:
        test = self._warn(spot)
        identity = _project(spot.pipeline).unique_id(test)
        spot.world.waivers.append(
            {
                "rule_id": self.rule_id,
                "subject_pattern": identity,
                "source_name": "*",
                "reason": "Known debt: old rows lack it, and are mended until summer",
                "owner": spot.pipeline.team.name,
                "created_on": spot.start.date().isoformat(),
                "expires_on": (spot.start + 170 * _DAY).date().isoformat(),
            }
        )
        spot.truth.add(
            self.rule_id,
            "check",
            identity,
            spot.start,
            "It fails each time and only warns; a dated waiver accepts that.",
            ended_at=spot.end,
            look_alike=True,
        )
        _note_dead(spot, test)

    def _warn(self, spot: Spot) -> Test:
        project = _project(spot.pipeline)
        test = _take_test(project, spot.numbers, "warn")
        count = round(10 + 5000 * spot.strength)

        def bend(run: Run) -> None:
            if spot.is_on(run.scheduled_at):
                run.invocation.failures[project.unique_id(test)] = count + run.numbers.randint(0, 9)

        spot.pipeline.hooks.append(bend)
        return test


class FlakyCheck(Fault):
    """A test that fails and passes on the same data; its look-alike fails with bad data and passes with good."""

    rule_id = "CK01"
    parts = frozenset({"tests", "tries", "schedule"})
    share = 0.002

    def fits(self, world: World, pipeline: Pipeline) -> bool:
        return _is_dbt(pipeline)

    def plant(self, spot: Spot) -> None:
        project = _project(spot.pipeline)
        test = _take_test(project, spot.numbers, "error")
        share = 0.15 + 0.3 * spot.strength
        spot.pipeline.schedule = type(spot.pipeline.schedule)(spot.pipeline.schedule.minute, (0, 6, 12, 18))

        def bend(run: Run) -> None:
            numbers = run.world.numbers("flaky", run.pipeline.dag_id, run.scheduled_at)
            if numbers.random() < share and not project.fails(run.invocation):
                run.invocation.failures[project.unique_id(test)] = numbers.randint(1, 3)
                run.invocation.is_mended_by_retry = True

        spot.pipeline.hooks.append(bend)
        spot.truth.add(
            self.rule_id,
            "check",
            project.unique_id(test),
            spot.world.window.start,
            f"In {share:.0%} of the builds it fails and passes at the next try, though nothing was loaded between.",
            strength=spot.strength,
        )
        if share >= 0.2:
            spot.truth.add(
                "SI06",
                "task",
                f"{spot.pipeline.dag_id}.{spot.pipeline.main.task_id}",
                spot.world.window.start,
                "A flaky test makes it fail, and the next try goes well.",
                strength=spot.strength,
                origin="consequence",
            )

    def mimic(self, spot: Spot) -> None:
        project = _project(spot.pipeline)
        test = _take_test(project, spot.numbers, "warn")

        source = next(source for source in project.sources if test.model in project.models_of(source))

        def bend(run: Run) -> None:
            loaded_at = source.last_written(run.scheduled_at)
            if run.world.numbers("bad load", run.pipeline.dag_id, loaded_at).random() < 0.2:
                run.invocation.failures[project.unique_id(test)] = 12

        spot.pipeline.hooks.append(bend)
        spot.truth.add(
            self.rule_id,
            "check",
            project.unique_id(test),
            spot.world.window.start,
            "It fails after a load with bad rows and passes after the next: its input changed.",
            look_alike=True,
        )
        spot.truth.add(
            "SI03",
            "check",
            project.unique_id(test),
            spot.world.window.start,
            "After a load with bad rows it warns in each build until the next, and nobody is told.",
            origin="consequence",
        )


class DeadCheck(Fault):
    """A test that is disabled or no longer selected; its look-alike runs on the first of each month."""

    rule_id = "CK02"
    parts = frozenset({"dead test"})
    share = 0.002

    def fits(self, world: World, pipeline: Pipeline) -> bool:
        return _is_dbt(pipeline)

    def plant(self, spot: Spot) -> None:
        test = _take_test(_project(spot.pipeline), spot.numbers, "error")
        start = spot.world.window.at(spot.numbers.uniform(0.02, 0.2))
        if spot.number % 2 == 0 and spot.world.window.end - start > 30 * _DAY:
            test.left_out_from = start
            why = "The command that builds leaves it out."
        else:
            test.is_enabled = False
            start = spot.world.window.start
            why = "It is disabled."
        spot.truth.add(self.rule_id, "check", _project(spot.pipeline).unique_id(test), start, why)

    def mimic(self, spot: Spot) -> None:
        test = _take_test(_project(spot.pipeline), spot.numbers, "error")
        test.tags.append("monthly")
        test.every_month = True
        spot.truth.add(
            self.rule_id,
            "check",
            _project(spot.pipeline).unique_id(test),
            spot.world.window.start,
            "It is run on the first of each month, as its tag says.",
            look_alike=True,
        )


class NullExplosion(Fault):
    """A column is suddenly empty in most rows; its look-alike is new and fills up."""

    rule_id = "SI08"
    parts = frozenset({"nulls"})

    def fits(self, world: World, pipeline: Pipeline) -> bool:
        return bool(pipeline.outputs) and pipeline.schedule.interval <= _DAY and pipeline.layer != "ingest"

    def plant(self, spot: Spot) -> None:
        dataset = spot.pipeline.outputs[0]
        column = dataset.columns[2].name
        share = 0.25 + 0.7 * spot.strength
        spot.pipeline.is_profiled = True
        _raise_rows(dataset)

        def bend(run: Run) -> None:
            if spot.is_on(run.scheduled_at):
                run.null_shares[column] = share

        spot.pipeline.hooks.append(bend)
        spot.truth.add(
            self.rule_id,
            "column",
            f"{dataset.subject}.{column}",
            spot.start,
            f"{share:.0%} of its values are null, where about 1 % was.",
            ended_at=spot.end,
            strength=spot.strength,
        )

    def mimic(self, spot: Spot) -> None:
        dataset = spot.pipeline.outputs[0]
        column = "referrer"
        spot.pipeline.is_profiled = True
        _raise_rows(dataset)
        grown = [*dataset.columns, Column(column, "text")]

        def bend(run: Run) -> None:
            if run.scheduled_at >= spot.start:
                dataset.columns = grown
                run.null_shares[column] = max(0.3, 0.98 - 0.02 * (run.scheduled_at - spot.start) / _DAY)

        spot.pipeline.faults.add("schema")
        spot.pipeline.hooks.append(bend)
        spot.truth.add(
            self.rule_id,
            "column",
            f"{dataset.subject}.{column}",
            spot.start,
            "It is new and may be null: nearly all are, and fewer each day.",
            look_alike=True,
        )


class BrokenContract(Fault):
    """A table is not as its contract says; its look-alikes say the same in other words, or are drafts."""

    rule_id = "CT01"
    parts = frozenset({"promise", "schema"})

    def fits(self, world: World, pipeline: Pipeline) -> bool:
        return bool(pipeline.outputs)

    def plant(self, spot: Spot) -> None:
        dataset, contract = spot.pipeline.outputs[0], _contract(spot)
        column = contract.columns[3]
        if spot.number % 2 == 0:
            contract.columns[3] = Column(column.name, "text" if column.type != "text" else "integer")
            why = f"The contract has {column.name} as {contract.columns[3].type}; it is {column.type}."
        else:
            contract.columns.append(Column("currency", "text"))
            why = "The contract has a column currency, which is not there."
        spot.truth.add(self.rule_id, "contract", contract.id, spot.world.window.start, f"{dataset.subject}: {why}")

    def mimic(self, spot: Spot) -> None:
        contract = _contract(spot)
        if spot.number % 2 == 0:
            contract.synonyms = {"bigint": "int8", "character varying": "varchar", "numeric": "decimal"}
            why = "The contract calls the types by other names of the same."
        else:
            contract.columns.append(Column("currency", "text"))
            contract.status = "draft"
            why = "The contract promises a column that is not there yet: it is a draft."
        spot.truth.add(self.rule_id, "contract", contract.id, spot.world.window.start, why, look_alike=True)


class UntestedPromise(Fault):
    """A contract promises what no check tests; its look-alike is a sentence for people."""

    rule_id = "CT02"
    parts = frozenset({"quality"})

    def fits(self, world: World, pipeline: Pipeline) -> bool:
        return bool(pipeline.outputs)

    def plant(self, spot: Spot) -> None:
        contract = _contract(spot)
        column = contract.columns[4].name
        contract.quality.append(
            {
                "name": f"{column} is valid",
                "type": "sql",
                "query": f"select count(*) from ${{table}} where {column} = ''",
                "mustBe": 0,
            }
        )
        spot.truth.add(
            self.rule_id,
            "contract",
            contract.id,
            spot.world.window.start,
            f"It promises that {column} is valid, and nothing tests that.",
        )

    def mimic(self, spot: Spot) -> None:
        contract = _contract(spot)
        contract.quality.append({"type": "text", "description": "Amounts are as the shop charged them."})
        spot.truth.add(
            self.rule_id,
            "contract",
            contract.id,
            spot.world.window.start,
            "One of its clauses is a text, which no check can test.",
            look_alike=True,
        )


class UncoveredCriticalData(Fault):
    """A table that matters has no check and no promise; its look-alike is checked where it ends up."""

    rule_id = "CV01"
    parts = frozenset({"promise", "quality", "tasks"})

    def fits(self, world: World, pipeline: Pipeline) -> bool:
        if not pipeline.outputs or pipeline.layer != "ingest":
            return False
        dataset = pipeline.outputs[0]
        return (
            dataset.name in world.critical
            # dbt would watch the age of a source.
            and not any(dataset in project.sources for project in world.projects)
            # What is made of the look-alike is checked.
            and any(task.operator == "check" for reader in world.readers.get(dataset.name, []) for task in reader.tasks)
        )

    def plant(self, spot: Spot) -> None:
        self._strip(spot)
        world = spot.world
        world.contracts = [one for one in world.contracts if one.dataset is not spot.pipeline.outputs[0]]
        world.service_levels = [one for one in world.service_levels if one.pipeline is not spot.pipeline]
        spot.truth.add(
            self.rule_id,
            "dataset",
            spot.pipeline.outputs[0].subject,
            world.window.start,
            "It is among what matters most, and has neither a check nor a promise of freshness.",
        )

    def mimic(self, spot: Spot) -> None:
        self._strip(spot)
        spot.truth.add(
            self.rule_id,
            "dataset",
            spot.pipeline.outputs[0].subject,
            spot.world.window.start,
            "Its own check is gone, but what is made of it is checked, and its freshness is promised.",
            look_alike=True,
        )

    def _strip(self, spot: Spot) -> None:
        pipeline = spot.pipeline
        pipeline.tasks = [task for task in pipeline.tasks if task.operator != "check"]
        pipeline.link()


class ImpossiblePromise(Fault):
    """A table is promised before it can be there; its look-alike is promised just in time."""

    rule_id = "FR03"
    parts = frozenset({"promise", "schedule"})

    def fits(self, world: World, pipeline: Pipeline) -> bool:
        schedule = pipeline.schedule
        is_daily = len(schedule.hours) == 1 and not schedule.weekdays and schedule.zone == "UTC"
        return bool(pipeline.outputs) and is_daily and schedule.hours[0] >= 3

    def plant(self, spot: Spot) -> None:
        contract = _contract(spot)
        hour = spot.pipeline.schedule.hours[0] - 1 - round(spot.strength)
        contract.available_at, contract.latency_hours = f"{hour:02d}:00", None
        spot.truth.add(
            self.rule_id,
            "contract",
            contract.id,
            spot.world.window.start,
            f"It promises the table by {contract.available_at}; what writes it is due only after that.",
            strength=spot.strength,
        )
        for rule_id, subject_type, name in (
            ("FR01", "dataset", spot.pipeline.outputs[0].subject),
            ("CT01", "contract", contract.id),
        ):
            spot.truth.add(
                rule_id,
                subject_type,
                name,
                spot.world.window.start,
                f"It is there only after {contract.available_at}, when it is promised; nobody is told.",
                origin="consequence",
            )

    def mimic(self, spot: Spot) -> None:
        contract = _contract(spot)
        hour = spot.pipeline.schedule.hours[0] + 2
        contract.available_at, contract.latency_hours = f"{hour:02d}:30", None
        spot.truth.add(
            self.rule_id,
            "contract",
            contract.id,
            spot.world.window.start,
            f"It promises the table by {contract.available_at}, which leaves little time, but enough.",
            look_alike=True,
        )


def _note_dead(spot: Spot, test: Test) -> None:
    """Writes down that a test has failed for so long that it tells nothing."""
    if (spot.end or spot.world.window.end) - spot.start > 30 * _DAY:
        spot.truth.add(
            "CK02",
            "check",
            _project(spot.pipeline).unique_id(test),
            spot.start + 30 * _DAY,
            "It has failed for more than 30 days.",
            ended_at=spot.end,
            origin="consequence",
        )


def _contract(spot: Spot) -> Contract:
    """Returns the contract of the table, and gives it one where it has none."""
    dataset, team = spot.pipeline.outputs[0], spot.pipeline.team
    contract = spot.world.contract(dataset)
    if contract is None:
        schedule = spot.pipeline.schedule
        longest = 3 * _DAY if len(schedule.weekdays) > 1 else schedule.interval
        contract = contract_of(dataset, team.name, team.domain, longest)
        spot.world.contracts.append(contract)
    return contract


def _raise_rows(dataset: Dataset) -> None:
    """Gives a table enough rows for shares to mean something."""
    dataset.rows_per_day = max(dataset.rows_per_day, 5000.0)
