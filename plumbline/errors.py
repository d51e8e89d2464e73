"""Errors that are the user's to mend: they are printed as they are, without a traceback or a secret."""

from __future__ import annotations

import re
from urllib.parse import quote

from plumbline.exit_codes import ExitCode

_MASK = "***"
_SHORTEST_SECRET = 4
_IN_URL = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]*://[^\s:/@'\"]*):(?P<secret>[^\s'\"]*)@", re.IGNORECASE)
_IN_PARAMETER = re.compile(
    r"(?P<name>\b(?:password|passwd|pwd|sslpassword)\s*=\s*)(?P<secret>'(?:[^'\\]|\\.)*'|[^\s&'\"]+)",
    re.IGNORECASE,
)
_STATEMENT = re.compile(
    r'^.*Failed to (?:execute|prepare|fetch|copy)[^"]*".*": (?=ERROR|FATAL|server closed)', re.DOTALL
)
_TRACE = re.compile(r"\s*Stack Trace:.*", re.DOTALL)
_secrets: set[str] = set()


class PlumblineError(Exception):
    """Something the user can mend. The message says what is wrong and what to do."""

    exit_code = ExitCode.FEED_FAILED

    def __init__(self, message: str) -> None:
        super().__init__(mask(message))


class ConfigError(PlumblineError):
    """The configuration, an option or an environment variable is wrong."""

    exit_code = ExitCode.WRONG_SETTINGS


class FeedError(PlumblineError):
    """A feed cannot be loaded; the others can."""


class LockedError(PlumblineError):
    """Another process writes to the warehouse."""

    exit_code = ExitCode.LOCKED


class UnreachableError(PlumblineError):
    """The warehouse has gone away."""

    exit_code = ExitCode.WRONG_SETTINGS


def remember_secret(secret: str | None) -> None:
    """Makes `mask` hide this text wherever it turns up, as it is and as it stands in a URL."""
    if secret and len(secret) >= _SHORTEST_SECRET:
        _secrets.update({secret, quote(secret, safe="")})


def mask(text: str) -> str:
    """Returns the text with every password in it hidden: remembered ones, and those in URLs and parameters."""
    for secret in sorted(_secrets, key=len, reverse=True):
        text = text.replace(secret, _MASK)
    text = _IN_URL.sub(lambda found: f"{found['scheme']}:{_MASK}@", text)
    return _IN_PARAMETER.sub(lambda found: f"{found['name']}{_MASK}", text)


def first_line(error: BaseException | str) -> str:
    """Returns what an error says, in one line, without secrets, the statement that failed, and an engine's stack."""
    text = " ".join((_TRACE.sub("", str(error)).strip() or type(error).__name__).split())
    return mask(_STATEMENT.sub("", text))
