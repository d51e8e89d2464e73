"""What the registry said of a team is kept, and each week is told by what it said then."""

from __future__ import annotations

from support import Workplace

LATER = "2026-12-07 00:00:00"


def test_a_week_keeps_the_team_that_the_registry_had_then(sample_copy: Workplace) -> None:
    """A team comes into the registry, and the warehouse is built again as of a later week."""
    ours = "team_name = 'data-platform'"
    before = sample_copy.query(f"select tier, is_current from marts.dim_teams where {ours}")
    registry = sample_copy.folder / "seeds/registry_teams.csv"
    registry.write_text(registry.read_text() + "data-platform,platform,1,#data,data-rota\n")
    names = ("registry_teams", "int_sources__as_of", "snap_registry__teams", "dim_teams", "fct_team_scorecards")
    left_out = ("--exclude-resource-type", "unit_test")
    sample_copy.dbt("build", "--quiet", "--vars", f"{{as_of: '{LATER}'}}", "--select", *names, *left_out)
    versions = sample_copy.query(
        "select tier, channel, cast(valid_from as text) as valid_from, cast(valid_to as text) as valid_to, is_current "
        f"from marts.dim_teams where {ours} order by valid_from"
    )
    assert before == [{"tier": None, "is_current": True}]
    assert versions == [
        {
            "tier": None,
            "channel": None,
            "valid_from": "1900-01-01 00:00:00",
            "valid_to": LATER,
            "is_current": False,
        },
        {
            "tier": 1,
            "channel": "#data",
            "valid_from": LATER,
            "valid_to": "9999-12-31 00:00:00",
            "is_current": True,
        },
    ]
    weeks = sample_copy.query(
        f"select distinct weeks.week_starts_on >= '{LATER[:10]}' as is_later, teams.tier "
        "from marts.fct_team_scorecards as weeks "
        f"inner join marts.dim_teams as teams using (team_version_key) where {ours} order by is_later"
    )
    assert weeks == [{"is_later": False, "tier": None}, {"is_later": True, "tier": 1}]
