"""`plumbline check-change` on the sample: what a proposal changes, what that breaks, and whom it hits."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from markdown_it import MarkdownIt

from loading import Loader
from plumbline.change_report import as_markdown
from plumbline.check_change import Change, Hit
from roles import Roles
from support import BIN, ROOT, Workplace, run

# The newest manifest of the sample, and so what is in force.
MANIFEST = ROOT / "sample/dbt/10_build_recovered/manifest.json"
CONTRACTS = ROOT / "sample/odcs"
LONGEST_COMMENT = 65_536


@pytest.fixture(params=["sample", "sample_on_postgres"])
def in_force(request: pytest.FixtureRequest, postgres_roles: Roles) -> Workplace:
    """The built sample, as one who may only read it sees it."""
    built: Workplace = request.getfixturevalue(request.param)
    if built.target == "dev":
        return built
    return Workplace(built.folder, built.target, {**built.env, **postgres_roles.login(postgres_roles.reader)})


def check(workplace: Workplace, *arguments: str | Path) -> tuple[int, str]:
    """Run the command; its exit code and what it printed."""
    env = {"PLUMBLINE_PROJECT_DIR": str(workplace.folder), **workplace.env}
    done = run(
        BIN / "plumbline", "check-change", "--target", workplace.target, *arguments, cwd=workplace.folder, env=env
    )
    assert "Traceback" not in done.stdout
    return done.returncode, done.stdout


def found(workplace: Workplace, *arguments: str | Path) -> tuple[int, list[dict[str, Any]]]:
    """Run the command; its exit code and the changes that it found."""
    code, printed = check(workplace, "--format", "json", *arguments)
    assert printed.startswith("{"), printed
    return code, json.loads(printed)["changes"]


def summary(changes: list[dict[str, Any]]) -> set[tuple[Any, ...]]:
    return {
        (one["contract_id"], one["change_kind"], one["column_name"], one["is_breaking"], one["is_blocking"])
        for one in changes
    }


def hits(change: dict[str, Any], kind: str) -> set[str]:
    return {hit["name"] for hit in change["hits"] if hit["type"] == kind}


def proposed_manifest(folder: Path, change: Callable[[dict[str, Any]], None]) -> Path:
    """Write the sample's manifest with a change in it."""
    manifest = json.loads(MANIFEST.read_text())
    change(manifest)
    path = folder / "manifest.json"
    path.write_text(json.dumps(manifest))
    return path


def proposed_contracts(folder: Path, change: Callable[[dict[str, Any]], None]) -> Path:
    """Write the sample's contracts with a change in each."""
    copied = folder / "proposed [contracts]"
    copied.mkdir()
    for path in CONTRACTS.glob("*.yaml"):
        documents = list(yaml.safe_load_all(path.read_text()))
        for document in documents:
            change(document)
        (copied / path.name).write_text(yaml.safe_dump_all(documents, sort_keys=False))
    return copied


def test_what_is_in_force_changes_nothing(in_force: Workplace) -> None:
    assert found(in_force, "--manifest", MANIFEST, "--contracts", CONTRACTS) == (0, [])


def test_every_kind_of_change_is_found(in_force: Workplace, tmp_path: Path) -> None:
    def change_manifest(manifest: dict[str, Any]) -> None:
        columns = manifest["nodes"]["model.shop.fct_orders"]["columns"]
        del columns["country"]
        columns["channel"] = {**columns["status"], "name": "channel"}
        columns["amount"]["data_type"] = "numeric(14,2)"
        columns["customer_id"]["data_type"] = "smallint"
        columns["order_id"]["constraints"] = []
        columns["status"]["constraints"] = [{"type": "not_null"}]
        del manifest["nodes"]["model.shop.fct_payments"]

    def change_contract(contract: dict[str, Any]) -> None:
        objects = {one["name"]: one for one in contract["schema"]}
        if contract["id"] == "shop-orders":
            contract["version"] = "1.2.0"
            properties = objects["orders"]["properties"]
            properties.remove(next(one for one in properties if one["name"] == "amount"))
            contract["slaProperties"][0]["value"] = 8
        if contract["id"] == "shop-revenue":
            contract["version"] = "3.0.0"
            contract["schema"] = [objects["fct_orders"]]
            del contract["slaProperties"]

    code, changes = found(
        in_force,
        "--manifest",
        proposed_manifest(tmp_path, change_manifest),
        "--contracts",
        proposed_contracts(tmp_path, change_contract),
    )
    orders = "model.shop.fct_orders"
    assert summary(changes) == {
        (orders, "dropped", "country", True, True),
        (orders, "added", "channel", False, False),
        (orders, "retyped", "amount", False, False),
        (orders, "retyped", "customer_id", True, True),
        (orders, "nullability", "order_id", True, True),
        (orders, "nullability", "status", False, False),
        ("model.shop.fct_payments", "dataset_dropped", None, True, False),
        ("shop-orders", "dropped", "amount", True, True),
        ("shop-orders", "promise_changed", "orders.ordered_at: latency", None, False),
        ("shop-revenue", "object_withdrawn", None, True, False),
    }
    assert code == 5
    dropped = next(one for one in changes if one["change_kind"] == "dropped" and one["contract_id"] == orders)
    assert {"churn_model", "revenue_dashboard"} <= hits(dropped, "exposure")
    assert any(name.endswith("rpt_revenue_by_country") for name in hits(dropped, "dataset"))
    assert "ml" in hits(dropped, "team")
    assert not any(one["hits"] for one in changes if one["is_breaking"] is False)


