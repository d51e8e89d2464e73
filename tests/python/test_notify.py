"""Who is told of which changes of findings, by receivers on this machine; and that nobody is told twice."""

from __future__ import annotations

import datetime
import json
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from rich.console import Console

from loading import Loader
from plumbline.config import read_config
from plumbline.log import TextLog
from plumbline.notifications.notify import NOTIFY, Notified, Request, notify
from plumbline.run import STEPS
from plumbline.run_state import RunState
from plumbline.stop import Stop, Stopped
from plumbline.warehouse import open_warehouse, warehouse_place
from receivers import HttpReceiver, http_receiver, mail_receiver
from support import BIN, ROOT, Workplace, run

MONDAY = datetime.datetime(2026, 3, 2, 6)
DAY = datetime.timedelta(days=1)
TOKEN = "t0kenThatNobodyMaySee"
RANKS = {"critical": 1, "high": 2, "medium": 3, "low": 4}
COLUMNS = {
    **dict.fromkeys(["notice_key", "finding_key", "cause_finding_key", "opening_id"], "uuid"),
    **dict.fromkeys(["notice_kind", "rule_id", "rule_name", "severity", "first_severity"], "text"),
    "severity_rank": "integer",
    **dict.fromkeys(["subject_type", "subject_name", "team", "reason", "runbook"], "text"),
    **dict.fromkeys(["opened_at", "closed_at"], "timestamp"),
}


def key(*parts: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, "/".join(parts)))


def notice(subject: str, kind: str = "opened", severity: str = "high", **changes: Any) -> dict[str, Any]:
    """A row of fct_finding_notices, of a finding that is known by its subject."""
    opening = key(subject, str(changes.pop("opening", 1)))
    return {
        "notice_key": key(opening, kind, severity if kind == "worsened" else ""),
        "opening_id": opening,
        "finding_key": key(subject),
        "cause_finding_key": key(changes.pop("cause", subject)),
        "notice_kind": kind,
        "rule_id": "SI02",
        "rule_name": "Green run",
        "severity": severity,
        "first_severity": severity,
        "severity_rank": RANKS[severity],
        "subject_type": "pipeline",
        "subject_name": subject,
        "team": "sales",
        "reason": "It hid failed work.",
        "runbook": "docs/runbooks/SI02.md",
        "opened_at": "2026-03-01 05:00:00",
        "closed_at": "2026-03-02 05:00:00" if kind == "closed" else None,
        **changes,
    }


class Place:
    """A warehouse that holds nothing but the notices of a test, and whom to tell of them."""

    def __init__(self, loader: Loader) -> None:
        self.loader = loader
        self.target = loader.target
        self.routes()
        self.holds()

    def routes(self, *routes: dict[str, Any], **settings: Any) -> None:
        said = {"feeds": [], "notifications": {"routes": list(routes), **settings}} if routes else {"feeds": []}
        (self.loader.folder / "plumbline.yml").write_text(yaml.safe_dump(said, sort_keys=False))

    def holds(self, *notices: dict[str, Any]) -> None:
        """Let the last build have left these notices, and no others."""
        with open_warehouse(self.target, "") as warehouse:
            table = warehouse.relation("fct_finding_notices", schema="marts")
            columns = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
            warehouse.con.execute(f"create schema if not exists {table.rpartition('.')[0]}")
            warehouse.con.execute(f"create table if not exists {table} ({columns})")
            warehouse.con.execute(f"delete from {table}")
            if notices:
                marks = ", ".join(["(" + ", ".join("?" for _ in COLUMNS) + ")"] * len(notices))
                values = [row[name] for row in notices for name in COLUMNS]
                warehouse.con.execute(f"insert into {table} values {marks}", values)

    def tell(
        self, now: datetime.datetime = MONDAY, request: Request | None = None, stop: Stop | None = None
    ) -> tuple[Notified, str]:
        """Notify at this time; what it did, and what it said."""
        console = Console(width=1000, no_color=True)
        with console.capture() as said:
            config = read_config(Path("plumbline.yml"))
            done = notify(config, self.target, "", TextLog(console), stop or Stop(), request, now=lambda: now)
        return done, said.get()

    def outbox(self, columns: str = "route_name, status, attempts") -> list[tuple[Any, ...]]:
        return self.loader.query(f"select {columns} from raw.notifications order by created_at, title")

    def everything(self) -> str:
        """All that the warehouse keeps of messages."""
        return str(self.loader.contents(["notifications", "notification_notices"]))

    def command(self, *options: str) -> tuple[int, str]:
        done = self.loader.run("notify", "--target", self.target, *options)
        return done.code, done.output


