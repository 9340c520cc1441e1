"""modality_importance: what each modality adds to each prediction."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from numbers import Integral
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import check_scoring
from sklearn.utils._param_validation import Interval, StrOptions, validate_params

from magnet_sklearn._estimators import BaseMagnet
from magnet_sklearn._utils import spawn_seeds
from magnet_sklearn.data import check_same_patients
from magnet_sklearn.explain._explanation import Explanation
from magnet_sklearn.explain._model_outputs import ModelOutputs
from magnet_sklearn.explain._recombined import RecombinedOutputs
from magnet_sklearn.explain._shapley import shapley_values


@validate_params(
    {
        "method": [StrOptions({"contributions", "shapley", "ablation", "permutation"})],
        "n_repeats": [Interval(Integral, 1, None, closed="left")],
        "n_permutations": [Interval(Integral, 2, None, closed="left")],
    },
    prefer_skip_nested_validation=True,
)
def modality_importance(
    estimator: BaseMagnet,
    X: Any,
    y: Any = None,
    *,
    method: str = "contributions",
    scoring: Any = None,
    n_repeats: int = 5,
    n_permutations: int = 32,
    random_state: Any = 0,
    verbose: int = 0,
) -> Explanation:
    r"""Explain each prediction by the modalities of the patient.

    Parameters
    ----------
    estimator : fitted estimator
        Any of the four.
    X : multimodal data of shape (n_patients, n_modalities)
        Anything that `fit` accepts.
    y : array-like or DataFrame with n_patients rows, default=None
        With it, "ablation" and "permutation" also tell how the score of the cohort
        drops: `scores` of the explanation. Other methods do not need it.
    method : {"contributions", "ablation", "shapley", "permutation"}, \
            default="contributions"
        What a value is.

        - "contributions": the exact parts of which the model makes the output, as in
          `estimator.contributions`: experts of each modality, and `joint`, `network`
          and `graph`, which see several modalities at a time. They add up.
        - "shapley": Shapley values [1]_ of the blocks that a patient has, among all
          patterns of missing blocks: each block gets its share of what it does
          together with others. They add up. Exact for patients of up to 10 blocks,
          from `n_permutations` pairs of a random order and its reverse [2]_ for others,
          with a standard error.
        - "ablation": the output less that for the patient without the block. These do
          not add up: of two blocks that say the same, neither is missed.
        - "permutation": the output less that with the block of another patient of X
          who has it, mean over `n_repeats` shuffles [3]_. Unlike the other methods, it
          depends on who else is in X.
    scoring : str or callable, default=None
        Score as in scikit-learn; None is `estimator.score`.
    n_repeats : int, default=5
        Shuffles for "permutation".
    n_permutations : int, default=32
        Pairs of orders for "shapley", of patients with more than 10 blocks.
    random_state : int, RandomState or Generator, default=0
        Draws shuffles and orders. The default gives a patient one answer.
    verbose : int, default=0
        1 shows a progress bar.

    Returns
    -------
    importance : Explanation
        Values of shape (n_patients, n_modalities, n_outputs), or with three more parts
        for "contributions", in the units of `estimator.contributions`. A missing block
        has exactly 0. `base_values` is the output for a patient of whom nothing is
        known; None where values do not add up. `importance()` and `top()` average over
        patients.

    Raises
    ------
    TypeError
        If the estimator is none of magnet_sklearn.
    ValueError
        If `method` is unknown, or X or y do not fit the estimator or each other.

    References
    ----------
    .. [1] L. Shapley, "A value for n-person games", 1953.
    .. [2] R. Mitchell et al., "Sampling permutations for Shapley value estimation",
       JMLR 23 (2022): antithetic sampling.
    .. [3] L. Breiman, "Random forests", Machine Learning 45 (2001).

    Examples
    --------
    >>> import numpy as np
    >>> from magnet_sklearn import MultiModalGNNRegressor
    >>> from magnet_sklearn.explain import modality_importance
    >>> rng = np.random.default_rng(0)
    >>> X = {"rna": rng.normal(size=(40, 3)), "age": rng.normal(size=(40, 1))}
    >>> model = MultiModalGNNRegressor(random_state=0, ensemble_size=2)
    >>> model = model.fit(X, X["rna"][:, 0])
    >>> shapley = modality_importance(model, X, method="shapley")
    >>> shapley.importance().idxmax()
    'rna'
    >>> np.allclose(shapley.predictions()[:, 0], model.predict(X))
    True
    """
    model = ModelOutputs(estimator)
    patients = model.check(X)
    check_same_patients(patients, {"y": y})
    question = _Question(
        RecombinedOutputs(model, patients, verbose),
        None if y is None else check_scoring(estimator, scoring),
        y,
        n_repeats,
        n_permutations,
        spawn_seeds(random_state, 1)[0],
    )
    answer = _METHODS[method](question)
    parts = [*patients, "joint", "network", "graph"][: answer["values"].shape[1]]
    return Explanation(
        parts=pd.Index(parts),
        index=patients.index,
        outputs=model.names,
        units=model.units,
        method=method,
        **answer,
    )


@dataclass(frozen=True)
class _Question:
    """What the methods need to know."""

    outputs: RecombinedOutputs
    scorer: Callable | None
    y: Any
    n_repeats: int
    n_permutations: int
    seed: int

    @property
    def base_values(self) -> np.ndarray:
        """Outputs without any block."""
        model, n_patients = self.outputs.model, len(self.outputs.X)
        return np.tile(model.baseline, (n_patients, 1))

    def effects(self, changes: list[tuple[int, np.ndarray]], what: str) -> np.ndarray:
        """Subtract outputs with the block of a modality from elsewhere, or gone.

        Each change is a modality and the rows that its block comes from, -1 = missing.
        Of shape (n_changes, n_patients, n_outputs).
        """
        mask = self.outputs.X.mask
        own = self.outputs.sources(np.arange(len(mask)))
        total = len(mask) + sum(int(mask[:, place].sum()) for place, _ in changes)
        effects = np.zeros((len(changes), len(mask), len(self.outputs.model.names)))
        with self.outputs.progress(total, what):
            before = self.outputs(own)
            for effect, (place, donors) in zip(effects, changes, strict=True):
                rows = np.flatnonzero(mask[:, place])
                if len(rows):
                    after = self.outputs(_changed(own, place, donors)[rows])
                    effect[rows] = before[rows] - after
        return effects

    def drops(self, changes: list[tuple[int, np.ndarray]]) -> pd.DataFrame | None:
        """Mean and spread over its changes of what the score loses by a modality."""
        if self.scorer is None:
            return None
        own = self.outputs.sources(np.arange(len(self.outputs.X)))
        before = self._score(own)
        drops = pd.Series(
            [before - self._score(_changed(own, *change)) for change in changes],
            index=pd.Index([list(self.outputs.X)[place] for place, _ in changes]),
        ).groupby(level=0, sort=False)
        return pd.DataFrame({"mean": drops.mean(), "sd": drops.std(ddof=0)})

    def _score(self, sources):
        assert self.scorer is not None
        with warnings.catch_warnings():
            # those who lose their only block are meant to
            warnings.filterwarnings("ignore", ".*no observed modality", UserWarning)
            X = self.outputs.patients(sources)
            return self.scorer(self.outputs.model.estimator, X, self.y)


def _changed(sources, place, donors):
    sources = sources.copy()
    sources[:, place] = donors
    return sources


def _contributions(question):
    outputs = question.outputs
    values = outputs.model.contributions(outputs.X)
    return {"values": values, "base_values": question.base_values}


def _shapley(question):
    outputs, n_permutations = question.outputs, question.n_permutations
    values, error = shapley_values(outputs, n_permutations, question.seed)
    return {
        "values": values,
        "standard_error": error,
        "base_values": question.base_values,
    }


def _ablation(question):
    n_patients, n_modalities = question.outputs.X.shape
    changes = [(place, np.full(n_patients, -1)) for place in range(n_modalities)]
    values = question.effects(changes, "ablation").swapaxes(0, 1)
    return {"values": values, "scores": question.drops(changes)}


def _permutation(question):
    mask, rng = question.outputs.X.mask, np.random.default_rng(question.seed)
    changes = []
    for place, observed in enumerate(mask.T):
        for _ in range(question.n_repeats):
            donors = np.where(observed, 0, -1)
            donors[observed] = rng.permutation(np.flatnonzero(observed))
            changes.append((place, donors))
    effects = question.effects(changes, "permutation")
    effects = effects.reshape(mask.shape[1], question.n_repeats, len(mask), -1)
    values = effects.mean(axis=1).swapaxes(0, 1)
    return {"values": values, "scores": question.drops(changes)}


_METHODS: dict[str, Callable[[_Question], dict[str, Any]]] = {
    "contributions": _contributions,
    "shapley": _shapley,
    "ablation": _ablation,
    "permutation": _permutation,
}
