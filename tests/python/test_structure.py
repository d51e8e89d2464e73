"""The rules of the house, checked on dbt's manifest. Each failure lists what breaks the rule."""

from __future__ import annotations

import csv
import functools
import re
from collections.abc import Iterable
from typing import Any

import pytest

from support import ROOT

Node = dict[str, Any]

LAYERS = ("staging", "intermediate", "marts", "proposals")
NAMES = {
    "staging": r"stg_{folder}__[a-z][a-z0-9_]*",
    "intermediate": r"int_[a-z][a-z0-9_]*__[a-z][a-z0-9_]*",
    "marts": r"(dim|fct|bridge|rule)_[a-z][a-z0-9_]*",
    "proposals": r"proposed_[a-z][a-z0-9_]*",
}
JUDGES = re.compile(r"__(resolved|judged|identified|linked)$|^rule_")
FORBIDDEN = {
    "the wall clock (use as_of)": r"\b(current_timestamp|current_date|now\(\)|getdate\(\)|localtimestamp|today\(\))",
    "the engine's name (dispatch a macro)": r"\btarget\.(type|name)\b|\b(duckdb|postgres)__",
    "a cast with ::": r"::",
    "qualify": r"\bqualify\b",
    "distinct on": r"\bdistinct\s+on\b",
    "a query at compile time": r"\b(run_query|statement)\(",
    # Decision 23.
    "a window over all rows": r"\bover\s*\(\s*\)",
}
INDEX = {"columns", "include", "where"}
LONGEST_MODEL = 120
LONGEST_NAME = 63
KEY_TESTS = {"unique", "grain", "non_overlapping_validity"}
# What a finding is about may be of any dimension; subject_type says of which.
OF_ANY_DIMENSION = {"subject_key"}
HISTORY = {"unit", "columns", "time", "needed_by"}
# What dimensions are made of, and what says that a file is landed, or that people were told.
KEPT_FOR_EVER = {
    "airflow.serialized_dag",
    "airflow.dag_version",
    "openslo.files",
    "openslo.objects",
    "odcs.contracts",
    "alert_rules.files",
    "alert_rules.rules",
    "alert_rules.routes",
    "alert_rules.receivers",
    "alert_rules.records",
    "alert_rules.automations",
    "plumbline.loads",
    "plumbline.load_files",
    "plumbline.schedules",
    "plumbline.notifications",
    "plumbline.notification_notices",
    "int_dataset_columns__from_openlineage",
    "int_dataset_schemas__from_openlineage",
    "int_openlineage_datasets__described",
}
# A rejected record is kept as often as it was rejected, and a whole file has no line number; an event is kept as often
# as it was delivered, and one file may deliver it twice.
WITHOUT_KEY = {
    "stg_plumbline__rejected_records",
    "stg_openlineage__column_lineage",
    "stg_openlineage__column_metrics",
    "stg_openlineage__events",
    "stg_openlineage__event_datasets",
}


def fail_with(problems: Iterable[str], rule: str) -> None:
    """Fail with the rule and every problem, one a line."""
    found = sorted(problems)
    if found:
        pytest.fail(f"{rule}\n  " + "\n  ".join(found), pytrace=False)


@pytest.fixture(scope="module")
def models(manifest: Node) -> dict[str, Node]:
    return {
        key: node
        for key, node in manifest["nodes"].items()
        if node["resource_type"] == "model" and node["package_name"] == "plumbline"
    }


@pytest.fixture(scope="module")
def marts(models: dict[str, Node]) -> list[Node]:
    return [node for node in models.values() if layer(node) == "marts"]


@pytest.fixture(scope="module")
def tests_of(manifest: Node) -> dict[str, list[Node]]:
    """Data tests by the model that they are attached to."""
    found: dict[str, list[Node]] = {}
    for node in manifest["nodes"].values():
        if node["resource_type"] == "test" and node.get("attached_node"):
            found.setdefault(node["attached_node"], []).append(node)
    return found


def layer(node: Node) -> str:
    return node["path"].split("/")[0]


def is_held_to_keys(node: Node) -> bool:
    """A view cannot hold constraints; the rules' rows are all in fct_audit_results, which is held to them."""
    return node["config"]["materialized"] != "view" and not node["name"].startswith("rule_")


