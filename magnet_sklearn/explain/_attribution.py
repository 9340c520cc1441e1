"""What each column of the user adds to each prediction."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from tqdm.auto import tqdm

from magnet_sklearn._estimators import BaseMagnet
from magnet_sklearn._training.runtime import threads_for
from magnet_sklearn.data import quoted
from magnet_sklearn.explain._attribution_columns import ModalityColumns, user_columns
from magnet_sklearn.explain._attribution_model import ModelAttribution
from magnet_sklearn.explain._explanation import Explanation
from magnet_sklearn.explain._model_outputs import ModelOutputs


def feature_attribution(
    estimator: BaseMagnet, X: Any, *, background: Any = None, verbose: int = 0
) -> Explanation:
    """Split each prediction by the features that the patient has.

    Every column is compared with a reference: what preprocessing gives to a missing
    cell, which is the training mean of a number and no category. Base values are the
    outputs for a patient who has the same blocks, all with reference values; the values
    of the features lead from there to the output for the patient. The output is a sum
    over experts and networks (see `contributions`), and so are the values:

    - linear and sparse experts: coefficient times difference to the reference;
    - kernel experts: gradients of the scores integrated from the reference [1]_;
    - forests and boosting: Shapley values against the reference [2]_;
    - own estimators: Shapley values from eight orders of the columns [3]_;
    - of classes, scores or votes are passed on to log-odds by the rescale rule [4]_;
    - networks, if their gates are open: integrated gradients [1]_ with 32 steps, and up
      to 2048 for patients whose sum is off by more than 1 % of the sizes of the values;
      what is left over is shared in proportion to the sizes, which moves a value by
      less than 1 %. Edges of the patient graph stay as they are.

    Parameters
    ----------
    estimator : fitted estimator
        Any of the four.
    X : multimodal data of shape (n_patients, n_modalities)
        Anything that `fit` accepts.
    background : multimodal data, default=None
        Patients whose mean, after preprocessing, is the reference instead, such as
        healthy controls.
    verbose : int, default=0
        1 shows a progress bar over the patients.

    Returns
    -------
    explanation : Explanation
        Parts are the columns of X, (modality, feature); values of several 0/1 columns
        of one category are summed. A block of more than two dimensions is one part.
        Where a `preprocessor` makes new columns, such as principal components, parts
        are these, and `method` says so. Exactly 0 for a feature of a missing block, an
        imputed cell, and a column that preprocessing drops. Base values and values sum
        to the output; `residual` is rounding. No value depends on other patients of X.

    Raises
    ------
    TypeError
        If the estimator is none of the four.

    See Also
    --------
    feature_importance : What the score loses without a feature.

    Notes
    -----
    A value says what the model did with a feature, not what the feature causes. Of
    correlated features each gets a share, and average values may be unlikely together.

    References
    ----------
    .. [1] M. Sundararajan, A. Taly, Q. Yan, "Axiomatic attribution for deep networks",
       ICML 2017.
    .. [2] S. Lundberg and others, "From local explanations to global understanding with
       explainable AI for trees", Nature Machine Intelligence 2 (2020), interventional.
    .. [3] J. Castro, D. Gomez, J. Tejada, "Polynomial calculation of the Shapley value
       based on sampling", Computers & Operations Research 36 (2009).
    .. [4] A. Shrikumar, P. Greenside, A. Kundaje, "Learning important features through
       propagating activation differences", ICML 2017.

    Examples
    --------
    >>> import numpy as np
    >>> from magnet_sklearn import MultiModalGNNRegressor
    >>> from magnet_sklearn.explain import feature_attribution
    >>> rng = np.random.default_rng(0)
    >>> X = {"rna": rng.normal(size=(60, 3)), "age": rng.normal(size=(60, 1))}
    >>> model = MultiModalGNNRegressor(experts="linear", gate=0.0, ensemble_size=1)
    >>> model = model.set_params(random_state=0).fit(X, X["rna"][:, 1])
    >>> explanation = feature_attribution(model, X)
    >>> explanation.top(1).index[0]
    ('rna', 'rna_1')
    >>> np.allclose(explanation.predictions()[:, 0], model.predict(X))
    True
    """
    model = ModelOutputs(estimator)
    X = model.check(X)
    fitted = estimator._model
    columns = user_columns(fitted.inputs, X)
    of_networks = columns
    if fitted.network_inputs is not fitted.inputs:
        of_networks = user_columns(fitted.network_inputs.without_projection()[0], X)
    parts = _parts(columns, of_networks)
    split = ModelAttribution(
        estimator, None if background is None else model.check(background)
    )
    values = np.zeros((len(X), len(parts), len(model.names)))
    base = np.zeros((len(X), len(model.names)))
    with threads_for(X), tqdm(total=len(X), unit="patient", disable=not verbose) as bar:
        for rows in split.batches(X):
            by_experts, by_networks, base[rows] = split(X[rows])
            for own, found in ((columns, by_experts), (of_networks, by_networks)):
                for name, added in found.items():
                    known = [(name, part) for part in own[name].names]
                    place = parts.get_indexer(pd.MultiIndex.from_tuples(known))
                    values[np.ix_(rows, place)] += own[name].collect(added)
            bar.update(len(rows))
    return Explanation(
        values=values,
        parts=parts,
        index=X.index,
        outputs=model.names,
        units=model.units,
        method=_method(columns),
        base_values=base,
        residual=model(X) - base - values.sum(axis=1),
        data=_data(columns, of_networks, parts),
    )


def _parts(*columns: dict[str, ModalityColumns]) -> pd.MultiIndex:
    """Names of all columns, by modality."""
    names = dict.fromkeys(
        (modality, name)
        for modality in columns[0]
        for own in columns
        for name in own[modality].names
    )
    return pd.MultiIndex.from_tuples(names, names=["modality", "feature"])


def _data(
    columns: dict[str, ModalityColumns],
    of_networks: dict[str, ModalityColumns],
    parts: pd.MultiIndex,
) -> pd.DataFrame:
    """Return what patients have in each part."""
    tables = [
        pd.concat({name: known.data for name, known in own.items()}, axis=1)
        for own in (columns, of_networks)
    ]
    table = tables[0]
    if of_networks is not columns:
        table = pd.concat(tables, axis=1)
        table = table.loc[:, ~table.columns.duplicated()]
    return table.loc[:, parts]


def _method(columns: dict[str, ModalityColumns]) -> str:
    """Say how values were computed, and of which columns."""
    method = "feature attribution"
    made = [name for name, own in columns.items() if not own.are_users]
    if made:
        method += f" (columns made by the preprocessor for {quoted(made)})"
    return method
