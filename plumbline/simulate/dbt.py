"""The files that dbt leaves: a folder for each command, with what that command writes."""

from __future__ import annotations

import datetime
import hashlib
import random
from pathlib import Path
from typing import Any

from plumbline.simulate.output import write_json
from plumbline.simulate.projects import Invocation, Model, Project, Test
from plumbline.simulate.random_streams import noise, random_uuid
from plumbline.simulate.world import DATABASE, Dataset, World

Json = dict[str, Any]

_VERSION = "1.11.16"
_SCHEMAS = "https://schemas.getdbt.com/dbt"
_PROJECT_FOLDER = "/opt/dbt"
_PERIODS = {"hour": 3600, "day": 86400}


class DbtFiles:
    """The folders of artifacts, one a command."""

    def __init__(self, folder: Path, world: World) -> None:
        self._folder = folder
        self._world = world
        self._written: dict[str, int] = {}

    def build(
        self, project: Project, invocation: Invocation, started_at: datetime.datetime, ended_at: datetime.datetime
    ) -> list[str]:
        """Writes a build's run_results, and a manifest and a catalog where models were edited; returns who failed."""
        numbers = self._world.numbers("dbt", project.name, started_at)
        if any(at <= started_at for at in project.edited_at[self._written.get(project.name, 0) :]):
            self._written[project.name] = sum(1 for at in project.edited_at if at <= started_at)
            self.docs(project, started_at - datetime.timedelta(minutes=3), numbers)
        results, failed = _results(project, invocation, started_at, ended_at, numbers)
        self._write(project, "build", started_at, ended_at, numbers, {"run_results": results})
        return failed

    def freshness(self, project: Project, at: datetime.datetime) -> None:
        """Writes what a look at the freshness of a project's sources finds."""
        numbers = self._world.numbers("freshness", project.name, at)
        results = [
            _freshness(project, source, at, numbers)
            for source in project.sources
            if source.last_written(at) is not None
        ]
        self._write(project, "freshness", at, at + datetime.timedelta(seconds=4), numbers, {"sources": results})

    def docs(self, project: Project, at: datetime.datetime, numbers: random.Random) -> None:
        """Writes the manifest and the catalog of a project as it is."""
        files = {"manifest": _manifest(project, at), "catalog": _catalog(project)}
        self._write(project, "generate", at, at + datetime.timedelta(seconds=20), numbers, files)

    def _write(
        self,
        project: Project,
        which: str,
        started_at: datetime.datetime,
        ended_at: datetime.datetime,
        numbers: random.Random,
        files: dict[str, Any],
    ) -> None:
        folder = self._folder / project.name / f"{started_at:%Y%m%dT%H%M%S}_{which}"
        shared: Json = {
            "dbt_version": _VERSION,
            "generated_at": _zulu(ended_at),
            "invocation_id": str(random_uuid(numbers)),
            "invocation_started_at": _zulu(started_at),
            "env": {},
        }
        versions = {"run_results": "run-results/v6", "sources": "sources/v3", "manifest": "manifest/v12"}
        for name, content in files.items():
            schema = f"{_SCHEMAS}/{versions.get(name, 'catalog/v1')}.json"
            document: Json = {"metadata": {"dbt_schema_version": schema, **shared}}
            elapsed = (ended_at - started_at).total_seconds()
            if name == "manifest":
                document["metadata"] |= {
                    "project_name": project.name,
                    "project_id": hashlib.md5(project.name.encode(), usedforsecurity=False).hexdigest(),
                    "user_id": None,
                    "send_anonymous_usage_stats": False,
                    "adapter_type": "postgres",
                    "quoting": {"database": True, "schema": True, "identifier": True, "column": None},
                    "run_started_at": f"{started_at.isoformat(timespec='microseconds')}+00:00",
                }
                document |= content
            elif name == "catalog":
                document |= {**content, "errors": None}
            elif name == "run_results":
                document |= {"results": content, "elapsed_time": elapsed, "args": _args(which)}
            else:
                document |= {"results": content, "elapsed_time": elapsed}
            write_json(folder / f"{name}.json", document)


def _args(which: str) -> Json:
    return {
        "which": which,
        "invocation_command": f"dbt {which}",
        "select": [],
        "exclude": [],
        "resource_types": [],
        "project_dir": _PROJECT_FOLDER,
        "profiles_dir": _PROJECT_FOLDER,
        "vars": {},
        "indirect_selection": "eager",
        "defer": False,
        "empty": False,
        "write_json": True,
    }


