"""Alerts, incidents and alert rules in files: what lands once, what is rejected and why, and what is never landed."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from loading import SHARED, Loader, lines, needs_shared_data
from plumbline.declared import declared_tables
from support import ROOT

AM = {"kind": "alertmanager", "name": "am", "path": "in/*.ndjson*"}
PD = {"kind": "pagerduty", "name": "pd", "path": "in/"}
OG = {"kind": "opsgenie", "name": "og", "path": "in/*.json"}
ALERTS = {"kind": "alerts", "name": "al", "path": "in/*"}
RULES = {"kind": "alert_rules", "name": "rules", "path": "in/*"}
HEADER = b"record_type,tool,record_id,occurred_at,title\n"


def notification(number: int = 0, **changes: Any) -> dict[str, Any]:
    """A notification of one alert; keyword arguments replace its fields, None removes them."""
    alert = {
        "status": "firing",
        "labels": {"alertname": f"Late{number}"},
        "startsAt": "2026-01-01T00:00:00Z",
        "endsAt": "0001-01-01T00:00:00Z",
        "fingerprint": f"{number:016x}",
    }
    made = {"version": "4", "status": "firing", "receiver": "page", "groupKey": "{}", "alerts": [alert], **changes}
    return {name: value for name, value in made.items() if value is not None}


@pytest.fixture(params=["dev", "prod"])
def loader(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Loader:
    """An empty folder to load feeds in, on DuckDB and on PostgreSQL."""
    if request.param == "prod":
        for name, value in request.getfixturevalue("make_postgres_database")().items():
            monkeypatch.setenv(name, value)
    return Loader(tmp_path, monkeypatch, capsys, target=request.param)


@pytest.fixture
def write(loader: Loader) -> Callable[[str, bytes | str], Path]:
    (loader.folder / "in").mkdir()

    def write_file(name: str, content: bytes | str) -> Path:
        path = loader.folder / "in" / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write_file


Write = Callable[[str, bytes | str], Path]


def is_nowhere(loader: Loader, text: str) -> bool:
    """Whether no raw table, and no byte of a DuckDB file, holds a text."""
    file = loader.folder / "warehouse.duckdb"
    if file.exists() and text.encode() in file.read_bytes():
        return False
    return text not in repr(loader.contents([table.identifier for table in declared_tables(ROOT)]))


def test_a_log_that_grows_goes_on_from_where_it_ended(loader: Loader, write: Write) -> None:
    whole = lines(notification(1), notification(2))
    cut = lines(notification(3))
    path = write("log.ndjson", whole + cut[:-20])
    loader.load(AM)
    assert loader.value("select count(*) from raw.alertmanager_notifications") == 2
    assert loader.rejected() == [
        ("in/log.ndjson", 3, "truncated: the last line has no end; it will be loaded when the file has grown")
    ]
    path.write_bytes(whole + cut + lines(notification(4)).rstrip(b"\n"))
    loader.load()
    path.write_bytes(whole + cut + lines(notification(4), notification(5)))
    loader.load()
    assert loader.query(
        "select document_number, notification ->> '$.alerts[0].labels.alertname' from raw.alertmanager_"
        "notifications order by 1"
    ) == [(number, f"Late{number}") for number in range(1, 6)]
    path.rename(path.with_name("log.ndjson.1"))
    (loader.folder / "in" / "log.ndjson.1.gz").write_bytes(
        gzip.compress((loader.folder / "in/log.ndjson.1").read_bytes())
    )
    assert "nothing new" in loader.load().output


def test_json_may_stand_in_lines_arrays_and_documents(loader: Loader, write: Write) -> None:
    write("lines.ndjson", b"\xef\xbb\xbf" + lines(notification(1), "", notification(2)))
    write("array.ndjson", json.dumps([notification(3), notification(4)], indent=1))
    write("document.ndjson", json.dumps(notification(5), indent=2) + "\n" + json.dumps(notification(6), indent=2))
    write("long.ndjson", json.dumps(notification(7, externalURL="x" * 10_000)))
    write("zipped.ndjson.gz", gzip.compress(lines(notification(8))))
    (loader.folder / "in" / "folder.ndjson").mkdir()
    loader.load(AM)
    assert loader.rejected() == []
    names = loader.query("select notification ->> '$.alerts[0].labels.alertname' from raw.alertmanager_notifications")
    assert sorted(name for (name,) in names) == [f"Late{number}" for number in range(1, 9)]


def test_what_no_engine_holds_is_replaced(loader: Loader, write: Write) -> None:
    write(
        "odd.ndjson",
        b'{"version": "4", "alerts": [], "a\\u0000": "\\ud800", "b": 1e400, "c": NaN, "d": 123456789012345678901}\n',
    )
    loader.load(AM)
    assert json.loads(loader.value("select notification from raw.alertmanager_notifications")) == {
        **{"version": "4", "alerts": [], "a\ufffd": "\ufffd", "b": None, "c": None},
        "d": 123456789012345678901,
    }


def test_a_broken_document_lands_nothing_of_its_file(loader: Loader, write: Write) -> None:
    path = write("array.ndjson", json.dumps([notification(1), notification(2)], indent=1)[:-40])
    write("zipped.ndjson.gz", gzip.compress(json.dumps([notification(3)], indent=1).encode())[:-6])
    loader.load(AM)
    assert loader.value("select count(*) from raw.alertmanager_notifications") == 0
    assert [(file, reason) for file, _, reason in loader.rejected()] == [
        ("in/array.ndjson", "truncated: the document has no end; nothing of the file is landed"),
        ("in/zipped.ndjson.gz", "the gzip data ends too early: the file is truncated; nothing of the file is landed"),
    ]
    assert "nothing new" in loader.load().output
    path.write_text(json.dumps([notification(1), notification(2)], indent=1))
    loader.load()
    assert loader.value("select count(*) from raw.alertmanager_notifications") == 2


BAD_NOTIFICATIONS: list[tuple[Any, str]] = [
    (notification(version="3"), "is version 3 of Alertmanager's webhook; plumbline reads version 4"),
    (notification(version=None), "is no notification of Alertmanager: it has no version, or no list of alerts"),
    (notification(alerts={}), "is no notification of Alertmanager: it has no version, or no list of alerts"),
    (
        notification(alerts=[{"startsAt": "2026-01-01T00:00:00Z", "labels": {"a": "b"}}]),
        "has an alert without fingerprint",
    ),
    (notification(alerts=[{"fingerprint": "a", "labels": {"a": "b"}}]), "has an alert without startsAt"),
    (notification(alerts=["x"]), "has an alert without fingerprint"),
    (
        notification(alerts=[{"fingerprint": "a", "labels": {"a": "b"}, "startsAt": "0000-01-01T00:00:00Z"}]),
        "has an alert whose startsAt is no time that can be read",
    ),
    ([1], "is not a JSON object"),
    ("{", "is not valid JSON: Expecting property name enclosed in double quotes"),
    (b'{"a": "\xff"}', "is not valid UTF-8: invalid start byte at byte 8"),
]


def test_what_is_no_notification_is_rejected_by_name(loader: Loader, write: Write) -> None:
    write("bad.ndjson", lines(notification(), *(bad for bad, _ in BAD_NOTIFICATIONS), notification()))
    write("binary.ndjson", b"PK\x03\x04\x00\x00\x00")
    loader.load(AM)
    assert loader.rejected() == [
        *(("in/bad.ndjson", number, reason) for number, (_, reason) in enumerate(BAD_NOTIFICATIONS, start=2)),
        ("in/binary.ndjson", None, "the file is binary, not JSON text"),
    ]
    assert loader.value("select count(*) from raw.alertmanager_notifications") == 2


def test_a_feed_with_nothing_to_read_says_so(loader: Loader, write: Write) -> None:
    assert "no file matches in/*.ndjson*" in loader.load(AM, fails=True).output
    assert "no file matches in/*.ndjson* yet" in loader.load({**AM, "optional": True}).output


def test_pagerduty_is_read_from_events_answers_and_bare_resources(loader: Loader, write: Write) -> None:
    incident = {"id": "P1", "type": "incident", "created_at": "2026-01-01T00:00:00Z"}
    entry = {"id": "L1", "type": "trigger_log_entry", "created_at": "2026-01-01T00:00:00Z", "incident": {"id": "P1"}}
    event = {"id": "E1", "event_type": "incident.triggered", "occurred_at": "2026-01-01T00:00:00Z", "data": incident}
    write("answer.json", json.dumps({"incidents": [incident, {**incident, "id": "P2"}], "more": False}, indent=1))
    write("one.json", json.dumps({"incident": {**incident, "id": "P3"}}))
    write("entries.json", json.dumps({"log_entries": [entry]}))
    write("mixed.ndjson", lines({"event": event}, {"event": event}, {**incident, "id": "P4"}, {**entry, "id": "L2"}))
    bad = [
        ({"messages": [{}]}, "is version 1 or 2 of PagerDuty's webhook; plumbline reads version 3"),
        (
            {"event": {**event, "occurred_at": None}},
            "is no event of PagerDuty's webhook version 3: it has no event.occurred_at",
        ),
        ({"incidents": [{"id": "P5"}]}, "has a incident without created_at"),
        ({"log_entries": [{**entry, "incident": None}]}, "has a log_entry without incident.id"),
        ({"event": {**event, "occurred_at": "now"}}, "has an event whose occurred_at is no time that can be read"),
        ({"incident": {**incident, "created_at": 5}}, "has a incident whose created_at is no time that can be read"),
        ({"id": "U1", "type": "user"}, "is no event, incident or log entry of PagerDuty"),
        ({}, "is no event, incident or log entry of PagerDuty"),
    ]
    write("odd.ndjson", lines(*(document for document, _ in bad)))
    loader.load(PD)
    assert loader.rejected() == [("in/odd.ndjson", number, reason) for number, (_, reason) in enumerate(bad, start=1)]
    assert loader.query("select incident_id from raw.pagerduty_incidents order by 1") == [
        (f"P{number}",) for number in range(1, 5)
    ]
    assert loader.query("select log_entry_id, incident_id from raw.pagerduty_log_entries order by 1") == [
        ("L1", "P1"),
        ("L2", "P1"),
    ]
    assert loader.query("select event_id from raw.pagerduty_events") == [("E1",), ("E1",)]


def test_opsgenie_needs_an_alert_with_its_times(loader: Loader, write: Write) -> None:
    alert = {"alertId": "a", "createdAt": 1502709956288, "updatedAt": 1502709956288000110}
    bad = [
        ({"alert": alert}, "is no event of Opsgenie's webhook: it has no action, or no alert"),
        ({"action": "Create", "alert": {**alert, "alertId": ""}}, "has no alert.alertId"),
        ({"action": "Create", "alert": {**alert, "updatedAt": "x"}}, "has no alert.updatedAt that counts nanoseconds"),
        (
            {"action": "Create", "alert": {**alert, "createdAt": 10**17}},
            "has no alert.createdAt that counts milliseconds",
        ),
    ]
    write("log.json", lines({"action": "Create", "alert": alert}, *(document for document, _ in bad)))
    loader.load(OG)
    assert loader.rejected() == [("in/log.json", number, reason) for number, (_, reason) in enumerate(bad, start=2)]
    assert loader.query("select action, alert_id from raw.opsgenie_events") == [("Create", "a")]


BAD_ROWS = [
    (b",chat,1,2026-01-01T00:00:00Z,x", "has no record_type"),
    (b"alert,chat,,2026-01-01T00:00:00Z,x", "has no record_id"),
    (b"note,chat,1,2026-01-01T00:00:00Z,x", "has a record_type that is not one of alert, incident, report"),
    (b"alert,chat,1,yesterday,x", "occurred_at is no time that can be read (2026-01-31T08:30:00Z)"),
    (b"alert,chat,1,2026-02-30T00:00:00Z,x", "occurred_at is no time that can be read (2026-01-31T08:30:00Z)"),
    (b"alert,chat,1,2026-01-01T00:00:00Z", "has 4 columns where the header has 5"),
]


def test_a_line_that_lacks_a_column_is_rejected(loader: Loader, write: Write) -> None:
    good = b'alert,chat,1,2026-01-01T00:00:00Z,"two\nlines, ""quoted"""\n'
    write("records.csv", HEADER + good + b"\n".join(row for row, _ in BAD_ROWS) + b"\n" + good)
    loader.load(ALERTS)
    assert loader.rejected() == [
        ("in/records.csv", number, reason) for number, (_, reason) in enumerate(BAD_ROWS, start=3)
    ]
    assert loader.query("select document_number, record ->> 'title' from raw.alerts_records order by 1") == [
        (1, 'two\nlines, "quoted"'),
        (8, 'two\nlines, "quoted"'),
    ]


