"""docs/star-schema.md says what the project says."""

from __future__ import annotations

import difflib
import sys
from typing import Any

import pytest

from support import ROOT

sys.path.insert(0, str(ROOT / "scripts"))
import star_schema


def test_the_page_has_not_drifted(manifest: dict[str, Any]) -> None:
    written = star_schema.PAGE.read_text().splitlines()
    now = star_schema.page(manifest).splitlines()
    if written != now:
        difference = "\n".join(
            list(difflib.unified_diff(written, now, "docs/star-schema.md", "the project", lineterm="", n=0))[:30]
        )
        pytest.fail(f"Run `make star-schema` and commit the page:\n{difference}", pytrace=False)


def test_the_matrix_shows_what_is_tested() -> None:
    def model(name: str) -> dict[str, Any]:
        columns = {"thing_key": {"data_type": "uuid", "description": "The thing."}}
        return {
            "resource_type": "model",
            "name": name,
            "access": "public",
            "path": f"marts/core/{name}.sql",
            "description": "One row is one thing.",
            "columns": columns,
        }

    manifest = {
        "nodes": {
            "f": model("fct_events"),
            "t": model("dim_things"),
            "c": model("dim_things_current"),
            "o": model("dim_others"),
            "r": {
                "resource_type": "test",
                "test_metadata": {"name": "relationships"},
                "attached_node": "f",
                "column_name": "thing_key",
                "depends_on": {"nodes": ["c", "f"]},
            },
        }
    }
    page = star_schema.page(manifest)
    assert "| fact | others | things |" in page
    assert "| [fct_events](#fct_events) |   | x |" in page
    assert "| `thing_key` | uuid | The thing. → [dim_things_current](#dim_things_current) |" in page
