"""The feeds: one module a kind, named like the kind.

A module holds `Config`, a subclass of `FeedConfig` with the keys that plumbline.yml may give it,
and `load(config, session)`, which lands what is new through the session and returns nothing. It
raises `FeedError` when the feed cannot be read. A new feed is one new module here and one folder
with its tables in models/staging.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil
from typing import TYPE_CHECKING, Any, Protocol

from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from plumbline.session import Session


class FeedConfig(BaseModel):
    """What every feed has: its kind, and the name that becomes `source_name` in the marts."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: str
    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$", max_length=100)


class FilesConfig(FeedConfig):
    """A feed of files: `path` is a file, folder or glob; with `optional` it is no error that nothing is there."""

    path: str
    optional: bool = False


class FeedModule(Protocol):
    """What a module in this package provides."""

    Config: type[FeedConfig]

    def load(self, config: Any, session: Session) -> None:
        """Lands what is new."""


@functools.cache
def feed_kinds() -> dict[str, FeedModule]:
    """Returns the module of every kind of feed, by kind, in alphabetical order."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return {name: importlib.import_module(f"{__name__}.{name}") for name in names}
