"""Randomness that is the same for the same seed, and apart for each thing that needs some."""

from __future__ import annotations

import datetime
import hashlib
import math
import random
import uuid

_EPOCH = datetime.datetime(1970, 1, 1)
_MILLISECOND = datetime.timedelta(milliseconds=1)


def stream(seed: int, *names: object) -> random.Random:
    """Returns the random numbers of one thing: others draw from their own, so that one more moves none of them."""
    return random.Random(":".join(str(part) for part in (seed, *names)))  # noqa: S311


def noise(numbers: random.Random, spread: float) -> float:
    """Returns a factor around one, as durations and volumes vary; `spread` is that of its logarithm."""
    return math.exp(numbers.gauss(0.0, spread))


def fixed_uuid(at: datetime.datetime, text: str) -> str:
    """Returns the UUID, of version 7, that the OpenLineage provider of Airflow makes of an instant (UTC) and a text."""
    hashed = hashlib.sha1(f"{at.isoformat()}+00:00{text}".encode(), usedforsecurity=False).hexdigest()
    milliseconds = f"{(at - _EPOCH) // _MILLISECOND:012x}"
    variant = "89ab"[int(hashed[3], 16) & 3]
    return f"{milliseconds[:8]}-{milliseconds[8:]}-7{hashed[:3]}-{variant}{hashed[4:7]}-{hashed[7:19]}"


def random_uuid(numbers: random.Random) -> uuid.UUID:
    """Returns a UUID of version 4."""
    return uuid.UUID(int=numbers.getrandbits(128), version=4)