def test_a_version_may_say_that_it_breaks(sample: Workplace, tmp_path: Path) -> None:
    def change(contract: dict[str, Any]) -> None:
        if contract["id"] == "shop-orders":
            contract["version"] = "2.0.0"
            contract["schema"][0]["properties"].pop()

    code, changes = found(sample, "--contracts", proposed_contracts(tmp_path, change))
    assert summary(changes) >= {("shop-orders", "dropped", "ordered_at", True, False)}
    assert all(one["is_announced"] for one in changes)
    assert code == 0


def test_a_model_that_is_gone_says_so_by_a_version_beside_it(sample: Workplace, tmp_path: Path) -> None:
    def change(manifest: dict[str, Any]) -> None:
        orders = manifest["nodes"].pop("model.shop.fct_orders")
        newer = copy.deepcopy(orders)
        newer.update(unique_id="model.shop.fct_orders.v2", version=2, alias="fct_orders_v2")
        manifest["nodes"]["model.shop.fct_orders.v2"] = newer

    report = tmp_path / "report.md"
    code, printed = check(sample, "--manifest", proposed_manifest(tmp_path, change), "--output", report)
    assert (code, printed) == (0, "")
    text = report.read_text()
    assert text.startswith("### 1 breaking change, 1 of active contracts\n")
    assert "| breaks, as its version says | dataset dropped |" in text
    assert "<summary>dataset dropped:" in text


def test_mistakes_are_explained(loader: Loader) -> None:
    def output(*arguments: str | Path) -> str:
        done = loader.run("check-change", *map(str, arguments))
        assert done.code == 2, done.output
        return done.output

    assert "Give what is proposed" in output()
    assert "missing.json: there is no such file" in output("--manifest", "missing.json")
    assert "missing: there is no such file or folder" in output("--contracts", "missing")
    assert "There is no warehouse at" in output("--manifest", MANIFEST)
    loader.load({"kind": "odcs", "name": "contracts", "path": str(CONTRACTS)})
    assert "marts.bridge_column_lineage cannot be read. Build it" in output("--manifest", MANIFEST)
    assert "The folder of --output does not exist" in output("--manifest", MANIFEST, "--output", "no/where.md")


def test_what_is_no_proposal_is_explained(sample: Workplace, tmp_path: Path) -> None:
    results = shutil.copy(MANIFEST.with_name("run_results.json"), tmp_path / "results.json")
    broken = tmp_path / "broken.json"
    broken.write_text('{"metadata": {"dbt_schema_version"')
    contract = tmp_path / "contract.yaml"
    contract.write_text("apiVersion: v3.1.0\nkind: DataContract\n")
    code, printed = check(sample, "--manifest", results)
    assert (code, printed) == (2, f"{results}: is no manifest of dbt, but its run-results\n")
    code, printed = check(sample, "--manifest", broken, "--contracts", contract)
    assert code == 2
    assert f"{broken}: truncated" in printed
    assert f"{contract}:1: " in printed


VALUES: dict[str, Any] = {
    "change_kind": "renamed",
    "clause_kind": None,
    "column_name": "after",
    "column_name_before": "before",
    "contract_name": "Orders",
    "contract_standard": "odcs",
    "dataset_subject_name": "postgres://db:5432/shop.orders",
    "is_announced": False,
    "is_blocking": True,
    "is_breaking": True,
    "is_of_active_contract": True,
    "object_name": "orders",
    "value_after": "int",
    "value_before": "text",
    "version_after": "1.1.0",
    "version_before": "1.0.0",
}
HOSTILE = [
    "a|b",
    "`x` | `y`",
    "</code></summary></details><script>alert(1)</script>",
    "line\n\n## heading\n| a | b |",
    "@everyone #1 https://example.com www.example.com [x](y) ![z](w)",
    "&lt;b&gt; &#124; \\| \\` *b* _i_ __u__ ~~s~~",
    "\u202eright to left\x1b[31m",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_breaks_out_of_its_place(name: str) -> None:
    def outline(text: str) -> tuple[list[str], list[str]]:
        """The blocks of a text, and the tags that stand in them, without what they say."""
        tokens = MarkdownIt("gfm-like", {"linkify": False, "html": True}).parse(text)
        inline = [child for token in tokens for child in token.children or []]
        kinds = [child.type if child.type != "html_inline" else child.content for child in inline]
        return [token.type for token in tokens], [kind for kind in kinds if kind != "text"]

    texts = {key: name for key, value in VALUES.items() if isinstance(value, str) and key != "change_kind"}
    plain = as_markdown([Change(VALUES, (Hit("dataset", "x", "y", 2),))])
    hostile = as_markdown([Change({**VALUES, **texts, "version_before": "1"}, (Hit("dataset", name, name, 2),))])
    assert outline(hostile) == outline(plain)
    assert "@everyone" not in hostile
    assert "://" not in hostile
    assert "www." not in hostile


def test_a_report_fits_into_a_comment() -> None:
    many = tuple(Hit("dataset", f"dataset {number} {'x' * 200}", None, 1) for number in range(200))
    text = as_markdown([Change(VALUES, many)] * 500)
    assert len(text) < LONGEST_COMMENT
    assert "too long for a comment" in text
    assert "### 500 breaking changes, 500 of active contracts" in text
