"""The command `plumbline`. It exits with 0; 1 when a feed failed; 2 when what it was told is wrong."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from plumbline import __version__
from plumbline.config import read_config
from plumbline.declared import declared_tables, project_folder
from plumbline.errors import ConfigError, PlumblineError, mask
from plumbline.findings import print_findings
from plumbline.load import load_feeds
from plumbline.progress import closing_table, reporter_for
from plumbline.warehouse import TARGETS, open_warehouse

_WIDTH_ELSEWHERE = 160


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="plumbline")
def cli() -> None:
    """Measures and audits a data platform from the metadata it already emits."""


def _shared_options(command: Callable[..., Any]) -> Callable[..., Any]:
    command = click.option(
        "--schema-prefix",
        envvar="PLUMBLINE_SCHEMA_PREFIX",
        default="",
        help="What stands in front of every schema's name; dbt takes it from PLUMBLINE_SCHEMA_PREFIX.",
    )(command)
    return click.option(
        "--target",
        type=click.Choice(TARGETS),
        default="dev",
        show_default=True,
        help="dev is the DuckDB file of PLUMBLINE_DUCKDB_PATH; prod is PostgreSQL, from PLUMBLINE_PG_*.",
    )(command)


@cli.command()
@click.option(
    "--config",
    "config_path",
    type=click.Path(path_type=Path),
    default=Path("plumbline.yml"),
    show_default=True,
    help="The file that names the feeds.",
)
@_shared_options
def load(config_path: Path, target: str, schema_prefix: str) -> None:
    """Land what is new in every feed of plumbline.yml."""
    console = _console()
    config = read_config(config_path)
    tables = declared_tables(project_folder())
    warehouse = open_warehouse(target, _checked_prefix(schema_prefix))
    with warehouse.con:
        warehouse.create_tables(tables)
        results = load_feeds(config, warehouse, reporter_for(console))
        if results:
            console.print()
            console.print(closing_table(results))
        else:
            console.print("No feed is configured; the raw tables are there, empty.", highlight=False)
    if any(result.error is not None for result in results):
        raise SystemExit(1)


@cli.command()
@_shared_options
def findings(target: str, schema_prefix: str) -> None:
    """Print the findings of the last build, the gravest first."""
    warehouse = open_warehouse(target, _checked_prefix(schema_prefix), read_only=True)
    with warehouse.con:
        print_findings(warehouse, _console(), project_folder())


def _console() -> Console:
    console = Console(no_color="NO_COLOR" in os.environ or None)
    return console if console.is_terminal else Console(width=_WIDTH_ELSEWHERE, no_color=True)


def _checked_prefix(prefix: str) -> str:
    if not re.fullmatch(r"[a-z0-9_]*", prefix):
        raise ConfigError("--schema-prefix may hold lower-case letters, digits and '_'")
    return prefix


def main() -> None:
    """Runs the command; the user's mistakes end in a message, not in a traceback."""
    try:
        cli(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except PlumblineError as error:
        click.echo(mask(str(error)), err=True)
        sys.exit(2 if isinstance(error, ConfigError) else 1)
