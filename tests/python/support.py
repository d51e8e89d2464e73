"""Where the project lies, and copies of it to build in."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import psycopg2
import yaml

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
# Which findings were open at some time depends on what was built at that time.
FINDINGS = (
    "fct_findings",
    "fct_finding_spells",
    "fct_finding_episodes",
    "fct_finding_heads",
    "fct_finding_notices",
    "fct_finding_verdicts",
    "fct_audit_rule_precision",
    "fct_blast_radii",
    "bridge_blast_radii",
    "bridge_finding_causes",
    "bridge_finding_datasets",
    "bridge_finding_places",
)
AS_BUILDS_SAW_THEM = (*FINDINGS, "fct_team_scorecards")
# The simulated part of the sample.
RETAIL = "sample/retail"
LEFT_OUT = shutil.ignore_patterns(
    ".git",
    ".venv",
    "target",
    "logs",
    "site",
    "*.duckdb*",
    "__pycache__",
    ".*_cache",
    ".hypothesis",
    "*.egg-info",
    "retail",
    "retail.new",
)


def recorded_feeds() -> list[dict[str, Any]]:
    """The feeds of plumbline.yml but for the simulated platform, which would make most tests slower."""
    feeds = yaml.safe_load((ROOT / "plumbline.yml").read_text())["feeds"]
    return [feed for feed in feeds if RETAIL not in f"{feed.get('path')} {feed.get('url')}"]


def run(*command: str | Path, cwd: Path = ROOT, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command without a terminal and return what it printed, both streams together."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PLUMBLINE_", "DBT_"))}
    return subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**inherited, "NO_COLOR": "1", "DBT_USE_COLORS": "false", **(env or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


@dataclass
class Workplace:
    """A copy of the project with a warehouse of its own; nothing in the repository changes.

    Its DuckDB file lies in the copy, at the path of the default profile, so that dbt takes what was parsed before.
    """

    folder: Path
    target: str = "dev"
    env: dict[str, str] = field(default_factory=dict)

    @property
    def duckdb_path(self) -> Path:
        return self.folder / "plumbline.duckdb"

    def __call__(self, *command: str | Path) -> str:
        """Run a command that must succeed, and return what it printed."""
        done = run(*command, cwd=self.folder, env={"PLUMBLINE_PROJECT_DIR": str(self.folder), **self.env})
        assert done.returncode == 0, f"{' '.join(map(str, command))} ended with {done.returncode}:\n{done.stdout}"
        return done.stdout

    def make(self, *goals: str) -> str:
        """Run make with the environment that the tests run in."""
        settings = [f"VENV={BIN.parent}", f"TARGET={self.target}"]
        return self("make", f"--assume-old={BIN.parent}/.ready", *settings, *goals)

    def dbt(self, *arguments: str) -> str:
        return self(BIN / "dbt", *arguments, "--target", self.target)

    def load(self, config: str = "plumbline.yml") -> str:
        return self(BIN / "plumbline", "load", "--config", config, "--target", self.target)

    def artifact(self, name: str) -> dict[str, Any]:
        """Read a JSON file of the last dbt command."""
        return json.loads((self.folder / "target" / name).read_text())

    def query(self, sql: str) -> list[dict[str, Any]]:
        """Return the rows of a query, each by column."""
        if self.target == "dev":
            with duckdb.connect(str(self.duckdb_path), read_only=True) as connection:
                connection.execute("set TimeZone = 'UTC'")
                cursor = connection.execute(sql)
                names = [column[0] for column in cursor.description]
                return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        connection = connect(self.env, self.env["PLUMBLINE_PG_DATABASE"])
        try:
            with connection.cursor() as cursor:
                cursor.execute(sql)
                names = [column.name for column in cursor.description]
                return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        finally:
            connection.close()

    def execute(self, *statements: str) -> None:
        """Change the warehouse, as the user who builds."""
        if self.target == "dev":
            with duckdb.connect(str(self.duckdb_path)) as connection:
                for statement in statements:
                    connection.execute(statement)
            return
        changing = connect(self.env, self.env["PLUMBLINE_PG_DATABASE"])
        try:
            with changing, changing.cursor() as cursor:
                for statement in statements:
                    cursor.execute(statement)
        finally:
            changing.close()


def connect(settings: dict[str, str], database: str) -> psycopg2.extensions.connection:
    """Connect to a database of the PostgreSQL that the settings name."""
    return psycopg2.connect(
        host=settings["PLUMBLINE_PG_HOST"],
        port=settings.get("PLUMBLINE_PG_PORT", "5432"),
        user=settings.get("PLUMBLINE_PG_USER", "plumbline"),
        password=settings.get("PLUMBLINE_PG_PASSWORD", ""),
        dbname=database,
    )
