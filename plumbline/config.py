"""Reads plumbline.yml, and says by file, line and key what is wrong with it."""

from __future__ import annotations

import difflib
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from plumbline.errors import ConfigError, remember_secret
from plumbline.feeds import FeedConfig, feed_kinds
from plumbline.notifications.routes import Notifications, Route

_VARIABLE = re.compile(r"\$\{(?P<name>[^}]*)\}")
_PASSWORD_IN_URL = re.compile(r"^[a-z][a-z0-9+.-]*://[^:/@]*:(?P<secret>.*)@", re.IGNORECASE | re.DOTALL)
_KEYS = ("feeds", "notifications")
_MESSAGES = {
    "missing": "is required",
    "tuple_type": "must be a list",
    "too_short": "must hold something",
    "string_too_short": "must hold something",
    "string_pattern_mismatch": "may hold letters, digits, '_', '-' and '.', and starts with a letter or digit",
}

Location = tuple[str | int, ...]
_Model = TypeVar("_Model", bound=BaseModel)


@dataclass(frozen=True)
class Config:
    """What plumbline.yml says: the feeds in its order, the folder that its relative paths start from, and whom to tell.

    `places` says of each route's address where it stands, by the route's name.
    """

    feeds: tuple[FeedConfig, ...]
    folder: Path
    notifications: Notifications | None = None
    places: dict[str, str] = field(default_factory=dict)


