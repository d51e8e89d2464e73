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

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", "target", "logs", "site", "*.duckdb*", "__pycache__", ".*_cache", ".hypothesis", "*.egg-info"
)


def run(*command: str | Path, cwd: Path = ROOT, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command without a terminal and return what it printed, both streams together."""
    return subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**os.environ, "NO_COLOR": "1", "DBT_USE_COLORS": "false", **(env or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


@dataclass
class Workplace:
    """A copy of the project with a warehouse of its own; nothing in the repository changes."""

    folder: Path
    target: str = "dev"
    env: dict[str, str] = field(default_factory=dict)

    @property
    def duckdb_path(self) -> Path:
        return self.folder / "plumbline.duckdb"

    def __call__(self, *command: str | Path) -> str:
        """Run a command that must succeed, and return what it printed."""
        done = run(*command, cwd=self.folder, env=self.env)
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
