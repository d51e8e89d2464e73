"""What monitors and people say: notifications of Alertmanager, PagerDuty's webhooks, tickets, and alert rules."""

from __future__ import annotations

import datetime
import hashlib
import json
import os
import random
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from plumbline.simulate.output import Days, Table, write_csv
from plumbline.simulate.runs import Pass, Run
from plumbline.simulate.truth import Truth
from plumbline.simulate.world import WAREHOUSE, Dataset, Pipeline, Team, World

Json = dict[str, Any]

RECORD_COLUMNS = (
    "record_type,tool,record_id,occurred_at,acknowledged_at,resolved_at,updated_at,onset_at,incident_id,rule,title,"
    "severity,channel,opened_by,cause,notification_count,pipeline,dataset,namespace"
).split(",")
_REPEATS_WITHIN = datetime.timedelta(days=30)
_HEARTBEAT_HOURS = 6
_PAGER = "https://api.pagerduty.com"


class Alerts:
    """The streams of alerts and incidents."""

    def __init__(self, folder: Path, world: World, truth: Truth) -> None:
        self._world = world
        self._truth = truth
        self._resolved: dict[tuple[str, str], datetime.datetime] = {}
        self._fired: dict[str, list[tuple[datetime.datetime, datetime.datetime]]] = {}
        self._folder = folder
        self._notifications = Days(folder / "alertmanager", "notifications-{day}.ndjson", world.window.until)
        self._webhooks = Days(folder / "pagerduty", "webhooks-{day}.ndjson", world.window.until)
        (folder / "alerts").mkdir(parents=True, exist_ok=True)
        self._records = Table(folder / "alerts" / "records.csv", RECORD_COLUMNS)
        self._counts: dict[str, int] = {}

    def run_failed(self, run: Run, one: Pass) -> bool:
        """Tells of a failed run as its pipeline is set to; says whether anybody was told."""
        pipeline = run.pipeline
        if run.is_unheard or one.ended_at is None:
            return False
        numbers = self._world.numbers("alert", pipeline.dag_id, one.ended_at)
        told_at = one.ended_at + datetime.timedelta(seconds=numbers.uniform(5, 240))
        mended_at = run.ended_at if run.ended_at and run.passes[-1] is not one else None
        ended_at = mended_at or told_at + datetime.timedelta(hours=numbers.uniform(1, 8))
        if "external rule" in pipeline.faults:
            self.fire("PipelineFailed", pipeline.team, "error", {"dag_id": pipeline.dag_id}, told_at, ended_at)
        elif pipeline.alerting in ("dag", "task"):
            self.fire("AirflowRunFailed", pipeline.team, "error", {"dag_id": pipeline.dag_id}, told_at, ended_at)
        elif pipeline.alerting == "email":
            self._email(pipeline, told_at)
        else:
            return False
        if pipeline.tier == 1:
            self.page(pipeline, f"Run of {pipeline.dag_id} failed", told_at, ended_at, numbers)
        elif numbers.random() < 0.3:
            self.ticket(pipeline, one.ended_at, told_at, ended_at, numbers, cause=next(iter(run.tasks.values())).error)
        return True

    def is_told_of(self, pipeline: Pipeline, at: datetime.datetime) -> bool:
        """Says whether an alert on a pipeline was open at an instant, or soon after."""
        soon = at + datetime.timedelta(minutes=30)
        return any(begun <= soon and ended >= at for begun, ended in self._fired.get(pipeline.dag_id, []))

    def late(self, pipeline: Pipeline, at: datetime.datetime, ended_at: datetime.datetime) -> None:
        """Tells that a run of a pipeline did not begin in time."""
        self.fire(f"{_camel(pipeline.team)}PipelineLate", pipeline.team, "warning", _labels(pipeline), at, ended_at)

    def stale(self, dataset: Dataset, team: Team, at: datetime.datetime, ended_at: datetime.datetime) -> None:
        """Tells that a dataset is older than was promised."""
        labels = {"dataset": dataset.name, "dataset_namespace": WAREHOUSE}
        self.fire(f"{_camel(team)}DatasetStale", team, "warning", labels, at, ended_at)

    def fire(
        self,
        rule: str,
        team: Team,
        severity: str,
        labels: Mapping[str, str],
        at: datetime.datetime,
        ended_at: datetime.datetime,
        summary: str | None = None,
    ) -> None:
        """Sends an alert when it begins, each few hours while it lasts, and when it is over."""
        text = summary or f"{rule} of {next(iter(labels.values()))}."
        described = {"alertname": rule, "severity": severity, "team": team.name, **labels}
        at, ended_at = at.replace(microsecond=0), ended_at.replace(microsecond=0)
        if "dag_id" in labels:
            self._fired.setdefault(labels["dag_id"], []).append((at, ended_at))
        repeat = at
        while repeat < min(ended_at, at + datetime.timedelta(days=2)):
            self._notifications.add(repeat, partial(_notification, described, text, at, None))
            repeat += datetime.timedelta(hours=4)
        self._notifications.add(ended_at, partial(_notification, described, text, at, ended_at))

    def heartbeat(self, day: datetime.datetime) -> None:
        """Sends the alerts that only test whether alerting works: one that lasts, and a new one each morning."""
        for hour in range(0, 24, _HEARTBEAT_HOURS):
            labels = {"alertname": "Watchdog", "severity": "none"}
            at = day + datetime.timedelta(hours=hour, seconds=7)
            start = self._world.window.start
            if at >= start:
                self._notifications.add(at, partial(_notification, labels, "Alerting works.", start, None))
        labels, text = {"alertname": "MorningTest", "severity": "none"}, "A test of each morning."
        begun_at = day + datetime.timedelta(hours=7)
        for ended_at in (None, begun_at + datetime.timedelta(minutes=5)):
            self._notifications.add(ended_at or begun_at, partial(_notification, labels, text, begun_at, ended_at))

    def page(
        self,
        pipeline: Pipeline,
        title: str,
        at: datetime.datetime,
        resolved_at: datetime.datetime,
        numbers: random.Random,
        acknowledged_after: float | None = None,
    ) -> str:
        """Opens an incident at PagerDuty, which is taken up and resolved; returns its id."""
        number = _number("page", pipeline, at)
        identity = f"Q{number:010d}"
        taken_up = acknowledged_after if acknowledged_after is not None else numbers.uniform(120, 1500)
        acknowledged_at = at + datetime.timedelta(seconds=taken_up)
        steps = (("triggered", at), ("acknowledged", acknowledged_at), ("resolved", max(resolved_at, acknowledged_at)))
        for status, moment in steps:
            key = f"airflow-{pipeline.dag_id}-{number}"
            line = partial(_webhook, identity, number, title, key, pipeline.team, status, at, moment)
            self._webhooks.add(moment, line)
        self._webhooks.add(at, partial(_log_entry, identity, number, title, pipeline, at))
        return identity

    def ticket(
        self,
        pipeline: Pipeline,
        onset_at: datetime.datetime,
        at: datetime.datetime,
        resolved_at: datetime.datetime | None,
        numbers: random.Random,
        *,
        cause: str | None = None,
        opened_by: str = "monitor",
        dataset: Dataset | None = None,
        acknowledged_after: float | None = 1800,
        title: str | None = None,
    ) -> str:
        """Opens an incident in the system of tickets; returns its id."""
        identity = f"INC-{_number('ticket', pipeline, at)}"
        taken_up = None
        if acknowledged_after is not None:
            taken_up = at + datetime.timedelta(seconds=acknowledged_after * numbers.uniform(0.3, 1.2))
        end = self._world.window.until
        if cause is not None:
            self._note_repeat(identity, (dataset.name if dataset else pipeline.dag_id, _kind(cause)), at, resolved_at)
        taken_up = taken_up if taken_up and taken_up < end else None
        resolved_at = resolved_at if resolved_at and resolved_at < end else None
        self._record(
            record_type="incident",
            tool="tickets",
            record_id=identity,
            occurred_at=at,
            acknowledged_at=taken_up,
            resolved_at=resolved_at,
            updated_at=resolved_at or taken_up or at,
            onset_at=onset_at,
            title=title or f"{pipeline.dag_id} failed",
            severity="major",
            opened_by=opened_by,
            cause=cause if resolved_at else None,
            pipeline=pipeline.dag_id,
            dataset=dataset.name if dataset else None,
            namespace=WAREHOUSE if dataset else None,
        )
        return identity

    def reopened(
        self, identity: str, pipeline: Pipeline, at: datetime.datetime, resolved_at: datetime.datetime, cause: str
    ) -> None:
        """Writes down that a ticket was opened again, and was resolved for good later."""
        self._record(
            record_type="incident",
            tool="tickets",
            record_id=identity,
            occurred_at=at,
            acknowledged_at=at + datetime.timedelta(minutes=20),
            resolved_at=resolved_at if resolved_at < self._world.window.until else None,
            updated_at=min(resolved_at, self._world.window.until),
            title=f"{pipeline.dag_id} failed",
            severity="major",
            opened_by="monitor",
            cause=cause,
            pipeline=pipeline.dag_id,
        )

    def _note_repeat(
        self, identity: str, what: tuple[str, str], at: datetime.datetime, resolved_at: datetime.datetime | None
    ) -> None:
        """Writes down that the same happened not long before."""
        before = self._resolved.get(what)
        if before is not None and datetime.timedelta() <= at - before <= _REPEATS_WITHIN:
            why = f"The same subject and cause as {(at - before).days} days before."
            self._truth.add("IN02", "incident", identity, at, why, origin="consequence")
        if resolved_at is not None:
            self._resolved[what] = resolved_at

    def report(self, incident: str, title: str, at: datetime.datetime, dataset: Dataset) -> None:
        """Writes down that a person said that something is wrong."""
        identity = f"C-{self._next('report')}"
        self._record(
            record_type="report",
            tool="chat",
            record_id=identity,
            occurred_at=at,
            incident_id=incident,
            title=title,
            dataset=dataset.name,
            namespace=WAREHOUSE,
        )

    def flush(self, until: datetime.datetime) -> None:
        """Writes what was said before an instant."""
        self._notifications.flush(until)
        self._webhooks.flush(until)

    def close(self) -> None:
        """Writes what is left, and the rules."""
        self._notifications.close()
        self._webhooks.close()
        self._records.close()
        self._write_rules()

    def _next(self, kind: str) -> int:
        self._counts[kind] = self._counts.get(kind, 0) + 1
        return self._counts[kind]

    def _email(self, pipeline: Pipeline, at: datetime.datetime) -> None:
        self._record(
            record_type="alert",
            tool="mail",
            record_id=f"M-{self._next('mail')}",
            occurred_at=at,
            rule="Airflow alert",
            title=f"Airflow alert: {pipeline.dag_id} failed",
            severity="error",
            channel=f"{pipeline.team.name}@example.com",
            notification_count=1,
            pipeline=pipeline.dag_id,
        )

    def _record(self, **row: Any) -> None:
        if row["occurred_at"] < self._world.window.until:
            times = {name: _zulu(value) for name, value in row.items() if isinstance(value, datetime.datetime)}
            self._records.add(row | times)

    def _write_rules(self) -> None:
        folder = self._folder / "alert_rules"
        folder.mkdir(parents=True, exist_ok=True)
        outside = sorted(one.dag_id for one in self._world.pipelines if "external rule" in one.faults)
        groups = []
        if outside:
            selected = "|".join(outside)
            groups.append({"name": "pipelines", "rules": [_rule("PipelineFailed", None, "error", selected)]})
        for team in self._world.teams:
            rules = [_rule(f"{_camel(team)}{name}", team, "warning", None) for name in ("PipelineLate", "DatasetStale")]
            groups.append({"name": team.name, "rules": [*rules, *self._world.extra_rules.get(team.name, [])]})
        (folder / "rules.yml").write_text(yaml.safe_dump({"groups": groups}, sort_keys=False), encoding="utf-8")
        configuration = {
            "route": {
                "receiver": "platform-chat",
                "group_by": ["alertname", "dag_id"],
                "routes": [
                    {"matchers": ['severity="critical"'], "receiver": "platform-page", "continue": True},
                    *(
                        {"matchers": [f'team="{team.name}"'], "receiver": f"{team.name}-chat"}
                        for team in self._world.teams
                    ),
                ],
            },
            "receivers": [
                {"name": "platform-chat", "slack_configs": [{"channel": "#data-platform"}]},
                {"name": "platform-page", "webhook_configs": [{"url": "https://pages.wh.internal/v1/alerts"}]},
                *(
                    {"name": f"{team.name}-chat", "slack_configs": [{"channel": team.channel}]}
                    for team in self._world.teams
                ),
            ],
        }
        (folder / "alertmanager.yml").write_text(yaml.safe_dump(configuration, sort_keys=False), encoding="utf-8")
        begun = self._world.window.start.replace(tzinfo=datetime.UTC).timestamp()
        for name in ("rules.yml", "alertmanager.yml"):
            os.utime(folder / name, (begun, begun))
        first = self._world.pipelines[0]
        write_csv(
            folder / "grafana.csv",
            ("tool", "rule", "group", "severity", "expression", "channel", "owner", "dataset"),
            [
                {
                    "tool": "grafana",
                    "rule": f"{dataset.table} is empty",
                    "group": first.team.domain,
                    "severity": "warning",
                    "expression": f"select count(*) from {dataset.name}",
                    "channel": first.team.channel,
                    "owner": first.team.name,
                    "dataset": dataset.name,
                }
                for dataset in first.outputs
            ],
        )


