"""What a fault is, and where faults are planted."""

from __future__ import annotations

import datetime
import random
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from plumbline.simulate.runs import Run
from plumbline.simulate.truth import Truth
from plumbline.simulate.world import Pipeline, World

_RUN_TAKES = datetime.timedelta(hours=1)


@dataclass
class Spot:
    """A place for a fault: a pipeline, a time, a strength, and random numbers of its own."""

    world: World
    pipeline: Pipeline
    numbers: random.Random
    truth: Truth
    number: int
    """How many places of this fault, or of its look-alike, came before: faults of several kinds take turns by it."""
    start: datetime.datetime
    end: datetime.datetime | None
    """None where it lasts."""
    strength: float
    """From 0 to 1."""

    def is_on(self, at: datetime.datetime) -> bool:
        """Says whether an instant lies in the time of the fault."""
        return self.start <= at and (self.end is None or at < self.end)

    def runs(self, run: Run) -> random.Random | None:
        """Returns random numbers for a run in the time of the fault, none for one outside of it."""
        return self.numbers_at(run.scheduled_at) if self.is_on(run.scheduled_at) else None

    def numbers_at(self, at: datetime.datetime) -> random.Random:
        """Returns the random numbers of a scheduled instant."""
        return self.world.numbers("fault", self.pipeline.dag_id, self.number, at)


class Fault(ABC):
    """A class of faults: how it is planted, and how something that looks like it is."""

    rule_id: ClassVar[str]
    parts: ClassVar[frozenset[str]]
    """Which parts of a pipeline it takes; no two faults of a pipeline share one."""
    share: ClassVar[float] = 0.006
    """How many pipelines have it; at least one does."""

    def fits(self, world: World, pipeline: Pipeline) -> bool:
        """Says whether it can be planted at a pipeline."""
        return True

    @abstractmethod
    def plant(self, spot: Spot) -> None:
        """Plants it and writes the truth."""

    @abstractmethod
    def mimic(self, spot: Spot) -> None:
        """Plants what looks like it and is none, and writes that."""


def there_again(pipeline: Pipeline, at: datetime.datetime) -> datetime.datetime:
    """Returns when what a pipeline writes is there again by its first run that is due from an instant on."""
    return pipeline.schedule.following(at) + _RUN_TAKES


def plant_all(world: World, faults: Sequence[Fault], truth: Truth) -> list[str]:
    """Plants every class of faults at random places; returns the rules that found no place."""
    homeless = []
    existing = list(world.pipelines)
    for fault in faults:
        numbers = world.numbers("planting", fault.rule_id)
        order = {pipeline: (bool(pipeline.faults), numbers.random()) for pipeline in existing}
        wanted = 2 * max(1, round(len(existing) * fault.share))
        planted = 0
        for pipeline in sorted(existing, key=order.__getitem__):
            # What was planted before may have taken this place too.
            if planted == wanted or fault.parts & pipeline.faults or not fault.fits(world, pipeline):
                continue
            spot = _spot(world, pipeline, fault, truth, planted // 2)
            pipeline.faults |= fault.parts
            if planted % 2 == 0:
                fault.plant(spot)
            else:
                fault.mimic(spot)
            planted += 1
        if planted < 2:
            homeless.append(fault.rule_id)
    return homeless


def _spot(world: World, pipeline: Pipeline, fault: Fault, truth: Truth, number: int) -> Spot:
    numbers = world.numbers("spot", fault.rule_id, pipeline.dag_id)
    start = world.window.at(numbers.uniform(0.1, 0.85))
    lasts = numbers.random() < 0.5
    days = 3.0 + numbers.expovariate(1 / 10)
    end = None if lasts else start + datetime.timedelta(days=days)
    if end is not None and end >= world.window.end:
        end = None
    return Spot(world, pipeline, numbers, truth, number, start, end, numbers.uniform(0.2, 1.0))
