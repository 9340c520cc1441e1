"""Shapley values of the blocks that each patient has."""

from __future__ import annotations

from collections.abc import Iterator
from math import comb

import numpy as np

from magnet_sklearn.explain._recombined import RecombinedOutputs

MOST_EXACT = 10  # blocks: 1024 patterns of missing ones


def shapley_values(
    outputs: RecombinedOutputs, n_permutations: int, seed: int
) -> tuple[np.ndarray, np.ndarray | None]:
    """Return Shapley values of the observed blocks, and their standard errors.

    Exact for patients of up to 10 blocks, over all patterns of missing ones; of more,
    from permutations and their reverses, the same ones for all patients.

    Parameters
    ----------
    outputs : RecombinedOutputs
        Outputs of the patients by pattern.
    n_permutations : int
        How many to draw, beside their reverses.
    seed : int
        Draws them.

    Returns
    -------
    values : ndarray of shape (n_patients, n_modalities, n_outputs)
        Exactly 0 for a missing block.
    standard_error : ndarray of the same shape or None
        0 where values are exact; None where all are.
    """
    mask = outputs.X.mask
    values = np.zeros((*mask.shape, len(outputs.model.baseline)))
    error = np.zeros_like(values)
    rng = np.random.default_rng(seed)
    orders = np.array([rng.permutation(mask.shape[1]) for _ in range(n_permutations)])
    groups = list(patterns(mask, outputs.batch_size))
    total = sum(
        len(rows) * _n_predictions(len(players), n_permutations)
        for rows, players in groups
    )
    with outputs.progress(total, "Shapley values"):
        for rows, players in groups:
            cells = np.ix_(rows, players)
            if len(players) <= MOST_EXACT:
                table = pattern_outputs(outputs, rows, players)
                weights = shapley_weights(len(players))
                values[cells] = np.einsum("pc,nco->npo", weights, table)
            else:
                own = [order[np.isin(order, players)] for order in orders]
                values[cells], error[cells] = _sampled(outputs, rows, players, own)
    return values, error if (mask.sum(axis=1) > MOST_EXACT).any() else None


def patterns(
    mask: np.ndarray, batch_size: int
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield rows of one pattern, few at a time, with the modalities that they have."""
    for pattern in np.unique(mask[mask.any(axis=1)], axis=0):
        rows, players = np.flatnonzero((mask == pattern).all(axis=1)), pattern.nonzero()
        step = max(1, batch_size >> min(len(players[0]), MOST_EXACT))
        for start in range(0, len(rows), step):
            yield rows[start : start + step], players[0]


def coalitions(n_players: int) -> np.ndarray:
    """Return all subsets as bool (2 ** n_players, n_players), by binary number."""
    return (np.arange(2**n_players)[:, None] >> np.arange(n_players) & 1).astype(bool)


def shapley_weights(n_players: int) -> np.ndarray:
    """Return weights of the subsets in each player's value, (n_players, n_subsets)."""
    member = coalitions(n_players)
    size = member.sum(axis=1)
    with_, without = (
        np.array(
            [
                1 / (n_players * comb(n_players - 1, min(s, n_players - 1)))
                for s in sizes
            ]
        )
        for sizes in (np.maximum(size - 1, 0), size)
    )
    return np.where(member.T, with_, -without)


def pattern_outputs(
    outputs: RecombinedOutputs, rows: np.ndarray, players: np.ndarray
) -> np.ndarray:
    """Return outputs of patients by subset of the blocks in `players`.

    Other blocks stay as they are. Of shape (n_rows, 2 ** n_players, n_outputs).
    """
    member = coalitions(len(players))
    sources = np.repeat(outputs.sources(rows)[:, None], len(member), axis=1)
    sources[:, :, players] = np.where(member, sources[:, :, players], -1)
    found = outputs(sources.reshape(-1, sources.shape[2]))
    return found.reshape(len(rows), len(member), -1)


def _n_predictions(n_players, n_permutations):
    if n_players <= MOST_EXACT:
        return 2**n_players
    return 2 * n_permutations * (n_players - 1) + 2


def _sampled(outputs, rows, players, orders):
    """Mean and standard error over pairs of a permutation and its reverse."""
    whole = outputs.sources(rows)
    nobody = np.full_like(whole, -1)
    first, last = outputs(nobody), outputs(whole)
    place = {player: column for column, player in enumerate(players)}
    pairs = []
    for order in orders:
        pair = 0.0
        for own in (order, order[::-1]):
            pair = pair + _marginals(outputs, whole, own, first, last, place) / 2
        pairs.append(pair)
    spread = np.std(pairs, axis=0, ddof=1) / np.sqrt(len(pairs))
    return np.mean(pairs, axis=0), spread


def _marginals(outputs, whole, order, first, last, place):
    """Differences that each block makes when blocks come in an order."""
    steps = np.full((len(order) - 1, *whole.shape), -1)
    for step in range(len(order) - 1):
        steps[step:, :, order[step]] = whole[:, order[step]]
    found = outputs(steps.reshape(-1, whole.shape[1]))
    found = found.reshape(len(steps), len(whole), -1)
    added = np.diff(np.concatenate([first[None], found, last[None]]), axis=0)
    columns = np.argsort([place[player] for player in order])
    return added[columns].swapaxes(0, 1)
