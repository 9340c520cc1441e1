"""interaction: what two modalities, or features of two, do together only."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, product
from math import comb
from typing import Any

import numpy as np
import pandas as pd

from magnet_sklearn._estimators import BaseMagnet
from magnet_sklearn.data import MultiModalData, did_you_mean, is_sparse, quoted
from magnet_sklearn.explain._explanation import Explanation
from magnet_sklearn.explain._model_outputs import ModelOutputs
from magnet_sklearn.explain._recombined import RecombinedOutputs
from magnet_sklearn.explain._shapley import (
    MOST_EXACT,
    coalitions,
    pattern_outputs,
    patterns,
)

_MOST_FEATURES = 20  # of each modality: 400 pairs
_SCREENED = 50  # patients whom the top features are chosen on

Feature = tuple[str, Any]


def interaction(
    estimator: BaseMagnet,
    X: Any,
    modalities: tuple[str, str] | None = None,
    *,
    features: Sequence[Feature] | int | None = None,
    verbose: int = 0,
) -> Explanation:
    r"""Explain what two modalities do together beyond the sum of both.

    For modalities the value is the Shapley interaction index [1]_, the second
    difference :math:`f(ab) - f(a) - f(b) + f(\emptyset)` of the output with and without
    the two blocks, averaged over all patterns of the patient's other blocks. Below 0,
    two blocks say in part the same; 0 where they add up.

    For features it is the same difference, :math:`f(x) - f(x_{-a}) - f(x_{-b}) +
    f(x_{-a,-b})`, with the value of a feature as it is and as if it were missing, while
    all else of the patient stays.

    Parameters
    ----------
    estimator : fitted estimator
        Any of the four.
    X : multimodal data of shape (n_patients, n_modalities)
        Anything that `fit` accepts.
    modalities : tuple of two str, default=None
        The modalities; None is all pairs.
    features : list of two (modality, feature), or int, default=None
        Two features; or how many of each of the two `modalities` are paired, up to 20:
        those whose absence changes outputs most, on up to 50 patients of X. None is
        whole blocks.
    verbose : int, default=0
        1 shows a progress bar.

    Returns
    -------
    interaction : Explanation
        A part per pair: (modality, modality), or (modality, feature, modality,
        feature). Exactly 0 for a patient who lacks one of the two blocks. Values are
        in the units of `estimator.contributions`, and do not add up to it.

    Raises
    ------
    ValueError
        If a modality or feature is unknown, more than 20 features are asked for, or a
        patient has more than 10 blocks.

    References
    ----------
    .. [1] M. Grabisch, M. Roubens, "An axiomatic approach to the concept of interaction
       among players in cooperative games", Int. J. of Game Theory 28 (1999).

    Examples
    --------
    >>> import numpy as np
    >>> from magnet_sklearn import MultiModalGNNRegressor
    >>> from magnet_sklearn.explain import interaction
    >>> rng = np.random.default_rng(0)
    >>> X = {"rna": rng.normal(size=(40, 3)), "age": rng.normal(size=(40, 1))}
    >>> model = MultiModalGNNRegressor(random_state=0, experts="linear", max_epochs=5)
    >>> model = model.fit(X, X["rna"][:, 0] * X["age"][:, 0])
    >>> interaction(model, X).parts.tolist()
    [('rna', 'age')]
    """
    model = ModelOutputs(estimator)
    X = model.check(X)
    named = modalities if modalities is not None else ()
    for name in named:
        _check_known(name, list(X), "modality")
    if modalities is not None and len(set(modalities)) != 2:
        raise ValueError(f"modalities must be two different ones, got {modalities!r}.")
    if features is None:
        pairs = [modalities] if modalities else list(combinations(X, 2))
        values = _of_blocks(RecombinedOutputs(model, X, verbose), pairs)
        parts = pd.MultiIndex.from_tuples(pairs, names=["modality", "with"])
    else:
        two = _feature_pairs(model, X, modalities, features)
        values = _of_features(model, X, two)
        parts = pd.MultiIndex.from_tuples(
            [(*first, *second) for first, second in two],
            names=["modality", "feature", "with_modality", "with_feature"],
        )
    return Explanation(
        values=values,
        parts=parts,
        index=X.index,
        outputs=model.names,
        units=model.units,
        method="interaction",
    )


def _check_known(name, known, what):
    if name not in known:
        raise ValueError(
            f"There is no {what} {name!r}. Known: {quoted(known, 5)}."
            f"{did_you_mean(name, [str(other) for other in known])}"
        )


def _of_blocks(outputs: RecombinedOutputs, pairs: list) -> np.ndarray:
    """Shapley interaction index of pairs of modalities."""
    mask, names = outputs.X.mask, list(outputs.X)
    if mask.sum(axis=1).max(initial=0) > MOST_EXACT:
        raise ValueError(
            f"A patient has more than {MOST_EXACT} blocks, and the interaction of two "
            "runs over all patterns of the others. Leave some modalities out of X: "
            "they count as missing."
        )
    values = np.zeros((len(mask), len(pairs), len(outputs.model.names)))
    places = [[names.index(name) for name in pair] for pair in pairs]
    total = int((2 ** mask.sum(axis=1)).sum())
    with outputs.progress(total, "interactions"):
        for rows, players in patterns(mask, outputs.batch_size):
            table = pattern_outputs(outputs, rows, players)
            for part, pair in enumerate(places):
                if np.isin(pair, players).all():
                    own = np.searchsorted(players, pair)
                    weights = _interaction_weights(len(players), *own)
                    values[rows, part] = np.einsum("c,nco->no", weights, table)
    return values


def _interaction_weights(n_players: int, a: int, b: int) -> np.ndarray:
    """Weights of the outputs by subset in the interaction of two players."""
    member = coalitions(n_players)
    others = member.sum(axis=1) - member[:, a] - member[:, b].astype(int)
    sign = np.where(member[:, a] == member[:, b], 1.0, -1.0)
    share = [1 / ((n_players - 1) * comb(n_players - 2, size)) for size in others]
    return sign * share


def _feature_pairs(
    model: ModelOutputs,
    X: MultiModalData,
    modalities: tuple[str, str] | None,
    features: Sequence[Feature] | int,
) -> list[tuple[Feature, Feature]]:
    """Pairs of features of two modalities."""
    if not isinstance(features, int):
        if len(features) != 2 or any(len(feature) != 2 for feature in features):
            raise ValueError(
                "features must be a number or two pairs, such as [('rna', 'TP53'), "
                f"('imaging', 'volume')]; got {features!r}."
            )
        for name, feature in features:
            _check_known(name, list(X), "modality")
            _check_known(feature, _names(X, name), f"feature of {name!r}")
        first, second = (tuple(feature) for feature in features)
        return [(first, second)]
    if modalities is None or not 1 <= features <= _MOST_FEATURES:
        raise ValueError(
            f"features={features} pairs the features of two modalities: pass them as "
            f"modalities, and a number from 1 to {_MOST_FEATURES}."
        )
    some = X[np.unique(np.linspace(0, len(X) - 1, _SCREENED).astype(int))]
    before, tops = model(some), []
    for name in modalities:
        cells = [(name, feature) for feature in _names(X, name)]
        effect = [
            np.abs(before - model(_without(some, [cell]))).mean() for cell in cells
        ]
        order = np.argsort(-np.array(effect), kind="stable")[:features]
        tops.append([cells[place] for place in order])
    return list(product(*tops))


def _names(X, modality):
    names = X.feature_names[modality]
    if names is None:
        raise ValueError(
            f"Modality {modality!r} has more than two dimensions and no features. "
            "Pass modalities alone."
        )
    return list(names)


def _of_features(
    model: ModelOutputs, X: MultiModalData, pairs: list[tuple[Feature, Feature]]
) -> np.ndarray:
    """Second differences of pairs of features."""
    whole, alone = model(X), {}
    for feature in {feature for pair in pairs for feature in pair}:
        alone[feature] = model(_without(X, [feature]))
    names, values = list(X), []
    for first, second in pairs:
        both = model(_without(X, [first, second]))
        value = whole - alone[first] - alone[second] + both
        place = [names.index(name) for name, _ in (first, second)]
        value[~X.mask[:, place].all(axis=1)] = 0.0
        values.append(value)
    return np.stack(values, axis=1)


def _without(X: MultiModalData, features: list[Feature]) -> MultiModalData:
    """Patients as if they lacked the values of some features."""
    blocks = dict(X.items())
    for name, feature in features:
        column, block = _names(X, name).index(feature), blocks[name]
        block = block.toarray() if is_sparse(block) else block.copy()
        if isinstance(block, pd.DataFrame):
            block[block.columns[column]] = np.nan
        else:
            block[:, column] = np.nan
        blocks[name] = block
    return MultiModalData._from_checked(blocks, X.index)