@pytest.fixture
def http() -> Iterator[HttpReceiver]:
    with http_receiver() as receiver:
        yield receiver


@pytest.fixture
def place(loader: Loader) -> Place:
    return Place(loader)


@pytest.fixture(params=["dev", "prod"])
def any_place(request: pytest.FixtureRequest) -> Place:
    """A place on each engine."""
    return Place(request.getfixturevalue("loader" if request.param == "dev" else "postgres_loader"))


def test_each_change_is_told_once(any_place: Place, http: HttpReceiver) -> None:
    any_place.routes({"name": "chat", "url": http.url("chat")})
    any_place.holds(notice("orders"))
    assert any_place.tell()[0].counts == {"messages_sent": 1, "messages_failed": 0}
    assert http.take() == [("chat", "high: Green run: orders")]
    assert any_place.tell()[0].counts == {"messages_sent": 0, "messages_failed": 0}

    graver = [notice("orders", kind, "critical", first_severity="high") for kind in ("opened", "worsened")]
    any_place.holds(*graver)
    any_place.tell()
    any_place.tell()
    assert http.take() == [("chat", "critical, worse: Green run: orders")]

    any_place.holds(notice("orders", "closed", "critical"), notice("nobody heard of", "closed"))
    any_place.tell()
    any_place.tell()
    assert [message["type"] for _, message in http.got] == ["success"]
    assert http.take() == [("chat", "closed (critical): Green run: orders")]
    assert any_place.outbox() == [("chat", "sent", 1)] * 3
    assert any_place.outbox("sent_at, service, last_error")[0] == (MONDAY, "JSON", None)


def test_a_message_says_what_was_found_and_where_to_read_on(place: Place, http: HttpReceiver) -> None:
    place.routes({"name": "chat", "url": http.url("chat")})
    place.holds(notice("orders", "worsened", first_severity="low", team=None))
    place.tell()
    assert http.got[0][1]["type"] == "failure"
    assert http.got[0][1]["message"].split("\n") == [
        "SI02 Green run (high, was low)",
        "pipeline orders, owned by nobody, since 2026-03-01 05:00 UTC",
        "It hid failed work.",
        "Runbook: docs/runbooks/SI02.md",
        f"More: plumbline findings --explain {key('orders')[:8]}",
    ]


def test_routes_take_teams_and_severities_and_the_rest(place: Place, http: HttpReceiver) -> None:
    place.routes(
        {"name": "sales", "team": "sales", "severities": ["critical", "high"], "url": http.url("sales")},
        {"name": "graves", "severities": "critical", "url": http.url("graves")},
        {"name": "owners", "team": ["", "bi"], "url": http.url("owners")},
        {"name": "rest", "team": "*", "severities": ["high", "medium"], "url": http.url("rest")},
    )
    place.holds(
        notice("a", severity="critical"),
        notice("b", severity="high"),
        notice("c", severity="medium"),
        notice("d", severity="high", team=None),
        notice("e", severity="high", team="ml"),
        notice("f", severity="critical", team="ml"),
        notice("g", severity="low"),
    )
    done, said = place.tell()
    by_route: dict[str, list[str]] = {}
    for path, title in http.take():
        by_route.setdefault(path, []).append(title[-1])
    assert by_route == {"sales": ["a", "b"], "graves": ["a", "f"], "owners": ["d"], "rest": ["e", "c"]}
    assert done.untold == 1
    assert "No route takes 1 open findings: 1 low of sales." in said


