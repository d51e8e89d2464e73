"""Sends one message by Apprise, and tells a refusal, which allows of another try, from a silence, which does not."""

from __future__ import annotations

import difflib
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from plumbline import __version__
from plumbline.errors import ConfigError, mask
from plumbline.notifications.routes import Route

SENT, FAILED, UNKNOWN = "sent", "failed", "unknown"
_CONNECT_SECONDS, _ANSWER_SECONDS = 10.0, 30.0
_LONGEST_TEXT = 30_000
_LONGEST_ERROR = 500
_SHORTEST_SECRET = 4
# Without an answer a message may have come. What is said of a connection that was never made is not among it.
_UNANSWERED = re.compile(
    r"time(?:d )?out|aborted|disconnected|unexpectedly closed|reset by peer|broken pipe|incomplete|without response|"
    r"EOF occurred",
    re.IGNORECASE,
)
_NEVER_CONNECTED = re.compile(
    r"ConnectTimeout|connect timeout|NewConnectionError|NameResolution|Failed to establish|Connection refused|"
    r"certificate verify failed|Name or service not known",
    re.IGNORECASE,
)
_ERROR = re.compile(r"[\w ]*Exception")
# How alarming a severity is, in the words of Apprise.
_TYPES = {"critical": "failure", "high": "failure", "medium": "warning", "low": "info"}


@dataclass(frozen=True)
class Outcome:
    """What became of a message: sent, failed (it can be tried again) or unknown, and why, without secrets."""

    status: str
    error: str | None = None


class Service:
    """What a route's address stands for."""

    def __init__(self, route: Route, place: str) -> None:
        """Raises ConfigError, which names `place`, where Apprise can send nothing to the address."""
        # It takes half a second, which no other command should wait for.
        import apprise

        self._url = route.url.get_secret_value()
        asset = apprise.AppriseAsset(
            app_id="plumbline", app_desc=f"plumbline {__version__}", app_url="", storage_mode="memory"
        )
        with _heard():
            plugin = apprise.Apprise.instantiate(self._url, asset=asset)
        if plugin is None:
            raise ConfigError(f"{place}: {_problem(self._url, apprise.Apprise().details()['schemas'])}")
        plugin.retry = 0
        if len(plugin) > 1:
            raise ConfigError(
                f"{place}: the address names {len(plugin)} receivers; give each a route of its own, for where one "
                "fails, a second try would come to the others twice"
            )
        if "cto=" not in self._url:
            plugin.socket_connect_timeout = _CONNECT_SECONDS
        if "rto=" not in self._url:
            plugin.socket_read_timeout = _ANSWER_SECONDS
        self._plugin = plugin
        self.name = str(plugin.service_name)

    @property
    def longest_text(self) -> int:
        """How many letters a text may have, with room for a title where the service knows none."""
        longest = min(self._plugin.body_maxlen, _LONGEST_TEXT)
        return int(max(longest - (0 if self._plugin.title_maxlen > 0 else 250), 100))

    def send(self, title: str, body: str, severity: str | None) -> Outcome:
        """Sends a message once; its severity is the gravest of what is open, None where all of it closed."""
        kind = "success" if severity is None else _TYPES.get(severity.lower(), "failure")
        with _heard() as heard:
            try:
                is_sent = self._plugin.notify(title=title, body=body, notify_type=kind, body_format="text")
            except Exception as error:
                return Outcome(UNKNOWN, self._shown(f"The sending broke off: {type(error).__name__}"))
        if is_sent:
            return Outcome(SENT)
        warnings = [record.getMessage() for record in heard if record.levelno >= logging.WARNING]
        # What else Apprise says may quote the message, whose words say nothing of its sending.
        errors = [text for record in heard if _ERROR.match(text := record.getMessage())]
        shown = self._shown(" ".join(" ".join(warnings).split()) or "The service did not take it, and did not say why.")
        if any(_UNANSWERED.search(text) and not _NEVER_CONNECTED.search(text) for text in [*warnings, *errors]):
            return Outcome(UNKNOWN, f"No answer came, so it may have arrived. {shown}")
        return Outcome(FAILED, shown)

    def _shown(self, text: str) -> str:
        """Returns what a service said without any part of its address but the host."""
        for part in sorted(_secrets_in(self._url), key=len, reverse=True):
            text = text.replace(part, "***")
        return mask(text)[:_LONGEST_ERROR]


def _secrets_in(url: str) -> set[str]:
    """Returns every part of an address that may be secret; of many services what stands for the host is a token."""
    before, _, after = url.partition("://")[2].rpartition("@")
    parts = re.split(r"[:/@?&=]", after)
    if "." in parts[0] or parts[0] == "localhost":
        parts = parts[1:]
    parts += re.split(r"[:/@?&=]", before)
    return {word for part in parts for word in (part, unquote(part)) if len(word) >= _SHORTEST_SECRET} | {url}


def _problem(url: str, schemas: list[dict[str, Any]]) -> str:
    """Returns what is wrong with an address, without showing more of it than its scheme."""
    found = re.match(r"([A-Za-z][A-Za-z0-9]{0,29})://", url)
    if found is None:
        return "is no address of the form scheme://..., such as slack://..., mailto://... or json://..."
    scheme = found[1].lower()
    known = {name for schema in schemas for name in [*(schema["protocols"] or []), *(schema["secure_protocols"] or [])]}
    if scheme in known:
        return f"Apprise cannot send to this {scheme}:// address: a part of it is missing or wrong"
    near = difflib.get_close_matches(scheme, sorted(known), n=1)
    return f"Apprise knows no {scheme}:// addresses" + (f"; did you mean '{near[0]}://'?" if near else "")


@contextmanager
def _heard() -> Iterator[list[logging.LogRecord]]:
    """Keeps what Apprise says from being printed, as it may hold an address, and returns it."""
    logger = logging.getLogger("apprise")
    records: list[logging.LogRecord] = []

    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            records.append(record)

    handler = Handler()
    before = logger.level, logger.propagate
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    try:
        yield records
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before[0])
        logger.propagate = before[1]
