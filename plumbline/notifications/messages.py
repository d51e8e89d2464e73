"""Words for people: a title and a text of the findings of one message."""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Sequence

from plumbline.notifications.notices import CLOSED, OPENED, WORSENED, Notice
from plumbline.terminal import printable

DIGEST = "digest"
_SHORT_ID = 8
_LONGEST_TITLE = 200
_LONGEST_NAME = 150
_LONGEST_REASON = 600
_MOST_LISTED = 30
# What calls people together in chats, where a name that others chose begins so.
_CALL = re.compile(r"(?<!\w)@(?=\w)|<(?=[!@#])")
_UNSEEN = "\u200c"
_SECTIONS = {OPENED: "New", WORSENED: "Worse", CLOSED: "Closed"}


def title_of(kind: str, notices: Sequence[Notice], lead: Notice) -> str:
    """Returns the title of a message, in one line. `lead` is the finding that stands for the others."""
    if kind == DIGEST:
        team = _name(lead.team) if lead.team else "nobody"
        return _cut(f"plumbline: {_counted(len(notices), 'finding')} of {team}: {_severities(notices)}", _LONGEST_TITLE)
    word = (
        f"closed ({lead.severity})"
        if kind == CLOSED
        else f"{lead.severity}, worse"
        if kind == WORSENED
        else lead.severity
    )
    rest = f" and {len(notices) - 1} more" if len(notices) > 1 else ""
    return _cut(f"plumbline: {word}: {lead.rule_name}: {_name(lead.subject_name)}", _LONGEST_TITLE - len(rest)) + rest


def text_of(kind: str, notices: Sequence[Notice], longest: int) -> str:
    """Returns the text of a message, of at most so many characters: each finding, and how many were left out."""
    listed = list(notices[:_MOST_LISTED])
    while True:
        text = _text(kind, listed, len(notices) - len(listed))
        if len(text) <= longest or not listed:
            return text[:longest]
        listed.pop()


def _text(kind: str, listed: Sequence[Notice], left_out: int) -> str:
    parts: list[str] = []
    for change, section in _SECTIONS.items():
        found = [notice for notice in listed if notice.notice_kind == change]
        if found and kind == DIGEST:
            parts.append(f"{section}:")
        parts += [_story(notice) for notice in found]
    if left_out:
        parts.append(f"And {left_out:,} more: plumbline findings lists what is open.")
    return "\n\n".join(parts)


def _story(notice: Notice) -> str:
    team = f"of {_name(notice.team)}" if notice.team else "owned by nobody"
    began = f"since {_time(notice.opened_at)}"
    if notice.notice_kind == CLOSED:
        return (
            f"{notice.rule_id} {notice.rule_name} ({notice.severity})\n"
            f"{notice.subject_type} {_name(notice.subject_name)}, {team}\n"
            f"Found clear {_time(notice.closed_at)}; {began}."
        )
    rose = f", was {notice.first_severity}" if notice.notice_kind == WORSENED else ""
    runbook = f"Runbook: {notice.runbook}\n" if notice.runbook else ""
    return (
        f"{notice.rule_id} {notice.rule_name} ({notice.severity}{rose})\n"
        f"{notice.subject_type} {_name(notice.subject_name)}, {team}, {began}\n"
        f"{_cut(_harmless(notice.reason), _LONGEST_REASON)}\n"
        f"{runbook}More: plumbline findings --explain {notice.finding_key[:_SHORT_ID]}"
    )


def _severities(notices: Sequence[Notice]) -> str:
    counts = Counter("closed" if notice.notice_kind == CLOSED else notice.severity for notice in notices)
    ranks = {notice.severity: notice.severity_rank for notice in notices}
    order = sorted(counts, key=lambda word: (word == "closed", ranks.get(word, 0), word))
    return ", ".join(f"{counts[word]:,} {word}" for word in order)


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def _time(moment: datetime.datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else "at a time that is not known"


def _name(text: str) -> str:
    return _cut(_harmless(text), _LONGEST_NAME)


def _harmless(text: str) -> str:
    """Returns a text that others chose in one line, in which nothing steers a terminal or calls a channel together."""
    line = printable(" ".join(text.split()))
    return _CALL.sub(lambda found: found.group() + _UNSEEN, line)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"