def test_what_opens_again_is_told_again(place: Place, http: HttpReceiver) -> None:
    place.routes({"name": "chat", "url": http.url("chat")})
    for opening in (1, 2, 3):
        if opening != 2:  # nobody hears of the second opening, nor of its end
            place.holds(notice("orders", opening=opening))
            place.tell()
        place.holds(notice("orders", "closed", opening=opening))
        place.tell()
    assert [title.partition(":")[0] for _, title in http.take()] == ["high", "closed (high)"] * 2


def test_a_route_may_leave_out_closings(place: Place, http: HttpReceiver) -> None:
    place.routes(
        {"name": "pager", "changes": ["opened", "worsened"], "url": http.url("pager")},
        {"name": "chat", "severities": ["high"], "url": http.url("chat")},
    )
    place.holds(notice("orders"))
    place.tell()
    http.take()
    # It is told where its opening was, even where its severity is another now.
    place.holds(notice("orders", "closed", "low"))
    place.tell()
    assert http.take() == [("chat", "closed (low): Green run: orders")]


def test_what_has_one_cause_is_one_message(place: Place, http: HttpReceiver) -> None:
    place.routes({"name": "chat", "url": http.url("chat")})
    place.holds(notice("a", cause="b"), notice("b"), notice("c", cause="b"), notice("other"))
    place.tell()
    assert sorted(title for _, title in http.take()) == [
        "high: Green run: b and 2 more",
        "high: Green run: other",
    ]


def test_many_at_once_are_one_message_a_team(place: Place, http: HttpReceiver) -> None:
    place.routes({"name": "chat", "url": http.url("chat")}, most_messages=3)
    sales = [notice(f"s{number}", severity="high" if number else "critical") for number in range(300)]
    place.holds(*sales, notice("b", team="bi"), notice("n", team=None))
    done, _ = place.tell()
    assert done.sent == 3
    text = next(message["message"] for _, message in http.got if "sales" in message["title"])
    assert sorted(title for _, title in http.take()) == [
        "1 finding of bi: 1 high",
        "1 finding of nobody: 1 high",
        "300 findings of sales: 1 critical, 299 high",
    ]
    assert "And 270 more: plumbline findings lists what is open." in text
    assert place.tell()[0].sent == 0
    place.holds(*sales, notice("new"))
    place.tell()
    assert http.take() == [("chat", "high: Green run: new")]


@pytest.mark.parametrize(("digest", "next_day"), [("daily", 1), ("weekly", 7)])
def test_a_digest_comes_once_in_its_time(place: Place, http: HttpReceiver, digest: str, next_day: int) -> None:
    place.routes({"name": "mail", "digest": digest, "url": http.url("mail")})
    place.holds(notice("a", severity="low"))
    place.tell()
    assert http.take() == [("mail", "1 finding of sales: 1 low")]
    # What opens and closes between two digests is told of by none.
    place.holds(notice("a", severity="low"), notice("b", severity="low"), notice("soon over", severity="low"))
    done, said = place.tell(MONDAY + next_day * DAY - datetime.timedelta(hours=6, seconds=1))
    assert (done.sent, done.waiting) == (0, 2)
    assert "2 findings wait for the next digest." in said
    place.holds(notice("a", "closed", "low"), notice("b", severity="low"), notice("soon over", "closed", "low"))
    place.tell(MONDAY + next_day * DAY - datetime.timedelta(hours=6))
    assert http.got[0][1]["message"].startswith("New:\n\n")
    assert http.take() == [("mail", "2 findings of sales: 1 low, 1 closed")]
    place.holds(notice("b", "closed", "low"))
    place.tell(MONDAY + 14 * DAY)
    assert http.got[0][1]["type"] == "success"
    assert http.take() == [("mail", "1 finding of sales: 1 closed")]


