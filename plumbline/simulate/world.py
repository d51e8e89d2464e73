"""What the simulated platform is made of: teams, datasets, pipelines and their tasks, before anything goes wrong."""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from plumbline.simulate.calendar import Schedule
from plumbline.simulate.random_streams import stream

if TYPE_CHECKING:
    from plumbline.simulate.alerts import Alerts
    from plumbline.simulate.projects import Project
    from plumbline.simulate.promises import Contract, ServiceLevel
    from plumbline.simulate.runs import Run

WAREHOUSE = "postgres://wh.internal:5432"
DATABASE = "retail"
CALENDAR = "sweden"

Alerting = Literal["dag", "task", "email", "none"]
Layer = Literal["ingest", "transform", "serve"]
Operator = Literal["bash", "warehouse", "check", "sensor", "branch"]


@dataclass(frozen=True)
class Window:
    """The time that is simulated."""

    start: datetime.datetime
    end: datetime.datetime
    """The end of what is planned."""
    until: datetime.datetime
    """The moment at which everything is exported."""

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
    rows: int = 0
    """How many rows its last load brought."""
    loads: list[tuple[datetime.datetime, datetime.datetime]] = field(default_factory=list)
    """When the last few loads that ended well were due, and when they ended."""

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
        return max((ended_at for _, ended_at in self.loads if ended_at <= before), default=None)

    def last_loaded(self, before: datetime.datetime) -> datetime.datetime | None:
        """Returns when the newest of the loads was due that an instant could know of."""
        return max((due_at for due_at, ended_at in self.loads if ended_at <= before), default=None)


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
    topic: str = ""
    """Which rows of its inputs it takes; none of them in particular where that is empty."""
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
    broken_at: datetime.datetime | None = None
    """Since when its file no longer parses."""
    is_seen_by_lineage: bool = True
    project: Project | None = None
    is_profiled: bool = False
    """Says that Great Expectations validates what it writes."""
    environment: str = "prod"

    @property
    def namespace(self) -> str:
        """The namespace of its jobs in OpenLineage."""
        return f"airflow{self.generation}-retail"

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
    def inputs(self) -> list[Dataset]:
        """The datasets that it reads and does not write, each once."""
        read = [*(self.project.sources if self.project else []), *(one for task in self.tasks for one in task.inputs)]
        return list(dict.fromkeys(dataset for dataset in read if dataset.writer is not self))

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
    contracts: list[Contract] = field(default_factory=list)
    service_levels: list[ServiceLevel] = field(default_factory=list)
    waivers: list[dict[str, str]] = field(default_factory=list)
    """Findings that people accept, as rows of the seed audit_waivers."""
    extra_rules: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """Alert rules beyond those that every team has, by team."""
    daily: list[Callable[[datetime.datetime, Alerts], None]] = field(default_factory=list)
    """What happens each day beside the runs."""
    critical: set[str] = field(default_factory=set)
    """The names of datasets that matter most: of the first tier, or with the most that is made of them."""
    readers: dict[str, list[Pipeline]] = field(default_factory=dict)
    """Which pipelines read a dataset, by its name."""

    def numbers(self, *names: object) -> random.Random:
        """Returns the random numbers of one thing of this world."""
        return stream(self.seed, *names)

    def contract(self, dataset: Dataset) -> Contract | None:
        """Returns the contract of a dataset."""
        return next((contract for contract in self.contracts if contract.dataset is dataset), None)

    @property
    def datasets(self) -> Iterator[Dataset]:
        """Every dataset that a pipeline writes, in the order of the pipelines."""
        for pipeline in self.pipelines:
            yield from pipeline.outputs
