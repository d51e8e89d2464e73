"""Expands the schedules that were landed into the instants at which something was expected.

SQL cannot read a cron expression. So each expression that the landed metadata holds, with its time zone, is expanded
here into the instants that it names, as Airflow does it, for the time that the metadata speaks of. What those instants
are for, and whether anything came, is judged in SQL.
"""

from __future__ import annotations

import datetime
import zoneinfo
from collections.abc import Iterator

from croniter import CroniterBadDateError, CroniterError, croniter

from plumbline.quoting import column_list
from plumbline.session import Session

# Airflow's own names that croniter does not know.
_PRESETS = {"@quarterly": "0 0 1 */3 *"}
_MARGIN = datetime.timedelta(days=2)
# A run may carry any date; no more of a schedule than this is kept.
_LONGEST = datetime.timedelta(days=1100)
_SECOND = datetime.timedelta(seconds=1)

Schedule = tuple[str, str]
Instants = list[tuple[datetime.datetime, datetime.datetime]]


def expand(session: Session) -> None:
    """Lands the instants of every schedule that are not landed yet."""
    window = _window(session)
    if window is None:
        return
    known = _known(session)
    schedules, occurrences = session.table("schedules"), session.table("schedule_occurrences")
    schedule_spool, occurrence_spool = session.spool_for(schedules), session.spool_for(occurrences)
    stamp = (session.loaded_at.isoformat(sep=" "), session.load_id)
    wanted = sorted(known.keys() | _landed(session, max((times[2] for times in known.values()), default=None)))
    for number, (expression, time_zone) in enumerate(wanted):
        session.progress(expression, number / len(wanted))
        start, end = window
        parts = [(start, end)]
        if (expression, time_zone) in known:
            kept_from, kept_until, _ = known[expression, time_zone]
            parts = [(start, kept_from), (kept_until, end)]
            start, end = min(start, kept_from), max(end, kept_until)
        parts = [(first, last) for first, last in parts if first < last]
        if not parts:
            continue
        problem = None
        try:
            for first, last in parts:
                for occurs_at, next_at in instants(expression, time_zone, first, last):
                    row = (occurs_at.isoformat(sep=" "), next_at.isoformat(sep=" "))
                    occurrence_spool.add((expression, time_zone, *row, *stamp))
        except ScheduleProblem as error:
            problem = str(error)
        limits = (start.isoformat(sep=" "), end.isoformat(sep=" "))
        schedule_spool.add((expression, time_zone, *limits, problem, *stamp))
    columns = list(occurrences.columns)
    query = f"select {column_list(columns)} from {occurrence_spool.relation()}"
    session.landed += session.warehouse.insert(occurrences, columns, query)
    columns = list(schedules.columns)
    session.warehouse.upsert(schedules, columns, f"select {column_list(columns)} from {schedule_spool.relation()}")


class ScheduleProblem(ValueError):
    """A schedule that cannot be expanded; the message says why."""


def instants(expression: str, time_zone: str, start: datetime.datetime, end: datetime.datetime) -> Instants:
    """Returns the instants of a cron expression from `start` on and before `end`, each with the one after it, in UTC.

    A schedule of every hour follows the hours as they pass. Any other follows the clock on the wall: what would stand
    in the hour that is left out in spring comes an hour later by that clock, and what stands in the hour that comes
    twice in autumn comes the second time. Raises ScheduleProblem.
    """
    try:
        zone = zoneinfo.ZoneInfo(time_zone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise ScheduleProblem(f"{time_zone} is no time zone of the IANA database") from None
    found: Instants = []
    previous: datetime.datetime | None = None
    for instant in _following(_PRESETS.get(expression, expression), zone, start - _SECOND):
        if previous is not None:
            found.append((previous, instant))
        if instant >= end:
            break
        previous = instant
    return found


def _following(expression: str, zone: zoneinfo.ZoneInfo, after: datetime.datetime) -> Iterator[datetime.datetime]:
    current = after
    try:
        while True:
            naive = current.replace(tzinfo=datetime.UTC).astimezone(zone).replace(tzinfo=None, fold=0)
            cron = croniter(expression, naive)
            scheduled = cron.get_next(datetime.datetime)
            current = current + (scheduled - naive) if cron.expanded[1] == ["*"] else _in_utc(scheduled, zone)
            yield current
    except CroniterBadDateError:
        return
    except (CroniterError, ValueError, OverflowError) as error:
        raise ScheduleProblem(f"is no cron expression that can be read: {' '.join(str(error).split())}") from None


def _in_utc(naive: datetime.datetime, zone: zoneinfo.ZoneInfo) -> datetime.datetime:
    earlier, later = (naive.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    is_left_out = later.utcoffset() > earlier.utcoffset()  # type: ignore[operator]
    chosen = earlier if is_left_out else later
    return chosen.astimezone(datetime.UTC).replace(tzinfo=None)


def _window(session: Session) -> tuple[datetime.datetime, datetime.datetime] | None:
    """Returns the days that Airflow's metadata speaks of, and a margin."""
    warehouse = session.warehouse
    runs = warehouse.relation(session.table("dag_run", "airflow"))
    dags = warehouse.relation(session.table("dag", "airflow"))
    # What is dated later than it was read has a clock that runs ahead.
    first, *lasts = warehouse.query(
        "select min(due_at), max(due_at) filter (where due_at <= ?), max(seen_at) filter (where seen_at <= ?) from ("
        "select coalesce(run_after, data_interval_end, logical_date, execution_date) as due_at, "
        f"greatest(start_date, end_date) as seen_at from {runs} where run_type in ('scheduled', 'backfill')) as runs",
        [session.loaded_at, session.loaded_at],
    )[0]
    lasts.append(
        warehouse.value(f"select max(last_parsed_time) from {dags} where last_parsed_time <= ?", [session.loaded_at])
    )
    last = max((time for time in lasts if time is not None), default=None)
    if last is None:
        return None
    first = max(min(first or last, last), last - _LONGEST)
    midnight = datetime.time()
    return (
        datetime.datetime.combine(first.date(), midnight),
        datetime.datetime.combine(last.date(), midnight) + _MARGIN,
    )


def _known(session: Session) -> dict[Schedule, tuple[datetime.datetime, datetime.datetime, datetime.datetime]]:
    relation = session.warehouse.relation(session.table("schedules"))
    rows = session.warehouse.query(
        f"select schedule_expression, time_zone, expanded_from, expanded_until, _loaded_at from {relation}"
    )
    return {(expression, time_zone): (first, last, at) for expression, time_zone, first, last, at in rows}


def _landed(session: Session, since: datetime.datetime | None) -> set[Schedule]:
    """Returns the cron expressions of Airflow's DAGs that were landed since then, each with its time zone."""
    relation = session.warehouse.relation(session.table("serialized_dag", "airflow"))
    rows = session.warehouse.query(
        "select distinct coalesce(dag ->> '$.timetable.__var.expression', "
        "case when json_type(dag -> '$.schedule_interval') = 'VARCHAR' then dag ->> '$.schedule_interval' end), "
        "coalesce(dag ->> '$.timetable.__var.timezone', dag ->> '$.timezone', 'UTC') "
        f"from (select cast(data as json) -> '$.dag' as dag from {relation} where _loaded_at > ?) as landed",
        [since or datetime.datetime.min],
    )
    no_times = {None, "@once", "@continuous", "Dataset", "Asset"}
    return {(expression, time_zone) for expression, time_zone in rows if expression not in no_times}