def test_a_table_that_grows_lands_its_new_lines(loader: Loader, write: Write) -> None:
    rows = [b"alert,chat,%d,2026-01-01T00:00:00Z,x\n" % number for number in range(1, 5)]
    path = write("records.csv", HEADER + rows[0] + rows[1] + rows[2][:20])
    loader.load(ALERTS)
    assert [reason for _, _, reason in loader.rejected()] == [
        "truncated: the last line has no end; it will be loaded when the file has grown"
    ]
    path.write_bytes(HEADER + b"".join(rows))
    loader.load()
    assert loader.query("select record_id from raw.alerts_records order by 1") == [("1",), ("2",), ("3",), ("4",)]
    copy = write("copy.csv", HEADER + b"".join(rows))
    loader.load()
    copy.write_bytes(HEADER + b"".join(rows) + b"alert,chat,5,2026-01-01T00:00:00Z,x\n")
    loader.load()
    assert loader.query("select record_id from raw.alerts_records where _source_file = 'in/copy.csv'") == [("5",)]
    copy.unlink()
    path.write_bytes(HEADER.replace(b"title", b"notes") + b"".join(rows))
    loader.load()
    assert loader.value("select count(*) from raw.alerts_records") == 9, "A table that was rewritten is another one."


def test_records_may_be_json_and_labels_an_object_or_its_text(loader: Loader, write: Write) -> None:
    record = {"record_type": "report", "tool": "chat", "record_id": 7, "occurred_at": "2026-01-01 00:00:00+02"}
    write("records.ndjson", lines({**record, "labels": {"dag_id": "orders"}}, {**record, "labels": [1]}))
    write(
        "records.csv",
        "record_type,tool,record_id,occurred_at,channel,labels\n"
        "alert,chat,1,2026-01-01T00:00:00Z,https://chat.example/services/not-to-be-landed,"
        '"{""dag_id"": ""a\\u0000b""}"\n'
        "alert,chat,2,2026-01-01T00:00:00Z,,{dag_id\n",
    )
    loader.load(ALERTS)
    assert [(file, line, reason) for file, line, reason in loader.rejected()] == [
        ("in/records.csv", 3, "has labels that are no JSON object"),
        ("in/records.ndjson", 2, "has labels that are no JSON object"),
    ]
    assert loader.query(
        "select record_type, record_id, record ->> '$.labels.dag_id', record ->> 'channel' from raw.alerts_records "
        "order by 1"
    ) == [("alert", "1", "a\ufffdb", "https://chat.example"), ("report", "7", "orders", None)]
    assert is_nowhere(loader, "not-to-be-landed")