def rule_of(name: str, team: Team, severity: str, runbook: bool = True) -> Json:
    """Returns a Prometheus alert rule of a team."""
    rule = _rule(name, team, severity, None)
    if not runbook:
        del rule["annotations"]["runbook_url"]
    return rule


def _rule(name: str, team: Team | None, severity: str, selected: str | None) -> Json:
    expressions = {
        "PipelineFailed": f'increase(airflow_dagrun_failed_total{{dag_id=~"{selected}"}}[5m]) > 0',
    }
    owner = team.name if team else None
    return {
        "alert": name,
        "expr": expressions.get(name, f'time() - last_success_seconds{{team="{owner}"}} > expected_seconds'),
        "labels": {"severity": severity, **({"team": owner} if owner else {})},
        "annotations": {
            "summary": f"{name} of {{{{ $labels.dag_id }}}}.",
            "runbook_url": f"https://runbooks.wh.internal/{name.lower()}",
        },
    }


def _number(kind: str, pipeline: Pipeline, at: datetime.datetime) -> int:
    """Returns the number of an incident, which does not hang on how many there were before."""
    text = f"{kind}:{pipeline.dag_id}:{at.isoformat()}"
    return int(hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()[:8], 16)


def _kind(cause: str) -> str:
    """Returns the kind of a cause, as people group them."""
    return "timeout" if "timeout" in cause or "timed out" in cause else cause


