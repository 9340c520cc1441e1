"""Which columns hold event and time."""

import pytest

from magnet_sklearn.data._survival_names import choose_columns, survival_pairs


def choose(names, event=None, time=None, entry=None, *, by_place=False):
    return choose_columns(names, event, time, entry, by_place=by_place)


@pytest.mark.parametrize(
    ("event", "time"),
    [
        *(("event", "time"), ("OS", "OS.time"), ("OS_STATUS", "OS_MONTHS")),
        *(("PFI", "PFI.time"), ("DSS", "DSS_days"), ("DFS_STATUS", "DFS_MONTHS")),
        *(("status", "time"), ("Event", "Time"), ("vital_status", "survival_days")),
        *(("T", "E")[::-1], ("death", "death_time"), ("event", "duration")),
        *(("os_event", "os_time"), ("status", "survival_in_days"), ("dead", "futime")),
        *(
            ("rfs.status", "rfs.months"),
            ("event", "months"),
            ("died", "followup_years"),
        ),
    ],
)
def test_pairs_are_found_by_name_among_other_columns(event, time):
    names = ["age", time, "sex", event, "stage"]

    assert choose(names) == {"event": event, "time": time}


def test_event_and_time_stand_before_other_pairs():
    assert choose(["OS", "OS.time", "event", "time", "entry"]) == {
        "event": "event",
        "time": "time",
        "entry": "entry",
    }


def test_several_pairs_are_an_error_that_shows_how_to_choose():
    message = r"'OS' with 'OS.time', 'PFI' with 'PFI.time'.*event='OS', time='OS.time'"

    with pytest.raises(ValueError, match=message):
        choose(["OS", "OS.time", "PFI", "PFI.time"])


def test_one_name_given_decides_for_the_other():
    names = ["OS", "OS.time", "PFI", "PFI.time"]

    assert choose(names, event="PFI")["time"] == "PFI.time"
    assert choose(names, time="OS.time")["event"] == "OS"


def test_names_given_need_not_look_like_anything():
    assert choose(["a", "b", "c"], "a", "b", "c") == {
        "event": "a",
        "time": "b",
        "entry": "c",
    }


def test_a_name_that_is_not_there_is_an_error_with_a_suggestion():
    with pytest.raises(ValueError, match=r"event='OS_STATUS'.*mean 'OS_STATE'"):
        choose(["OS_STATE", "OS_MONTHS"], event="OS_STATUS", time="OS_MONTHS")


def test_no_pair_is_an_error_or_decided_by_place():
    with pytest.raises(TypeError, match=r"columns 'event' and 'time'.*got 'a', 'b'"):
        choose(["a", "b"])

    assert choose(["a", "b"], by_place=True) == {"event": "a", "time": "b"}


def test_columns_of_other_things_are_no_pairs():
    assert survival_pairs(["age", "sex", "time_point", "days_to_birth", "grade"]) == []
