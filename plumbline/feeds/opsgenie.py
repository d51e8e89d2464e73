"""Opsgenie: what was done to alerts, as it sends it to a webhook."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from plumbline.documents import Row, UnreadableError, land_documents
from plumbline.feeds import FilesConfig
from plumbline.session import Session

_UNITS = {"createdAt": "milliseconds", "updatedAt": "nanoseconds"}
_PER_SECOND = {"milliseconds": 10**3, "nanoseconds": 10**9}
_LATEST = 7_258_118_400  # the year 2200


class Config(FilesConfig):
    """The keys of a feed of files."""

    kind: Literal["opsgenie"]


def load(config: Config, session: Session) -> None:
    """Lands the events that are new."""
    land_documents(session, config.path, config.optional, _rows)


def _rows(document: Any) -> Iterator[Row]:
    if not isinstance(document, dict):
        raise UnreadableError("is not a JSON object")
    action, alert = document.get("action"), document.get("alert")
    if not isinstance(action, str) or not isinstance(alert, dict):
        raise UnreadableError("is no event of Opsgenie's webhook: it has no action, or no alert")
    if not alert.get("alertId"):
        raise UnreadableError("has no alert.alertId")
    for name, unit in _UNITS.items():
        if not isinstance(alert.get(name), int) or not 0 <= alert[name] < _LATEST * _PER_SECOND[unit]:
            raise UnreadableError(f"has no alert.{name} that counts {unit}")
    yield "events", {"action": action, "alert_id": alert["alertId"], "event": document}
