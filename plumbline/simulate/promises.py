"""What is promised of datasets and pipelines: data contracts (ODCS) and service levels (OpenSLO)."""

from __future__ import annotations

import datetime
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from plumbline.simulate.world import DATABASE, WAREHOUSE, Column, Dataset, Pipeline, World

Json = dict[str, Any]

_LOGICAL = {
    "bigint": "integer",
    "integer": "integer",
    "numeric": "number",
    "text": "string",
    "character varying": "string",
    "timestamp with time zone": "timestamp",
}


BUDGET_PERIOD = datetime.timedelta(days=28)


@dataclass(eq=False)
class Contract:
    """A data contract of one table."""

    dataset: Dataset
    owner: str
    domain: str
    latency_hours: int | None
    """How old the table may be."""
    columns: list[Column]
    status: str = "active"
    available_at: str | None = None
    """The time of day by which it is there, as `HH:MM`, in UTC."""
    synonyms: dict[str, str] = field(default_factory=dict)
    """What it calls some types instead."""
    quality: list[Json] = field(default_factory=list)
    """Clauses beyond those that every contract has."""

    @property
    def id(self) -> str:
        """The id of the contract."""
        return self.dataset.name.removeprefix(f"{DATABASE}.").replace(".", "-").replace("_", "-")


@dataclass(eq=False)
class ServiceLevel:
    """A service level of the deliveries of a pipeline, with a budget of four weeks."""

    pipeline: Pipeline
    due_within_hours: int
    target: float

    @property
    def name(self) -> str:
        """The name of the service level."""
        return f"{self.pipeline.dag_id.replace('_', '-')}-delivered"


def contract_of(dataset: Dataset, owner: str, domain: str, interval: datetime.timedelta) -> Contract:
    """Returns a contract that a healthy table keeps: its columns as they are, and an age with some room."""
    hours = round(interval.total_seconds() / 3600)
    columns = [Column(column.name, column.type) for column in dataset.columns]
    return Contract(dataset, owner, domain, hours + max(4, hours // 4), columns)


def write_promises(world: World, folder: Path) -> None:
    """Writes the contracts and the service levels, with the time of the beginning as that of their last change."""
    at = world.window.start.replace(tzinfo=datetime.UTC).timestamp()
    contracts, levels = folder / "contracts", folder / "openslo"
    for each in (contracts, levels):
        each.mkdir(parents=True, exist_ok=True)
    for contract in world.contracts:
        path = contracts / f"{contract.id}.odcs.yaml"
        _write(path, [_contract(world, contract)], at)
    documents = [_level(level) for level in world.service_levels]
    if documents:
        _write(levels / "deliveries.yaml", documents, at)


def _write(path: Path, documents: list[Json], at: float) -> None:
    path.write_text(yaml.safe_dump_all(documents, sort_keys=False), encoding="utf-8")
    os.utime(path, (at, at))


def _contract(world: World, contract: Contract) -> Json:
    dataset = contract.dataset
    host, port = WAREHOUSE.removeprefix("postgres://").split(":")
    promises: list[Json] = []
    if contract.latency_hours is not None:
        promises.append({"property": "latency", "value": contract.latency_hours, "unit": "h", "element": dataset.table})
    if contract.available_at is not None:
        promises.append(
            {"property": "timeOfAvailability", "value": f"{contract.available_at}Z", "element": dataset.table}
        )
    return {
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": contract.id,
        "name": dataset.table.replace("_", " ").capitalize(),
        "version": "1.0.0",
        "status": contract.status,
        "domain": contract.domain,
        "contractCreatedTs": f"{(world.window.start - datetime.timedelta(days=60)).isoformat()}Z",
        "description": {"purpose": f"The table {dataset.table}, for those who read it."},
        "servers": [
            {
                "server": "production",
                "type": "postgres",
                "environment": "prod",
                "host": host,
                "port": int(port),
                "database": DATABASE,
                "schema": dataset.schema,
            }
        ],
        "schema": [
            {
                "name": dataset.table,
                "physicalName": dataset.name,
                "physicalType": "table",
                "properties": [_property(contract, column, index) for index, column in enumerate(contract.columns)],
                **({"quality": contract.quality} if contract.quality else {}),
            }
        ],
        "team": {
            "name": contract.owner,
            "members": [{"username": f"{contract.owner}@example.com", "role": "owner"}],
        },
        "slaProperties": promises,
    }


def _property(contract: Contract, column: Column, index: int) -> Json:
    physical = contract.synonyms.get(column.type, column.type)
    values: Json = {"name": column.name, "logicalType": _LOGICAL[column.type], "physicalType": physical}
    if index == 0:
        values["required"] = True
    return values


def _level(level: ServiceLevel) -> Json:
    source = {"pipeline": level.pipeline.dag_id}
    kept = {"measure": "deliveriesKept", **source, "dueWithin": f"{level.due_within_hours}h"}
    expected = {"measure": "deliveriesExpected", **source}
    return {
        "apiVersion": "openslo/v1",
        "kind": "SLO",
        "metadata": {"name": level.name, "displayName": f"Deliveries of {level.pipeline.dag_id}"},
        "spec": {
            "description": f"Each delivery is there {level.due_within_hours} hours after it is due.",
            "service": level.pipeline.team.domain,
            "indicator": {
                "metadata": {"name": f"{level.name}-kept"},
                "spec": {
                    "ratioMetric": {
                        "counter": True,
                        "good": {"metricSource": {"type": "plumbline", "spec": kept}},
                        "total": {"metricSource": {"type": "plumbline", "spec": expected}},
                    }
                },
            },
            "timeWindow": [{"duration": "4w", "isRolling": True}],
            "budgetingMethod": "Occurrences",
            "objectives": [{"displayName": "Delivered in time", "target": level.target}],
        },
    }
