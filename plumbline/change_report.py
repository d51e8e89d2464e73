"""Writes the changes that a proposal makes, as Markdown for a comment on a pull request, or as JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence

from plumbline.check_change import Change, Hit
from plumbline.markdown import code

# GitHub takes no comment of more than 65,536 characters.
_LONGEST_COMMENT = 60_000
_MOST_HITS = 50
_KINDS = {
    "added": "column added",
    "dropped": "column dropped",
    "renamed": "column renamed",
    "retyped": "type changed",
    "nullability": "nullability",
    "dataset_dropped": "dataset dropped",
    "contract_added": "contract added",
    "contract_withdrawn": "contract withdrawn",
    "object_added": "object added",
    "object_withdrawn": "object withdrawn",
    "promise_added": "promise added",
    "promise_changed": "promise changed",
    "promise_withdrawn": "promise withdrawn",
}
_HITS = {
    "dataset": "datasets",
    "pipeline": "pipelines",
    "exposure": "exposures",
    "service_level": "service levels",
    "team": "teams",
}


def as_json(changes: Sequence[Change]) -> str:
    """Returns every change with everything that it hits."""
    document = {
        "breaking_changes": _breaking(changes),
        "breaking_changes_of_active_contracts": _of_active(changes),
        "blocking_changes": _blocking(changes),
        "changes": [
            {
                **{name: value if isinstance(value, bool | None) else str(value) for name, value in one.values.items()},
                "hits": [vars(hit) for hit in one.hits],
            }
            for one in changes
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def as_markdown(changes: Sequence[Change]) -> str:
    """Returns what fits into a comment: a headline, the changes, and what those hit that break, or may break."""
    parts = [f"### {_headline(changes)}"]
    if _blocking(changes):
        parts.append(
            f"**{_counted(_blocking(changes), 'change breaks', 'changes break')} a contract that is in force, and its "
            "version does not say so.** Keep what is promised, raise the contract's major version, or add a new "
            "version of the model beside the old one."
        )
    rows = ["| | change | of | before | after | contract |", "|---|---|---|---|---|---|"]
    room = _LONGEST_COMMENT - sum(map(len, parts)) - sum(map(len, rows))
    left_out = 0
    for one in changes:
        row = _row(one)
        room -= len(row) + 1
        if room < 0:
            left_out += 1
        else:
            rows.append(row)
    if changes:
        parts.append("\n".join(rows))
    for one in changes:
        if one.values["is_breaking"] is False:
            continue
        details = _details(one)
        room -= len(details) + 2
        if room < 0:
            left_out += 1
        else:
            parts.append(details)
    if left_out:
        parts.append("This is too long for a comment, and cut. `--format json` has all of it.")
    return "\n\n".join(parts) + "\n"


def _headline(changes: Sequence[Change]) -> str:
    if not changes:
        return "No change of what is promised"
    breaking = _counted(_breaking(changes), "breaking change", "breaking changes")
    unknown = sum(one.values["is_breaking"] is None for one in changes)
    told = f"{breaking}, {_of_active(changes)} of active contracts"
    return f"{told}; of {unknown} it cannot be told" if unknown else told


def _row(one: Change) -> str:
    values = one.values
    column = values["column_name"]
    if values["change_kind"] == "renamed":
        column = f"{values['column_name_before']} → {column}"
    if values["clause_kind"] is not None:
        column = f"{values['clause_kind']} {column}" if column else values["clause_kind"]
    where = [part for part in (values["object_name"] or values["contract_name"], column) if part]
    versions = [part for part in (values["version_before"], values["version_after"]) if part]
    contract = [code(values["contract_name"])] if values["contract_standard"] else ["none"]
    contract += [" → ".join(code(version) for version in dict.fromkeys(versions))] if versions else []
    cells = [
        _verdict(one),
        _KINDS[values["change_kind"]],
        "<br>".join(code(part) for part in where),
        code(values["value_before"]),
        code(values["value_after"]),
        " ".join(contract),
    ]
    return f"| {' | '.join(cells)} |"


def _verdict(one: Change) -> str:
    values = one.values
    if values["is_breaking"] is None:
        return "cannot tell"
    if not values["is_breaking"]:
        return "fine"
    if values["is_blocking"]:
        return "**breaks**"
    return "breaks, as its version says" if values["is_announced"] else "breaks, but no active contract"


def _details(one: Change) -> str:
    values = one.values
    counts = Counter(hit.type for hit in one.hits)
    counted = ", ".join(
        _counted(counts[kind], kind.replace("_", " "), plural) for kind, plural in _HITS.items() if counts[kind]
    )
    subject = code(values["column_name"] or values["object_name"] or values["contract_name"])
    dataset = f" in {code(values['dataset_subject_name'])}" if values["dataset_subject_name"] else ""
    summary = f"{_KINDS[values['change_kind']]}: {subject}{dataset} hits {counted or 'nothing that is known'}"
    if not one.hits:
        return f"<details><summary>{summary}</summary></details>"
    lists = [_listed(kind, [hit for hit in one.hits if hit.type == kind]) for kind in _HITS if counts[kind]]
    return "\n\n".join([f"<details><summary>{summary}</summary>", *lists, "</details>"])


def _listed(kind: str, hits: Sequence[Hit]) -> str:
    lines = [
        f"- {kind.replace('_', ' ')} {code(hit.name)}"
        + (f", of {code(hit.team)}" if hit.team and kind != "team" else "")
        + (f", {_counted(hit.depth, 'step', 'steps')} away" if hit.depth > 1 and kind == "dataset" else "")
        for hit in hits[:_MOST_HITS]
    ]
    if len(hits) > _MOST_HITS:
        lines.append(f"- and {len(hits) - _MOST_HITS:,} {_HITS[kind]} more")
    return "\n".join(lines)


def _counted(count: int, one: str, more: str) -> str:
    return f"{count:,} {one if count == 1 else more}"


def _breaking(changes: Sequence[Change]) -> int:
    return sum(one.values["is_breaking"] is True for one in changes)


def _of_active(changes: Sequence[Change]) -> int:
    return sum(one.values["is_breaking"] is True and one.values["is_of_active_contract"] for one in changes)


def _blocking(changes: Sequence[Change]) -> int:
    return sum(one.values["is_blocking"] for one in changes)
