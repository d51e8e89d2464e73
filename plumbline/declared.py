"""What the raw layer holds, read from the dbt sources, where it is declared once."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from plumbline.errors import ConfigError

# libyaml is several times faster, and not everywhere.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TYPES = {"text", "timestamp", "boolean", "integer", "bigint", "double precision", "date", "uuid", "json"}


@dataclass(frozen=True)
class Table:
    """A raw table: its name in its source, its name in the schema, and its columns with their types.

    `document` is the column that holds a record as it was delivered, and `parts` are columns that hold whole parts of
    it. `paths` says of columns where their values stand in it: names from the outside in, of several places the first
    that has one. `indexes` are PostgreSQL's, each a column and the method.
    """

    feed: str
    name: str
    identifier: str
    columns: dict[str, str]
    primary_key: tuple[str, ...] = ()
    high_water_mark: str | None = None
    is_mirror: bool = False
    read_with_table: str | None = None
    read_with_columns: dict[str, str] = field(default_factory=dict)
    document: str | None = None
    parts: tuple[str, ...] = ()
    paths: dict[str, list[list[str]]] = field(default_factory=dict)
    indexes: dict[str, str] = field(default_factory=dict)


def project_folder() -> Path:
    """Returns the dbt project's folder: PLUMBLINE_PROJECT_DIR, or the folder that holds this package."""
    given = os.environ.get("PLUMBLINE_PROJECT_DIR")
    folder = Path(given).expanduser() if given else Path(__file__).resolve().parent.parent
    if not (folder / "models" / "staging").is_dir():
        raise ConfigError(
            f"{folder} is not plumbline's dbt project (it has no models/staging). "
            "Set PLUMBLINE_PROJECT_DIR to the folder of dbt_project.yml."
        )
    return folder


def declared_tables(project: Path) -> list[Table]:
    """Returns every raw table that models/staging/*/_*__sources.yml declares.

    Raises ConfigError for a file that cannot be read or a type that the loader does not know.
    """
    tables: list[Table] = []
    for path in sorted((project / "models" / "staging").glob("*/_*__sources.yml")):
        try:
            document = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER) or {}  # noqa: S506
        except (OSError, yaml.YAMLError) as error:
            raise ConfigError(f"{path}: cannot be read: {' '.join(str(error).split())}") from None
        for source in document.get("sources", []):
            tables.extend(_table(path, source["name"], entry) for entry in source.get("tables", []))
    return tables


def _table(path: Path, feed: str, entry: dict[str, Any]) -> Table:
    meta = entry.get("config", {}).get("meta", {})
    columns = {column["name"]: column.get("data_type") for column in entry.get("columns", [])}
    for name, data_type in columns.items():
        if data_type not in _TYPES:
            raise ConfigError(
                f"{path}: {entry['name']}.{name}: data_type {data_type!r} is not one of {', '.join(sorted(_TYPES))}"
            )
    read_with = meta.get("read_with", {})
    return Table(
        feed=feed,
        name=entry["name"],
        identifier=entry.get("identifier", entry["name"]),
        columns=columns,
        primary_key=tuple(meta.get("primary_key", ())),
        high_water_mark=meta.get("high_water_mark"),
        is_mirror=bool(meta.get("mirror", False)),
        read_with_table=read_with.get("table"),
        read_with_columns=dict(read_with.get("columns", {})),
        document=meta.get("document"),
        parts=tuple(meta.get("parts", ())),
        paths={
            column["name"]: [place.split(".") for place in column["config"]["meta"]["paths"]]
            for column in entry.get("columns", [])
            if column.get("config", {}).get("meta", {}).get("paths")
        },
        indexes=dict(meta.get("indexes", {})),
    )
