"""Expands the schedules that were landed into the instants at which something was expected.

SQL cannot read a cron expression. So each expression that the landed metadata holds, with its time zone, is expanded
here into the instants that it names, as Airflow does it, for the time that the metadata speaks of. They are those of
DAGs and of data contracts; a time of day in a contract is one too. What those instants are for, and whether anything
came, is judged in SQL.
"""

from __future__ import annotations

import datetime
import json
import re
import zoneinfo
from collections.abc import Iterable, Iterator
from typing import Any

from croniter import CroniterBadDateError, CroniterError, croniter

from plumbline.quoting import column_list
from plumbline.session import Session

# Airflow's own names that croniter does not know.
_PRESETS = {"@quarterly": "0 0 1 */3 *"}
_MARGIN = datetime.timedelta(days=2)
# A run may carry any date; no more of a schedule than this is kept.
_LONGEST = datetime.timedelta(days=1100)
_SECOND = datetime.timedelta(seconds=1)

_EVERY_DAY = "0 0 * * *"
_OFFSET = re.compile(r"([+-])(\d{2}):?(\d{2})?", re.ASCII)
_TIME_OF_DAY = re.compile(
    r"\s*([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?\s*(|[+-]\d{2}:?(?:\d{2})?|[A-Za-z][A-Za-z0-9_+/-]{0,60})\s*",
    re.ASCII,
)
_LONGEST_CRON = 200

Schedule = tuple[str, str]
Window = tuple[datetime.datetime, datetime.datetime]
# From when to when each schedule is expanded, and when it was last.
Known = dict[Schedule, tuple[datetime.datetime, datetime.datetime, datetime.datetime]]
Instants = list[tuple[datetime.datetime, datetime.datetime]]


def expand(session: Session) -> None:
    """Lands the instants of every schedule that are not landed yet."""
    known = _known(session)
    promised = _promised(session)
    since = max((times[2] for schedule, times in known.items() if schedule not in promised), default=None)
    runs = _window(session, _run_times(session))
    wanted: dict[Schedule, Window] = {}
    if runs is not None:
        wanted = dict.fromkeys(known.keys() | _landed(session, since), runs)
    if promised:
        times = [*_run_times(session), *_write_times(session, _known_since(promised, known))]
        writes = _window(session, times)
        if writes is not None:
            wanted.update(dict.fromkeys(promised, writes))
    if not wanted:
        return
    schedules, occurrences = session.table("schedules"), session.table("schedule_occurrences")
    schedule_spool, occurrence_spool = session.spool_for(schedules), session.spool_for(occurrences)
    stamp = (session.loaded_at.isoformat(sep=" "), session.load_id)
    for number, ((expression, time_zone), (start, end)) in enumerate(sorted(wanted.items())):
        session.progress(expression, number / len(wanted))
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
    zone = _zone(time_zone)
    found: Instants = []
    previous: datetime.datetime | None = None
    for instant in _following(_PRESETS.get(expression, expression), zone, start - _SECOND):
        if previous is not None:
            found.append((previous, instant))
        if instant >= end:
            break
        previous = instant
    return found


def _zone(time_zone: str) -> datetime.tzinfo:
    offset = _OFFSET.fullmatch(time_zone)
    try:
        if offset is None:
            return zoneinfo.ZoneInfo(time_zone)
        sign, hours, minutes = offset.groups("0")
        ahead = datetime.timedelta(hours=int(hours), minutes=int(minutes))
        return datetime.timezone(-ahead if sign == "-" else ahead)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise ScheduleProblem(f"{time_zone} is no time zone of the IANA database") from None


def _following(expression: str, zone: datetime.tzinfo, after: datetime.datetime) -> Iterator[datetime.datetime]:
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


