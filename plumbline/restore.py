"""Restores a warehouse from a backup, of either engine: everything in one transaction, or nothing."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

import duckdb

from plumbline.backup import RAW, SEEDS, SEEDS_OF_PEOPLE, SNAPSHOTS, BackedUpTable, Manifest, sha256_of
from plumbline.declared import Table
from plumbline.errors import ConfigError, PlumblineError, first_line
from plumbline.quoting import column_list, literal
from plumbline.stop import Stop
from plumbline.warehouse import Warehouse


@dataclass(frozen=True)
class Restored:
    """What was restored, and the paths in the project of the seeds that were written, and of those that hold others."""

    manifest: Manifest
    written_seeds: tuple[str, ...]
    other_seeds: tuple[str, ...]


def restore(
    warehouse: Warehouse, declared: list[Table], folder: Path, project: Path, overwrite: bool, stop: Stop
) -> Restored:
    """Restores a backup into a warehouse, whose raw schema and snapshots must be empty, or are emptied by `overwrite`.

    What people said of findings goes into the project's seeds where these are empty. Raises ConfigError when the backup
    is damaged, is not of this project, or the warehouse is not empty; PlumblineError when writing fails; and Stopped.
    Nothing is changed then.
    """
    folder = folder.absolute()
    manifest = Manifest.read(folder)
    with stop.interruptible():
        for table in manifest.tables:
            _check(folder, table)
    raw, snapshots = warehouse, warehouse.in_schema(SNAPSHOTS)
    by_place = {RAW: raw, SNAPSHOTS: snapshots}
    backed_up = {place: [table for table in manifest.tables if table.schema == place] for place in by_place}
    _check_declared(folder, manifest, declared)
    landed = {table.identifier for table in declared}
    try:
        raw.create_tables(declared)
        snapshots.create_tables([_snapshot(table) for table in backed_up[SNAPSHOTS]])
        # What is committed is whole with its seeds, so nothing is interrupted from there on.
        with warehouse.transaction(), stop.interruptible():
            for schema, place in by_place.items():
                stored = place.stored_tables(landed if schema == RAW else None)
                filled = [name for name in stored if _has_rows(place, name)]
                if filled and not overwrite:
                    raise ConfigError(
                        f"{warehouse.place} is not empty: {place.schema}.{filled[0]} has rows. Restore into an empty "
                        "warehouse, or give --overwrite to replace what was landed and the snapshots."
                    )
                for name in filled:
                    place.empty(name)
                for table in backed_up[schema]:
                    _fill(place, table, folder)
    except duckdb.Error as error:
        raise PlumblineError(
            f"{folder} could not be restored into {warehouse.place}, which is as it was: {first_line(error)}"
        ) from None
    became = {name: _restore_seed(warehouse, manifest, folder, project, name) for name in SEEDS_OF_PEOPLE}
    written, other = (
        tuple(f"seeds/{name}.csv" for name, state in became.items() if state == wanted)
        for wanted in ("written", "other")
    )
    return Restored(manifest, written, other)


def _check(folder: Path, table: BackedUpTable) -> None:
    path = folder / table.file
    try:
        is_whole = path.stat().st_size == table.size_bytes and sha256_of(path) == table.sha256
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}. The backup is not whole.") from None
    if not is_whole:
        raise ConfigError(f"{path}: is not the file that was backed up: its size or its SHA-256 differs.")


def _check_declared(folder: Path, manifest: Manifest, declared: list[Table]) -> None:
    known = {(table.identifier, column): kind for table in declared for column, kind in table.columns.items()}
    unknown = [
        f"{table.name}.{column}"
        for table in manifest.tables
        if table.schema == RAW
        for column, kind in table.columns.items()
        if not _can_hold(known.get((table.name, column)), kind)
    ]
    if unknown:
        raise ConfigError(
            f"{folder} was made by plumbline {manifest.plumbline_version} and holds {unknown[0]}, which the sources of "
            "this project do not declare so. Restore it with a project that is as new."
        )


def _can_hold(declared: str | None, kind: str) -> bool:
    # What was text when it was backed up may have a type of its own by now.
    return declared == kind or (declared is not None and kind == "text")


def _snapshot(table: BackedUpTable) -> Table:
    return Table(feed=SNAPSHOTS, name=table.name, identifier=table.name, columns=table.columns)


def _has_rows(place: Warehouse, name: str) -> bool:
    return bool(place.query(f"select 1 from {place.relation(name)} limit 1"))


def _fill(place: Warehouse, table: BackedUpTable, folder: Path) -> None:
    columns = list(table.columns)
    source = f"select {column_list(columns)} from {_read(folder, table)}"
    rows = place.insert(_snapshot(table), columns, source)
    if rows != table.rows:
        raise PlumblineError(f"{folder / table.file} holds {rows:,} rows where its manifest says {table.rows:,}.")


def _read(folder: Path, table: BackedUpTable) -> str:
    return f"read_parquet({literal(str(folder / table.file))})"


def _restore_seed(warehouse: Warehouse, manifest: Manifest, folder: Path, project: Path, name: str) -> str:
    """Writes the rows of a seed to the project's file, from which dbt builds their table, where it has none.

    Returns none, same, written or other.
    """
    backed_up = next((table for table in manifest.tables if (table.schema, table.name) == (SEEDS, name)), None)
    if backed_up is None or not backed_up.rows:
        return "none"
    names = column_list(list(backed_up.columns))
    cursor = warehouse.con.execute(
        f"select {', '.join(f'cast({column} as varchar)' for column in names.split(', '))} "
        f"from {_read(folder, backed_up)} order by all"
    )
    rows = [list(backed_up.columns), *(["" if cell is None else cell for cell in row] for row in cursor.fetchall())]
    path = project / "seeds" / f"{name}.csv"
    try:
        with path.open(newline="", encoding="utf-8") as file:
            there = [row for row in csv.reader(file) if row]
    except FileNotFoundError:
        there = []
    except (OSError, UnicodeDecodeError) as error:
        raise PlumblineError(f"{path}: cannot be read: {error}. Everything but this seed is restored.") from None
    if sorted(there) == sorted(rows):
        return "same"
    if len(there) > 1:
        return "other"
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    try:
        path.write_text(text.getvalue(), encoding="utf-8")
    except OSError as error:
        raise PlumblineError(
            f"{path}: cannot be written: {error.strerror}. Everything but this seed is restored."
        ) from None
    return "written"
