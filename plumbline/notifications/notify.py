"""`plumbline notify`: tells what is new, once."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from plumbline.config import Config
from plumbline.declared import declared_tables, project_folder
from plumbline.errors import ConfigError
from plumbline.exit_codes import ExitCode
from plumbline.findings import severity_rank
from plumbline.log import Log
from plumbline.notifications.notices import read_notices
from plumbline.notifications.outbox import PENDING, SENDING, SETTLED, Entry, Outbox
from plumbline.notifications.plan import Plan, plan
from plumbline.notifications.routes import Notifications
from plumbline.notifications.service import FAILED, SENT, UNKNOWN, Service
from plumbline.stop import Stop
from plumbline.warehouse import open_warehouse

NOTIFY = "notify"
_MOST_NAMED = 10


@dataclass
class Notified:
    """How many messages were sent, failed, came into doubt or wait; how many findings wait or go to nobody."""

    sent: int = 0
    failed: int = 0
    unknown: int = 0
    pending: int = 0
    waiting: int = 0
    untold: int = 0

    @property
    def counts(self) -> dict[str, int]:
        """The numbers by their names, those that are always said and those that are not 0."""
        return {
            "messages_sent": self.sent,
            "messages_failed": self.failed,
            **{
                name: count
                for name, count in {
                    "messages_in_doubt": self.unknown,
                    "messages_pending": self.pending,
                    "findings_for_a_digest": self.waiting,
                    "findings_for_nobody": self.untold,
                }.items()
                if count
            },
        }

    @property
    def exit_code(self) -> ExitCode:
        """The code of a command that did nothing else."""
        return ExitCode.AFTER_BUILD_FAILED if self.failed or self.unknown else ExitCode.OK


@dataclass(frozen=True)
class Request:
    """What `plumbline notify` was told: which messages to send again, which to take for dealt with, or all new ones."""

    resend: tuple[str, ...] = ()
    settle: tuple[str, ...] = ()
    is_catching_up: bool = False
    is_dry_run: bool = False


def utc_now() -> datetime.datetime:
    """Returns the time (UTC)."""
    return datetime.datetime.now(datetime.UTC).replace(tzinfo=None)


def services_of(config: Config) -> dict[str, Service]:
    """Returns the service of each route. Raises ConfigError, which names line and route, where an address is wrong."""
    routes = config.notifications.routes if config.notifications else ()
    return {route.name: Service(route, config.places[route.name]) for route in routes}


def notify(
    config: Config,
    target: str,
    schema_prefix: str,
    log: Log,
    stop: Stop,
    request: Request | None = None,
    now: Callable[[], datetime.datetime] = utc_now,
) -> Notified:
    """Sends what nobody was told yet, and what failed before, each message at most once in a run.

    Who calls it holds the warehouse's lock. Raises ConfigError where plumbline.yml names no routes, or wrong ones, and
    PlumblineError where the outbox cannot be written.
    """
    if config.notifications is None:
        raise ConfigError("plumbline.yml names nobody to notify: docs/notifications.md says how ('notifications').")
    request = request or Request()
    services = services_of(config)
    notices = read_notices(target, schema_prefix)
    tables = declared_tables(project_folder())
    with open_warehouse(target, schema_prefix, read_only=request.is_dry_run, is_loading=True) as warehouse:
        if not request.is_dry_run:
            warehouse.create_tables(tables)
        outbox = Outbox(warehouse, now)
        this = _Notifier(config.notifications, services, outbox, log, stop, request)
        if not request.is_dry_run:
            this.clear_up()
        made = plan(
            notices,
            config.notifications,
            outbox.told(services),
            now(),
            lambda name: services[name].longest_text,
            is_waiting=not request.is_catching_up,
        )
        return this.rehearse(made) if request.is_dry_run else this(made)


class _Notifier:
    def __init__(
        self,
        notifications: Notifications,
        services: dict[str, Service],
        outbox: Outbox,
        log: Log,
        stop: Stop,
        request: Request,
    ) -> None:
        self._notifications = notifications
        self._services = services
        self._outbox = outbox
        self._log = log
        self._stop = stop
        self._request = request
        self._done = Notified()

    def clear_up(self) -> None:
        """Deals with what earlier starts left: what is in doubt now, and what somebody has looked after."""
        for broken in self._outbox.doubt():
            self._done.unknown += 1
            self._say(broken, UNKNOWN, "it was being sent when plumbline ended, and may have arrived")
        for identifier in self._request.settle:
            self._outbox.settle(self._outbox.entry(identifier))
        for identifier in self._request.resend:
            self._outbox.resend(self._outbox.entry(identifier))

    def __call__(self, made: Plan) -> Notified:
        """Writes what is new into the outbox, and sends what is in it."""
        status = SETTLED if self._request.is_catching_up else PENDING
        self._outbox.add(made.messages, lambda name: self._services[name].name, status)
        if self._request.is_catching_up:
            self._log.event(
                NOTIFY, "caught_up", f"{len(made.messages):,} messages are taken for told; they were not sent."
            )
        self._send_all()
        self._say_what_is_left(made)
        return self._done

    def rehearse(self, made: Plan) -> Notified:
        """Says what would be sent, and changes nothing."""
        for entry in self._outbox.entries(PENDING):
            self._log.event(NOTIFY, "message", f"Would try again by {entry.route}: {entry.title}")
        for entry in self._outbox.entries(SENDING):
            self._say(entry, UNKNOWN, "it was being sent when plumbline ended, and may have arrived")
        for message in made.messages:
            service = self._services[message.route].name
            text = "\n".join(f"    {line}".rstrip() for line in message.body.split("\n"))
            self._log.event(
                NOTIFY,
                "message",
                f"Would send by {message.route} ({service}): {message.title}\n{text}\n",
                route=message.route,
                findings=message.findings,
            )
        self._say_untold(made)
        self._log.event(NOTIFY, "dry_run", f"{len(made.messages):,} messages would be sent; nothing was.")
        return self._done

    def _send_all(self) -> None:
        silent: set[str] = set()
        for entry in self._outbox.entries(PENDING):
            self._stop.check()
            service = self._services.get(entry.route)
            if service is None or entry.route in silent:
                self._done.pending += 1
                continue
            self._outbox.begin(entry)
            outcome = service.send(entry.title, entry.body, entry.severity)
            status = self._outbox.end(entry, outcome, self._notifications.attempts)
            if outcome.status == SENT:
                self._done.sent += 1
                self._log.event(
                    NOTIFY,
                    "message_sent",
                    f"Sent by {entry.route} ({service.name}): {entry.title}",
                    route=entry.route,
                    notification_id=entry.notification_id,
                )
                continue
            # What does not answer would not answer the next message either.
            silent.add(entry.route)
            self._done.unknown += status == UNKNOWN
            self._done.failed += outcome.status == FAILED
            tries = f" (try {entry.attempts + 1} of {self._notifications.attempts})" if status != UNKNOWN else ""
            self._say(entry, status, f"{outcome.error}{tries}")

    def _say(self, entry: Entry, status: str, why: str) -> None:
        words = {UNKNOWN: "In doubt", FAILED: "Given up", PENDING: "Failed"}[status]
        self._log.event(
            NOTIFY,
            "message_failed",
            f"{words}: {entry.id} by {entry.route}: {entry.title}: {why}",
            level="warning",
            route=entry.route,
            notification_id=entry.notification_id,
            result=status,
        )

    def _say_what_is_left(self, made: Plan) -> None:
        left = self._outbox.entries(UNKNOWN, FAILED)
        if left:
            named = ", ".join(f"{entry.id} ({entry.route}, {entry.status})" for entry in left[:_MOST_NAMED])
            more = f" and {len(left) - _MOST_NAMED:,} more in raw.notifications" if len(left) > _MOST_NAMED else ""
            self._log.event(
                NOTIFY,
                "messages_left",
                f"Not sent again by itself: {named}{more}. See whether they arrived; then 'plumbline notify "
                "--resend ID' sends one again, and '--settle ID' takes it for dealt with.",
                level="warning",
            )
        gone = sorted({entry.route for entry in self._outbox.entries(PENDING) if entry.route not in self._services})
        if gone:
            text = f"Messages wait for routes that plumbline.yml no longer has: {', '.join(gone)}."
            self._log.event(NOTIFY, "route_gone", text, level="warning")
        self._say_untold(made)

    def _say_untold(self, made: Plan) -> None:
        self._done.waiting = made.waiting
        self._done.untold = made.untold.total()
        if made.waiting:
            self._log.event(NOTIFY, "waiting", f"{made.waiting:,} findings wait for the next digest.")
        if made.untold:
            named = ", ".join(
                f"{count:,} {severity} of {team or 'nobody'}"
                for (team, severity), count in sorted(
                    made.untold.items(), key=lambda item: (severity_rank(item[0][1]), item[0][0])
                )[:_MOST_NAMED]
            )
            text = (
                f"No route takes {made.untold.total():,} open findings: {named}. A route with team '*' takes the rest."
            )
            self._log.event(NOTIFY, "untold", text, level="warning")
