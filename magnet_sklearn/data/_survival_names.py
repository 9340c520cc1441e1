"""Which columns of survival y hold the event, the time and the entry time."""

import re
from collections.abc import Iterable
from typing import Any

from magnet_sklearn.data._names import did_you_mean, quoted

_EVENT_WORDS = (
    "e|event|status|died|dead|death|deceased|vital_?status|relapsed?|recurred|"
    "progressed"
)
_TIME_WORDS = "t|time|duration|fu_?time|survival(?:_?time)?|follow_?up(?:_?time)?"
_UNITS = "days?|weeks?|months?|years?"
_SPECIFIC_EVENT = re.compile(r"(.*?[a-z0-9])[._ -]?(?:status|event|indicator)")
_SPECIFIC_TIME = re.compile(
    r"(.*?[a-z0-9])[._ -]?(?:time|months?|days|years)"
    rf"(?:[._ -]?(?:in[._ -]?)?(?:{_UNITS}))?"
)
_GENERAL_EVENT = re.compile(rf"(?:{_EVENT_WORDS})")
_GENERAL_TIME = re.compile(
    rf"(?:{_TIME_WORDS})(?:[._ -]?(?:in[._ -]?)?(?:{_UNITS}))?|(?:{_UNITS})"
)


def survival_pairs(names: Iterable[Any]) -> list[tuple[Any, Any]]:
    """Find the pairs of columns that can be an event and its time.

    Parameters
    ----------
    names : iterable
        Names of columns or fields.

    Returns
    -------
    pairs : list of (event, time)
        `event` and `time` alone if both are there; else every endpoint such as OS and
        OS.time, PFS_STATUS and PFS_MONTHS; else the one event beside the one time.
    """
    texts = {name: str(name).strip().lower() for name in names}
    if {"event", "time"} <= set(texts):
        return [("event", "time")]
    times = _by_endpoint(texts, _SPECIFIC_TIME)
    events = _by_endpoint(texts, _SPECIFIC_EVENT)
    for name, text in texts.items():
        if text in times:
            events.setdefault(text, []).append(name)
    endpoints = [endpoint for endpoint in events if endpoint in times]
    pairs = [(e, t) for end in endpoints for e in events[end] for t in times[end]]
    general_times = [n for n, text in texts.items() if _GENERAL_TIME.fullmatch(text)]
    pairs += [
        (event, time)
        for event, text in texts.items()
        if _GENERAL_EVENT.fullmatch(text)
        for time in general_times
    ]
    return list(dict.fromkeys((e, t) for e, t in pairs if e != t))


def choose_columns(
    names: list[Any], event: Any, time: Any, entry: Any, *, by_place: bool
) -> dict[str, Any]:
    """Choose the columns of event, time and, if there is one, entry.

    Parameters
    ----------
    names : list
        Names of columns or fields.
    event, time, entry : str or None
        What the user said.
    by_place : bool
        Whether the first two are event and time where names tell nothing.

    Returns
    -------
    columns : dict of str to name
        By "event", "time" and "entry".

    Raises
    ------
    TypeError
        If no column can be the event or the time.
    ValueError
        If there are several choices, or a name given is not there.
    """
    given = {"event": event, "time": time, "entry": entry}
    for role, name in given.items():
        if name is not None and name not in names:
            raise ValueError(
                f"{role}={name!r} is not a column of survival y, which has "
                f"{quoted(names, 10)}.{did_you_mean(name, names)}"
            )
    if entry is None and "entry" in names and "entry" not in (event, time):
        given["entry"] = "entry"
    if event is None or time is None:
        given["event"], given["time"] = _only_pair(names, event, time, by_place)
    return {role: name for role, name in given.items() if name is not None}


def _by_endpoint(
    texts: dict[Any, str], pattern: re.Pattern[str]
) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for name, text in texts.items():
        if match := pattern.fullmatch(text):
            found.setdefault(match[1], []).append(name)
    return found


def _only_pair(
    names: list[Any], event: Any, time: Any, by_place: bool
) -> tuple[Any, Any]:
    pairs = [
        (e, t)
        for e, t in survival_pairs(names)
        if event in (None, e) and time in (None, t)
    ]
    if len(pairs) == 1:
        return pairs[0]
    if by_place and not pairs and event is None and time is None and len(names) > 1:
        return names[0], names[1]
    if pairs:
        e, t = pairs[0]
        raise ValueError(
            f"Survival y has several columns that can be event and time: "
            f"{', '.join(f'{e!r} with {t!r}' for e, t in pairs[:5])}. Choose: "
            f"y[[{e!r}, {t!r}]], or check_survival(y, event={e!r}, time={t!r})."
        )
    raise TypeError(
        "Survival y must have the columns 'event' and 'time', or one pair such as "
        f"'OS' and 'OS.time'; got {quoted(names, 10)}. Rename them, or say which they "
        "are: check_survival(y, event=..., time=...)."
    )
