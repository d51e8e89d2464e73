"""Alerts, incidents and human reports of any tool, as CSV with a header or as JSON objects."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Literal

from plumbline.documents import Row, UnreadableError, is_time, land_documents
from plumbline.feeds import FilesConfig
from plumbline.json_stream import mended, null_constant
from plumbline.redact import destination
from plumbline.session import Session

_TYPES = ("alert", "incident", "report")
_REQUIRED = ("record_type", "tool", "record_id", "occurred_at")
_TIMES = ("occurred_at", "onset_at", "acknowledged_at", "resolved_at", "updated_at")


class Config(FilesConfig):
    """The keys of a feed of files."""

    kind: Literal["alerts"]


def load(config: Config, session: Session) -> None:
    """Lands the records that are new."""
    land_documents(session, config.path, config.optional, _rows)


def _rows(document: Any) -> Iterator[Row]:
    if not isinstance(document, dict):
        raise UnreadableError("is not a JSON object")
    for name in _REQUIRED:
        if document.get(name) in (None, ""):
            raise UnreadableError(f"has no {name}")
    if document["record_type"] not in _TYPES:
        raise UnreadableError(f"has a record_type that is not one of {', '.join(_TYPES)}")
    for name in _TIMES:
        if document.get(name) not in (None, "") and not is_time(document[name]):
            raise UnreadableError(f"{name} is no time that can be read (2026-01-31T08:30:00Z)")
    labels = document.get("labels")
    if isinstance(labels, str):  # CSV has no objects
        try:
            labels = json.loads(labels, parse_constant=null_constant)
        except (ValueError, RecursionError):
            raise UnreadableError("has labels that are no JSON object") from None
    if labels is not None and not isinstance(labels, dict):
        raise UnreadableError("has labels that are no JSON object")
    changed: dict[str, Any] = {"labels": labels} if labels is not None else {}
    if document.get("channel") is not None:
        changed["channel"] = destination(document["channel"])
    yield (
        "records",
        {
            "record_type": document["record_type"],
            "tool": str(document["tool"]),
            "record_id": str(document["record_id"]),
            "record": mended({**document, **changed}),
        },
    )