RULE_FILE = """
groups:
- name: data
  rules:
  - alert: Late
    expr: age > 1
    for: 5m
    labels: {severity: page, since: 2026-01-01, limit: 1.50}
    annotations: {summary: "see https://reader:not-to-be-landed@wh.example/x"}
  - record: age
    expr: now
"""
CONFIGURATION = """
global:
  smtp_auth_password: not-to-be-landed
  slack_api_url: https://hooks.example/not-to-be-landed
x-shared: &shared
  send_resolved: true
route:
  receiver: chat
  routes:
  - matchers: ['severity="page"']
    receiver: page
    continue: true
    routes:
    - match: {team: a}
receivers:
- name: nobody
- name: chat
  slack_configs:
  - {<<: *shared, api_url: "https://hooks.example/not-to-be-landed", channel: '#data'}
- name: page
  pagerduty_configs:
  - {routing_key: not-to-be-landed}
  webhook_configs:
  - {url: "https://user:not-to-be-landed@hooks.example:8443/not-to-be-landed?token=not-to-be-landed"}
  - {url_file: /not-to-be-landed}
  email_configs:
  - {to: data@shop.example, auth_password: not-to-be-landed, headers: {X: not-to-be-landed}}
"""


def test_no_secret_of_a_configuration_is_landed(loader: Loader, write: Write) -> None:
    write("alertmanager.yml", CONFIGURATION)
    write("rules.yml", RULE_FILE)
    # What cannot be read is not kept as text, for it holds them too.
    write("broken.yml", CONFIGURATION + "\n  : :\n- [")
    write("half.yml", CONFIGURATION.replace("route:", "routed:"))
    write("bad.csv", "tool,rule,channel\n,Late,not-to-be-landed\ngrafana,Late,https://hooks.example/not-to-be-landed\n")
    loader.load(RULES)
    assert is_nowhere(loader, "not-to-be-landed")
    assert loader.query(
        "select receiver, integration_number, integration, destination from raw.alert_rules_receivers order by all"
    ) == [
        ("chat", 1, "slack", "#data"),
        ("nobody", 1, None, None),
        ("page", 1, "pagerduty", None),
        ("page", 2, "webhook", "https://hooks.example:8443"),
        ("page", 3, "webhook", None),
        ("page", 4, "email", "data@shop.example"),
    ]
    routes = loader.query("select route_path, route from raw.alert_rules_routes order by 1")
    assert [(path, json.loads(route)) for path, route in routes] == [
        ("000000", {"receiver": "chat"}),
        ("000000.000000", {"receiver": "page", "matchers": ['severity="page"'], "continue": True}),
        ("000000.000000.000000", {"match": {"team": "a"}}),
    ]
    ((*place, rule),) = loader.query("select rule_group, group_number, rule_number, rule from raw.alert_rules_rules")
    assert (place, json.loads(rule)) == (
        ["data", 1, 1],
        {
            "alert": "Late",
            "expr": "age > 1",
            "for": "5m",
            "labels": {"severity": "page", "since": "2026-01-01", "limit": "1.50"},
            "annotations": {"summary": "see https://reader:***@wh.example/x"},
        },
    )
    assert loader.query("select tool, rule, record ->> 'channel' from raw.alert_rules_records") == [
        ("grafana", "Late", "https://hooks.example")
    ]
    assert loader.query("select count(content) from raw.rejected_records") == [(0,)]