def is_tested(tests: list[Node], test_name: str, column: str) -> bool:
    return any(
        test["test_metadata"]["name"] == test_name and (test["column_name"] or "") == column
        for test in tests
        if test.get("test_metadata")
    )


def primary_key(node: Node) -> list[str]:
    """The columns that the contract declares as primary key."""
    for constraint in node.get("constraints") or []:
        if constraint["type"] == "primary_key":
            return list(constraint["columns"])
    return [
        name
        for name, column in node["columns"].items()
        if any(constraint["type"] == "primary_key" for constraint in column.get("constraints") or [])
    ]


def not_null_columns(node: Node) -> set[str]:
    declared = {
        name
        for name, column in node["columns"].items()
        if any(constraint["type"] == "not_null" for constraint in column.get("constraints") or [])
    }
    for constraint in node.get("constraints") or []:
        if constraint["type"] == "not_null":
            declared.update(constraint.get("columns") or [])
    return declared


def test_every_model_lies_in_a_layer(models: dict[str, Node]) -> None:
    fail_with(
        (f"{node['original_file_path']}" for node in models.values() if layer(node) not in LAYERS),
        f"Models lie in {', '.join(LAYERS)}:",
    )


def test_only_staging_reads_sources(models: dict[str, Node]) -> None:
    fail_with(
        (
            f"{node['name']} reads {parent}"
            for node in models.values()
            for parent in node["depends_on"]["nodes"]
            if parent.startswith("source.") and layer(node) != "staging"
        ),
        "Nothing above staging reads a raw table:",
    )


def test_nothing_reads_a_layer_above_its_own(models: dict[str, Node]) -> None:
    order = {name: place for place, name in enumerate(LAYERS)}
    fail_with(
        (
            f"{node['name']} reads {models[parent]['name']}"
            for node in models.values()
            for parent in node["depends_on"]["nodes"]
            if parent in models and order.get(layer(models[parent]), 0) > order.get(layer(node), 0)
        ),
        "Nothing reads a model of a layer above its own:",
    )


def test_staging_reads_one_feed(models: dict[str, Node]) -> None:
    def feed_of(parent: str) -> str:
        return parent.split(".")[2] if parent.startswith("source.") else models[parent]["path"].split("/")[1]

    fail_with(
        (
            f"{node['name']} reads {parent}"
            for node in models.values()
            if layer(node) == "staging"
            for parent in node["depends_on"]["nodes"]
            if (parent.startswith("source.") or parent in models) and feed_of(parent) != node["path"].split("/")[1]
        ),
        "A staging model reads its own feed only:",
    )


def test_names_say_the_layer(models: dict[str, Node]) -> None:
    problems = []
    for node in models.values():
        place = layer(node)
        pattern = NAMES.get(place, "").replace("{folder}", re.escape(node["path"].split("/")[1]))
        if pattern and not re.fullmatch(pattern, node["name"]):
            problems.append(f"{node['original_file_path']} should match {pattern}")
    fail_with(problems, "A model's name says its layer and what it holds:")


def test_every_model_says_what_one_row_is(models: dict[str, Node]) -> None:
    fail_with(
        (
            f"{node['name']}: {' '.join(node['description'].split())[:60] or 'no description'}"
            for node in models.values()
            if not " ".join(node["description"].split()).startswith("One row is ")
        ),
        "The first sentence of a model's description is its grain, 'One row is ...':",
    )


def test_every_listed_column_is_described(manifest: Node, models: dict[str, Node]) -> None:
    def of_type(wanted: str) -> list[Node]:
        return [node for node in manifest["nodes"].values() if node["resource_type"] == wanted]

    # The columns of a snapshot are those of the model that it keeps.
    nodes = [*models.values(), *of_type("seed"), *manifest["sources"].values()]
    undescribed = [node for node in [*nodes, *of_type("snapshot")] if not node["description"].strip()]
    fail_with(
        [
            *(f"{node['name']} has no description" for node in undescribed),
            *(f"{node['name']} lists no columns" for node in nodes if not node["columns"]),
            *(
                f"{node['name']}.{name} has no description"
                for node in nodes
                for name, column in node["columns"].items()
                if not column["description"].strip()
            ),
        ],
        "Every model, seed, snapshot and source, and every column of it, is described:",
    )


def test_every_mart_has_an_enforced_contract(marts: list[Node]) -> None:
    fail_with(
        (node["name"] for node in marts if not node["config"]["contract"]["enforced"]),
        "Every mart has an enforced contract:",
    )


