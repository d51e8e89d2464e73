"""What the simulated platform is made of: teams, datasets, pipelines and their tasks, before anything goes wrong."""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from plumbline.simulate.calendar import LOCAL, UTC, Schedule, holidays
from plumbline.simulate.random_streams import noise, stream

if TYPE_CHECKING:
    from plumbline.simulate.dbt import Project
    from plumbline.simulate.runs import Run

WAREHOUSE = "postgres://wh.internal:5432"
DATABASE = "shop"
CALENDAR = "sweden"

_DOMAINS = (
    ("sales", ("orders", "baskets", "refunds", "discounts", "prices", "shipments", "returns", "vouchers")),
    ("customers", ("customers", "addresses", "consents", "segments", "reviews", "tickets", "contacts", "logins")),
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

_SCHEMAS = {"ingest": "raw", "transform": "staging", "serve": "marts"}

Alerting = Literal["dag", "task", "email", "none"]
Layer = Literal["ingest", "transform", "serve"]
Operator = Literal["bash", "warehouse", "check", "sensor", "branch"]


@dataclass(frozen=True)
class Window:
    """The time that is simulated; the end is the moment at which everything is exported."""

    start: datetime.datetime
    end: datetime.datetime

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.end - self.start).days

    def at(self, share: float) -> datetime.datetime:
        """Returns the instant that lies at a share of the window."""
        return self.start + (self.end - self.start) * share


@dataclass(frozen=True)
class Team:
    """Who owns pipelines."""

    name: str
    domain: str
    tier: int
    channel: str
    on_call: str


@dataclass(frozen=True)
class Column:
    """A column of a dataset, with its PostgreSQL type."""

    name: str
    type: str


@dataclass(eq=False)
class Dataset:
    """A table of the warehouse."""

    name: str
    """database.schema.table"""
    columns: list[Column]
    rows_per_day: float
    growth: float
    """How much larger the volume is after a day, as a share."""
    tier: int = 3
    writer: Pipeline | None = None
    written_at: list[datetime.datetime] = field(default_factory=list)
    """When its last few loads ended well, the newest last."""

    @property
    def subject(self) -> str:
        """The name of the dataset in findings and in the truth."""
        return f"{WAREHOUSE}/{self.name}"

    @property
    def table(self) -> str:
        """The name of the table alone."""
        return self.name.rsplit(".", 1)[1]

    @property
    def schema(self) -> str:
        """The schema of the table."""
        return self.name.split(".")[1]

    @property
    def uri(self) -> str:
        """The address under which Airflow knows it as an asset."""
        return f"{WAREHOUSE}/{self.name.replace('.', '/')}"

    def last_written(self, before: datetime.datetime) -> datetime.datetime | None:
        """Returns when the last load ended that an instant could know of."""
        return max((at for at in self.written_at if at <= before), default=None)


@dataclass(eq=False)
class Task:
    """A task of a pipeline; those before it in the list may be upstream of it."""

    task_id: str
    operator: Operator
    seconds: float
    """How long it takes as a rule."""
    upstream: list[str] = field(default_factory=list)
    retries: int = 1
    retry_seconds: int = 300
    trigger_rule: str = "all_success"
    inputs: list[Dataset] = field(default_factory=list)
    outputs: list[Dataset] = field(default_factory=list)
    assets: list[Dataset] = field(default_factory=list)
    """What it declares as outlets."""
    has_callback: bool = False
    email: str | None = None
    downstream: list[str] = field(default_factory=list)


Hook = Callable[["Run"], None]


@dataclass(eq=False)
class Pipeline:
    """A DAG."""

    dag_id: str
    generation: Literal[2, 3]
    """The major version of the Airflow that runs it."""
    layer: Layer
    team: Team
    owner: str
    schedule: Schedule
    tasks: list[Task]
    tier: int
    alerting: Alerting
    started_on: datetime.datetime
    deployed_at: list[datetime.datetime]
    """When its versions were first parsed; the first is that of the beginning."""
    hooks: list[Hook] = field(default_factory=list)
    """What bends its runs, before they happen."""
    faults: set[str] = field(default_factory=set)
    """Which parts of it a fault has taken."""
    paused_at: datetime.datetime | None = None
    has_import_error: bool = False
    is_seen_by_lineage: bool = True
    project: Project | None = None
    environment: str = "prod"

    @property
    def namespace(self) -> str:
        """The namespace of its jobs in OpenLineage."""
        return f"airflow{self.generation}-prod"

    @property
    def tags(self) -> list[str]:
        """What it is tagged with, sorted."""
        return sorted([self.layer, f"tier{self.tier}", self.team.domain, *([self.environment] * self.is_sandbox)])

    @property
    def is_sandbox(self) -> bool:
        """Says whether it belongs to no production."""
        return self.environment != "prod"

    @property
    def outputs(self) -> list[Dataset]:
        """The datasets that it writes."""
        return [dataset for task in self.tasks for dataset in task.outputs]

    @property
    def main(self) -> Task:
        """The task that writes its dataset, or the longest."""
        writers = [task for task in self.tasks if task.outputs]
        return writers[0] if writers else max(self.tasks, key=lambda task: task.seconds)

    def link(self) -> None:
        """Tells each task which are downstream of it."""
        for task in self.tasks:
            task.downstream = sorted(other.task_id for other in self.tasks if task.task_id in other.upstream)

    def version(self, at: datetime.datetime) -> int:
        """Returns the number of the version that is in force, from 1."""
        return max(1, sum(1 for deployed in self.deployed_at if deployed <= at))


@dataclass
class World:
    """The whole platform."""

    seed: int
    window: Window
    teams: list[Team]
    pipelines: list[Pipeline]
    holidays: frozenset[datetime.date]
    storms: list[tuple[datetime.datetime, datetime.datetime]]
    """When the infrastructure was bad, so that tasks failed at random."""
    blackouts: list[tuple[datetime.datetime, datetime.datetime]]
    """When the collector of lineage was down, so that events were lost."""
    projects: list[Project] = field(default_factory=list)
    readers: dict[str, list[Pipeline]] = field(default_factory=dict)
    """Which pipelines read a dataset, by its name."""

    def numbers(self, *names: object) -> random.Random:
        """Returns the random numbers of one thing of this world."""
        return stream(self.seed, *names)

    @property
    def datasets(self) -> Iterator[Dataset]:
        """Every dataset that a pipeline writes, in the order of the pipelines."""
        for pipeline in self.pipelines:
            yield from pipeline.outputs


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
        pipeline.link()
        by_layer[layer].append(pipeline)
        world.pipelines.append(pipeline)
        for task in pipeline.tasks:
            for dataset in task.inputs:
                readers = world.readers.setdefault(dataset.name, [])
                if pipeline not in readers and dataset.writer is not pipeline:
                    readers.append(pipeline)
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
    return pipeline


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
        build = Task("build", "warehouse", seconds * 2, [], retries, inputs=inputs, outputs=[output])
        check = Task("check", "check", 8, ["build"], 1, inputs=[output])
        pipeline.tasks = [build, check]
        if numbers.random() < 0.2:
            build.upstream = ["wait_for_inputs"]
            pipeline.tasks.insert(0, Task("wait_for_inputs", "sensor", 30, [], 0))
        if pipeline.layer == "serve":
            pipeline.tasks.append(Task("publish", "bash", 20, ["check"], 1))
    if numbers.random() < 0.4:
        pipeline.main.assets = [output]
