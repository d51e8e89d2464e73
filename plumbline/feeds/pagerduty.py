"""PagerDuty: incidents and log entries of its REST API, and events that it sends to a webhook (version 3)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from plumbline.documents import Row, UnreadableError, is_time, land_documents
from plumbline.feeds import FilesConfig
from plumbline.session import Session

_LISTS = {"incidents": "incident", "log_entries": "log_entry"}


class Config(FilesConfig):
    """The keys of a feed of files."""

    kind: Literal["pagerduty"]


def load(config: Config, session: Session) -> None:
    """Lands the answers and events that are new."""
    land_documents(session, config.path, config.optional, _rows)


def _rows(document: Any) -> Iterator[Row]:
    if not isinstance(document, dict):
        raise UnreadableError("is not a JSON object")
    if isinstance(document.get("messages"), list):
        raise UnreadableError("is version 1 or 2 of PagerDuty's webhook; plumbline reads version 3")
    if "event" in document:
        yield _event(document["event"])
        return
    items = None
    for name, kind in _LISTS.items():
        if isinstance(document.get(name), list):
            items = [(kind, item) for item in document[name]]
        elif isinstance(document.get(kind), dict) and "type" not in document:
            items = [(kind, document[kind])]
    if items is None:
        kind = str(document.get("type", ""))
        items = [("log_entry" if kind.endswith("log_entry") else kind, document)]
    yield from [_resource(kind, item, index) for index, (kind, item) in enumerate(items, start=1)]


def _event(event: Any) -> Row:
    for name in ("id", "event_type", "occurred_at", "data"):
        if not isinstance(event, dict) or not event.get(name):
            raise UnreadableError(f"is no event of PagerDuty's webhook version 3: it has no event.{name}")
    if not is_time(event["occurred_at"]):
        raise UnreadableError("has an event whose occurred_at is no time that can be read")
    return "events", {"event_id": event["id"], "event_type": event["event_type"], "event": event}


def _resource(kind: str, item: Any, index: int) -> Row:
    if kind not in _LISTS.values():
        raise UnreadableError("is no event, incident or log entry of PagerDuty")
    for name in ("id", "created_at"):
        if not isinstance(item, dict) or not item.get(name):
            raise UnreadableError(f"has a {kind} without {name}")
    if not is_time(item["created_at"]):
        raise UnreadableError(f"has a {kind} whose created_at is no time that can be read")
    if kind == "incident":
        return "incidents", {"incident_id": item["id"], "item_number": index, "incident": item}
    incident = item.get("incident")
    if not isinstance(incident, dict) or not incident.get("id"):
        raise UnreadableError("has a log_entry without incident.id")
    row = {"log_entry_id": item["id"], "incident_id": incident["id"], "item_number": index, "log_entry": item}
    return "log_entries", row
