"""What a model says of made-up patients: the same where it is saved and loaded."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
import torch

from magnet_sklearn._estimators import BaseMagnet
from magnet_sklearn.data import BlockSchema, MultiModalData
from magnet_sklearn.io._model_file._errors import ModelFileError

# Sums in another order, as on other machines, differ by less.
_TOLERANCE = 1e-4
_N_PATIENTS = 3


def dry_run(estimator: BaseMagnet) -> np.ndarray:
    """Predict patients that nobody is.

    Parameters
    ----------
    estimator : estimator
        Fitted.

    Returns
    -------
    outputs : ndarray of shape (3, n_outputs)
        Of the model.
    """
    model = estimator._model
    blocks = {
        name: _made_up(block, seed)
        for seed, (name, block) in enumerate(model.inputs.blocks.items())
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        X = MultiModalData(blocks, index=[*range(_N_PATIENTS)])
        _check_widths(estimator, model.inputs.transform(X))
        return model.predict(X, torch.device("cpu"), _N_PATIENTS).outputs


def _check_widths(estimator: BaseMagnet, X: MultiModalData) -> None:
    """Refuse forests that split columns beyond those of their view."""
    for offset in estimator._model.experts.offsets_:
        if offset.experts_ is None:
            continue
        widths = [X[name].shape[1] for name in offset.experts_.modalities_]
        widths.append(sum(widths))
        for (_, place), expert in offset.experts_.experts_.items():
            trees = getattr(expert, "trees_", None)
            if trees is not None and trees.feature.max() >= widths[place]:
                raise ModelFileError(
                    f"A tree splits a column beyond the {widths[place]}."
                )


def _made_up(block: BlockSchema, seed: int) -> Any:
    """Small whole numbers; no text is a category of the model."""
    rng = np.random.RandomState(seed)
    values = rng.randint(-2, 3, size=(_N_PATIENTS, *block.shape)).astype(float)
    if block.columns is None:
        return values
    frame = pd.DataFrame(values, columns=list(block.columns))
    texts = frame.columns[list(block.categorical)]
    frame = frame.astype(dict.fromkeys(texts, object))
    frame.loc[:, texts] = "?"
    return frame


def check_dry_run(estimator: BaseMagnet, expected: np.ndarray | None) -> None:
    """Refuse a model that does not work; warn of one that says something else.

    Parameters
    ----------
    estimator : estimator
        Loaded.
    expected : ndarray of shape (3, n_outputs) or None
        What it said when it was saved; None if it could not be asked.
    """
    if expected is None:
        return
    outputs = dry_run(estimator)
    if outputs.shape != np.shape(expected):
        raise ModelFileError(
            f"The model has outputs of shape {outputs.shape} where the file tells "
            f"{np.shape(expected)}."
        )
    error = np.abs(outputs - expected) / (1.0 + np.abs(expected))
    if not (worst := error.max()) <= _TOLERANCE:
        warnings.warn(
            f"The loaded model predicts other numbers than when it was saved (by up to "
            f"{worst:.1g} of their size): a library works differently here. The file "
            "tells the versions it was saved with: describe_model(path).",
            UserWarning,
            stacklevel=4,
        )