def test_what_fails_is_tried_again_so_many_times(any_place: Place, http: HttpReceiver) -> None:
    any_place.routes(
        {"name": "down", "url": http.url(f"down/{TOKEN}")},
        {"name": "gone", "url": "json://localhost:1/"},
        attempts=2,
    )
    http.answer = 500
    any_place.holds(notice("a"), notice("b"))
    done, said = any_place.tell()
    # A route that fails is asked for nothing more before the next run.
    assert done.counts == {"messages_sent": 0, "messages_failed": 2, "messages_pending": 2}
    assert len(http.take()) == 1
    assert "error=500" in said and "(try 1 of 2)" in said
    any_place.tell(MONDAY + DAY)
    any_place.tell(MONDAY + 2 * DAY)
    done, said = any_place.tell(MONDAY + 3 * DAY)
    assert sorted(any_place.outbox()) == [("down", "failed", 2)] * 2 + [("gone", "failed", 2)] * 2
    assert {error.partition(" ")[0] for (error,) in any_place.outbox("last_error")} == {"Failed", "A"}
    assert any_place.tell()[0].counts == {"messages_sent": 0, "messages_failed": 0}
    assert TOKEN not in said + any_place.everything()

    http.take()
    http.answer = 200
    identifier = dict(any_place.outbox("route_name, notification_id"))["down"]
    code, said = any_place.command("--resend", identifier[:8])
    assert (code, [path for path, _ in http.take()]) == (0, [f"down/{TOKEN}"])
    assert "Not sent again by itself" in said
    assert ("down", "sent", 1) in any_place.outbox()


def test_a_closing_comes_behind_its_opening_or_not_at_all(place: Place, http: HttpReceiver) -> None:
    place.routes(
        {"name": "late", "team": "sales", "url": http.url("late")},
        {"name": "never", "team": "bi", "url": http.url("never")},
        attempts=2,
    )
    http.answer = 500
    place.holds(notice("never", team="bi"))
    place.tell()
    place.holds(notice("never", team="bi"), notice("late"))
    place.tell()
    assert sorted(place.outbox()) == [("late", "pending", 1), ("never", "failed", 2)]
    http.take()
    http.answer = 200
    place.holds(notice("never", "closed", team="bi"), notice("late", "closed"))
    place.tell()
    assert http.take() == [("late", "high: Green run: late")]
    place.tell()
    assert http.take() == [("late", "closed (high): Green run: late")]


def test_what_is_not_answered_is_not_sent_again(place: Place, http: HttpReceiver) -> None:
    place.routes({"name": "chat", "url": http.url("chat")})
    place.holds(notice("orders"))
    http.answer = None
    done, said = place.tell()
    assert (done.unknown, place.outbox()) == (1, [("chat", "unknown", 1)])
    assert "No answer came, so it may have arrived." in said
    http.answer = 200
    place.tell()
    assert len(http.take()) == 1
    # People may have heard of it, so they hear that it is over.
    place.holds(notice("orders", "closed"))
    place.tell()
    assert len(http.take()) == 1


def test_words_of_a_finding_are_no_words_of_its_sending(place: Place, http: HttpReceiver) -> None:
    place.routes({"name": "chat", "url": http.url("chat")})
    place.holds(notice("orders", reason="Read timed out; Socket Exception: connection aborted"))
    http.answer = 400
    place.tell()
    assert place.outbox() == [("chat", "pending", 1)]


