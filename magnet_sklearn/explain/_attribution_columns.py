"""From preprocessed columns back to the columns and units of the user."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from magnet_sklearn._estimators import InputPipeline
from magnet_sklearn.data import BlockSchema, MultiModalData, is_categorical
from magnet_sklearn.preprocessing import (
    FeatureTables,
    SideBySidePreprocessor,
    select_modalities,
)


@dataclass(frozen=True)
class ModalityColumns:
    """Columns of one modality as users know them.

    Parameters
    ----------
    names : list
        Of the columns; the modality itself for a block that is no table.
    places : int ndarray of shape (n_preprocessed,)
        Column that each preprocessed one comes from.
    data : DataFrame of shape (n_patients, n_columns)
        What patients have there.
    are_users : bool, default=True
        Whether they are columns of X, not those that a preprocessor has made.
    """

    names: list
    places: np.ndarray
    data: pd.DataFrame
    are_users: bool = True

    def collect(self, values: np.ndarray) -> np.ndarray:
        """Sum values of preprocessed columns, of shape (n_patients, n, n_outputs)."""
        if len(self.names) == 1:
            return values.sum(axis=1, keepdims=True)
        n_patients, n_columns, n_outputs = values.shape
        belongs = csr_array(
            (np.ones(n_columns), (self.places, np.arange(n_columns))),
            shape=(len(self.names), n_columns),
        )
        columns = values.transpose(1, 0, 2).reshape(n_columns, -1)
        summed = (belongs @ columns).reshape(-1, n_patients, n_outputs)
        return summed.transpose(1, 0, 2)


def user_columns(
    inputs: InputPipeline, X: MultiModalData
) -> dict[str, ModalityColumns]:
    """Columns of each modality, in the order of `fit`.

    Parameters
    ----------
    inputs : InputPipeline
        Fitted.
    X : MultiModalData of shape (n_patients, n_modalities)
        Checked patients.

    Returns
    -------
    columns : dict of str to ModalityColumns
        Also of modalities that preprocessing leaves out.
    """
    found = _of_steps(inputs.steps, X)
    return {
        name: found.get(name) or _left_out(name, schema, X)
        for name, schema in inputs.blocks.items()
    }


def _of_steps(steps: Sequence, X: MultiModalData) -> dict[str, ModalityColumns]:
    if isinstance(steps[-1], FeatureTables):  # of modalities that are one part
        steps = steps[:-1]
    if isinstance(steps[-1], SideBySidePreprocessor):
        parts = [
            _of_steps(own, select_modalities(X, modalities))
            for modalities, own in steps[-1].pipelines
        ]
        return {name: columns for part in parts for name, columns in part.items()}
    *own, default = steps
    before = X
    for step in own:
        before = step.transform(before)
    return {
        name: _of_modality(name, X, before, own, default)
        for name in default.modalities_
    }


def _of_modality(name, X, before, own, default):
    """Columns of a modality between a user's preprocessors and the default one."""
    visible = before.feature_names[name]
    if visible is None:  # more than two dimensions
        places = np.zeros(int(np.prod(before[name].shape[1:])), int)
        return ModalityColumns([name], places, _no_data(name, X), are_users=not own)
    position = {str(column): place for place, column in enumerate(visible)}
    places = np.array([position[column] for column in default.input_names_[name]])
    if _is_text(before[name], default.category_sizes_[name]):
        # no sentence of a patient goes into an explanation
        return ModalityColumns([*visible], places, _no_data(visible[0], X))
    if not own:
        return ModalityColumns([*visible], places, _frame(name, X))
    known = getattr(own[-1], "feature_names_out_", {}).get(name, visible)
    users = _or_none(X.feature_names.get(name))
    origin = {str(column): place for place, column in enumerate(users)}
    if _names_itself(own[-1], name, before, users) and all(
        str(column) in origin for column in known
    ):
        of_users = np.array([origin[str(column)] for column in known])
        return ModalityColumns([*users], of_users[places], _frame(name, X))
    data = _frame(name, before).set_axis([*known], axis=1)
    return ModalityColumns([*known], places, data, are_users=False)


def _is_text(block, category_sizes):
    """Whether a block is one column of which preprocessing has made words."""
    is_column = isinstance(block, pd.DataFrame) and block.shape[1] == 1
    return is_column and is_categorical(block)[0] and not category_sizes


def _names_itself(step, name, before, users):
    """Whether equal names of columns before and after a step mean the same columns."""
    as_many = len(users) == before[name].shape[1]
    transformer = getattr(step, "transformers_", {}).get(name)
    is_frame = isinstance(before[name], pd.DataFrame)
    return as_many or is_frame or hasattr(transformer, "get_feature_names_out")


def _left_out(name: str, schema: BlockSchema, X: MultiModalData) -> ModalityColumns:
    names = X.feature_names[name]
    if names is None:
        return ModalityColumns([name], np.zeros(0, int), _no_data(name, X))
    return ModalityColumns([*names], np.zeros(0, int), _frame(name, X))


def _or_none(names):
    return () if names is None else names


def _no_data(name: str, X: MultiModalData) -> pd.DataFrame:
    return pd.DataFrame(np.nan, X.index, [name])


def _frame(name: str, X: MultiModalData) -> pd.DataFrame:
    block = X[name]
    if isinstance(block, pd.DataFrame):
        return block.set_axis(X.index, axis=0)
    values = block.toarray() if hasattr(block, "toarray") else block
    return pd.DataFrame(values, X.index, [*_or_none(X.feature_names[name])])