AUTOMATION = {
    "id": "0c35a36a-884a-47af-b2ea-efac6e8a0aca",
    "name": "orders failed",
    "enabled": True,
    "trigger": {"type": "event", "expect": ["prefect.flow-run.Failed"], "match": {}, "threshold": 1, "within": 0.0},
    "actions": [{"type": "call-webhook", "block_document_id": "b", "payload": "token: not-to-be-landed"}],
    "actions_on_trigger": [],
    "actions_on_resolve": [{"type": "run-deployment", "deployment_id": "d", "parameters": {"key": "not-to-be-landed"}}],
}


def test_automations_of_prefect_are_landed_without_what_they_send(loader: Loader, write: Write) -> None:
    write("automations.json", json.dumps([AUTOMATION, {**AUTOMATION, "id": "other"}], indent=1))
    bad = [
        ({**AUTOMATION, "name": ""}, "is an automation of Prefect without name"),
        ({**AUTOMATION, "trigger": {}}, "is an automation of Prefect whose trigger has no type"),
        ({**AUTOMATION, "actions": ["x"]}, "is an automation of Prefect whose actions are no list of objects"),
    ]
    write("odd.ndjson", lines(*(document for document, _ in bad)))
    loader.load(RULES)
    assert loader.rejected() == [("in/odd.ndjson", number, reason) for number, (_, reason) in enumerate(bad, start=1)]
    rows = loader.query("select document_number, automation_id, automation from raw.alert_rules_automations order by 1")
    assert [(number, one) for number, one, _ in rows] == [(1, AUTOMATION["id"]), (2, "other")]
    assert json.loads(rows[0][2]) == {
        **AUTOMATION,
        "actions": [{"type": "call-webhook", "block_document_id": "b"}],
        "actions_on_resolve": [{"type": "run-deployment", "deployment_id": "d"}],
    }
    assert is_nowhere(loader, "not-to-be-landed")


