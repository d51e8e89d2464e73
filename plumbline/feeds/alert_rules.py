"""Alert rules: Prometheus rule files, Alertmanager configurations, Prefect automations, and a table of other rules.

Of a configuration only what says who is told is landed: routes, the names of receivers, and where they send. Its
addresses, tokens and passwords are not. Nor is what an automation sends: its payloads, headers and parameters.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from plumbline.documents import Row, UnreadableError, land_documents
from plumbline.feeds import FilesConfig
from plumbline.redact import destination, without_secrets
from plumbline.session import Session

_OF_ROUTE = (
    *("receiver", "matchers", "match", "match_re", "continue", "group_by", "group_wait", "group_interval"),
    *("repeat_interval", "mute_time_intervals", "active_time_intervals"),
)
# The one field of each integration that names where it sends and is no secret.
_DESTINATIONS = {
    **{"email": "to", "slack": "channel", "sns": "topic_arn", "telegram": "chat_id", "webex": "room_id"},
    "webhook": "url",
}
# What an action of an automation does, and to what; the rest is what it sends along.
_OF_ACTION = (
    *("type", "source", "block_document_id", "deployment_id", "automation_id", "work_pool_id", "work_queue_id"),
    *("emails", "state", "name"),
)
_ACTIONS = ("actions", "actions_on_trigger", "actions_on_resolve")
_INTEGRATION = "_configs"
_DEEPEST = 100


class Config(FilesConfig):
    """The keys of a feed of files."""

    kind: Literal["alert_rules"]


def load(config: Config, session: Session) -> None:
    """Lands the rules and routes of files whose content is new, and each state of each file."""
    land_documents(session, config.path, config.optional, _rows, state_table="files", keeps_rejected_text=False)


def _rows(document: Any) -> Iterator[Row]:
    if not isinstance(document, dict):
        raise UnreadableError("is no object of names and values")
    inner = document.get("spec") if document.get("kind") == "PrometheusRule" else document
    if isinstance(inner, dict) and isinstance(inner.get("groups"), list):
        yield from _rules(inner["groups"])
    elif isinstance(document.get("route"), dict) or isinstance(document.get("receivers"), list):
        yield from _configuration(document)
    elif "trigger" in document and "actions" in document:
        yield _automation(document)
    elif "rule" in document or "tool" in document:
        yield _record(document)
    else:
        raise UnreadableError(
            "is no Prometheus rule file (groups), no Alertmanager configuration (route, receivers), no automation of "
            "Prefect (trigger, actions), and no line with the columns tool and rule"
        )


def _rules(groups: list[Any]) -> Iterator[Row]:
    for group_number, group in enumerate(groups, start=1):
        if not isinstance(group, dict) or not group.get("name") or not isinstance(group.get("rules") or [], list):
            raise UnreadableError(f"group {group_number} has no name, or no list of rules")
        for number, rule in enumerate(group.get("rules") or [], start=1):
            if not isinstance(rule, dict) or not (rule.get("alert") or rule.get("record")):
                raise UnreadableError(f"rule {number} of the group {group['name']} has neither alert nor record")
            if rule.get("alert"):
                place = {"group_number": group_number, "rule_number": number}
                yield "rules", {"rule_group": str(group["name"]), **place, "rule": without_secrets(rule)}


def _configuration(document: dict[str, Any]) -> Iterator[Row]:
    route, receivers = document.get("route"), document.get("receivers")
    if not isinstance(route, dict) or not isinstance(receivers, list):
        raise UnreadableError("is no whole configuration of Alertmanager: it has no route, or no receivers")
    yield from _routes(route, "000000")
    for number, receiver in enumerate(receivers, start=1):
        if not isinstance(receiver, dict) or not receiver.get("name"):
            raise UnreadableError(f"receiver {number} has no name")
        found = [
            (name.removesuffix(_INTEGRATION), integration)
            for name, integrations in receiver.items()
            if name.endswith(_INTEGRATION)
            for integration in (integrations if isinstance(integrations, list) else [])
        ]
        for place, (name, integration) in enumerate(found or [(None, None)], start=1):
            field = _DESTINATIONS.get(name or "")
            sends_to = destination(integration.get(field)) if field and isinstance(integration, dict) else None
            row = {"receiver": str(receiver["name"]), "integration_number": place, "integration": name}
            yield "receivers", {**row, "destination": sends_to}


def _routes(route: dict[str, Any], path: str) -> Iterator[Row]:
    if path.count(".") > _DEEPEST:
        raise UnreadableError(f"has routes that are nested more than {_DEEPEST} deep")
    if not isinstance(route.get("matchers") or [], list):
        raise UnreadableError("has a route whose matchers are no list")
    kept = {name: route[name] for name in _OF_ROUTE if name in route}
    yield "routes", {"route_path": path, "route": without_secrets(kept)}
    for number, inner in enumerate(route.get("routes") or []):
        if not isinstance(inner, dict):
            raise UnreadableError("has a route that is no object")
        yield from _routes(inner, f"{path}.{number:06d}")


def _automation(document: dict[str, Any]) -> Row:
    for name in ("id", "name"):
        if not document.get(name):
            raise UnreadableError(f"is an automation of Prefect without {name}")
    if not isinstance(document["trigger"], dict) or not document["trigger"].get("type"):
        raise UnreadableError("is an automation of Prefect whose trigger has no type")
    automation = without_secrets(document)
    for kind in _ACTIONS:
        actions = automation.get(kind) or []
        if not isinstance(actions, list) or not all(isinstance(action, dict) for action in actions):
            raise UnreadableError(f"is an automation of Prefect whose {kind} are no list of objects")
        automation[kind] = [{name: action[name] for name in _OF_ACTION if name in action} for action in actions]
    return "automations", {"automation_id": str(document["id"]), "automation": automation}


def _record(document: dict[str, Any]) -> Row:
    for name in ("tool", "rule"):
        if document.get(name) in (None, ""):
            raise UnreadableError(f"has no {name}")
    record = without_secrets(document)
    if "channel" in record:
        record["channel"] = destination(document["channel"])
    return "records", {"tool": str(document["tool"]), "rule": str(document["rule"]), "record": record}
