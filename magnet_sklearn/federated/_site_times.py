"""Sums over the patients of a site at the times of a grid."""

from __future__ import annotations

import numpy as np

from magnet_sklearn.federated._site import Site
from magnet_sklearn.federated._site_sums import Reply, Request


def places_in_time(
    times: np.ndarray, grid: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Where in the grid patients are first at risk, and no longer.

    Times of events are rounded up to the grid, those of censoring down.

    Parameters
    ----------
    times : ndarray of shape (n_patients, 3)
        Event, time and entry time.
    grid : ndarray of shape (n_times,)
        Ascending.
    """
    event, time, entry = times.T
    up = np.minimum(np.searchsorted(grid, time, side="left"), len(grid) - 1) + 1
    last = np.where(event > 0, up, np.searchsorted(grid, time, side="right"))
    first = np.searchsorted(grid, entry, side="right")
    return np.minimum(first, last), last


def sums_at_times(
    times: np.ndarray, weight: np.ndarray, theta: np.ndarray, grid: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Weights of events, of shape (n_times,), and hazards at risk at each time.

    Hazards `theta` of shape (n_patients, n_models) give (n_models, n_times).
    """
    first, last = places_in_time(times, grid)
    n_times, event = len(grid), times[:, 0] > 0
    deaths = np.bincount(last[event] - 1, weight[event], minlength=n_times)

    def later(place):
        """Sum from the last time, so that small sums are no differences."""
        sums = np.zeros((n_times + 1, theta.shape[1]))
        np.add.at(sums, place, theta * weight[:, None])
        return sums[::-1].cumsum(axis=0)[::-1][1:]

    return deaths, np.maximum(later(last) - later(first), 0.0).T


def _of_training(site, request):
    """Scores, times and weights of those who are learned from."""
    place, fold = request["place"], request["fold"]
    weight = site.in_training(place, fold)
    kept = np.flatnonzero(weight)
    scores = site.scores(request["family"], place, request["axes"])[kept]
    return scores, site.times[site.rows(place)[kept]], weight[kept]


def at_risk(site: Site, request: Request) -> Reply:
    """Sum hazards at risk, deaths and log-hazards of events, at several betas."""
    scores, times, weight = _of_training(site, request)
    log_hazard = scores @ request["betas"].T
    grid = site.plan["times"]
    deaths, hazards = sums_at_times(times, weight, np.exp(log_hazard), grid)
    events = (weight * (times[:, 0] > 0)) @ log_hazard
    return {"deaths": deaths, "at_risk": hazards, "events": events}


def compared_cox(site: Site, request: Request) -> Reply:
    """Sum the gradient and an upper bound of the Hessian, at a hazard of all sites."""
    scores, times, weight = _of_training(site, request)
    first, last = places_in_time(times, site.plan["times"])
    theta = weight * np.exp(scores @ request["beta"])
    expected = theta * (request["hazard"][last] - request["hazard"][first])
    gradient = scores.T @ (expected - weight * (times[:, 0] > 0))
    return {"gradient": gradient, "hessian": (scores * expected[:, None]).T @ scores}