def test_what_is_below_the_marts_is_private(models: dict[str, Node]) -> None:
    # A mart that only other marts read, such as an audit rule, is protected.
    allowed = {"marts": {"public", "protected"}}
    fail_with(
        [
            *(f"{node['name']} has no group" for node in models.values() if not node["group"]),
            *(
                f"{node['name']} is {node['access']}"
                for node in models.values()
                if node["access"] not in allowed.get(layer(node), {"private"})
            ),
        ],
        "Marts are public or protected, everything below is private to the group:",
    )


def test_every_mart_has_a_primary_key(marts: list[Node]) -> None:
    problems = []
    for node in marts:
        if not is_held_to_keys(node):
            continue
        key = primary_key(node)
        if not key:
            problems.append(f"{node['name']} declares no primary_key constraint")
        problems.extend(f"{node['name']}.{name} lacks not_null" for name in key if name not in not_null_columns(node))
    fail_with(problems, "The contract of every mart that is a table has a primary key and not_null on it:")


def test_indexes_name_columns_of_tables(manifest: Node) -> None:
    problems = []
    for node in manifest["nodes"].values():
        for index in node["config"].get("meta", {}).get("reader_indexes", ()):
            names = {*index["columns"], *index.get("include", ())}
            problems += [f"{node['name']} has no column {name}" for name in names - node["columns"].keys()]
            problems += [f"{node['name']}: {key} is not one of columns, include, where" for key in index.keys() - INDEX]
            if node["config"]["materialized"] == "view":
                problems.append(f"{node['name']} is a view, and can have no index")
    fail_with(problems, "What a model lists under meta.reader_indexes can be created:")


def test_what_grows_by_time_can_be_purged(manifest: Node, models: dict[str, Node], marts: list[Node]) -> None:
    problems = []
    sources = {f"{node['source_name']}.{node['name']}": node for node in manifest["sources"].values()}
    grown = {
        **sources,
        **{
            node["name"]: node
            for node in models.values()
            if layer(node) != "marts" and node["config"]["materialized"] == "incremental"
        },
    }
    for name, node in grown.items():
        meta = node["config"]["meta"]
        history = meta.get("history")
        if history is None:
            if not meta.get("mirror") and name not in KEPT_FOR_EVER:
                problems.append(f"{name} has no meta.history")
            continue
        if node.get("columns"):
            named = {*history.get("columns", ()), *history.get("time", ())}
            named.update(["source_name"] if history.get("time") and node["resource_type"] == "model" else [])
            named.update(column for need in history.get("needed_by", ()) for column in need["columns"])
            problems += [f"{name} has no column {column}" for column in sorted(named - node["columns"].keys())]
        if history.get("unit") and f"purged_{history['unit']}s" not in {
            macro["name"] for macro in manifest["macros"].values()
        }:
            problems.append(f"{name}: there is no macro purged_{history['unit']}s")
        problems += [f"{name}: {key} is none of {sorted(HISTORY)}" for key in history.keys() - HISTORY]
        for need in history.get("needed_by", ()):
            needing = sources.get(f"{name.split('.')[0]}.{need['table']}", {"columns": {}})
            problems += [
                f"{need['table']} has no column {column}"
                for column in sorted(set(need["columns"].values()) - needing["columns"].keys())
            ]
    for node in marts:
        is_fact = node["name"].startswith("fct_") and node["path"].split("/")[1] != "audit"
        times = node["config"]["meta"].get("retained_by")
        if is_fact != (times is not None) or is_fact != ("only_retained(" in node["raw_code"]):
            problems.append(f"{node['name']}: meta.retained_by and only_retained() belong to facts, and to each")
        problems += [f"{node['name']} has no column {name}" for name in times or () if name not in node["columns"]]
    fail_with(problems, "What grows by time says by what it is purged (docs/operations.md):")


def test_every_model_has_a_tested_key(models: dict[str, Node], tests_of: dict[str, list[Node]]) -> None:
    def has_key(node: Node) -> bool:
        tests = tests_of.get(node["unique_id"], [])
        return any((test.get("test_metadata") or {}).get("name") in ("unique", "grain") for test in tests)

    fail_with(
        (node["name"] for node in models.values() if node["name"] not in WITHOUT_KEY and not has_key(node)),
        "The grain of every model is tested, by grain, or by unique on a column:",
    )


