"""Simulates a data platform's metadata, with planted faults and the truth about them."""

from __future__ import annotations

from plumbline.simulate.platform import Options, Summary, simulate
from plumbline.simulate.truth import truth_table

__all__ = ["Options", "Summary", "simulate", "truth_table"]
