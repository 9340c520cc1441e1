import pytest

from magnet_sklearn.federated._conversation import Conversation, SiteLost, total
from magnet_sklearn.federated._messages import pack, unpack


class Echo:
    """Sites that answer with the number they are asked for, times their own."""

    keeps_state = True

    def __init__(self, gone=()):
        self.gone, self.n_messages = gone, 0

    def names(self):
        return ["1", "2"]

    def deliver(self, kind, messages, timeout):
        self.n_messages += 1
        return {name: self._answer(name, message) for name, message in messages.items()}

    def _answer(self, name, message):
        if name in self.gone:
            return None
        numbers = [call["request"]["number"] for call in unpack(message)["calls"]]
        return pack({"replies": [{"number": n * int(name)} for n in numbers]})


def job(numbers):
    return lambda ask: [total(_ask(ask, number), "number") for number in numbers]


def _ask(ask, number):
    return ask("echo", {"number": number}, {"number": ()})


def test_jobs_share_messages():
    transport = Echo()

    found = Conversation(transport, None).ask_together(
        [job([1, 2, 3]), job([4]), job([])]
    )

    assert found == [[3, 6, 9], [12], []]
    assert transport.n_messages == 3


def test_jobs_within_jobs_share_messages():
    transport = Echo()

    def outer(ask):
        first = total(_ask(ask, 1), "number")
        return (
            first,
            ask.together([job([2, 3]), job([4])]),
            total(_ask(ask, 5), "number"),
        )

    found = Conversation(transport, None).ask_together([outer, job([6])])

    assert found == [(3, [[6, 9], [12]], 15), [18]]
    assert transport.n_messages == 4


def test_a_lost_site_ends_all_jobs():
    conversation = Conversation(Echo(gone=["2"]), None)

    with pytest.warns(UserWarning, match="Site '2'"), pytest.raises(SiteLost):
        conversation.ask_together([job([1, 2]), job([3])])
    assert conversation.sites == ["1"]


def test_an_error_of_a_job_is_raised():
    def failing(ask):
        _ask(ask, 1)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        Conversation(Echo(), None).ask_together([failing, job([1, 2])])
