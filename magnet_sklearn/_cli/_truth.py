"""Known outcomes, from the columns of a table of labels."""

from __future__ import annotations

from typing import Any

import pandas as pd

from magnet_sklearn._targets import (
    LabelsTarget,
    NumberTarget,
    SeveralTargets,
    SurvivalTarget,
)
from magnet_sklearn.data import quoted, survival_pairs


def truth_of(
    model: Any, labels: pd.DataFrame, columns: list[str] | None
) -> pd.DataFrame | pd.Series:
    """Return y in the form that the model was fitted on, of whom it is known.

    Parameters
    ----------
    model : fitted estimator
        Any of the four.
    labels : DataFrame with n_patients rows
        Table of labels.
    columns : list of str or None
        Columns of the outcome. None finds them: the only column, the names of labels
        and tasks (`task: column` where a task has several), or an event and its time.

    Returns
    -------
    y : DataFrame or Series with n_known rows
        Outcomes, with ids as row labels.
    """
    y = _columns_of_y(model._model.target, labels, columns)
    if isinstance(y, pd.Series):
        return y.dropna()
    several = isinstance(model._model.target, SeveralTargets)
    return y.dropna(how="all" if several else "any")


def _columns_of_y(target, labels, columns):
    """Choose the columns of y."""
    absent = [name for name in columns or () if name not in labels]
    if absent:
        raise ValueError(
            f"--target names {absent[0]!r}, no column of the labels: "
            f"{quoted(list(labels.columns), 10)}."
        )
    if isinstance(target, SurvivalTarget):
        return _survival(labels, columns)
    if isinstance(target, SeveralTargets):
        return _tasks(labels if columns is None else labels[columns], target.tasks_)
    wanted = _names(target) if columns is None else columns
    n_columns = len(_names(target))
    if not set(wanted) <= set(labels) and len(labels.columns) == n_columns:
        wanted = list(labels.columns)
    if len(wanted) != n_columns or not set(wanted) <= set(labels):
        raise ValueError(
            f"The outcome of this model has {n_columns} column(s), and the labels have "
            f"{quoted(list(labels.columns), 10)}. Name those of the outcome with "
            "--target."
        )
    return labels[wanted[0]] if n_columns == 1 else labels[wanted]


def _names(target):
    """Names of the columns of y."""
    if isinstance(target, LabelsTarget):
        return [str(name) for name in target.columns]
    if isinstance(target, NumberTarget):
        return [str(name) for name in range(target.loss.n_outputs)]
    return ["class"]


def _survival(labels, columns):
    """Event, time and, if there is one, the time of entry."""
    if columns is not None and len(columns) != 2:
        raise ValueError("--target of survival times are two columns: EVENT TIME.")
    if columns is None:
        pairs = survival_pairs(labels.columns)
        if len(pairs) != 1:
            raise ValueError(
                f"The labels have {len(pairs)} pairs of an event and its time: "
                f"{quoted(list(labels.columns), 10)}. Name one with --target EVENT "
                "TIME."
            )
        columns = list(pairs[0])
    entry = [name for name in ("entry",) if name in labels]
    names = [*columns, *entry]
    return labels[names].set_axis(["event", "time", *entry], axis=1)


def _tasks(labels, tasks):
    """Columns of tasks; with two levels if a task has several."""
    split = [str(name).partition(": ")[::2] for name in labels]
    absent = [name for name in tasks if name not in dict(split)]
    if absent:
        raise ValueError(
            f"The labels have no column of the tasks {quoted(absent, 5)}. Name columns "
            "as the tasks; those of tasks with several 'task: column', such as "
            "'os: event' and 'os: time'."
        )
    if not any(column for _, column in split):
        return labels
    return labels.set_axis(pd.MultiIndex.from_tuples(split), axis=1)