def test_a_crash_between_sending_and_noting_sends_nothing_twice(any_place: Place, http: HttpReceiver) -> None:
    any_place.routes({"name": "chat", "url": http.url("chat")})
    any_place.holds(notice("a"), notice("b"))
    command = [
        BIN / "python",
        "-c",
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); sys.argv[0] = 'plumbline'\n"
        "input()\nfrom plumbline.cli import main\nmain()",
        "notify",
        "--target",
        any_place.target,
    ]
    with subprocess.Popen(
        [str(part) for part in command],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=any_place.loader.folder,
    ) as process:
        http.victim = process.pid
        process.communicate("\n", timeout=60)
    assert process.returncode == -9
    http.victim = None
    assert sorted(any_place.outbox("status, attempts")) == [("pending", 0), ("sending", 1)]

    assert [title for _, title in http.take()] == ["high: Green run: a"]
    any_place.holds(notice("a", "closed"), notice("b"))
    code, said = any_place.command()
    # What may have come is known to have opened, so its end is told.
    assert (code, sorted(title for _, title in http.take())) == (
        4,
        ["closed (high): Green run: a", "high: Green run: b"],
    )
    identifier = dict(any_place.outbox("status, notification_id"))["unknown"]
    assert f"In doubt: {identifier[:8]} by chat" in said
    assert f"Not sent again by itself: {identifier[:8]} (chat, unknown)" in said
    code, said = any_place.command()
    assert (code, http.take()) == (0, [])
    assert identifier[:8] in said
    code, said = any_place.command("--settle", identifier[:8])
    assert (code, identifier[:8] in said, http.take()) == (0, False, [])
    code, said = any_place.command("--resend", identifier[:8])
    assert (code, len(http.take())) == (0, 1)
    assert any_place.outbox("status") == [("sent",)] * 3


def test_a_signal_ends_it_between_two_messages(place: Place, http: HttpReceiver) -> None:
    place.routes({"name": "chat", "url": http.url("chat")})
    place.holds(notice("a"), notice("b"))
    stop = Stop()
    http.on_message = lambda: setattr(stop, "signal", signal.SIGTERM)
    with pytest.raises(Stopped):
        place.tell(stop=stop)
    assert sorted(place.outbox("status")) == [("pending",), ("sent",)]


def test_a_dry_run_prints_and_does_nothing(any_place: Place, http: HttpReceiver) -> None:
    any_place.routes({"name": "chat", "url": http.url(TOKEN)})
    any_place.holds(notice("orders"))
    code, said = any_place.command("--dry-run")
    assert (code, http.got) == (0, [])
    assert "Would send by chat (JSON): plumbline: high: Green run: orders\n    SI02 Green run (high)\n" in said
    assert "1 messages would be sent; nothing was." in said
    assert TOKEN not in said
    tables = "select count(*) from duckdb_tables() where schema_name = 'raw'"
    assert any_place.loader.value(tables) == 0
    any_place.tell()
    assert len(http.take()) == 1
    assert "0 messages would be sent" in any_place.command("--dry-run")[1]


URL = "plumbline.yml:4: notifications.routes[0].url: route 'chat': "
AT = "plumbline.yml:4: notifications.routes[0]"
WRONG = {
    f"- {{name: chat, url: 'slak://{TOKEN}'}}": URL + "Apprise knows no slak:// addresses; did you mean 'slack://'?",
    f"- {{name: chat, url: 'slack://{TOKEN}'}}": URL + "Apprise cannot send to this slack:// address",
    f"- {{name: chat, url: '{TOKEN}'}}": URL + "is no address of the form scheme://",
    f"- {{name: chat, url: 'mailto://u:{TOKEN}@example.com?to=a@example.com,b@example.com'}}": URL
    + "the address names 2 receivers",
    "- {name: chat, url: '${NOBODY_SET_THIS}'}": f"{AT}.url: the environment variable NOBODY_SET_THIS is not set",
    "- {name: chat, url: 'json://a', severity: high}": f"{AT}.severity: is not a key of a route (name, url, team, "
    "severities, changes, digest); did you mean 'severities'?",
    "- {name: chat, url: 'json://a', severities: [huge]}": f"{AT}.severities[0]: input should be 'critical', 'high', "
    "'medium' or 'low'",
    "- {name: chat, url: 'json://a', digest: hourly}": f"{AT}.digest: input should be 'daily' or 'weekly'",
    "- {name: chat}": f"{AT}.url: is required",
    "- {name: chat, url: 'json://a'}\n  - {name: chat, url: 'json://b'}": "plumbline.yml:5: notifications.routes[1]"
    ".name: 'chat' is already the name of the route in line 4",
    "[]": "plumbline.yml:3: notifications.routes: must hold something",
}