def _in_utc(naive: datetime.datetime, zone: datetime.tzinfo) -> datetime.datetime:
    earlier, later = (naive.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    is_left_out = later.utcoffset() > earlier.utcoffset()  # type: ignore[operator]
    chosen = earlier if is_left_out else later
    return chosen.astimezone(datetime.UTC).replace(tzinfo=None)


def _window(session: Session, times: Iterable[datetime.datetime | None]) -> Window | None:
    """Returns the days of these times, and a margin."""
    # What is dated later than it was read has a clock that runs ahead.
    read = [time for time in times if time is not None and time <= session.loaded_at]
    if not read:
        return None
    last = max(read)
    first = max(min(read), last - _LONGEST)
    midnight = datetime.time()
    return (
        datetime.datetime.combine(first.date(), midnight),
        datetime.datetime.combine(last.date(), midnight) + _MARGIN,
    )


def _run_times(session: Session) -> list[datetime.datetime | None]:
    """Returns the ends of the time that Airflow's metadata speaks of."""
    warehouse = session.warehouse
    runs = warehouse.relation(session.table("dag_run", "airflow"))
    dags = warehouse.relation(session.table("dag", "airflow"))
    times = warehouse.query(
        "select min(due_at), max(due_at) filter (where due_at <= ?), max(seen_at) filter (where seen_at <= ?) from ("
        "select coalesce(run_after, data_interval_end, logical_date, execution_date) as due_at, "
        f"greatest(start_date, end_date) as seen_at from {runs} where run_type in ('scheduled', 'backfill')) as runs",
        [session.loaded_at, session.loaded_at],
    )[0]
    parsed_at = warehouse.value(
        f"select max(last_parsed_time) from {dags} where last_parsed_time <= ?", [session.loaded_at]
    )
    return [*times, parsed_at]


def _write_times(session: Session, since: datetime.datetime) -> list[datetime.datetime | None]:
    """Returns the ends of the time that what tells of datasets speaks of, of what was landed since then."""
    warehouse = session.warehouse
    times: list[datetime.datetime | None] = []
    for feed, name, told_at in (
        ("openlineage", "events", "event_time"),
        ("dbt", "artifacts", "try_cast(cast(metadata as json) ->> '$.generated_at' as timestamp)"),
    ):
        relation = warehouse.relation(session.table(name, feed))
        times += warehouse.query(
            "select min(told_at), max(told_at) from ("
            f"select {told_at} as told_at from {relation} where _loaded_at > ?) as told where told_at <= ?",
            [since, session.loaded_at],
        )[0]
    return times


def _known(session: Session) -> Known:
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


def _known_since(promised: set[Schedule], known: Known) -> datetime.datetime:
    """Returns from when on what is landed is new to each of these: from ever, where one was never expanded."""
    return min(known[schedule][2] if schedule in known else datetime.datetime.min for schedule in promised)


def _promised(session: Session) -> set[Schedule]:
    """Returns the schedules and times of day that data contracts promise, each with its time zone."""
    relation = session.warehouse.relation(session.table("contracts", "odcs"))
    rows = session.warehouse.query(f"select distinct cast(document as json) -> '$.slaProperties' from {relation}")
    found: set[Schedule] = set()
    for (text,) in rows:
        properties = json.loads(text) if text else None
        for item in properties or ():
            found |= _schedules_of(item)
    return found


def _schedules_of(item: dict[str, Any]) -> set[Schedule]:
    name = str(item.get("property")).strip().lower()
    schedule = _cron_of(item)
    if name in ("frequency", "fy"):
        return {(schedule, "UTC")} if schedule else set()
    moment = _TIME_OF_DAY.fullmatch(str(item.get("value")))
    if name != "timeofavailability" or moment is None:
        return set()
    hour, minute, second, zone = moment.groups()
    time_zone = "UTC" if zone in ("", "Z", "z") else zone
    offset = _OFFSET.fullmatch(zone)
    if offset is not None:
        time_zone = f"{offset[1]}{offset[2]}:{offset[3] or '00'}"
    time = f"{int(minute)} {int(hour)} * * *" + (f" {int(second)}" if int(second or 0) else "")
    return {(time, time_zone), (schedule or _EVERY_DAY, time_zone)}


def _cron_of(item: dict[str, Any]) -> str | None:
    """Returns a schedule that cron would read; one by the second would be of too many instants."""
    scheduler = str(item.get("scheduler") or "cron").strip().lower()
    schedule = str(item.get("schedule") or "").strip()
    is_read = scheduler in ("", "cron") and len(schedule) <= _LONGEST_CRON and len(schedule.split()) <= 5
    return schedule if schedule and is_read else None
