"""Notifications of Prometheus Alertmanager, as it sends them to a webhook (version 4 of the payload)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from plumbline.documents import Row, UnreadableError, is_time, land_documents
from plumbline.feeds import FilesConfig
from plumbline.session import Session

_VERSION = "4"


class Config(FilesConfig):
    """The keys of a feed of files."""

    kind: Literal["alertmanager"]


def load(config: Config, session: Session) -> None:
    """Lands the notifications that are new."""
    land_documents(session, config.path, config.optional, _rows)


def _rows(document: Any) -> Iterator[Row]:
    if not isinstance(document, dict):
        raise UnreadableError("is not a JSON object")
    version = document.get("version")
    if version is None or not isinstance(document.get("alerts"), list):
        raise UnreadableError("is no notification of Alertmanager: it has no version, or no list of alerts")
    if version != _VERSION:
        raise UnreadableError(f"is version {version} of Alertmanager's webhook; plumbline reads version {_VERSION}")
    for alert in document["alerts"]:
        for name, kind in (("fingerprint", str), ("startsAt", str), ("labels", dict)):
            if not isinstance(alert, dict) or not isinstance(alert.get(name), kind) or not alert[name]:
                raise UnreadableError(f"has an alert without {name}")
        if not is_time(alert["startsAt"]):
            raise UnreadableError("has an alert whose startsAt is no time that can be read")
    yield (
        "notifications",
        {
            "receiver": document.get("receiver"),
            "status": document.get("status"),
            "group_key": document.get("groupKey"),
            "notification": document,
        },
    )