def _results(
    project: Project,
    invocation: Invocation,
    started_at: datetime.datetime,
    ended_at: datetime.datetime,
    numbers: random.Random,
) -> tuple[list[Json], list[str]]:
    """Returns the results of a build, and the ids of what failed with an error."""
    nodes: list[Model | Test] = []
    for model in project.models:
        nodes.append(model)
        nodes += [test for test in project.tests if test.model is model and _is_selected(test, started_at)]
    step = (ended_at - started_at) / (len(nodes) + 2)
    bad: set[str] = set()
    failed: list[str] = []
    results = []
    at = started_at + step
    for number, node in enumerate(nodes):
        identity = project.unique_id(node)
        parent = node.parent if isinstance(node, Model) else node.model
        if isinstance(parent, Model) and project.unique_id(parent) in bad:
            status: str = "skipped"
        elif isinstance(node, Model):
            status = "error" if identity in invocation.errors else "success"
        else:
            found = invocation.failures.get(identity, 0)
            status = "pass" if not found else "warn" if node.severity == "warn" else "fail"
        if isinstance(node, Model) and status in ("error", "skipped"):
            bad.add(identity)
        if status in ("error", "fail"):
            failed.append(identity)
            if isinstance(node, Test):
                bad.add(project.unique_id(node.model))
        results.append(_result(project, node, status, invocation, at, step * noise(numbers, 0.2), number))
        at += step
    return results, failed


def _is_selected(test: Test, at: datetime.datetime) -> bool:
    if not test.is_enabled or (test.left_out_from is not None and at >= test.left_out_from):
        return False
    return not test.every_month or at.day == 1


def _result(
    project: Project,
    node: Model | Test,
    status: str,
    invocation: Invocation,
    at: datetime.datetime,
    took: datetime.timedelta,
    number: int,
) -> Json:
    identity = project.unique_id(node)
    is_run = status != "skipped"
    response: Json = {}
    message = invocation.errors.get(identity)
    failures = None
    if is_run and isinstance(node, Test):
        failures = invocation.failures.get(identity, 0)
        response = {"_message": "SELECT 1", "code": "SELECT", "rows_affected": 1}
        message = f"Got {failures} results, configured to {status} if != 0" if failures else None
    elif is_run and status == "success" and isinstance(node, Model):
        rows = invocation.rows.get(identity, node.dataset.rows)
        is_view = node.materialized == "view"
        message = "CREATE VIEW" if is_view else f"SELECT {rows}"
        code, count = ("CREATE VIEW", -1) if is_view else ("SELECT", rows)
        response = {"_message": message, "code": code, "rows_affected": count}
    middle = at + took * 0.3
    timing = [
        {"name": "compile", "started_at": _zulu(at), "completed_at": _zulu(middle)},
        {"name": "execute", "started_at": _zulu(middle), "completed_at": _zulu(at + took)},
    ]
    return {
        "status": status,
        "timing": timing if is_run else [],
        "thread_id": f"Thread-{number % 4 + 1} (worker)",
        "execution_time": took.total_seconds() if is_run else 0,
        "adapter_response": response,
        "message": message,
        "failures": failures,
        "unique_id": identity,
        "compiled": is_run,
        "compiled_code": _code(node) if is_run else None,
        "relation_name": _relation(node.dataset) if isinstance(node, Model) else None,
        "batch_results": None,
    }


def _freshness(project: Project, source: Dataset, at: datetime.datetime, numbers: random.Random) -> Json:
    loaded_at = source.last_written(at) or at
    age = (at - loaded_at).total_seconds()
    criteria = _criteria(source)
    status = "pass"
    for name, verdict in (("warn_after", "warn"), ("error_after", "error")):
        limit = criteria[name]
        if age > limit["count"] * _PERIODS[limit["period"]]:
            status = verdict
    took = numbers.uniform(0.05, 0.4)
    ends = at + datetime.timedelta(seconds=took)
    return {
        "unique_id": project.unique_id(source),
        "max_loaded_at": f"{loaded_at.isoformat()}+00:00",
        "snapshotted_at": f"{at.isoformat()}+00:00",
        "max_loaded_at_time_ago_in_s": age,
        "status": status,
        "criteria": criteria,
        "adapter_response": {"_message": "SELECT 1", "code": "SELECT", "rows_affected": 1},
        "timing": [
            {"name": "compile", "started_at": _zulu(at), "completed_at": _zulu(at)},
            {"name": "execute", "started_at": _zulu(at), "completed_at": _zulu(ends)},
        ],
        "thread_id": "Thread-1 (worker)",
        "execution_time": took,
    }


def _criteria(source: Dataset) -> Json:
    """Returns how old a source may be: once its interval and a few hours, as an error twice that."""
    days = 1
    if source.writer is not None:
        schedule = source.writer.schedule
        days = 7 if len(schedule.weekdays) == 1 else 3 if schedule.weekdays else 1
    return {
        "warn_after": {"count": 24 * days + 6, "period": "hour"},
        "error_after": {"count": 2 * days + 1, "period": "day"},
        "filter": None,
    }


