"""Dates as microseconds since 1970, as late as they may mean."""

import re
from datetime import UTC, datetime, timedelta

NO_DATE = -(1 << 62)
DAY = 86_400_000_000  # microseconds
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_DATE = re.compile(
    r"\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)?)?)?)?"
)


class InvalidElement(Exception):
    """An element has a wrong type; the message names the element, not its value."""


def moment(stated: str) -> int:
    """Return the last microsecond since 1970 that a date or time may mean.

    A date without a day or time of the day is taken as late as it can be, so that it
    never counts as known before it was. Times without a zone are UTC.
    """
    if not _DATE.fullmatch(stated):
        raise InvalidElement("dates must be like 2020, 2020-05, 2020-05-31 or a time")
    try:
        if len(stated) > 10:
            at = datetime.fromisoformat(stated.replace(":60", ":59"))
            at = at if at.tzinfo else at.replace(tzinfo=UTC)
            return (at - _EPOCH) // _MICROSECOND
        return _end_of(*map(int, stated.split("-")))
    except (ValueError, OverflowError):
        raise InvalidElement("a date must exist in the calendar") from None


def _end_of(year: int, month: int = 0, day: int = 0) -> int:
    """Return the last microsecond of a year, month or day."""
    if day:
        last = datetime(year, month, day, tzinfo=UTC)
    else:
        ahead = month or 12
        first = datetime(year, ahead, 28, tzinfo=UTC)
        last = first
        while last.day < 31 and (last.month, last.day) != (2, 29):
            following = last + timedelta(days=1)
            if following.month != ahead:
                break
            last = following
    return (last - _EPOCH) // _MICROSECOND + DAY - 1