def test_every_foreign_key_is_tested(marts: list[Node], tests_of: dict[str, list[Node]]) -> None:
    problems = []
    for node in marts:
        if not is_held_to_keys(node):
            continue
        tests = tests_of.get(node["unique_id"], [])
        own = {name.removesuffix("_version_key").removesuffix("_key") for name in primary_key(node)}
        for name in node["columns"]:
            is_own = name in OF_ANY_DIMENSION or name in primary_key(node) or name.removesuffix("_key") in own
            if name.endswith("_key") and not is_own and not is_tested(tests, "relationships", name):
                problems.append(f"{node['name']}.{name}")
    fail_with(problems, "Every foreign key (*_key) of a mart has a relationships test:")


def test_what_refers_to_a_dimension_is_built_after_it(manifest: Node, models: dict[str, Node]) -> None:
    @functools.cache
    def ancestors(key: str) -> set[str]:
        parents = {parent for parent in manifest["parent_map"].get(key, []) if parent in models}
        return parents.union(*(ancestors(parent) for parent in parents))

    def is_dimension(key: str) -> bool:
        # The days of the calendar are always there.
        return models[key]["name"].startswith("dim_") and models[key]["name"] != "dim_dates"

    problems = []
    for test in manifest["nodes"].values():
        if (test.get("test_metadata") or {}).get("name") != "relationships":
            continue
        child = test["attached_node"]
        for member in test["depends_on"]["nodes"]:
            # A fact that is built after dim_x finds its members in dim_x_current too, which is a view of it.
            dimension = member.removesuffix("_current")
            if (
                dimension in models
                and is_dimension(dimension)
                and not is_dimension(child)
                and dimension not in ancestors(child)
            ):
                problems.append(f"{models[child]['name']}: -- depends_on: {{{{ ref('{models[dimension]['name']}') }}}}")
    fail_with(problems, "Readers find every member of a new fact, as its dimensions were built before it:")


def test_every_model_that_judges_or_resolves_has_unit_tests(manifest: Node, models: dict[str, Node]) -> None:
    tested = {test["model"] for test in manifest["unit_tests"].values()}
    fail_with(
        (node["name"] for node in models.values() if JUDGES.search(node["name"]) and node["name"] not in tested),
        "Every model that judges or resolves (__resolved, __judged, __identified, __linked, rule_) has unit tests:",
    )


def test_unit_tests_are_named_after_model_and_behaviour(manifest: Node) -> None:
    names = {test["name"]: test["model"] for test in manifest["unit_tests"].values()}
    fail_with(
        [
            *(
                f"{name} should start with {model}_"
                for name, model in names.items()
                if not name.startswith(model + "_")
            ),
            *(f"{name} has {len(name)} characters" for name in names if len(name) > LONGEST_NAME),
        ],
        f"A unit test is named <model>_<behaviour>, in at most {LONGEST_NAME} characters, as PostgreSQL wants it:",
    )


def test_no_model_is_longer_than_a_screen_and_a_half(models: dict[str, Node]) -> None:
    lengths = {node["original_file_path"]: node["raw_code"].count("\n") + 1 for node in models.values()}
    fail_with(
        (f"{path}: {length} lines" for path, length in lengths.items() if length > LONGEST_MODEL),
        f"A model has at most {LONGEST_MODEL} lines:",
    )


def test_models_end_in_a_final_select(models: dict[str, Node]) -> None:
    fail_with(
        (
            node["original_file_path"]
            for node in models.values()
            if not re.search(r"^select \* from final$", node["raw_code"].strip().split("\n")[-1])
        ),
        "A model's last line is 'select * from final':",
    )


def test_sql_is_portable_and_replayable(manifest: Node) -> None:
    nodes = [node for node in manifest["nodes"].values() if node["resource_type"] in ("model", "snapshot", "test")]
    problems = []
    for node in nodes:
        if not node["original_file_path"].endswith(".sql"):
            continue
        code = re.sub(r"--[^\n]*|\{#.*?#\}|'(?:[^']|'')*'", "", node["raw_code"], flags=re.DOTALL)
        problems.extend(
            f"{node['original_file_path']} uses {what}"
            for what, pattern in FORBIDDEN.items()
            if re.search(pattern, code, re.IGNORECASE)
        )
    fail_with(problems, "SQL runs on every engine and gives the same rows on any day:")


