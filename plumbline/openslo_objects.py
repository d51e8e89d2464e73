"""What an OpenSLO v1 object may hold, as its specification says it."""

from __future__ import annotations

import re
import zoneinfo
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

API_VERSION = "openslo/v1"

_DURATION = re.compile(r"[1-9]\d*[mhdwMQY]$")
_START_TIME = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d)?$")


def _duration(text: str) -> str:
    if not _DURATION.match(text):
        raise ValueError("is no duration: it is a number and one of m, h, d, w, M, Q, Y, such as 4w")
    return text


def _start_time(text: str) -> str:
    if not _START_TIME.match(text):
        raise ValueError("is no time without a zone, such as 2022-01-01 12:00:00")
    return text


def _time_zone(text: str) -> str:
    try:
        zoneinfo.ZoneInfo(text)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"'{text}' is no time zone of the IANA database") from None
    return text


# The specification lets names be longer and hold more than every tool must bear.
Name = Annotated[str, Field(min_length=1, max_length=255)]
Description = Annotated[str, Field(max_length=1050)]
Duration = Annotated[str, AfterValidator(_duration)]
Operator = Literal["lte", "gte", "lt", "gt"]


class _Part(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", strict=True, frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, value: Any) -> Any:
        """A key without a value is as good as none."""
        return {key: inner for key, inner in value.items() if inner is not None} if isinstance(value, dict) else value


def _one_of(part: BaseModel, *names: str) -> None:
    given = [to_camel(name) for name in names if getattr(part, name) is not None]
    if len(given) != 1:
        wanted = " or ".join(to_camel(name) for name in names)
        raise ValueError(
            f"needs {wanted}" if not given else f"has both {' and '.join(given)}; only one may stand there"
        )


class Metadata(_Part):
    """Who an object is."""

    name: Name
    display_name: str | None = None
    labels: dict[str, str | list[str]] | None = None
    annotations: dict[str, str] | None = None


class MetricSource(_Part):
    """Where a metric is read; what `spec` holds is the source's own affair."""

    metric_source_ref: Name | None = None
    type: str | None = None
    spec: dict[str, Any] | None = None


class Metric(_Part):
    """One metric."""

    metric_source: MetricSource


class RatioMetric(_Part):
    """Good or bad events of all, or a ratio that is computed already."""

    counter: bool | None = None
    good: Metric | None = None
    bad: Metric | None = None
    total: Metric | None = None
    raw_type: Literal["success", "failure"] | None = None
    raw: Metric | None = None

    @model_validator(mode="after")
    def _complete(self) -> RatioMetric:
        _one_of(self, "total", "raw")
        if self.total is not None:
            _one_of(self, "good", "bad")
        elif self.raw_type is None:
            raise ValueError("needs rawType beside raw")
        return self


class SliSpec(_Part):
    """An indicator."""

    description: Description | None = None
    threshold_metric: Metric | None = None
    ratio_metric: RatioMetric | None = None

    @model_validator(mode="after")
    def _one_metric(self) -> SliSpec:
        _one_of(self, "threshold_metric", "ratio_metric")
        return self


class InlineSli(_Part):
    """An indicator inside of an SLO."""

    metadata: Metadata | None = None
    spec: SliSpec


class Calendar(_Part):
    """Where a window that is aligned to the calendar begins."""

    start_time: Annotated[str, AfterValidator(_start_time)]
    time_zone: Annotated[str, AfterValidator(_time_zone)]


class TimeWindow(_Part):
    """The time over which a budget holds."""

    duration: Duration
    is_rolling: bool | None = None
    calendar: Calendar | None = None

    @model_validator(mode="after")
    def _of_one_kind(self) -> TimeWindow:
        if self.calendar is not None and self.is_rolling:
            raise ValueError("has a calendar, and so cannot be rolling")
        if self.calendar is None and self.is_rolling is False:
            raise ValueError("needs a calendar where isRolling is false")
        return self


class Objective(_Part):
    """A target."""

    display_name: str | None = None
    op: Operator | None = None
    value: float | None = None
    target: Annotated[float, Field(ge=0, lt=1)] | None = None
    target_percent: Annotated[float, Field(ge=0, lt=100)] | None = None
    time_slice_target: Annotated[float, Field(ge=0, le=1)] | None = None
    time_slice_window: Annotated[int, Field(gt=0)] | Duration | None = None

    @model_validator(mode="after")
    def _one_target(self) -> Objective:
        _one_of(self, "target", "target_percent")
        return self


class Condition(_Part):
    """When an alert fires."""

    kind: Literal["burnrate"] | None = None
    op: Operator
    threshold: float
    lookback_window: Duration
    alert_after: Annotated[str, Field(pattern=r"^\d+[mhdwMQY]$")] | None = None


class AlertConditionSpec(_Part):
    """A condition and how bad it is."""

    description: Description | None = None
    severity: str
    condition: Condition


class InlineCondition(_Part):
    """A condition, or the name of one."""

    condition_ref: Name | None = None
    kind: Literal["AlertCondition"] | None = None
    metadata: Metadata | None = None
    spec: AlertConditionSpec | None = None

    @model_validator(mode="after")
    def _one(self) -> InlineCondition:
        _one_of(self, "condition_ref", "spec")
        return self


class AlertNotificationTargetSpec(_Part):
    """Whom an alert reaches."""

    target: str
    description: Description | None = None


class InlineTarget(_Part):
    """A target, or the name of one."""

    target_ref: Name | None = None
    kind: Literal["AlertNotificationTarget"] | None = None
    metadata: Metadata | None = None
    spec: AlertNotificationTargetSpec | None = None

    @model_validator(mode="after")
    def _one(self) -> InlineTarget:
        _one_of(self, "target_ref", "spec")
        return self


class AlertPolicySpec(_Part):
    """When to alert, and whom."""

    description: Description | None = None
    alert_when_no_data: bool | None = None
    alert_when_resolved: bool | None = None
    alert_when_breaching: bool | None = None
    conditions: Annotated[list[InlineCondition], Field(min_length=1, max_length=1)]
    notification_targets: list[InlineTarget]


class InlinePolicy(_Part):
    """A policy, or the name of one."""

    alert_policy_ref: Name | None = None
    kind: Literal["AlertPolicy"] | None = None
    metadata: Metadata | None = None
    spec: AlertPolicySpec | None = None

    @model_validator(mode="after")
    def _one(self) -> InlinePolicy:
        _one_of(self, "alert_policy_ref", "spec")
        return self


class SloSpec(_Part):
    """An objective, or several, for an indicator."""

    description: Description | None = None
    service: Name
    indicator: InlineSli | None = None
    indicator_ref: Name | None = None
    time_window: Annotated[list[TimeWindow], Field(min_length=1, max_length=1)] | None = None
    budgeting_method: Literal["Occurrences", "Timeslices", "RatioTimeslices"]
    objectives: Annotated[list[Objective], Field(min_length=1)]
    # The specification speaks of a name alone in one place, and of alertPolicyRef in another.
    alert_policies: list[Name | InlinePolicy] | None = None

    @model_validator(mode="after")
    def _consistent(self) -> SloSpec:
        _one_of(self, "indicator", "indicator_ref")
        if self.indicator is not None and self.indicator.spec.threshold_metric is not None and len(self.objectives) > 1:
            raise ValueError("has a thresholdMetric, and so only one objective")
        if self.budgeting_method != "Occurrences" and any(one.time_slice_window is None for one in self.objectives):
            raise ValueError(
                f"needs timeSliceWindow in each objective where budgetingMethod is {self.budgeting_method}"
            )
        if self.budgeting_method == "Timeslices" and any(one.time_slice_target is None for one in self.objectives):
            raise ValueError("needs timeSliceTarget in each objective where budgetingMethod is Timeslices")
        return self


class ServiceSpec(_Part):
    """A service."""

    description: Description | None = None


class DataSourceSpec(_Part):
    """A source of metrics."""

    description: Description | None = None
    type: str
    connection_details: Any = None


SPECS: dict[str, type[BaseModel]] = {
    "AlertCondition": AlertConditionSpec,
    "AlertNotificationTarget": AlertNotificationTargetSpec,
    "AlertPolicy": AlertPolicySpec,
    "DataSource": DataSourceSpec,
    "Service": ServiceSpec,
    "SLI": SliSpec,
    "SLO": SloSpec,
}