class _Document:
    """A YAML file as plain values, with the line of every key and item."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lines: dict[Location, int] = {}
        self.errors: list[tuple[int, str]] = []
        try:
            text = path.read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            raise ConfigError(
                f"{path}: there is no such file. Give the configuration with --config, or write one: "
                "the README shows how."
            ) from None
        except UnicodeDecodeError as error:
            raise ConfigError(f"{path}: is not UTF-8 text: {error}") from None
        except OSError as error:
            raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
        try:
            root = yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            where = f"{path}:{mark.line + 1}" if mark else str(path)
            problem = " ".join(part for part in (error.context, error.problem) if part)
            raise ConfigError(f"{where}: is not valid YAML: {problem}") from None
        except yaml.YAMLError as error:
            raise ConfigError(f"{path}: is not valid YAML: {' '.join(str(error).split())}") from None
        self.value = self._plain(root, ()) if root is not None else None

    def line(self, location: Location) -> int:
        """Returns the line of the nearest thing that exists on the way to a location."""
        while location and location not in self.lines:
            location = location[:-1]
        return self.lines.get(location, 1)

    def add(self, location: Location, message: str) -> None:
        """Notes an error at a location."""
        name = _name(location)
        self.errors.append((self.line(location), f"{name}: {message}" if name else message))

    def found(self, location: Location) -> Any:
        """Returns what stands at a location; None where nothing does."""
        value = self.value
        for part in location:
            value = value.get(part) if isinstance(value, dict) else None
        return value

    def raise_errors(self) -> None:
        """Raises everything that was noted, one line an error."""
        if self.errors:
            found = sorted(set(self.errors))
            raise ConfigError("\n".join(f"{self.path}:{line}: {message}" for line, message in found))

    def _plain(self, node: yaml.Node, location: Location) -> Any:
        self.lines.setdefault(location, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            values: dict[Any, Any] = {}
            for key_node, value_node in node.value:
                key = key_node.value if isinstance(key_node, yaml.ScalarNode) else str(key_node.value)
                inner = (*location, key)
                if key in values:
                    self.errors.append((key_node.start_mark.line + 1, f"{_name(inner)}: stands here a second time"))
                self.lines[inner] = key_node.start_mark.line + 1
                values[key] = self._plain(value_node, inner)
            return values
        if isinstance(node, yaml.SequenceNode):
            return [self._plain(item, (*location, index)) for index, item in enumerate(node.value)]
        value = _scalar(node)
        return self._expanded(value, location) if isinstance(value, str) else value

    def _expanded(self, value: str, location: Location) -> str:
        def replacement(found: re.Match[str]) -> str:
            name = found["name"]
            if name not in os.environ:
                self.add(location, f"the environment variable {name} is not set")
                return ""
            return os.environ[name]

        expanded = _VARIABLE.sub(replacement, value)
        password = _PASSWORD_IN_URL.match(expanded)
        if password:
            remember_secret(password["secret"])
        elif expanded != value and "://" not in expanded and location[-1:] == ("password",):
            remember_secret(expanded)
        return expanded


def read_config(path: Path) -> Config:
    """Reads and checks plumbline.yml.

    Raises ConfigError with one line for every mistake: file, line, key, and what is wrong.
    """
    document = _Document(path)
    value = document.value
    if not isinstance(value, dict):
        raise ConfigError(f"{path}:1: the file must hold the key 'feeds' with a list of feeds")
    for key in value:
        if key not in _KEYS:
            document.add((key,), f"is not a key of this file{_suggestion(key, list(_KEYS))}")
    if "feeds" not in value:
        document.add((), "the key 'feeds' is missing; write 'feeds: []' to load nothing")
    items = value.get("feeds")
    feeds: list[FeedConfig] = []
    if items is not None and not isinstance(items, list):
        document.add(("feeds",), "must be a list, each feed after a '-'")
    else:
        feeds = [feed for index, item in enumerate(items or []) if (feed := _feed(document, index, item)) is not None]
    _check_names(document, ("feeds",), "feed")
    notifications = _notifications(document) if "notifications" in value else None
    document.raise_errors()
    places = {
        route.name: f"{path}:{document.line(place)}: {_name(place)}: route '{route.name}'"
        for index, route in enumerate(notifications.routes if notifications else ())
        for place in [("notifications", "routes", index, "url")]
    }
    return Config(tuple(feeds), path.resolve().parent, notifications, places)


def _check_names(document: _Document, location: Location, what: str) -> None:
    """Notes each name that an item of a list shares with one before it."""
    seen: dict[str, int] = {}
    items = document.found(location)
    for index, item in enumerate(items if isinstance(items, list) else []):
        name = item.get("name") if isinstance(item, dict) else None
        if isinstance(name, str) and name in seen:
            first = document.line((*location, seen[name], "name"))
            document.add((*location, index, "name"), f"'{name}' is already the name of the {what} in line {first}")
        elif isinstance(name, str):
            seen[name] = index


def _notifications(document: _Document) -> Notifications | None:
    """Returns whom to tell, or notes what is wrong with it and returns None."""
    location: Location = ("notifications",)
    value = document.found(location)
    if not isinstance(value, dict):
        document.add(location, "must hold the key 'routes' with a list of routes")
        return None
    _check_names(document, (*location, "routes"), "route")
    routes = value.get("routes")
    for route in routes if isinstance(routes, list) else []:
        if isinstance(route, dict) and isinstance(route.get("url"), str):
            remember_secret(route["url"])
    return _validated(document, location, value, Notifications)


def _feed(document: _Document, index: int, item: Any) -> FeedConfig | None:
    """Returns the feed at this place of the list, or notes what is wrong with it and returns None."""
    location: Location = ("feeds", index)
    kinds = feed_kinds()
    if not isinstance(item, dict):
        document.add(location, "must hold the keys kind, name, and where the feed is")
        return None
    kind = item.get("kind")
    if kind is None:
        document.add(location, f"the key 'kind' is missing; it is one of {', '.join(kinds)}")
        return None
    if kind not in kinds:
        document.add(
            (*location, "kind"),
            f"'{kind}' is not a kind of feed; it is one of {', '.join(kinds)}{_suggestion(str(kind), list(kinds))}",
        )
        return None
    return _validated(document, location, item, kinds[kind].Config)


def _validated(document: _Document, location: Location, value: Any, model: type[_Model]) -> _Model | None:
    """Returns the value as the model has it, or notes what is wrong with it and returns None."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        for detail in error.errors(include_input=False, include_url=False):
            place = tuple(detail["loc"])
            message = _MESSAGES.get(detail["type"], _lower(detail["msg"].removeprefix("Value error, ")))
            if detail["type"] == "extra_forbidden":
                what, owner = _owner(model, place)
                known = list(owner.model_fields)
                message = f"is not a key of {what} ({', '.join(known)}){_suggestion(str(place[-1]), known)}"
            document.add((*location, *place), message)
        return None


def _owner(model: type[BaseModel], place: Location) -> tuple[str, type[BaseModel]]:
    """Returns what a key at this place is a key of, in words and as its model."""
    if model is not Notifications:
        return "this kind of feed", model
    return ("a route", Route) if len(place) > 1 else ("notifications", model)


def _scalar(node: yaml.Node) -> Any:
    """Returns a scalar as YAML reads it; dates and the like stay text, as nothing here is a date."""
    if node.tag in {"tag:yaml.org,2002:null", "tag:yaml.org,2002:bool", "tag:yaml.org,2002:int"}:
        loader = yaml.SafeLoader("")
        try:
            return loader.construct_object(node)
        finally:
            loader.dispose()
    if node.tag == "tag:yaml.org,2002:float":
        return float(node.value)
    return node.value


def _name(location: Location) -> str:
    name = ""
    for part in location:
        name += f"[{part}]" if isinstance(part, int) else f".{part}" if name else part
    return name


def _suggestion(given: str, known: list[str]) -> str:
    near = difflib.get_close_matches(given, known, n=1)
    return f"; did you mean '{near[0]}'?" if near else ""


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
