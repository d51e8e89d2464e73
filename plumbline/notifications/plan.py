"""Puts notices that nobody was told yet together into messages: by route, and on a route by cause, or by team."""

from __future__ import annotations

import datetime
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from plumbline.notifications.messages import DIGEST, text_of, title_of
from plumbline.notifications.notices import CLOSED, OPENED, Notice
from plumbline.notifications.routes import Notifications, Route

_NAMESPACE = uuid.UUID("5f0f3c0a-4f5e-5b0e-9d53-3f5c1d7a2b68")


@dataclass(frozen=True)
class Told:
    """What a route's messages hold already: notices, and the openings of those that came to people, or may have."""

    notices: frozenset[str] = frozenset()
    openings: frozenset[str] = frozenset()
    last_digest_at: datetime.datetime | None = None


@dataclass(frozen=True)
class Message:
    """One message for one route.

    `severity` is the gravest of what is open, None where all of it closed.
    """

    notification_id: str
    route: str
    kind: str
    team: str | None
    severity: str | None
    title: str
    body: str
    findings: int
    notices: tuple[Notice, ...]


@dataclass
class Plan:
    """The messages to write; how many findings wait for a digest; how many no route takes, by team and severity."""

    messages: list[Message] = field(default_factory=list)
    waiting: int = 0
    untold: Counter[tuple[str, str]] = field(default_factory=Counter)


def plan(
    notices: Sequence[Notice],
    notifications: Notifications,
    told: Mapping[str, Told],
    now: datetime.datetime,
    longest: Callable[[str], int],
    is_waiting: bool = True,
) -> Plan:
    """Returns what is to be told now (UTC).

    `notices` are the gravest first, `longest` says how many letters a route's texts may have, and `is_waiting` whether
    digests wait for their time.
    A closed finding is told where its opening was, whatever the route takes otherwise; nowhere else.
    """
    made = Plan()
    taken: dict[str, list[Notice]] = {route.name: [] for route in notifications.routes}
    untold: dict[str, Notice] = {}
    for notice in notices:
        if notice.notice_kind == CLOSED:
            routes = [route for route in notifications.routes if notice.opening_id in told[route.name].openings]
        else:
            routes = list(notifications.taking(notice.team, notice.severity))
            if not routes:
                untold[notice.finding_key] = notice
        for route in routes:
            if notice.notice_kind in route.changes and notice.notice_key not in told[route.name].notices:
                taken[route.name].append(notice)
    made.untold.update((notice.team or "", notice.severity) for notice in untold.values())
    for route in notifications.routes:
        items = _items(taken[route.name])
        if route.digest and is_waiting and not _is_due(route, told[route.name].last_digest_at, now):
            made.waiting += len(items)
            continue
        made.messages += _messages(route, items, notifications.most_messages, longest(route.name))
    return made


@dataclass(frozen=True)
class _Item:
    """A finding as a message tells of it, and all that this tells."""

    shown: Notice
    notices: tuple[Notice, ...]


def _items(notices: Iterable[Notice]) -> list[_Item]:
    """Returns one item a finding: where nobody was told that it opened, that it worsened since is no news."""
    found: dict[str, list[Notice]] = {}
    for notice in notices:
        found.setdefault(notice.finding_key, []).append(notice)
    items = []
    for several in found.values():
        shown = min(several, key=lambda notice: (notice.notice_kind != OPENED, notice.notice_key))
        items.append(_Item(shown, tuple(several)))
    return items


def _is_due(route: Route, last: datetime.datetime | None, now: datetime.datetime) -> bool:
    if last is None:
        return True
    if route.digest == "weekly":
        return last.isocalendar()[:2] < now.isocalendar()[:2]
    return last.date() < now.date()


def _messages(route: Route, items: Sequence[_Item], most: int, longest: int) -> list[Message]:
    causes = _grouped(items, lambda notice: (notice.cause_finding_key, notice.notice_kind))
    if route.digest is None and len(causes) <= most:
        return [_message(route, group[0].shown.notice_kind, group, longest) for group in causes]
    teams = _grouped(items, lambda notice: (notice.team or "",))
    return [_message(route, DIGEST, group, longest) for group in teams]


def _grouped(items: Sequence[_Item], key: Callable[[Notice], tuple[str, ...]]) -> list[list[_Item]]:
    groups: dict[tuple[str, ...], list[_Item]] = {}
    for item in items:
        groups.setdefault(key(item.shown), []).append(item)
    return list(groups.values())


def _message(route: Route, kind: str, items: Sequence[_Item], longest: int) -> Message:
    shown = [item.shown for item in items]
    lead = next((notice for notice in shown if notice.finding_key == notice.cause_finding_key), shown[0])
    ordered = [lead, *(notice for notice in shown if notice is not lead)] if kind != DIGEST else shown
    open_ones = [notice for notice in shown if notice.notice_kind != CLOSED]
    gravest = min(open_ones, key=lambda notice: notice.severity_rank, default=None)
    notices = tuple(sorted((one for item in items for one in item.notices), key=lambda notice: notice.notice_key))
    return Message(
        notification_id=str(
            uuid.uuid5(_NAMESPACE, "\n".join([route.name, *(notice.notice_key for notice in notices)]))
        ),
        route=route.name,
        kind=kind,
        team=lead.team,
        severity=gravest.severity if gravest else None,
        title=title_of(kind, shown, lead),
        body=text_of(kind, ordered, longest),
        findings=len(items),
        notices=notices,
    )
