"""Write docs/star-schema.md from dbt's manifest: the bus matrix, and each mart with its grain and columns.

The matrix comes from the relationships tests, so that it says what is tested and nothing else.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))
from strict_parse import PROJECT, strict_parse

Node = Mapping[str, Any]

PAGE = PROJECT / "docs/star-schema.md"
INTRODUCTION = """# The star schema

<!-- Written by `make star-schema` from the project itself. Do not edit: a test compares the two. -->

Facts hold what happened, dimensions what it happened to. Where history matters, `dim_x` holds every version
of it (`x_version_key`), `dim_x_current` the thing as it is now, and facts carry both keys: `x_key` for the thing, and
`x_version_key` for the thing as it was then. Every dimension has an unknown member, so that no fact is dropped
and every join is an inner join.
"""


def one_line(text: str) -> str:
    """Return text on one line, safe in a cell of a table."""
    return " ".join(text.split()).replace("|", "\\|")


def dimension(name: str) -> str:
    """Return the dimension's name, whichever of its relations is meant."""
    return name.removesuffix("_current")


def marts_of(manifest: Node) -> list[Node]:
    """Return the public models of the marts, dimensions first, then facts, then bridges and the rest."""
    order = {"dim": 0, "fct": 1, "bridge": 2}
    marts = [
        node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["path"].startswith("marts/") and node["access"] == "public"
    ]
    return sorted(marts, key=lambda node: (order.get(node["name"].split("_")[0], 3), node["name"]))


def references_of(manifest: Node) -> dict[str, dict[str, str]]:
    """Return, by model and column, the model that the column is tested to refer to."""
    found: dict[str, dict[str, str]] = {}
    for test in manifest["nodes"].values():
        if (test.get("test_metadata") or {}).get("name") != "relationships":
            continue
        attached = manifest["nodes"].get(test["attached_node"])
        others = [
            manifest["nodes"][key]
            for key in test["depends_on"]["nodes"]
            if key in manifest["nodes"] and key != test["attached_node"]
        ]
        if attached and others:
            found.setdefault(attached["name"], {})[test["column_name"]] = others[0]["name"]
    return found


def matrix(marts: Iterable[Node], references: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Return the bus matrix: a row for each fact and bridge, a column for each dimension."""
    names = [node["name"] for node in marts]
    dimensions = [name for name in names if name.startswith("dim_") and not name.endswith("_current")]
    lines = [
        "| fact | " + " | ".join(name.removeprefix("dim_") for name in dimensions) + " |",
        "|---|" + ":-:|" * len(dimensions),
    ]
    for name in names:
        if name.startswith("dim_"):
            continue
        reached = {dimension(other) for other in references.get(name, {}).values()}
        cells = ["x" if other in reached else " " for other in dimensions]
        lines.append(f"| [{name}](#{name}) | " + " | ".join(cells) + " |")
    return lines


def section(node: Node, references: Mapping[str, str]) -> list[str]:
    """Return what there is to know of one mart."""
    lines = ["", f"### {node['name']}", "", one_line(node["description"]).replace("\\|", "|"), ""]
    lines += ["| column | type | what it is |", "|---|---|---|"]
    for name, column in node["columns"].items():
        target = references.get(name)
        link = f" → [{target}](#{target})" if target else ""
        lines.append(f"| `{name}` | {column['data_type'] or ''} | {one_line(column['description'])}{link} |")
    return lines


def page(manifest: Node) -> str:
    """Return the whole page."""
    marts = marts_of(manifest)
    references = references_of(manifest)
    lines = [INTRODUCTION, "## Which fact has which dimension", "", *matrix(marts, references)]
    for title, prefixes in (("Dimensions", ("dim_",)), ("Facts", ("fct_",)), ("Bridges", ("bridge_",))):
        members = [node for node in marts if node["name"].startswith(prefixes)]
        if members:
            lines += ["", f"## {title}"]
        for node in members:
            lines += section(node, references.get(node["name"], {}))
    return "\n".join(lines) + "\n"


def main() -> int:
    """Write the page from a manifest, or from a parse of the project."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--manifest", type=Path, help="a manifest.json; without it the project is parsed")
    given = parser.parse_args()
    if given.manifest:
        manifest = json.loads(given.manifest.read_text())
    else:
        with tempfile.TemporaryDirectory() as scratch:
            if not strict_parse(PROJECT, Path(scratch)):
                return 1
            manifest = json.loads((Path(scratch) / "manifest.json").read_text())
    PAGE.write_text(page(manifest))
    print(f"Wrote {PAGE.relative_to(PROJECT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