BAD_RULES = [
    ("broken.yml", "groups: [\n", "is not valid YAML: while parsing a flow node did not find expected node content"),
    ("list.yml", "- a\n", "is no object of names and values"),
    (
        "other.yml",
        "a: b\n",
        "is no Prometheus rule file (groups), no Alertmanager configuration (route, receivers), no automation",
    ),
    (
        "half.yml",
        "route: {receiver: a}\n",
        "is no whole configuration of Alertmanager: it has no route, or no receivers",
    ),
    ("group.yml", "groups: [{rules: []}]\n", "group 1 has no name, or no list of rules"),
    ("rule.yml", "groups: [{name: g, rules: [{expr: a}]}]\n", "rule 1 of the group g has neither alert nor record"),
    ("matchers.yml", "route: {matchers: a}\nreceivers: []\n", "has a route whose matchers are no list"),
    ("self.yml", "groups: &a [*a]\n", "the alias *a stands for nothing that is complete before it"),
    ("latin.yml", b"groups: \xff\n", "is not valid UTF-8: invalid start byte"),
    (
        "bomb.yml",
        "a: &a0 [1]\n" + "".join(f"b{n}: &a{n + 1} [{', '.join([f'*a{n}'] * 10)}]\n" for n in range(7)),
        "is larger than 16 MB with its aliases written out",
    ),
]


