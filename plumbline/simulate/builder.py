"""Builds the simulated platform, all of it well: who is there, what is run when, and what it reads and writes."""

from __future__ import annotations

import datetime
import random

from plumbline.simulate.calendar import LOCAL, UTC, Schedule, holidays
from plumbline.simulate.projects import make_project
from plumbline.simulate.promises import ServiceLevel, contract_of
from plumbline.simulate.random_streams import noise, stream
from plumbline.simulate.world import (
    DATABASE,
    Alerting,
    Column,
    Dataset,
    Layer,
    Pipeline,
    Task,
    Team,
    Window,
    World,
)

_DOMAINS = (
    ("sales", ("checkouts", "baskets", "refunds", "discounts", "prices", "shipments", "returns", "vouchers")),
    ("customers", ("accounts", "addresses", "consents", "segments", "reviews", "tickets", "contacts", "logins")),
    ("finance", ("payments", "invoices", "ledgers", "taxes", "payouts", "budgets", "accruals", "receivables")),
    ("logistics", ("stock", "deliveries", "routes", "carriers", "warehouses", "parcels", "suppliers", "purchases")),
    ("marketing", ("campaigns", "clicks", "sessions", "impressions", "newsletters", "leads", "referrals", "audiences")),
    ("product", ("events", "searches", "experiments", "features", "devices", "releases", "surveys", "errors")),
)
_TEAM_WORDS = ("core", "insights", "platform", "operations", "growth", "reporting", "quality", "science")
_REGIONS = ("", "_se", "_no", "_dk", "_fi", "_de", "_nl", "_pl", "_uk", "_fr", "_es", "_it")
_COLUMNS = (
    ("id", "bigint"),
    ("customer_id", "bigint"),
    ("country", "character varying"),
    ("amount", "numeric"),
    ("status", "character varying"),
    ("channel", "character varying"),
    ("occurred_at", "timestamp with time zone"),
    ("updated_at", "timestamp with time zone"),
    ("quantity", "integer"),
    ("note", "text"),
)

_PIPELINES_OF_A_PROJECT = 20
_SCHEMAS = {"ingest": "raw", "transform": "staging", "serve": "marts"}


