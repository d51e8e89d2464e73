"""The outbox, raw.notifications: what became of every message, each change committed before the next step is taken."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from plumbline import __version__
from plumbline.errors import ConfigError, PlumblineError, first_line
from plumbline.findings import severity_rank
from plumbline.notifications.messages import DIGEST
from plumbline.notifications.plan import Message, Told
from plumbline.notifications.service import FAILED, SENT, UNKNOWN, Outcome
from plumbline.warehouse import Warehouse

PENDING, SENDING, SETTLED = "pending", "sending", "settled"
SHORT_ID = 8
# Messages that may never have come tell nobody that a finding is open.
_CAME = (SENT, UNKNOWN, SETTLED)
_BROKEN_OFF = "plumbline ended between the sending and the note of it, so it may have arrived."


@dataclass(frozen=True)
class Entry:
    """A message of the outbox, as far as it is still to be dealt with."""

    notification_id: str
    route: str
    kind: str
    severity: str | None
    title: str
    body: str
    status: str
    attempts: int
    last_error: str | None
    created_at: datetime.datetime

    @property
    def id(self) -> str:
        """The beginning of its id, by which people name it."""
        return self.notification_id[:SHORT_ID]


_TOLD = ("notice_key", "opening_id", "finding_key")
_ENTRY = "notification_id, route_name, message_kind, severity, title, body, status, attempts, last_error, created_at"


class Outbox:
    """The outbox of an open warehouse. `now` gives the time (UTC). Only who holds the warehouse's lock changes it."""

    def __init__(self, warehouse: Warehouse, now: Callable[[], datetime.datetime]) -> None:
        self._warehouse = warehouse
        self._now = now
        self._messages = warehouse.relation("notifications")
        self._notices = warehouse.relation("notification_notices")

    def told(self, routes: Iterable[str]) -> dict[str, Told]:
        """Returns what each route's messages hold already."""
        notices: dict[str, set[str]] = {route: set() for route in routes}
        openings: dict[str, set[str]] = {route: set() for route in notices}
        for route, notice, opening, status in self._query(
            f"select held.route_name, held.notice_key, held.opening_id, messages.status from {self._notices} as held "
            f"inner join {self._messages} as messages on held.notification_id = messages.notification_id"
        ):
            if route in notices:
                notices[route].add(notice)
                if status in _CAME:
                    openings[route].add(opening)
        digests = dict(
            self._query(
                f"select route_name, max(created_at) from {self._messages} where message_kind = ? group by 1", [DIGEST]
            )
        )
        return {
            route: Told(frozenset(notices[route]), frozenset(openings[route]), digests.get(route)) for route in notices
        }

    def entries(self, *statuses: str) -> list[Entry]:
        """Returns the messages of these statuses, those first that were tried least, then the oldest, the gravest."""
        marks = ", ".join("?" for _ in statuses)
        rows = self._query(
            f"select {_ENTRY} from {self._messages} where status in ({marks}) "
            "order by route_name, title, notification_id",
            statuses,
        )
        entries = [Entry(*row) for row in rows]
        return sorted(
            entries, key=lambda entry: (entry.attempts, entry.created_at, severity_rank(entry.severity or ""))
        )

    def entry(self, identifier: str) -> Entry:
        """Returns the message whose id begins so. Raises ConfigError where none does, or several do."""
        wanted = identifier.strip().lower()
        rows = self._query(
            f"select {_ENTRY} from {self._messages} where starts_with(notification_id, ?) order by 1 limit 2", [wanted]
        )
        if len(rows) != 1 or not wanted:
            problem = "several messages have" if rows else "no message has"
            raise ConfigError(
                f"{problem} an id that begins with {wanted!r}; raw.notifications holds them.".capitalize()
            )
        return Entry(*rows[0])

    def doubt(self) -> list[Entry]:
        """Takes what was being sent when a process ended for unknown, and returns it."""
        broken = self.entries(SENDING)
        for entry in broken:
            self._change(entry, SENDING, {"status": UNKNOWN, "last_error": _BROKEN_OFF})
        return broken

    def add(self, messages: Sequence[Message], services: Callable[[str], str], status: str) -> None:
        """Writes new messages, all or none, to be sent or as settled. `services` names the service of a route."""
        now = self._now()
        try:
            with self._warehouse.transaction():
                for message in messages:
                    names = {"notification_id": message.notification_id, "route_name": message.route}
                    row = {
                        **names,
                        "service": services(message.route),
                        "message_kind": message.kind,
                        "team": message.team,
                        "severity": message.severity,
                        "title": message.title,
                        "body": message.body,
                        "findings": message.findings,
                        "status": status,
                        "attempts": 0,
                        "created_at": now,
                        "plumbline_version": __version__,
                    }
                    self._insert(self._messages, row)
                    told = [[getattr(notice, name) for notice in message.notices] for name in _TOLD]
                    self._warehouse.con.execute(
                        f"insert into {self._notices} (notification_id, route_name, {', '.join(_TOLD)}) "
                        "select ?, ?, unnest(?), unnest(?), unnest(?)",
                        [*names.values(), *told],
                    )
        except duckdb.Error as error:
            raise PlumblineError(f"The outbox cannot be written, and nothing was sent: {first_line(error)}") from None

    def begin(self, entry: Entry) -> None:
        """Notes that a message is about to be sent: from here on, only `end` lets it be sent again."""
        now = self._now()
        self._change(entry, PENDING, {"status": SENDING, "attempts": entry.attempts + 1, "attempted_at": now})

    def end(self, entry: Entry, outcome: Outcome, attempts: int) -> str:
        """Notes what became of a message, and returns its status: one that failed may be tried so many times."""
        has_failed = outcome.status == FAILED
        status = PENDING if has_failed and entry.attempts + 1 < attempts else outcome.status
        values = {"status": status, "last_error": outcome.error}
        self._change(entry, SENDING, {**values, "sent_at": self._now()} if status == SENT else values)
        return status

    def resend(self, entry: Entry) -> None:
        """Lets a message be sent again that was sent, or given up, or may have been sent."""
        if entry.status in (PENDING, SENDING):
            raise ConfigError(f"The message {entry.id} is {entry.status}: it will be sent without being told to.")
        self._change(entry, entry.status, {"status": PENDING, "attempts": 0})

    def settle(self, entry: Entry) -> None:
        """Takes a message for dealt with: it is not sent, and not spoken of any more."""
        self._change(entry, entry.status, {"status": SETTLED})

    def _change(self, entry: Entry, before: str, values: dict[str, Any]) -> None:
        """Changes a message that still has the status `before`, and commits it."""
        assignments = ", ".join(f"{name} = ?" for name in values)
        try:
            with self._warehouse.transaction():
                if self._warehouse.is_postgres:
                    # A server may be set to lose its last commits in a crash; then a message could go out twice.
                    self._warehouse.execute_native("set local synchronous_commit = on")
                changed = self._warehouse.value(
                    f"update {self._messages} set {assignments} where notification_id = ? and status = ?",
                    [*values.values(), entry.notification_id, before],
                )
        except duckdb.Error as error:
            raise PlumblineError(
                f"What became of the message {entry.id} ({entry.route}) cannot be noted: {first_line(error)}. "
                "The next 'plumbline notify' says what is in doubt."
            ) from None
        if changed != 1:
            raise PlumblineError(
                f"The message {entry.id} ({entry.route}) was changed by somebody else; it was left alone."
            )

    def _insert(self, relation: str, row: dict[str, Any]) -> None:
        marks = ", ".join("?" for _ in row)
        self._warehouse.con.execute(f"insert into {relation} ({', '.join(row)}) values ({marks})", list(row.values()))

    def _query(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        try:
            return self._warehouse.query(sql, parameters)
        except duckdb.CatalogException:
            # A dry run makes no tables, and finds none in a warehouse that was never told of.
            return []
        except duckdb.Error as error:
            raise PlumblineError(f"The outbox cannot be read: {first_line(error)}") from None
