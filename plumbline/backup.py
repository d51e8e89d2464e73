"""Writes a backup: what no source can give again, as Parquet, with a manifest that says what must be there.

That is what was landed, with its ledger and what was rejected, the snapshots, and the seeds in which people say what
they think of findings. A warehouse of either engine can be restored from it. It is written beside its place and then
renamed, so that a folder with this name is a whole backup.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import os
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb
from rich.table import Table as PrintedTable

from plumbline import __version__
from plumbline.declared import Table
from plumbline.errors import ConfigError, PlumblineError, first_line
from plumbline.quoting import column_list, literal
from plumbline.stop import Stop
from plumbline.warehouse import Warehouse

MANIFEST = "manifest.json"
FORMAT = 1
RAW, SNAPSHOTS, SEEDS = "raw", "snapshots", "seeds"
SEEDS_OF_PEOPLE = ("audit_waivers", "audit_verdicts")
_CHUNK = 1 << 20


@dataclass(frozen=True)
class BackedUpTable:
    """One table of a backup: its schema without the prefix, its file, and what must be in that.

    `columns` holds each column with its declared type.
    """

    schema: str
    name: str
    file: str
    rows: int
    size_bytes: int
    sha256: str
    columns: dict[str, str]


@dataclass(frozen=True)
class Manifest:
    """What a backup's manifest.json says. `created_at` is in UTC."""

    plumbline_version: str
    created_at: str
    warehouse: str
    tables: tuple[BackedUpTable, ...]

    def write(self, folder: Path) -> None:
        """Writes the manifest into a folder."""
        document = {"format": FORMAT, **asdict(self)}
        (folder / MANIFEST).write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """Reads a backup's manifest. Raises ConfigError when the folder is no backup that can be read."""
        path = folder / MANIFEST
        try:
            document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            found = document.pop("format")
            if found != FORMAT:
                raise ConfigError(
                    f"{path}: the backup has format {found!r}, and this plumbline reads format {FORMAT}: "
                    f"restore it with plumbline {document.get('plumbline_version', 'of its time')}."
                )
            tables = tuple(BackedUpTable(**table) for table in document.pop("tables"))
            return cls(**document, tables=tables)
        except FileNotFoundError:
            raise ConfigError(f"{folder} is no backup: it has no {MANIFEST}.") from None
        except OSError as error:
            raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ConfigError(f"{path}: is no manifest of a backup: {error}") from None


def back_up(warehouse: Warehouse, declared: list[Table], folder: Path, stop: Stop) -> Manifest:
    """Writes a backup of a warehouse to a folder that does not exist yet, as of one instant.

    Raises ConfigError when there is nothing to back up or the folder is taken, PlumblineError when writing fails,
    and Stopped; nothing is left of it then.
    """
    folder = folder.absolute()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ConfigError(f"{folder} is there already. A backup is never overwritten: name a new folder.")
    if not folder.parent.is_dir():
        raise ConfigError(f"{folder} cannot be made: there is no folder {folder.parent}.")
    partial = folder.with_name(f"{folder.name}.partial")
    try:
        shutil.rmtree(partial, ignore_errors=True)  # of a backup that was killed
        partial.mkdir()
        with stop.interruptible():
            manifest = _write(warehouse, declared, partial)
            _sync(partial)
        partial.rename(folder)
        _sync_folder(folder.parent)
    except (duckdb.Error, OSError) as error:
        raise PlumblineError(f"The backup to {folder} failed, and nothing is left of it: {first_line(error)}") from None
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return manifest


def _write(warehouse: Warehouse, declared: list[Table], folder: Path) -> Manifest:
    created_at = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    landed = {table.identifier: table.columns for table in declared}
    tables: list[BackedUpTable] = []
    with warehouse.transaction():
        for schema in (RAW, SNAPSHOTS, SEEDS):
            place = warehouse.in_schema(schema)
            stored = place.stored_tables({RAW: landed, SNAPSHOTS: None, SEEDS: set(SEEDS_OF_PEOPLE)}[schema])
            for name, columns in sorted(stored.items()):
                types = landed[name] if schema == RAW else columns
                known = {column: types[column] for column in columns if column in types}
                tables.append(_write_table(place, schema, name, known, folder))
            if schema == RAW and not tables:
                raise ConfigError(f"{warehouse.place} has nothing to back up: run 'plumbline load' first.")
    manifest = Manifest(__version__, created_at, warehouse.place, tuple(tables))
    manifest.write(folder)
    return manifest


def _write_table(place: Warehouse, schema: str, name: str, columns: dict[str, str], folder: Path) -> BackedUpTable:
    file = f"{schema}/{name}.parquet"
    path = folder / file
    path.parent.mkdir(exist_ok=True)
    rows = place.value(
        f"copy (select {column_list(list(columns))} from {place.relation(name)}) "
        f"to {literal(str(path))} (format parquet, compression zstd)"
    )
    return BackedUpTable(schema, name, file, int(rows), path.stat().st_size, sha256_of(path), columns)


def backup_table(manifest: Manifest) -> PrintedTable:
    """Returns the table that closes a backup and a restore: what is in it."""
    table = PrintedTable(box=None, pad_edge=False)
    table.add_column("table")
    for name in ("rows", "bytes"):
        table.add_column(name, justify="right")
    for one in manifest.tables:
        if one.rows:
            table.add_row(f"{one.schema}.{one.name}", f"{one.rows:,}", f"{one.size_bytes:,}")
    return table


def sha256_of(path: Path) -> str:
    """Returns the SHA-256 of a file's bytes. Raises OSError."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            found.update(chunk)
    return found.hexdigest()


def _sync(folder: Path) -> None:
    """Puts a folder's files on the disk, so that no crash leaves a renamed folder without them."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
        else:
            _sync_folder(path)
    _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