def build_world(seed: int, window: Window, count: int) -> World:
    """Builds a platform of so many pipelines, all of them well."""
    teams = _teams(seed, max(3, min(40, count // 20)))
    first, last = window.start.date() - datetime.timedelta(days=40), window.end.date() + datetime.timedelta(days=2)
    numbers = stream(seed, "infrastructure")
    world = World(
        seed=seed,
        window=window,
        teams=teams,
        pipelines=[],
        holidays=frozenset(holidays(first, last)),
        storms=_windows(numbers, window, max(1, window.days // 20), (0.4, 2.5)),
        blackouts=_windows(numbers, window, max(1, window.days // 45), (0.2, 0.6)),
    )
    by_layer: dict[Layer, list[Pipeline]] = {"ingest": [], "transform": [], "serve": []}
    for number in range(count):
        layer: Layer = ("ingest", "transform", "ingest", "serve", "transform")[number % 5]
        pipeline = _pipeline(world, number, layer, by_layer)
        if number % _PIPELINES_OF_A_PROJECT == 7:
            _make_dbt(world, pipeline, by_layer["ingest"])
        else:
            by_layer[layer].append(pipeline)
        pipeline.link()
        world.pipelines.append(pipeline)
        for dataset in pipeline.inputs:
            world.readers.setdefault(dataset.name, []).append(pipeline)
    _promise(world)
    return world


def _teams(seed: int, count: int) -> list[Team]:
    teams = []
    for number in range(count):
        numbers = stream(seed, "team", number)
        domain = _DOMAINS[number % len(_DOMAINS)][0]
        word = _TEAM_WORDS[number // len(_DOMAINS) % len(_TEAM_WORDS)]
        name = f"{domain}-{word}"
        teams.append(Team(name, domain, numbers.choice((1, 2, 2, 3)), f"#{name}", f"{name}-rota"))
    return teams


def _windows(
    numbers: random.Random, window: Window, count: int, hours: tuple[float, float]
) -> list[tuple[datetime.datetime, datetime.datetime]]:
    starts = sorted(window.at(numbers.uniform(0.05, 0.95)) for _ in range(count))
    return [(start, start + datetime.timedelta(hours=numbers.uniform(*hours))) for start in starts]


def _pipeline(world: World, number: int, layer: Layer, by_layer: dict[Layer, list[Pipeline]]) -> Pipeline:
    numbers = world.numbers("pipeline", number)
    team = world.teams[number % len(world.teams)]
    entities = dict(_DOMAINS)[team.domain]
    own = number // len(world.teams)
    entity = entities[own % len(entities)]
    region = _REGIONS[own // len(entities) % len(_REGIONS)]
    lap = own // (len(entities) * len(_REGIONS))
    kind = team.name.split("-")[1]
    noun = f"{entity}{region}{f'_{lap + 1}' if lap else ''}"
    suffix = f"{noun}_{kind}" if len(world.teams) > len(_DOMAINS) else noun
    alerting: Alerting = numbers.choices(("dag", "task", "email"), (6, 1, 3))[0]
    pipeline = Pipeline(
        dag_id=f"{layer}_{suffix}",
        generation=2 if numbers.random() < 0.25 else 3,
        layer=layer,
        team=team,
        owner=team.name,
        schedule=_schedule(numbers, layer),
        tasks=[],
        tier=numbers.choices((1, 2, 3), (1, 3, 6))[0],
        alerting=alerting,
        started_on=world.window.start - datetime.timedelta(days=numbers.randint(40, 400)),
        deployed_at=_deployments(numbers, world.window),
    )
    output = Dataset(
        name=f"{DATABASE}.{_SCHEMAS[layer]}.{suffix}",
        columns=[Column(*column) for column in _COLUMNS[: numbers.randint(6, len(_COLUMNS))]],
        rows_per_day=10 ** numbers.uniform(2.5, 5.5),
        growth=numbers.uniform(-0.0005, 0.003),
        tier=pipeline.tier,
        writer=pipeline,
    )
    sources = by_layer["ingest"] if layer == "transform" else by_layer["transform"] or by_layer["ingest"]
    _add_tasks(pipeline, output, sources, numbers)
    for task in pipeline.tasks:
        task.has_callback = alerting == "task"
        task.email = f"{team.name}@example.com" if alerting == "email" else None
    pipeline.is_profiled = layer != "ingest" and numbers.random() < 0.08
    return pipeline


def _make_dbt(world: World, pipeline: Pipeline, ingests: list[Pipeline]) -> None:
    """Turns a pipeline into one that runs a dbt project over some of what is ingested."""
    numbers = world.numbers("project", pipeline.dag_id)
    chosen = numbers.sample(ingests, min(len(ingests), numbers.randint(2, 4)))
    sources = [dataset for one in sorted(chosen, key=lambda one: one.dag_id) for dataset in one.outputs]
    pipeline.dag_id = f"dbt_{pipeline.dag_id.removeprefix(f'{pipeline.layer}_')}"
    pipeline.layer = "serve"
    hours = (5,) if numbers.random() < 0.5 else (0, 6, 12, 18)
    pipeline.schedule = Schedule(numbers.randrange(0, 60, 5), hours)
    pipeline.tasks = [
        Task("dbt_freshness", "bash", 5, [], 1),
        Task("dbt_build", "bash", 90 * noise(numbers, 0.6), ["dbt_freshness"], 1),
    ]
    for task in pipeline.tasks:
        task.has_callback = pipeline.alerting == "task"
        task.email = f"{pipeline.team.name}@example.com" if pipeline.alerting == "email" else None
    pipeline.project = make_project(world, pipeline, sources, numbers)
    world.projects.append(pipeline.project)


def _promise(world: World) -> None:
    """Gives what matters most a check, a contract and a service level, as it has on a platform that is well."""
    made_of = {dataset.name: _reach(world, dataset) for dataset in world.datasets}
    modelled = sum(len(project.models) for project in world.projects)
    limit = sorted(made_of.values(), reverse=True)[(len(made_of) + modelled) // 10] if made_of else 0
    for pipeline in world.pipelines:
        numbers = world.numbers("promise", pipeline.dag_id)
        for dataset in pipeline.outputs:
            is_critical = pipeline.tier == 1 or made_of[dataset.name] >= min(max(limit, 1), 5)
            if pipeline.tier == 1 or made_of[dataset.name] > limit:
                world.critical.add(dataset.name)
            has_check = any(task.operator == "check" for task in pipeline.tasks)
            if not has_check and (is_critical or numbers.random() < 0.5):
                check = Task("check", "check", 8, [pipeline.main.task_id], 1, inputs=[dataset])
                check.has_callback, check.email = pipeline.main.has_callback, pipeline.main.email
                pipeline.tasks.append(check)
                pipeline.link()
            if is_critical or numbers.random() < 0.15:
                team = pipeline.team
                world.contracts.append(contract_of(dataset, team.name, team.domain, _age(pipeline.schedule)))
        if pipeline.tier == 1 and pipeline.outputs:
            world.service_levels.append(ServiceLevel(pipeline, numbers.choice((2, 3, 4)), 0.9))
        if pipeline.project is not None:
            shown = pipeline.project.models[-1].dataset
            world.contracts.append(
                contract_of(shown, pipeline.team.name, pipeline.team.domain, _age(pipeline.schedule))
            )


def _age(schedule: Schedule) -> datetime.timedelta:
    """Returns how long apart two instants of a schedule are at most."""
    if schedule.weekdays and len(schedule.weekdays) > 1:
        return datetime.timedelta(days=3)
    return schedule.interval


def _reach(world: World, dataset: Dataset) -> int:
    """Returns how many datasets are made of a dataset."""
    seen: set[str] = set()
    waiting = [dataset]
    while waiting:
        source = waiting.pop()
        for reader in world.readers.get(source.name, []):
            models = reader.project.models_of(source) if reader.project else []
            made = [*reader.outputs, *(model.dataset for model in models)]
            waiting += [one for one in made if one.name not in seen]
            seen.update(one.name for one in made)
    return len(seen)


def _schedule(numbers: random.Random, layer: Layer) -> Schedule:
    minute = numbers.randrange(0, 60, 5)
    drawn = numbers.random()
    if drawn < 0.03:
        return Schedule(minute, tuple(range(24)))
    if drawn < 0.1:
        return Schedule(minute, (0, 6, 12, 18))
    hour = {"ingest": 1, "transform": 4, "serve": 6}[layer] + numbers.randint(0, 2)
    zone = UTC
    if drawn < 0.2:
        zone, hour = LOCAL, hour + 3
    if drawn > 0.94:
        return Schedule(minute, (hour,), (numbers.randrange(7),), zone)
    if drawn > 0.86:
        return Schedule(minute, (hour,), (0, 1, 2, 3, 4), zone)
    return Schedule(minute, (hour,), (), zone)


def _deployments(numbers: random.Random, window: Window) -> list[datetime.datetime]:
    """Returns when versions came: in working hours of working days, every few weeks."""
    deployed = [window.start - datetime.timedelta(days=numbers.uniform(1, 30))]
    at = window.start + datetime.timedelta(days=numbers.expovariate(1 / 40))
    while at < window.end:
        if at.weekday() < 5:
            deployed.append(datetime.datetime.combine(at.date(), datetime.time(8)) + _within(numbers, 8))
        at += datetime.timedelta(days=1 + numbers.expovariate(1 / 40))
    return [at for at in deployed if at < window.end]


def _within(numbers: random.Random, hours: float) -> datetime.timedelta:
    return datetime.timedelta(seconds=round(numbers.uniform(0, hours * 3600), 6))


def _add_tasks(pipeline: Pipeline, output: Dataset, sources: list[Pipeline], numbers: random.Random) -> None:
    seconds = 60 * noise(numbers, 1.0)
    retries = numbers.choice((1, 2, 2, 3))
    if pipeline.layer == "ingest":
        pipeline.tasks = [
            Task("extract", "bash", seconds, [], retries),
            Task("load", "warehouse", seconds * 0.7, ["extract"], retries, outputs=[output]),
        ]
    else:
        chosen = numbers.sample(sources, min(len(sources), numbers.randint(1, 3)))
        inputs = [dataset for source in sorted(chosen, key=lambda source: source.dag_id) for dataset in source.outputs]
        build = Task(
            "build", "warehouse", seconds * 2, [], retries, inputs=inputs, outputs=[output], topic=output.table
        )
        check = Task("check", "check", 8, ["build"], 1, inputs=[output])
        pipeline.tasks = [build, check]
        if numbers.random() < 0.2:
            build.upstream = ["wait_for_inputs"]
            pipeline.tasks.insert(0, Task("wait_for_inputs", "sensor", 30, [], 0))
        if pipeline.layer == "serve":
            pipeline.tasks.append(Task("publish", "bash", 20, ["check"], 1))
    if numbers.random() < 0.4:
        pipeline.main.assets = [output]
