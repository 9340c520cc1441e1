"""Questions to all sites at once, and what becomes of sites that do not answer well."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from threading import Condition, Thread
from time import perf_counter
from typing import Any, Protocol

import numpy as np
import pandas as pd

from magnet_sklearn.federated._messages import pack, unpack, unusual

Replies = dict[str, Any]


class Ask(Protocol):
    """What jobs that are done together ask with."""

    keeps_state: bool  # whether sites remember earlier questions
    plan: dict[str, Any]  # what the sites agreed on

    def __call__(self, step: str, request: dict[str, Any], like: Any) -> Replies:
        """Ask all sites, see `Conversation.ask`."""

    def together(self, jobs: Sequence[Callable[[Ask], Any]]) -> list[Any]:
        """Do jobs at once in place of this one."""


class Transport(Protocol):
    """Brings a message to sites and their answers back."""

    keeps_state: bool  # whether sites remember earlier messages

    def names(self) -> list[str]:
        """Name the sites that can be reached."""

    def deliver(
        self, kind: str, messages: Mapping[str, bytes], timeout: float | None
    ) -> dict[str, bytes | None]:
        """Return the answer of each site; None for one that gave none in time."""


class SiteLost(Exception):
    """A site failed in a step that needs all sites."""


class Conversation:
    """The sites that take part, and a record of all that was said.

    Parameters
    ----------
    transport : Transport
        Brings messages.
    timeout : float or None
        Seconds after which a site is late.

    Attributes
    ----------
    sites : list of str
        Those that still take part.
    plan : dict
        What the sites agreed on, sent with each message.
    """

    def __init__(self, transport: Transport, timeout: float | None) -> None:
        self.transport, self.timeout = transport, timeout
        self.sites = transport.names()
        self.plan: dict[str, Any] = {}
        self.stage = "agreement"
        self.round = 0
        self._rows: list[dict[str, Any]] = []

    def ask(
        self, step: str, request: dict[str, Any], like: Any, *, optional: bool = False
    ) -> Replies:
        """Ask all sites the same, and return their answers by name.

        Parameters
        ----------
        step : str
            What to do.
        request : dict
            With what.
        like : any
            Shapes of a proper answer, see `unusual`.
        optional : bool, default=False
            If True, a site that fails takes part again the next time; if False it is
            left out from now on, and `SiteLost` is raised.
        """
        calls = [{"step": step, "request": request}]
        replies = self._send(calls, [like], optional)
        return {site: reply[0] for site, reply in replies.items()}

    def ask_together(self, jobs: Sequence[Callable[[Ask], Any]]) -> list[Any]:
        """Do several jobs at once, so that their questions share messages."""
        return _Together(self._send, self.transport.keeps_state, self.plan).run(jobs)

    def _send(self, calls, likes, optional=False):
        kind = "train" if calls[0]["step"] == "train" else "query"
        message = pack({"plan": self.plan, "calls": calls})
        start = perf_counter()
        messages = dict.fromkeys(self.sites, message)
        answers = self.transport.deliver(kind, messages, self.timeout)
        seconds = perf_counter() - start
        replies, lost = {}, {}
        for site in self.sites:
            answer = answers.get(site)
            reply, problem = _read(answer, likes)
            replies[site] = reply
            self._record(calls, site, message, answer, seconds, problem or "ok")
            if problem:
                lost[site] = problem
        self._leave_out(lost, optional)
        return {site: reply for site, reply in replies.items() if site not in lost}

    def _record(self, calls, site, message, answer, seconds, status):
        self._rows.append(
            {
                "stage": self.stage,
                "round": self.round,
                "site": site,
                "questions": len(calls),
                "bytes_sent": len(message),
                "bytes_received": len(answer or b""),
                "seconds": seconds,
                "loss": np.nan,
                "status": status,
            }
        )

    def note_losses(self, losses: Mapping[str, float]) -> None:
        """Write a loss beside the last answer of each site."""
        for row in reversed(self._rows):
            if row["round"] != self.round or row["stage"] != self.stage:
                break
            row["loss"] = losses.get(row["site"], np.nan)

    def _leave_out(self, lost, optional):
        for site, problem in lost.items():
            until = "left out of this round" if optional else "left out from now on"
            warnings.warn(
                f"Site {site!r} in stage {self.stage!r}: {problem}. It is {until}.",
                UserWarning,
                stacklevel=2,
            )
        if not lost or optional:
            return
        self.sites = [site for site in self.sites if site not in lost]
        raise SiteLost

    def history(self) -> pd.DataFrame:
        """Tabulate all messages, a row per site."""
        return pd.DataFrame(self._rows)


def _read(answer, likes):
    """Return the replies of a site, and what is wrong with them."""
    if answer is None:
        return None, "no answer in time"
    try:
        answer = unpack(answer)
    except ValueError:
        return None, "an answer that cannot be read"
    if not isinstance(answer, dict) or "replies" not in answer:
        error = answer.get("error") if isinstance(answer, dict) else None
        return None, str(error or "an answer without replies")
    return answer["replies"], unusual(answer["replies"], likes)


class _Together:
    """Jobs in threads of their own, whose questions wait for each other."""

    def __init__(self, send, keeps_state, plan):
        self.send, self.keeps_state, self.plan = send, keeps_state, plan
        self.n_alive = 1
        self.waiting: list[dict[str, Any]] = []
        self.changed = Condition()

    def run(self, jobs):
        """Return what the jobs return."""
        server = Thread(target=self._serve)
        server.start()
        try:
            return self.together(jobs)
        finally:
            with self.changed:
                self.n_alive -= 1
                self.changed.notify_all()
            server.join()

    def together(self, jobs):
        """Do jobs at once, in place of the job that calls this."""
        results: list[Any] = [None] * len(jobs)
        errors: list[BaseException] = []
        n_left = len(jobs)

        def do(place, job):
            nonlocal n_left
            try:
                results[place] = job(self)
            except BaseException as error:  # raised again where the jobs were started
                errors.append(error)
            with self.changed:
                n_left -= 1
                # the last one leaves its place to the job that waits for all
                self.n_alive -= n_left > 0
                self.changed.notify_all()

        threads = [Thread(target=do, args=item) for item in enumerate(jobs)]
        with self.changed:
            self.n_alive += max(len(jobs) - 1, 0)
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if errors:
            raise errors[0]
        return results

    def _serve(self):
        """Send what all living jobs ask, until none is left."""
        while True:
            with self.changed:
                self.changed.wait_for(lambda: len(self.waiting) >= self.n_alive)
                if not self.n_alive:
                    return
                waiting, self.waiting = self.waiting, []
            calls = [{"step": w["step"], "request": w["request"]} for w in waiting]
            error, replies = None, {}
            try:
                replies = self.send(calls, [w["like"] for w in waiting])
            except Exception as caught:  # every job has to hear of it
                error = caught
            with self.changed:
                for place, question in enumerate(waiting):
                    question["replies"] = {s: r[place] for s, r in replies.items()}
                    question["error"] = error
                    question["done"] = True
                self.changed.notify_all()

    def __call__(self, step, request, like):
        """Ask all sites, in one message with what the other jobs ask."""
        question = {"step": step, "request": request, "like": like, "done": False}
        with self.changed:
            self.waiting.append(question)
            self.changed.notify_all()
            self.changed.wait_for(lambda: question["done"])
        if question["error"] is not None:
            raise question["error"]
        return question["replies"]


def total(replies: Replies, name: str) -> Any:
    """Sum a part of the answers over the sites."""
    return sum(reply[name] for reply in replies.values())