def _labels(pipeline: Pipeline) -> dict[str, str]:
    return {"dag_id": pipeline.dag_id}


def _camel(team: Team) -> str:
    return "".join(word.title() for word in team.name.split("-"))


def _notification(
    labels: Mapping[str, str], summary: str, starts_at: datetime.datetime, ends_at: datetime.datetime | None
) -> str:
    ordered = dict(sorted(labels.items()))
    name = ordered["alertname"]
    fingerprint = hashlib.md5(json.dumps(ordered).encode(), usedforsecurity=False).hexdigest()[:16]
    is_critical = labels["severity"] == "critical"
    receiver = "platform-page" if is_critical else f"{labels['team']}-chat" if "team" in labels else "platform-chat"
    state = "resolved" if ends_at else "firing"
    grouped = {key: ordered[key] for key in ("alertname", "dag_id") if key in ordered}
    route = '{severity=\\"critical\\"}' if is_critical else "{}"
    document: Json = {
        "receiver": receiver,
        "status": state,
        "alerts": [
            {
                "status": state,
                "labels": ordered,
                "annotations": {"summary": summary},
                "startsAt": _zulu(starts_at),
                "endsAt": _zulu(ends_at) if ends_at else "0001-01-01T00:00:00Z",
                "generatorURL": f"http://prometheus.wh.internal:9090/graph?g0.expr={name}",
                "fingerprint": fingerprint,
            }
        ],
        "groupLabels": grouped,
        "commonLabels": ordered,
        "commonAnnotations": {"summary": summary},
        "externalURL": "http://alertmanager.wh.internal:9093",
        "version": "4",
        "groupKey": f"{{}}/{route}:{json.dumps(grouped)}",
        "truncatedAlerts": 0,
    }
    return json.dumps(document, separators=(",", ":"))


