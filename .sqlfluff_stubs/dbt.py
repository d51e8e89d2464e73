"""The macros of dbt that models call, for the lint: a missing one fails it, so add it here."""


def date_spine(datepart: str, start_date: str, end_date: str) -> str:
    """Return rows of one column, date_<datepart>."""
    return f"select {start_date} as date_{datepart} where {start_date} < {end_date}"


def date_trunc(datepart: str, date: str) -> str:
    """Return a call of date_trunc."""
    return f"date_trunc('{datepart}', {date})"


def dateadd(datepart: str, interval: str, from_date_or_timestamp: str) -> str:
    """Return a sum of a date and an interval."""
    return f"{from_date_or_timestamp} + ((interval '1 {datepart}') * ({interval}))"


def datediff(first_date: str, second_date: str, datepart: str) -> str:
    """Return a difference as a number."""
    return f"date_part('{datepart}', {second_date} - {first_date})"


def generate_series(upper_bound: int) -> str:
    """Return rows of one column, generated_number."""
    return f"select {upper_bound} as generated_number"


def split_part(string_text: str, delimiter_text: str, part_number: int) -> str:
    """Return a call of split_part."""
    return f"split_part({string_text}, {delimiter_text}, {part_number})"
