"""dbt projects: their models, sources and tests, and what a build of them is going to say."""

from __future__ import annotations

import datetime
import hashlib
import random
from dataclasses import dataclass, field

from plumbline.simulate.truth import Truth
from plumbline.simulate.world import DATABASE, Column, Dataset, Pipeline, World


@dataclass(eq=False)
class Model:
    """A model of a project, which makes a table of the warehouse."""

    name: str
    dataset: Dataset
    parent: Model | Dataset
    materialized: str = "table"

    @property
    def schema(self) -> str:
        """The schema of its table."""
        return self.dataset.schema


@dataclass(eq=False)
class Test:
    """A generic test of a column of a model."""

    kind: str
    """not_null, unique or accepted_values."""
    model: Model
    column: str
    severity: str = "error"
    is_enabled: bool = True
    tags: list[str] = field(default_factory=list)
    left_out_from: datetime.datetime | None = None
    """From when on the command that builds no longer selects it."""
    every_month: bool = False

    @property
    def name(self) -> str:
        """Its name, as dbt makes it of kind, model and column."""
        return f"{self.kind}_{self.model.name}_{self.column}"


@dataclass(eq=False)
class Project:
    """A dbt project, which the DAG of a pipeline runs."""

    name: str
    pipeline: Pipeline
    sources: list[Dataset]
    models: list[Model]
    tests: list[Test]
    owner: str
    edited_at: list[datetime.datetime] = field(default_factory=list)
    """When models were changed: a manifest is written then."""

    def fails(self, invocation: Invocation) -> bool:
        """Says whether a build ends with an error, and not with warnings alone."""
        errors = {self.unique_id(test) for test in self.tests if test.severity == "error"}
        return bool(invocation.errors) or bool(errors & invocation.failures.keys())

    def models_of(self, source: Dataset) -> list[Model]:
        """Returns the models that are made of a source."""
        first = [model for model in self.models if model.parent is source]
        return [*first, *(model for model in self.models if model.parent in first)]

    def unique_id(self, thing: Model | Test | Dataset) -> str:
        """Returns dbt's id of a model, a test or a source."""
        if isinstance(thing, Model):
            return f"model.{self.name}.{thing.name}"
        if isinstance(thing, Test):
            digest = hashlib.md5(thing.name.encode(), usedforsecurity=False).hexdigest()[:10]
            return f"test.{self.name}.{thing.name}.{digest}"
        return f"source.{self.name}.{thing.schema}.{thing.table}"


@dataclass
class Invocation:
    """What a build is going to say: results other than good ones, by id of the node."""

    failures: dict[str, int] = field(default_factory=dict)
    """How many rows a test finds that should not be."""
    rows: dict[str, int] = field(default_factory=dict)
    """How many rows a model gets, where it is not what its parent had."""
    is_mended_by_retry: bool = False
    """Says that the next try finds nothing, although nothing changed."""
    errors: dict[str, str] = field(default_factory=dict)
    """Messages of models that cannot be built."""


def make_project(world: World, pipeline: Pipeline, sources: list[Dataset], numbers: random.Random) -> Project:
    """Returns a project over these sources: a staging view and a mart of each, with tests."""
    name = pipeline.dag_id.removeprefix("dbt_")
    models: list[Model] = []
    tests: list[Test] = []
    for source in sources:
        base = source.table
        staging = _model(f"stg_{base}", f"dbt_{name}_staging", source, source, "view")
        mart = _model(f"fct_{base}", f"dbt_{name}", source, staging, "table")
        models += [staging, mart]
        tests += [Test("not_null", staging, "id"), Test("unique", mart, "id"), Test("not_null", mart, "id")]
        tests.append(Test("not_null", mart, "country", severity="warn"))
    edited = [pipeline.deployed_at[0]]
    at = world.window.start + datetime.timedelta(days=numbers.uniform(1, 8), hours=9)
    while at < world.window.end:
        edited.append(at)
        at += datetime.timedelta(days=7)
    return Project(name, pipeline, sources, models, tests, pipeline.owner, edited)


def note_doubles(projects: list[Project], truth: Truth) -> None:
    """Writes down which projects stage the same source, each for itself."""
    staged: dict[str, list[tuple[Project, Model]]] = {}
    for project in projects:
        for model in project.models:
            if isinstance(model.parent, Dataset):
                staged.setdefault(model.parent.name, []).append((project, model))
    for source, places in staged.items():
        for project, model in places if len(places) > 1 else ():
            truth.add(
                "DJ02",
                "task",
                project.unique_id(model),
                project.edited_at[0],
                f"{len(places)} projects stage {source} by the same statement.",
                origin="consequence",
            )


def _model(name: str, schema: str, source: Dataset, parent: Model | Dataset, materialized: str) -> Model:
    dataset = Dataset(
        name=f"{DATABASE}.{schema}.{name}",
        columns=[Column(column.name, column.type) for column in source.columns],
        rows_per_day=source.rows_per_day,
        growth=source.growth,
        tier=source.tier,
    )
    return Model(name, dataset, parent, materialized)