def _manifest(project: Project, at: datetime.datetime) -> Json:
    nodes: Json = {}
    disabled: Json = {}
    parents: dict[str, list[str]] = {}
    for model in project.models:
        identity = project.unique_id(model)
        parents[identity] = [project.unique_id(model.parent)]
        nodes[identity] = _model_node(project, model, at)
    for test in project.tests:
        identity = project.unique_id(test)
        if test.is_enabled:
            parents[identity] = [project.unique_id(test.model)]
            nodes[identity] = _test_node(project, test, at)
        else:
            disabled[identity] = [_test_node(project, test, at)]
    sources = {project.unique_id(source): _source_node(project, source, at) for source in project.sources}
    parents |= {identity: [] for identity in sources}
    exposure = _exposure(project, at)
    parents[exposure["unique_id"]] = exposure["depends_on"]["nodes"]
    children: dict[str, list[str]] = {identity: [] for identity in parents}
    for identity, above in parents.items():
        for parent in above:
            children[parent].append(identity)
    return {
        "nodes": nodes,
        "sources": sources,
        "macros": {},
        "docs": {},
        "exposures": {exposure["unique_id"]: exposure},
        "metrics": {},
        "groups": {},
        "selectors": {},
        "disabled": disabled,
        "parent_map": parents,
        "child_map": children,
        "group_map": {},
        "saved_queries": {},
        "semantic_models": {},
        "unit_tests": {},
        "functions": {},
    }


def _node(project: Project, kind: str, name: str, file: str, at: datetime.datetime) -> Json:
    return {
        "database": DATABASE,
        "name": name,
        "resource_type": kind,
        "package_name": project.name,
        "original_file_path": file,
        "tags": [],
        "description": "",
        "columns": {},
        "meta": {},
        "group": None,
        "docs": {"show": True, "node_color": None},
        "patch_path": None,
        "unrendered_config": {},
        "created_at": at.replace(tzinfo=datetime.UTC).timestamp(),
        "doc_blocks": [],
        "language": "sql",
        "metrics": [],
        "functions": [],
        "compiled": True,
        "extra_ctes_injected": True,
        "extra_ctes": [],
    }


def _config(materialized: str, schema: str, **others: Any) -> Json:
    return {
        "enabled": True,
        "alias": None,
        "schema": schema,
        "database": None,
        "tags": [],
        "meta": {},
        "group": None,
        "materialized": materialized,
        **others,
    }


def _model_node(project: Project, model: Model, at: datetime.datetime) -> Json:
    file = f"models/{model.name}.sql"
    meta = {"owner": project.owner, "tier": model.dataset.tier}
    contract = {"enforced": False, "alias_types": True}
    reference = {"name": model.parent.name if isinstance(model.parent, Model) else "", "package": None, "version": None}
    is_first = isinstance(model.parent, Dataset)
    return _node(project, "model", model.name, file, at) | {
        "schema": model.schema,
        "path": f"{model.name}.sql",
        "unique_id": project.unique_id(model),
        "fqn": [project.name, model.name],
        "alias": model.name,
        "checksum": {"name": "sha256", "checksum": hashlib.sha256(_code(model).encode()).hexdigest()},
        "config": _config(
            model.materialized,
            model.schema,
            meta=meta,
            contract=contract,
            access="protected",
            on_schema_change="ignore",
        ),
        "meta": meta,
        "relation_name": _relation(model.dataset),
        "raw_code": _code(model),
        "compiled_code": _code(model),
        "refs": [] if is_first else [reference],
        "sources": [[model.parent.schema, model.parent.table]] if isinstance(model.parent, Dataset) else [],
        "depends_on": {"macros": [], "nodes": [project.unique_id(model.parent)]},
        "contract": {**contract, "checksum": None},
        "access": "protected",
        "constraints": [],
        "version": None,
        "latest_version": None,
        "deprecation_date": None,
        "primary_key": ["id"] if model.materialized == "table" else [],
        "time_spine": None,
    }


def _test_node(project: Project, test: Test, at: datetime.datetime) -> Json:
    schema = "dbt_test__audit"
    config = _config("test", schema, severity=test.severity.upper(), tags=test.tags)
    config |= {"fail_calc": "count(*)", "warn_if": "!= 0", "error_if": "!= 0", "where": None, "limit": None}
    config["enabled"] = test.is_enabled
    return _node(project, "test", test.name, "models/_models.yml", at) | {
        "schema": schema,
        "path": f"{test.name}.sql",
        "unique_id": project.unique_id(test),
        "fqn": [project.name, test.name],
        "alias": test.name,
        "checksum": {"name": "none", "checksum": ""},
        "config": config,
        "tags": test.tags,
        "relation_name": None,
        "raw_code": f"{{{{ test_{test.kind}(**_dbt_generic_test_kwargs) }}}}",
        "compiled_code": _code(test),
        "refs": [{"name": test.model.name, "package": None, "version": None}],
        "sources": [],
        "depends_on": {"macros": [f"macro.dbt.test_{test.kind}"], "nodes": [project.unique_id(test.model)]},
        "contract": {"enforced": False, "alias_types": True, "checksum": None},
        "column_name": test.column,
        "file_key_name": f"models.{test.model.name}",
        "attached_node": project.unique_id(test.model),
        "test_metadata": {
            "name": test.kind,
            "kwargs": {"column_name": test.column, "model": f"{{{{ get_where_subquery(ref('{test.model.name}')) }}}}"},
            "namespace": None,
        },
    }