def test_files_that_hold_no_rules_say_why(loader: Loader, write: Write) -> None:
    for name, content, _ in BAD_RULES:
        write(name, content)
    write("rules.yml", "---\n" + RULE_FILE + "---\n" + RULE_FILE.replace("Late", "Later"))
    loader.load(RULES)
    found = {file.removeprefix("in/"): reason for file, _, reason in loader.rejected()}
    assert {name: found[name][: len(reason)] for name, _, reason in BAD_RULES} == {
        name: reason for name, _, reason in BAD_RULES
    }
    assert loader.query("select document_number, rule ->> 'alert' from raw.alert_rules_rules order by 1") == [
        (1, "Late"),
        (2, "Later"),
    ]


def test_each_state_of_a_rule_file_is_kept(loader: Loader, write: Write) -> None:
    def states() -> list[tuple[Any, ...]]:
        return loader.query(
            "select _source_file, left(content_sha256, 4) from raw.alert_rules_files order by _loaded_at, _source_file"
        )

    path = write("rules.yml", RULE_FILE)
    write("other.yml", RULE_FILE.replace("Late", "Other"))
    loader.load(RULES)
    first = states()
    path.write_text(RULE_FILE.replace("5m", "9m"))
    loader.load()
    # The former content again, under its own and under another name; what is broken leaves the last state.
    path.write_text(RULE_FILE)
    write("copy.yml", RULE_FILE)
    write("other.yml", "groups: [")
    loader.load()
    os.utime(loader.folder / "in" / "other.yml", (1, 1))
    loader.load()
    path.unlink()
    loader.load()
    assert "nothing new" in loader.load().output
    old, other = dict(first)["in/rules.yml"], dict(first)["in/other.yml"]
    new = states()[2][1]
    assert new not in (old, other)
    assert states() == [
        ("in/other.yml", other),
        ("in/rules.yml", old),
        ("in/rules.yml", new),
        ("in/copy.yml", old),
        ("in/rules.yml", old),
        ("in/rules.yml", None),
    ]
    assert loader.value("select count(*) from raw.alert_rules_rules") == 3, "Each content is landed once."


@needs_shared_data
def test_recorded_incidents_are_all_landed_or_rejected(loader: Loader) -> None:
    folder = SHARED / "incidents"
    feeds = {"alertmanager": "notifications", "opsgenie": "events", "pagerduty": "events"}
    files = {kind: sorted(folder.glob(f"{kind}*")) for kind in feeds}
    assert sorted(path for found in files.values() for path in found) == sorted(folder.iterdir())
    loader.load(*({"kind": kind, "name": kind, "path": f"{folder}/{kind}*"} for kind in feeds))
    for kind, table in feeds.items():
        documents = [json.loads(line) for path in files[kind] for line in path.read_text().splitlines()]
        landed = loader.query(f"select {table.removesuffix('s')} from raw.{kind}_{table} order by document_number")
        inner = [document["event"] if kind == "pagerduty" else document for document in documents]
        assert [json.loads(text) for (text,) in landed] == inner
    assert loader.rejected() == []
    # A feed of another kind takes none of them, and says of each why.
    loader.load({"kind": "alertmanager", "name": "wrong", "path": f"{folder}/*"})
    assert loader.query("select count(*), min(reason), max(reason) from raw.rejected_records") == [
        (9, *["is no notification of Alertmanager: it has no version, or no list of alerts"] * 2)
    ]
