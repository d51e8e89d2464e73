"""Parse the project with dbt's own checks of YAML keys, which dbt leaves out for DuckDB and PostgreSQL.

Without them a misspelt key (`desciption:`) passes in silence. The list of adapters that are checked is a
private name of dbt-core; where an upgrade takes it away, this fails rather than checking nothing.
"""

import argparse
import sys
import tempfile
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent


def strict_parse(project: Path, target: Path) -> bool:
    """Parse a project into a target folder; return whether nothing was found."""
    from dbt.cli.main import dbtRunner
    from dbt.jsonschemas import jsonschemas

    checked = getattr(jsonschemas, "_JSONSCHEMA_SUPPORTED_ADAPTERS", None)
    if not isinstance(checked, set):
        print(
            "dbt.jsonschemas has no set _JSONSCHEMA_SUPPORTED_ADAPTERS any more: "
            "find out how this dbt-core checks YAML keys and mend scripts/strict_parse.py.",
            file=sys.stderr,
        )
        return False
    checked |= {"duckdb", "postgres"}
    folders = ["--project-dir", str(project), "--profiles-dir", str(project)]
    folders += ["--target-path", str(target), "--log-path", str(target)]
    flags = ["--no-partial-parse", "--show-all-deprecations"]
    return bool(dbtRunner().invoke(["--quiet", "parse", *flags, *folders]).success)


def main() -> int:
    """Parse the project that is named; return 0 where nothing was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--project-dir", type=Path, default=PROJECT)
    parser.add_argument("--target-path", type=Path, help="where the manifest is left; nowhere by default")
    given = parser.parse_args()
    if given.target_path:
        return 0 if strict_parse(given.project_dir, given.target_path) else 1
    with tempfile.TemporaryDirectory() as scratch:
        return 0 if strict_parse(given.project_dir, Path(scratch)) else 1


if __name__ == "__main__":
    sys.exit(main())