def _source_node(project: Project, source: Dataset, at: datetime.datetime) -> Json:
    meta = {"owner": source.writer.owner if source.writer else project.owner}
    criteria = _criteria(source)
    return {
        "database": DATABASE,
        "schema": source.schema,
        "name": source.table,
        "resource_type": "source",
        "package_name": project.name,
        "path": "models/_sources.yml",
        "original_file_path": "models/_sources.yml",
        "unique_id": project.unique_id(source),
        "fqn": [project.name, source.schema, source.table],
        "source_name": source.schema,
        "source_description": "",
        "loader": "airflow",
        "identifier": source.table,
        "quoting": {"database": None, "schema": None, "identifier": None, "column": None},
        "loaded_at_field": "updated_at",
        "loaded_at_query": None,
        "freshness": criteria,
        "external": None,
        "description": "",
        "columns": {},
        "meta": meta,
        "source_meta": {},
        "tags": [],
        "config": {
            "enabled": True,
            "event_time": None,
            "freshness": criteria,
            "loaded_at_field": "updated_at",
            "loaded_at_query": None,
            "meta": meta,
            "tags": [],
        },
        "patch_path": None,
        "unrendered_config": {},
        "relation_name": _relation(source),
        "created_at": at.replace(tzinfo=datetime.UTC).timestamp(),
        "unrendered_database": None,
        "unrendered_schema": source.schema,
        "doc_blocks": [],
    }


def _exposure(project: Project, at: datetime.datetime) -> Json:
    name = f"{project.name}_dashboard"
    model = project.models[-1]
    return {
        "name": name,
        "resource_type": "exposure",
        "package_name": project.name,
        "path": "_exposures.yml",
        "original_file_path": "models/_exposures.yml",
        "unique_id": f"exposure.{project.name}.{name}",
        "fqn": [project.name, name],
        "type": "dashboard",
        "owner": {"email": f"{project.owner}@example.com", "name": project.owner},
        "description": "",
        "label": None,
        "maturity": "high",
        "meta": {},
        "tags": [],
        "config": {"enabled": True, "tags": [], "meta": {}},
        "unrendered_config": {},
        "url": f"https://bi.wh.internal/d/{name}",
        "depends_on": {"macros": [], "nodes": [project.unique_id(model)]},
        "refs": [{"name": model.name, "package": None, "version": None}],
        "sources": [],
        "metrics": [],
        "created_at": at.replace(tzinfo=datetime.UTC).timestamp(),
    }


def _catalog(project: Project) -> Json:
    def table(dataset: Dataset, identity: str, is_view: bool) -> Json:
        return {
            "metadata": {
                "type": "VIEW" if is_view else "BASE TABLE",
                "schema": dataset.schema,
                "name": dataset.table,
                "database": DATABASE,
                "comment": None,
                "owner": "warehouse",
            },
            "columns": {
                column.name: {"type": column.type, "index": index, "name": column.name, "comment": None}
                for index, column in enumerate(dataset.columns, 1)
            },
            "stats": {
                "has_stats": {
                    "id": "has_stats",
                    "label": "Has Stats?",
                    "value": False,
                    "include": False,
                    "description": "Indicates whether there are statistics for this table",
                }
            },
            "unique_id": identity,
        }

    return {
        "nodes": {
            project.unique_id(model): table(model.dataset, project.unique_id(model), model.materialized == "view")
            for model in project.models
        },
        "sources": {
            project.unique_id(source): table(source, project.unique_id(source), False) for source in project.sources
        },
    }


def _code(node: Model | Test) -> str:
    if isinstance(node, Test):
        return f"select {node.column} from {_relation(node.model.dataset)} where {node.kind} is not true"
    parent = node.parent.dataset if isinstance(node.parent, Model) else node.parent
    return f"select {', '.join(column.name for column in node.dataset.columns)} from {_relation(parent)}"


def _relation(dataset: Dataset) -> str:
    return ".".join(f'"{part}"' for part in dataset.name.split("."))


def _zulu(at: datetime.datetime) -> str:
    return f"{at.isoformat(timespec='microseconds')}Z"
