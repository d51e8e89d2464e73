"""Data contracts: staging has what a plain reader counts, and the sample shows each kind of answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import yaml

from loading import SHARED, needs_shared_data
from support import Workplace


def properties_in(holders: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Every property that stands in these, at any depth."""
    found = []
    for holder in holders:
        inner = [*(holder.get("properties") or []), *([holder["items"]] if holder.get("items") else [])]
        found += inner + properties_in(inner)
    return found


@needs_shared_data
def test_staging_has_every_part_of_the_recorded_contracts(make_workplace: Callable[..., Workplace]) -> None:
    workplace = make_workplace("contracts")
    feed = {"kind": "odcs", "name": "contracts", "path": str(SHARED / "odcs" / "**" / "*.y*ml")}
    (workplace.folder / "plumbline.yml").write_text(yaml.safe_dump({"feeds": [feed]}))
    workplace.load()
    workplace.dbt("build", "--select", "staging.odcs", "--exclude-resource-type", "unit_test")

    contracts = [json.loads(row["document"]) for row in workplace.query("select document from raw.odcs_contracts")]
    objects = [item for contract in contracts for item in contract.get("schema") or []]
    properties = properties_in(objects)
    teams = [contract.get("team") or [] for contract in contracts]
    expected = {
        "contracts": 44,
        "schema_objects": len(objects),
        "properties": len(properties),
        "quality_rules": sum(len(holder.get("quality") or []) for holder in [*objects, *properties]),
        "service_level_properties": sum(len(contract.get("slaProperties") or []) for contract in contracts),
        "servers": sum(len(contract.get("servers") or []) for contract in contracts),
        "team_members": sum(len(team if isinstance(team, list) else team.get("members") or []) for team in teams),
    }
    counted = {
        name: workplace.query(f"select count(*) as found from staging.stg_odcs__{name}")[0]["found"]
        for name in expected
    }
    assert counted == expected


def clauses(sample: Workplace, contract_id: str, state: str) -> set[tuple[str, str]]:
    rows = sample.query(
        "select clauses.subject_name, clauses.clause_kind "
        "from marts.dim_contract_clauses_current as clauses "
        "inner join marts.dim_contracts_current as contracts on clauses.contract_key = contracts.contract_key "
        f"where contracts.contract_id = '{contract_id}' and clauses.clause_state = '{state}'"
    )
    return {(row["subject_name"], row["clause_kind"]) for row in rows}


def test_the_sample_has_clauses_that_are_broken_kept_and_untested(sample: Workplace) -> None:
    assert clauses(sample, "shop-orders", "broken") == {
        ("orders.status", "column"),
        ("customers.customer_id", "physical_type"),
        ("customers", "service_level"),
    }
    assert {
        ("orders.order_id", "unique"),
        ("orders.order_id", "primary_key"),
        ("orders.ordered_at", "service_level"),
    } <= clauses(sample, "shop-orders", "kept")
    assert {
        ("orders", "quality"),
        ("customers.customer_id", "required"),
        ("orders", "service_level"),
    } <= clauses(sample, "shop-orders", "untested")
    assert clauses(sample, "shop-revenue", "broken") == set()
    assert clauses(sample, "shop-revenue", "untested") == {("rpt_revenue_by_country", "service_level")}
    assert clauses(sample, "shop-payments", "not_in_force") == {
        ("payments.payment_id", "column"),
        ("payments.payment_id", "logical_type"),
        ("payments.payment_id", "required"),
    }


def test_the_sample_says_from_when_to_when_a_clause_was_broken(sample: Workplace) -> None:
    rows = sample.query(
        "select clauses.subject_name, violations.clause_kind, violations.found, violations.ended_by "
        "from marts.fct_contract_violations as violations "
        "inner join marts.dim_contract_clauses as clauses "
        "on violations.contract_clause_version_key = clauses.contract_clause_version_key "
        "where violations.source_name = 'contracts'"
    )
    assert {tuple(row.values()) for row in rows} == {
        ("orders.status", "column", "no such column", None),
        ("customers.customer_id", "physical_type", "bigint", None),
        ("orders.order_id", "unique", "2", "mended"),
        ("orders.order_id", "primary_key", "2", "mended"),
        ("fct_orders.country", "required", "30", "mended"),
        ("customers", "service_level", "not written since 2026-11-20 00:00:00", None),
    }


def test_the_sample_has_a_delivery_of_a_dataset_that_never_came(sample: Workplace) -> None:
    rows = sample.query(
        "select service_levels.service_level_name, deliveries.state, cast(deliveries.due_at as text) as due_at "
        "from marts.fct_deliveries as deliveries "
        "inner join marts.dim_service_levels as service_levels "
        "on deliveries.service_level_version_key = service_levels.service_level_version_key "
        "where service_levels.standard = 'odcs' order by due_at"
    )
    assert [tuple(row.values()) for row in rows] == [
        ("shop-orders/customers/frequency", "missed", "2026-11-21 00:00:00"),
        ("shop-orders/customers/frequency", "pending", "2026-11-22 00:00:00"),
    ]
