"""Compares a proposed dbt manifest, or proposed data contracts, with what is in force in a warehouse.

What a change is, whether it breaks, and whom it hits is said by the models of models/proposals. They are built in a
DuckDB file of their own: the proposal is landed in its raw tables, and the marts of the warehouse, which is only read,
are copied beside it. So whoever may read the marts may check a change, on either engine.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from plumbline.config import Config
from plumbline.dbt import run_dbt, target_folder
from plumbline.declared import declared_tables
from plumbline.errors import ConfigError, PlumblineError, first_line
from plumbline.exit_codes import ExitCode
from plumbline.feeds import FeedConfig, dbt, odcs
from plumbline.load import FeedResult, load_feeds
from plumbline.log import Log
from plumbline.progress import Reporter
from plumbline.quoting import literal, quoted
from plumbline.stop import Stop
from plumbline.warehouse import Warehouse, open_for_readers, open_scratch

# What the models of models/proposals read of the marts; of facts, only which task read or wrote which dataset.
_OF_TASKS = "distinct dataset_key, pipeline_key, task_key"
_IN_FORCE = {
    "bridge_column_lineage": "*",
    "bridge_exposure_datasets": "*",
    "bridge_lineage": "*",
    "dim_contract_clauses_current": "*",
    "dim_contracts_current": "*",
    "dim_datasets_current": "*",
    "dim_exposures": "*",
    "dim_pipelines_current": "*",
    "dim_service_levels_current": "*",
    "dim_tasks_current": "*",
    "dim_teams_current": "*",
    "fct_dataset_reads": _OF_TASKS,
    "fct_dataset_writes": _OF_TASKS,
}
_SELECTION = (
    "path:models/proposals",
    "+int_contract_clauses__from_odcs",
    "+int_contract_clauses__from_dbt",
    "+int_exposure_nodes__walked",
)
# dbt would look for them where the folder of the last check was.
_SEEDS = ("type_synonyms", "type_widenings")
# dbt need not read everything anew where the warehouse has the same name as the last time.
_WAREHOUSE = "plumbline.duckdb"
_PARSED = "partial_parse.msgpack"
_FOLDERS = ("analyses", "macros", "models", "seeds", "snapshots", "tests")
_FILES = ("dbt_project.yml", "packages.yml", "profiles.yml")
_MANIFEST, _CONTRACTS = "manifest.json", "contracts"


class CheckError(PlumblineError):
    """The change cannot be compared."""

    exit_code = ExitCode.BUILD_FAILED


@dataclass(frozen=True)
class Hit:
    """Something that a change hits: what it is, and whose."""

    type: str
    name: str
    team: str | None
    depth: int


@dataclass(frozen=True)
class Change:
    """A change that is proposed, as proposed_changes has it, with what it hits."""

    values: dict[str, Any]
    hits: tuple[Hit, ...]


def check_change(
    project: Path,
    manifest: Path | None,
    contracts: Path | None,
    target: str,
    schema_prefix: str,
    log: Log,
    stop: Stop,
) -> list[Change]:
    """Returns every change of a proposal, the gravest first.

    Raises ConfigError for what is no manifest, no contract, or no warehouse that was built, CheckError where dbt fails.
    """
    with tempfile.TemporaryDirectory(prefix="plumbline-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        feeds = _feeds(folder, manifest, contracts)
        with open_scratch(folder / _WAREHOUSE) as scratch:
            _copy_marts(target, schema_prefix, scratch, folder)
            _copy_seeds(project, scratch)
            scratch.create_tables(declared_tables(project))
            _land(feeds, scratch, folder, {_MANIFEST: manifest, _CONTRACTS: contracts})
        stop.check()
        _build(project, folder, log, stop)
        with open_scratch(folder / _WAREHOUSE) as scratch:
            return _changes(scratch)


def _feeds(folder: Path, manifest: Path | None, contracts: Path | None) -> list[FeedConfig]:
    """Puts the proposal where its feeds find it, by names that are no patterns."""
    feeds: list[FeedConfig] = []
    if manifest is not None:
        if not manifest.is_file():
            raise ConfigError(f"{manifest}: there is no such file. dbt parse writes it to target/manifest.json.")
        (folder / _MANIFEST).symlink_to(manifest.absolute())
        feeds.append(dbt.Config(kind="dbt", name="proposal", path=_MANIFEST))
    if contracts is not None:
        if not contracts.exists():
            raise ConfigError(f"{contracts}: there is no such file or folder of contracts.")
        place = _CONTRACTS if contracts.is_dir() else f"{_CONTRACTS}{''.join(contracts.suffixes[-2:])}"
        (folder / place).symlink_to(contracts.absolute())
        feeds.append(odcs.Config(kind="odcs", name="proposal", path=place))
    return feeds


def _copy_marts(target: str, schema_prefix: str, scratch: Warehouse, folder: Path) -> None:
    marts = f"{schema_prefix}marts"
    scratch.con.execute("create schema marts")
    with open_for_readers(target, schema_prefix) as warehouse:
        for table, columns in _IN_FORCE.items():
            place = folder / f"{table}.parquet"
            try:
                if warehouse.is_postgres:
                    native = f"select {columns} from {quoted(marts)}.{quoted(table)}"
                    query = f"from postgres_query({literal(warehouse.catalog)}, {literal(native)})"
                else:
                    query = f"select {columns} from {warehouse.relation(table, schema=marts)}"
                warehouse.con.execute(f"copy ({query}) to {literal(str(place))} (format parquet)")
            except duckdb.Error as error:
                raise ConfigError(
                    f"{warehouse.place} cannot be compared with: {marts}.{table} cannot be read. Build it with this "
                    f"version first ('plumbline run'). ({first_line(error)})"
                ) from None
            scratch.con.execute(f"create table marts.{quoted(table)} as from read_parquet({literal(str(place))})")


def _copy_seeds(project: Path, scratch: Warehouse) -> None:
    scratch.con.execute("create schema seeds")
    for seed in _SEEDS:
        place = literal(str(project / "seeds" / f"{seed}.csv"))
        scratch.con.execute(f"create table seeds.{seed} as from read_csv({place}, header = true, all_varchar = true)")


class _Silent:
    """Hears how the proposal is landed, of which only the errors are told."""

    def feed_started(self, name: str, kind: str) -> None:
        pass

    def progress(self, what: str, share: float) -> None:
        pass

    def note(self, name: str, text: str) -> None:
        pass

    def feed_ended(self, result: FeedResult) -> None:
        pass


def _land(feeds: Sequence[FeedConfig], scratch: Warehouse, folder: Path, given: dict[str, Path | None]) -> None:
    reporter: Reporter = _Silent()
    results = load_feeds(Config(tuple(feeds), folder), scratch, reporter)
    errors = [result.error for result in results if result.error is not None]
    for file, line, reason in scratch.query(
        "select _source_file, line_number, reason from raw.rejected_records order by all"
    ):
        errors.append(f"{_as_given(file, given)}{'' if line is None else f':{line}'}: {reason}")
    if not errors and given[_MANIFEST] is not None:
        kind = scratch.value("select min(artifact_type) from raw.dbt_artifacts")
        if kind != "manifest":
            errors.append(f"{given[_MANIFEST]}: is no manifest of dbt, but its {kind}")
    if errors:
        raise ConfigError("\n".join(errors))


def _as_given(file: str, given: dict[str, Path | None]) -> str:
    """Returns a file of the proposal by the name that whoever gave it knows."""
    for name, path in given.items():
        if path is not None and file.startswith(name):
            return f"{path}{file.removeprefix(name)}" if path.is_dir() else str(path)
    return file


class _NoLock:
    """Nobody else knows the warehouse that is built."""

    descriptors: tuple[int, ...] = ()

    def check(self) -> None:
        pass


class _Errors:
    """Keeps what dbt says of its errors."""

    is_coloured = False

    def __init__(self, log: Log) -> None:
        self.reporter, self.run_ended = log.reporter, log.run_ended
        self.messages: list[str] = []

    def event(self, step: str, event: str, message: str, level: str = "info", **fields: Any) -> None:
        if level == "error":
            self.messages.append(message)


def _build(project: Path, folder: Path, log: Log, stop: Stop) -> None:
    for part in (*_FOLDERS, *_FILES):
        if (project / part).exists():
            (folder / part).symlink_to((project / part).absolute())
    (folder / "target").mkdir()
    own = target_folder(project) / "check_change" / _PARSED
    for parsed in (own, target_folder(project) / _PARSED):
        if parsed.is_file():
            shutil.copy(parsed, folder / "target")
            break
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("PLUMBLINE_SCHEMA_PREFIX", "DBT_TARGET_PATH", "DBT_LOG_PATH", "DBT_PROFILES_DIR")
    }
    errors = _Errors(log)
    arguments = ["build", "--target", "dev", "--select", *_SELECTION]
    arguments += ["--exclude-resource-type", "test", "unit_test", "--no-write-json"]
    done = run_dbt(
        arguments,
        "check",
        folder,
        "",
        errors,
        _NoLock(),
        stop,
        environment={**environment, "PLUMBLINE_DUCKDB_PATH": _WAREHOUSE},
    )
    stop.check()
    if done.code:
        raise CheckError("\n".join(["The change cannot be compared: dbt failed.", *errors.messages]))
    try:
        own.parent.mkdir(parents=True, exist_ok=True)
        fresh = own.with_name(f"{_PARSED}.{os.getpid()}")
        shutil.copy(folder / "target" / _PARSED, fresh)
        fresh.replace(own)
    except OSError:
        pass  # the next check reads the project anew


def _changes(scratch: Warehouse) -> list[Change]:
    hits: dict[Any, list[Hit]] = {}
    for key, *values in scratch.query(
        "select proposed_change_key, hit_type, hit_name, team_name, depth from intermediate.proposed_hits "
        "order by depth, hit_name"
    ):
        hits.setdefault(key, []).append(Hit(*values))
    cursor = scratch.con.execute(
        "select * from intermediate.proposed_changes order by is_blocking desc, "
        "coalesce(is_breaking, true) desc, is_breaking nulls last, "
        "contract_name, object_name, column_name nulls first, change_kind, proposed_change_key"
    )
    names = [column[0] for column in cursor.description or ()]
    rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return [Change(row, tuple(hits.get(row["proposed_change_key"], ()))) for row in rows]
