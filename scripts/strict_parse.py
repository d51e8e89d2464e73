"""Parse the project with dbt's own checks of YAML keys, which dbt leaves out for DuckDB and PostgreSQL.

Without them a misspelt key (`desciption:`) passes in silence. The list of adapters that are checked is a
private name of dbt-core; where an upgrade takes it away, this fails rather than checking nothing.
"""

import sys
import tempfile
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent


def strict_parse(project: Path = PROJECT) -> bool:
    """Parse the project in a target folder of its own; return whether nothing was found."""
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
    with tempfile.TemporaryDirectory() as scratch:
        arguments = ["--project-dir", str(project), "--profiles-dir", str(project)]
        arguments += ["--target-path", scratch, "--log-path", scratch]
        result = dbtRunner().invoke(
            ["--quiet", "parse", "--no-partial-parse", "--show-all-deprecations", *arguments]
        )
    return bool(result.success)


if __name__ == "__main__":
    sys.exit(0 if strict_parse() else 1)