@pytest.mark.parametrize("routes", WRONG)
def test_a_wrong_route_is_named(place: Place, routes: str) -> None:
    text = f"feeds: []\nnotifications:\n  routes:\n  {routes}\n".replace("routes:\n  []", "routes: []")
    (place.loader.folder / "plumbline.yml").write_text(text)
    code, said = place.command()
    assert (code, WRONG[routes] in said) == (2, True), said
    assert TOKEN not in said


def test_without_routes_it_says_so(place: Place) -> None:
    assert place.command() == (
        2,
        "plumbline.yml names nobody to notify: docs/notifications.md says how ('notifications').\n",
    )


def test_what_is_caught_up_with_is_never_told(place: Place, http: HttpReceiver) -> None:
    place.routes(
        {"name": "chat", "team": "sales", "url": http.url("chat")},
        {"name": "mail", "team": "bi", "digest": "daily", "url": http.url("mail")},
    )
    place.holds(notice("first", team="bi"))
    place.tell()
    http.take()
    place.holds(notice("old"), notice("old too", team="bi"))
    assert "2 messages are taken for told; they were not sent." in place.tell(request=Request(is_catching_up=True))[1]
    place.holds(notice("old"), notice("old too", team="bi"), notice("new"))
    place.tell(MONDAY + DAY)
    assert http.take() == [("chat", "high: Green run: new")]


def test_an_id_that_nobody_has_is_said(place: Place, http: HttpReceiver) -> None:
    place.routes({"name": "chat", "url": http.url("chat")})
    code, said = place.command("--resend", "12345678")
    assert (code, "No message has an id that begins with '12345678'" in said) == (2, True)