def test_what_lacks_the_untouched_runs_is_read_by_increments_alone(models: dict[str, Node]) -> None:
    def is_partial(key: str) -> bool:
        parents = [parent for parent in models[key]["depends_on"]["nodes"] if parent in models]
        return any(
            models[parent]["name"] == "int_pipeline_runs__touched"
            or (models[parent]["config"]["materialized"] == "view" and is_partial(parent))
            for parent in parents
        )

    fail_with(
        (
            node["original_file_path"]
            for key, node in models.items()
            if node["config"]["materialized"] in ("table", "incremental")
            and node["config"]["incremental_strategy"] != "rebuild_touched_runs"
            and is_partial(key)
        ),
        "A view of touched runs holds other rows after a build than in it; only what rebuilds these runs reads it:",
    )


def test_every_macro_has_a_file_of_its_own_and_a_description(manifest: Node) -> None:
    problems = []
    for macro in manifest["macros"].values():
        if macro["package_name"] != "plumbline":
            continue
        topic = macro["original_file_path"].rsplit("/", 1)[-1].removesuffix(".sql")
        name = macro["name"].split("__")[-1].removeprefix("test_")
        if name != topic:
            problems.append(f"{macro['name']} lies in {macro['original_file_path']}")
        is_dispatched = macro["name"].startswith(("default__", "duckdb__", "postgres__"))
        if not is_dispatched and not macro["description"].strip():
            problems.append(f"{macro['name']} has no description in a _*.yml")
    fail_with(problems, "A macro lies in the file of its name, and is described:")


def test_every_generic_test_has_a_test_of_its_own() -> None:
    missing = {path.stem for path in (ROOT / "tests/generic").glob("*.sql")} - {
        path.stem.removeprefix("test_of_") for path in (ROOT / "tests/of_tests").glob("*.sql")
    }
    fail_with(
        (f"tests/of_tests/test_of_{name}.sql is missing" for name in missing),
        "Every generic test has a test that shows it can fail:",
    )


def test_yaml_lies_beside_what_it_describes(models: dict[str, Node]) -> None:
    problems = []
    for node in models.values():
        yaml_path = (node["patch_path"] or "").removeprefix("plumbline://")
        folder, _, _ = node["original_file_path"].rpartition("/")
        wanted = re.escape(f"{node['name']}.yml") if layer(node) == "marts" else "_[a-z0-9_]+[.]yml"
        if not re.fullmatch(f"{re.escape(folder)}/{wanted}", yaml_path):
            problems.append(f"{node['name']} is described in {yaml_path or 'no file'}, not in {folder}/{wanted}")
    fail_with(problems, "A mart has its YAML beside it, other models in a _*.yml of their folder:")


def test_thresholds_of_a_subject_are_read_for_each_subject(models: dict[str, Node]) -> None:
    """What seed audit_thresholds says may be overridden has to be joined by a subject, wherever a model reads it."""
    with (ROOT / "seeds/audit_thresholds.csv").open(encoding="utf-8", newline="") as file:
        of_subjects = {
            (row["rule_id"], row["threshold_name"]): bool(row["subject_type"]) for row in csv.DictReader(file)
        }
    problems, heeded = [], set()
    for node in models.values():
        code = node["raw_code"] + (ROOT / "macros/told_within_seconds.sql").read_text() * (
            "told_within_seconds(" in node["raw_code"]
        )
        for macro, rule_id, names in re.findall(r"(audit|subject)_thresholds\('(\w+)', \[(.*?)\]\)", code, re.DOTALL):
            for name in re.findall(r"\w+", names):
                listed = re.findall(r"threshold_columns\(\[(.*?)\]\)", code, re.DOTALL)
                joined = f"threshold('{name}'" in code or any(f"'{name}'" in columns for columns in listed)
                is_heeded = macro == "subject" and joined
                heeded |= {(rule_id, name)} if is_heeded else set()
                if is_heeded is not of_subjects[rule_id, name]:
                    problems.append(f"{rule_id} {name} in {node['name']}")
    problems += [f"{' '.join(key)} in no model" for key, is_own in of_subjects.items() if is_own and key not in heeded]
    fail_with(problems, "Thresholds with a subject_type, and no others, are read by subject_thresholds and threshold:")
