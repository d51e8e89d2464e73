"""When things are due on the simulated platform: schedules, holidays, and the rhythm of days and weeks.

Every time is a datetime without a zone, and UTC.
"""

from __future__ import annotations

import datetime
import zoneinfo
from collections.abc import Iterator
from dataclasses import dataclass

UTC = "UTC"
LOCAL = "Europe/Stockholm"
# Shares of a usual day, Monday to Sunday: people buy and click less on weekends.
_WEEK = (1.06, 1.08, 1.05, 1.04, 1.02, 0.78, 0.72)
_FIXED_HOLIDAYS = ((1, 1), (1, 6), (5, 1), (6, 6), (12, 24), (12, 25), (12, 26), (12, 31))
_HOLIDAY = 0.55


@dataclass(frozen=True)
class Schedule:
    """A cron expression, as far as the platform uses it."""

    minute: int
    hours: tuple[int, ...]
    weekdays: tuple[int, ...] = ()
    """Monday is 0; empty for every day."""
    zone: str = UTC

    @property
    def cron(self) -> str:
        """The expression, as it stands in the file of a DAG."""
        step = 24 // len(self.hours)
        hours = "*" if step == 1 else f"*/{step}" if len(self.hours) > 1 else str(self.hours[0])
        days = ",".join(str((day + 1) % 7) for day in self.weekdays)
        if self.weekdays == (0, 1, 2, 3, 4):
            days = "1-5"
        return f"{self.minute} {hours} * * {days or '*'}"

    @property
    def interval(self) -> datetime.timedelta:
        """How far apart two instants are, as a rule."""
        if len(self.weekdays) == 1:
            return datetime.timedelta(days=7)
        return datetime.timedelta(hours=24 // len(self.hours))

    def instants(self, day: datetime.date) -> Iterator[datetime.datetime]:
        """Yields the instants whose local date is this day."""
        if self.weekdays and day.weekday() not in self.weekdays:
            return
        zone = zoneinfo.ZoneInfo(self.zone)
        for hour in self.hours:
            at = datetime.datetime.combine(day, datetime.time(hour, self.minute))
            if self.zone != UTC:
                at = at.replace(tzinfo=zone).astimezone(datetime.UTC).replace(tzinfo=None)
            yield at

    def following(self, at: datetime.datetime) -> datetime.datetime:
        """Returns the first instant that is not before another."""
        day = at.date() - datetime.timedelta(days=1)
        while True:
            found = [instant for instant in self.instants(day) if instant >= at]
            if found:
                return min(found)
            day += datetime.timedelta(days=1)

    def previous(self, at: datetime.datetime) -> datetime.datetime:
        """Returns the instant before one of the schedule's own."""
        day = at.date() + datetime.timedelta(days=1)
        while True:
            found = [instant for instant in self.instants(day) if instant < at]
            if found:
                return max(found)
            day -= datetime.timedelta(days=1)


def holidays(first: datetime.date, last: datetime.date) -> list[datetime.date]:
    """Returns the public holidays of these days."""
    days: set[datetime.date] = set()
    for year in range(first.year, last.year + 1):
        days |= {datetime.date(year, month, day) for month, day in _FIXED_HOLIDAYS}
        easter = _easter(year)
        days |= {easter + datetime.timedelta(days=offset) for offset in (-2, 0, 1, 39)}
    return sorted(day for day in days if first <= day <= last)


def volume_share(at: datetime.datetime, closed: frozenset[datetime.date]) -> float:
    """Returns how much of a usual day's data a load brings, which is that of the day before its instant."""
    day = (at - datetime.timedelta(hours=12)).date()
    return _WEEK[day.weekday()] * (_HOLIDAY if day in closed else 1.0)


def _easter(year: int) -> datetime.date:
    """Returns Easter Sunday of the Gregorian calendar, by the algorithm of Gauss."""
    century = year // 100
    moon = (15 + century - century // 4 - (8 * century + 13) // 25) % 30
    full = (19 * (year % 19) + moon) % 30
    if full == 29 or (full == 28 and year % 19 > 10):
        full -= 1
    sunday = (2 * (year % 4) + 4 * (year % 7) + 6 * full + (4 + century - century // 4) % 7) % 7
    return datetime.date(year, 3, 22) + datetime.timedelta(days=full + sunday)