def test_secrets_stand_nowhere(place: Place, http: HttpReceiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHAT", f"json://somebody:{TOKEN}@localhost:{http.port}/{TOKEN}-path?-key={TOKEN}-value")
    place.routes({"name": "chat", "url": "${CHAT}"}, attempts=1)
    place.holds(notice("orders"))
    http.answer = 401
    code, said = place.command()
    assert (code, len(http.got)) == (4, 1)
    assert "error=401" in said
    assert TOKEN not in said + place.everything() + place.command()[1]


def test_what_a_service_says_of_its_address_is_hidden(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def send(service: Any, *args: Any, **kwargs: Any) -> bool:
        service.logger.warning("No luck at %s", f"localhost with in-path, of%20value, of value or {service.url()}")
        return False

    monkeypatch.setattr("apprise.plugins.custom_json.NotifyJSON.send", send)
    place.routes({"name": "chat", "url": "json://a-user:a-password@localhost/in-path?-key=of%20value"})
    place.holds(notice("orders"))
    _, said = place.tell()
    assert "No luck at localhost" in said
    for secret in ("a-user", "a-password", "in-path", "of%20value", "of value"):
        assert secret not in said + place.everything()


@pytest.mark.parametrize(("form", "name"), [("text", "<b>é</b>"), ("html", "&lt;b&gt;é&lt;/b&gt;")])
def test_a_mail_comes_as_it_was_meant(place: Place, form: str, name: str) -> None:
    with mail_receiver() as mail:
        to = f"mailto://localhost:{mail.port}?from=plumbline@example.com&to=sales@example.com&mode=insecure&format={form}"
        place.routes({"name": "mail", "url": to})
        place.holds(notice("orders\nBcc: everybody@example.com\n\n<b>é</b>"))
        assert place.tell()[0].sent == 1
    [message] = mail.got
    assert (message["To"], message["Bcc"]) == ("sales@example.com", None)
    assert message["Subject"] == "plumbline: high: Green run: orders Bcc: everybody@example.com <b>é</b>"
    part = message.get_body((form.replace("text", "plain"),))
    assert part is not None
    assert f"orders Bcc: everybody@example.com {name}, of sales" in part.get_content().replace("&nbsp;", " ")


def test_names_call_nobody_together(place: Place, http: HttpReceiver) -> None:
    place.routes({"name": "chat", "url": http.url("chat")})
    place.holds(notice("@everyone <!channel> a@b.c \x1b[31m", reason="@here"))
    place.tell()
    said = json.dumps(http.got[0][1], ensure_ascii=False)
    for call in ("@everyone", "<!channel>", "@here", "\x1b"):
        assert call not in said
    assert "a@b.c" in said


def test_a_text_is_as_long_as_its_service_takes(
    place: Place, http: HttpReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apprise.plugins.custom_json.NotifyJSON.body_maxlen", 900)
    place.routes({"name": "chat", "url": http.url("chat")})
    place.holds(*(notice(f"pipeline {number}", cause="pipeline 0", reason="x" * 200) for number in range(9)))
    place.tell()
    text = http.got[0][1]["message"]
    assert len(text) <= 900
    assert text.endswith("And 7 more: plumbline findings lists what is open.")


def test_no_other_command_waits_for_apprise() -> None:
    done = run(sys.executable, "-c", "import sys, plumbline.cli; print('apprise' in sys.modules)")
    assert done.stdout == "False\n"


def continued(place: Place, *options: str) -> tuple[int, dict[str, Any]]:
    """Continue a run of which all is done but the telling; its exit code, and what became of the telling."""
    state = RunState(warehouse_place(place.target, ""), steps={**dict.fromkeys(STEPS, "ok"), NOTIFY: "failed"})
    state.write(place.loader.folder / "target")
    done = place.loader.run("run", "--retry", "--log-format", "json", *options)
    assert TOKEN not in done.output
    events = [json.loads(line) for line in done.output.splitlines()]
    return done.code, {"event": events[-1]["event"], **events[-1].get("steps", [{}])[-1]}


def test_a_run_tells_in_its_last_step(place: Place, http: HttpReceiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBT_TARGET_PATH", str(place.loader.folder / "target"))
    place.routes({"name": "chat", "url": http.url(TOKEN)})
    place.holds(notice("orders"))
    http.answer = 500
    code, step = continued(place)
    assert (code, step["result"], step["counts"]) == (4, "failed", {"messages_sent": 0, "messages_failed": 1})
    http.answer = 200
    code, step = continued(place, "--no-notify")
    assert (code, step["result"], step["note"]) == (0, "skipped", "not asked for")
    code, step = continued(place)
    assert (code, step["result"], step["counts"]) == (0, "ok", {"messages_sent": 1, "messages_failed": 0})
    place.routes()
    code, step = continued(place)
    assert (code, step["result"], step["note"]) == (0, "skipped", "plumbline.yml names nobody to notify")
    # A wrong address is said before the run begins.
    place.routes({"name": "chat", "url": f"slak://{TOKEN}"})
    assert continued(place) == (2, {"event": "error"})


@pytest.mark.parametrize("target", ["dev", "prod"])
def test_the_sample_is_told(target: str, request: pytest.FixtureRequest, http: HttpReceiver) -> None:
    """What the models make is what is read; on PostgreSQL by the roles of deploy/postgres."""
    workplace: Workplace = request.getfixturevalue("sample_copy" if target == "dev" else "sample_on_postgres_copy")
    routes = [{"name": "chat", "url": http.url("chat"), "severities": ["critical"]}]
    said = {"feeds": [], "notifications": {"routes": routes}}
    (workplace.folder / "notify.yml").write_text(yaml.safe_dump(said))
    printed = workplace(BIN / "plumbline", "notify", "--config", "notify.yml", "--target", target)
    assert http.take() == [("chat", "critical: Contract broken in production: shop-orders")]
    assert "1 messages sent" in printed
    workplace(BIN / "plumbline", "notify", "--config", "notify.yml", "--target", target)
    assert http.take() == []
