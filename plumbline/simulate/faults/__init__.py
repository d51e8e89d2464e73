"""The faults that are planted; a new one goes to the end, so that it moves none of those before it."""

from __future__ import annotations

from plumbline.simulate.faults.base import Fault, plant_all
from plumbline.simulate.faults.checks import (
    BrokenContract,
    DeadCheck,
    FlakyCheck,
    ImpossiblePromise,
    NullExplosion,
    UncoveredCriticalData,
    UntestedPromise,
    WarningUnheard,
)
from plumbline.simulate.faults.data import (
    DuplicateRows,
    DurationCreep,
    LateData,
    MissedRuns,
    SchemaDrift,
    SilentStaleness,
    SpentBudget,
    StaleUpstream,
    TruncatedPartition,
    VolumeCollapse,
)
from plumbline.simulate.faults.incidents import (
    BreakingChange,
    FailureUnheard,
    FoundByConsumer,
    NeglectedIncident,
    NoisyRule,
    PageWithoutRunbook,
    RepeatIncident,
)
from plumbline.simulate.faults.runs import GreenOverFailed, RetryHiddenFlapping, ZeroRows
from plumbline.simulate.faults.settings import BlindSpot, NoFailureAlerting, SameWorkTwice, TwoWriters, Unowned

FAULTS: tuple[Fault, ...] = (
    UncoveredCriticalData(),
    FlakyCheck(),
    WarningUnheard(),
    DeadCheck(),
    GreenOverFailed(),
    ZeroRows(),
    RetryHiddenFlapping(),
    TwoWriters(),
    NoFailureAlerting(),
    Unowned(),
    BlindSpot(),
    SameWorkTwice(),
    StaleUpstream(),
    MissedRuns(),
    SilentStaleness(),
    SpentBudget(),
    LateData(),
    SchemaDrift(),
    DuplicateRows(),
    VolumeCollapse(),
    TruncatedPartition(),
    NullExplosion(),
    DurationCreep(),
    BrokenContract(),
    UntestedPromise(),
    ImpossiblePromise(),
    BreakingChange(),
    FailureUnheard(),
    NoisyRule(),
    PageWithoutRunbook(),
    FoundByConsumer(),
    RepeatIncident(),
    NeglectedIncident(),
)

__all__ = ["FAULTS", "Fault", "plant_all"]