def _reference(kind: str, identity: str, summary: str) -> Json:
    return {
        "id": identity,
        "type": f"{kind}_reference",
        "summary": summary,
        "self": f"{_PAGER}/{kind}s/{identity}",
        "html_url": f"https://example.pagerduty.com/{kind}s/{identity}",
    }


def _webhook(
    identity: str,
    number: int,
    title: str,
    key: str,
    team: Team,
    status: str,
    created_at: datetime.datetime,
    at: datetime.datetime,
) -> str:
    agent = _reference("events_api_v2_inbound_integration", "PINT001", "Alertmanager")
    if status == "acknowledged":
        agent = _reference("user", f"PU{team.name.upper()[:12]}", f"On call of {team.name}")
    document: Json = {
        "event": {
            "id": f"01{identity}{status[:3].upper()}",
            "event_type": f"incident.{status}",
            "resource_type": "incident",
            "occurred_at": f"{at.isoformat(timespec='milliseconds')}Z",
            "agent": agent,
            "client": None,
            "data": {
                "id": identity,
                "type": "incident",
                "self": f"{_PAGER}/incidents/{identity}",
                "html_url": f"https://example.pagerduty.com/incidents/{identity}",
                "number": number,
                "status": status,
                "incident_key": key,
                "created_at": _zulu(created_at),
                "title": title,
                "service": _reference("service", f"PS{team.name.upper()[:12]}", team.name),
                "assignees": [],
                "escalation_policy": _reference("escalation_policy", f"PE{team.name.upper()[:12]}", team.on_call),
                "teams": [],
                "priority": None,
                "urgency": "high",
                "conference_bridge": None,
                "resolve_reason": None,
            },
        }
    }
    return json.dumps(document)


def _log_entry(identity: str, number: int, title: str, pipeline: Pipeline, at: datetime.datetime) -> str:
    entry = {
        "id": f"R{number:010d}",
        "type": "trigger_log_entry",
        "summary": "trigger_log_entry",
        "self": f"{_PAGER}/log_entries/R{number:010d}",
        "created_at": _zulu(at),
        "agent": _reference("events_api_v2_inbound_integration", "PINT001", "Alertmanager"),
        "channel": {
            "type": "api",
            "summary": title,
            "incident_key": f"airflow-{pipeline.dag_id}-{number}",
            "details": {"dag_id": pipeline.dag_id},
        },
        "service": _reference("service", f"PS{pipeline.team.name.upper()[:12]}", pipeline.team.name),
        "incident": _reference("incident", identity, title),
        "teams": [],
        "contexts": [],
    }
    return json.dumps({"log_entries": [entry], "limit": 25, "offset": 0, "more": False, "total": None})


def _zulu(at: datetime.datetime) -> str:
    return f"{at.isoformat(timespec='seconds')}Z"
