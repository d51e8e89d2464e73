"""A run that is killed, again and again, at any moment, ends in the same marts as one that nobody disturbed."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from killing import events_of, public_marts, random_moment, run_until
from support import Workplace
from test_build_sample import differences, keys_of

SEED = 20260101
# A build takes many times as long to get to as a load.
STEPS = [*["load"] * 6, *["build"] * 4]


def test_ten_kills_change_nothing(
    make_workplace: Callable[..., Workplace], sample: Workplace, manifest: dict[str, Any]
) -> None:
    # What dbt leaves behind lies where no feed reads it, so that the killed builds are no part of what is loaded.
    workplace = make_workplace("killed", env={"DBT_TARGET_PATH": "artifacts_of_runs"})
    (workplace.folder / "target").rename(workplace.folder / "artifacts_of_runs")
    random = Random(SEED)
    events = events_of(manifest)
    moments = [random_moment(random, step, events[step]) for step in random.sample(STEPS, len(STEPS))]
    assert [run_until(workplace, moment).is_killed for moment in moments] == [True] * len(STEPS)
    done = run_until(workplace, None)
    assert done.code == 0, done.events[-3:]
    keys = keys_of(manifest)
    found = []
    for node in public_marts(manifest):
        query = f"select * from {node['schema']}.{node['alias']}"
        key = keys.get(node["unique_id"], [])
        found += differences(node["name"], key, sample.query(query), workplace.query(query))
    assert not found, f"{len(found)} differences, {found[:10]}"
    counted = "select count(*) as events, count(distinct event_md5) as kinds from raw.openlineage_events"
    assert workplace.query(counted) == sample.query(counted)
