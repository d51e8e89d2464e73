"""Who is to be told of what: the part `notifications` of plumbline.yml."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr

REST = "*"
NAME = r"^[A-Za-z0-9][A-Za-z0-9_.-]*$"

Severity = Literal["critical", "high", "medium", "low"]
Change = Literal["opened", "worsened", "closed"]


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


class Route(BaseModel):
    """One way to people: an address, and which findings go there.

    `team` holds names, '' for findings that nobody owns, or '*' for those that no other route takes; None takes all.
    `digest` puts what comes up in a day or a week (UTC) into one message a team.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=NAME, max_length=100)
    url: SecretStr = Field(min_length=1)
    team: Annotated[tuple[str, ...] | None, BeforeValidator(_listed)] = None
    severities: Annotated[tuple[Severity, ...] | None, BeforeValidator(_listed)] = Field(None, min_length=1)
    changes: Annotated[tuple[Change, ...], BeforeValidator(_listed)] = Field(
        ("opened", "worsened", "closed"), min_length=1
    )
    digest: Literal["daily", "weekly"] | None = None

    @property
    def is_rest(self) -> bool:
        """Whether it takes only what no other route takes."""
        return self.team is not None and REST in self.team

    def takes(self, team: str | None, severity: str) -> bool:
        """Whether findings of this team and severity go here, leaving aside what others take."""
        return (self.team is None or self.is_rest or (team or "") in self.team) and (
            self.severities is None or severity.lower() in self.severities
        )


class Notifications(BaseModel):
    """The routes; how often a message is tried; how many messages a route takes in a run before it gets one a team."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    routes: tuple[Route, ...] = Field(min_length=1)
    attempts: int = Field(5, ge=1, le=100, strict=True)
    most_messages: int = Field(10, ge=1, le=1000, strict=True)

    def taking(self, team: str | None, severity: str) -> tuple[Route, ...]:
        """Returns the routes that findings of this team and severity go to."""
        able = [route for route in self.routes if route.takes(team, severity)]
        named = [route for route in able if not route.is_rest]
        return tuple(named or able)
