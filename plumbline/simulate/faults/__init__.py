"""The faults that are planted; a new one goes to the end, so that it moves none of those before it."""

from __future__ import annotations

from plumbline.simulate.faults.base import Fault, plant_all
from plumbline.simulate.faults.runs import GreenOverFailed, RetryHiddenFlapping, ZeroRows
from plumbline.simulate.faults.settings import BlindSpot, NoFailureAlerting, TwoWriters, Unowned

FAULTS: tuple[Fault, ...] = (
    GreenOverFailed(),
    ZeroRows(),
    RetryHiddenFlapping(),
    TwoWriters(),
    NoFailureAlerting(),
    Unowned(),
    BlindSpot(),
)

__all__ = ["FAULTS", "Fault", "plant_all"]
