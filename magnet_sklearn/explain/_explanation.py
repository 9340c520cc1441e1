"""What each part of the input adds to each prediction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Explanation:
    """Values of parts (modalities or features) for each patient and output.

    Additive explanations keep a promise: `base_values` plus the values of a patient is
    the output of the model, up to `residual`.

    Parameters
    ----------
    values : ndarray of shape (n_patients, n_parts, n_outputs)
        What each part adds.
    parts : Index of length n_parts
        Names of modalities, or two levels (modality, feature).
    index : Index of length n_patients
        Ids of the patients.
    outputs : sequence of length n_outputs
        Names of the outputs: the second of two classes, classes, labels, targets or
        tasks.
    units : sequence of str of length n_outputs
        Units of the values: log-odds, logit, log-hazard or units of y.
    method : str
        How the values were computed.
    base_values : ndarray of shape (n_patients, n_outputs), default=None
        Output without any of the parts; None where values are not additive.
    residual : ndarray of shape (n_patients, n_outputs), default=None
        Output of the model less base value and values; None is 0.
    data : DataFrame of shape (n_patients, n_parts), default=None
        What the patients have in these features, in the user's columns and units.
    standard_error : ndarray of shape (n_patients, n_parts, n_outputs), default=None
        Of values from a sample; None where they are exact.
    scores : DataFrame of shape (n_parts, 2), default=None
        What the score of the cohort loses without each part: `mean` and `sd` over
        repeats.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from magnet_sklearn.explain import Explanation
    >>> explanation = Explanation(
    ...     values=np.array([[[2.0], [-0.5]], [[1.0], [0.0]]]),
    ...     parts=pd.Index(["rna", "age"]),
    ...     index=pd.Index(["p1", "p2"]),
    ...     outputs=["relapse"],
    ...     units=["log-odds"],
    ...     method="contributions",
    ...     base_values=np.zeros((2, 1)),
    ... )
    >>> explanation
    Explanation by contributions: 2 patients, 2 parts, 1 output(s)
    mean absolute value (log-odds)
    rna    1.50
    age    0.25
    >>> explanation.to_frame()
        rna  age
    p1  2.0 -0.5
    p2  1.0  0.0
    >>> explanation[["p1"]].predictions().tolist()
    [[1.5]]
    >>> explanation.top(1)
    rna    1.5
    Name: relapse, dtype: float64
    """

    values: np.ndarray
    parts: pd.Index
    index: pd.Index
    outputs: Sequence[Any]
    units: Sequence[str]
    method: str
    base_values: np.ndarray | None = None
    residual: np.ndarray | None = None
    data: pd.DataFrame | None = None
    standard_error: np.ndarray | None = None
    scores: pd.DataFrame | None = None

    def __post_init__(self) -> None:
        expected = len(self.index), len(self.parts), len(self.outputs)
        if np.shape(self.values) != expected:
            raise ValueError(
                f"values have the shape {np.shape(self.values)}; {len(self.index)} "
                f"patients, {len(self.parts)} parts and {len(self.outputs)} outputs "
                f"need {expected}."
            )

    def __repr__(self) -> str:
        units = ", ".join(dict.fromkeys(self.units))
        return (
            f"Explanation by {self.method}: {len(self)} patients, {len(self.parts)} "
            f"parts, {len(self.outputs)} output(s)\n"
            f"mean absolute value ({units})\n{self.top().round(3).to_string()}"
        )

    def __len__(self) -> int:
        return len(self.index)

    def __getitem__(self, rows: Any) -> Explanation:
        """Explanation of some patients: positions, slice, mask or a list of ids."""
        if isinstance(rows, int | np.integer):
            rows = [rows]
        if not isinstance(rows, slice) and len(rows) and isinstance(rows[0], str):
            rows = self._positions(rows)
        return replace(
            self,
            values=self.values[rows],
            index=self.index[rows],
            base_values=_rows(self.base_values, rows),
            residual=_rows(self.residual, rows),
            data=None if self.data is None else self.data.iloc[rows],
            standard_error=_rows(self.standard_error, rows),
        )

    def predictions(self) -> np.ndarray:
        """Return the outputs of the model that the values explain.

        Returns
        -------
        predictions : ndarray of shape (n_patients, n_outputs)
            Base values plus values plus residual.

        Raises
        ------
        ValueError
            If the values are not additive.
        """
        if self.base_values is None:
            raise ValueError(
                f"Values of the method {self.method!r} do not add up to predictions."
            )
        residual = 0.0 if self.residual is None else self.residual
        return self.base_values + self.values.sum(axis=1) + residual

    def to_frame(self) -> pd.DataFrame:
        """Tabulate the values.

        Returns
        -------
        frame : DataFrame of shape (n_patients, n_parts * n_outputs)
            A column per part; with several outputs the last level of the columns is
            the output.
        """
        if len(self.outputs) == 1:
            return pd.DataFrame(self.values[:, :, 0], self.index, self.parts)
        parts = [part if isinstance(part, tuple) else (part,) for part in self.parts]
        names = [*(name or "part" for name in self.parts.names), "output"]
        columns = pd.MultiIndex.from_tuples(
            [(*part, output) for part in parts for output in self.outputs], names=names
        )
        values = self.values.reshape(len(self), -1)
        return pd.DataFrame(values, self.index, columns)

    def importance(self, output: Any = None) -> pd.Series:
        """Average the size of the values over patients, and over outputs.

        Parameters
        ----------
        output : name of an output, default=None
            None is the mean over all outputs.

        Returns
        -------
        importance : Series of length n_parts
            Mean absolute value of each part, in the order of `parts`.
        """
        size = np.abs(self.values).mean(axis=0)
        if output is None and len(self.outputs) == 1:
            output = self.outputs[0]
        mean = size.mean(axis=1) if output is None else size[:, self._place(output)]
        return pd.Series(mean, self.parts, name=output)

    def top(self, n: int = 10, output: Any = None) -> pd.Series:
        """Return the `n` most important parts, the first one first.

        Parameters
        ----------
        n : int, default=10
            How many.
        output : name of an output, default=None
            None is the mean over all outputs.

        Returns
        -------
        top : Series of length min(n, n_parts)
            Mean absolute values.
        """
        return self.importance(output).sort_values(ascending=False, kind="stable")[:n]

    def by_modality(self) -> Explanation:
        """Sum the values of the features of each modality.

        Returns
        -------
        explanation : Explanation
            With a part per modality.
        """
        if self.parts.nlevels == 1:
            return self
        codes, names = pd.factorize(self.parts.get_level_values(0))
        belongs = np.equal.outer(codes, np.arange(len(names)))
        sums = np.einsum("npo,pm->nmo", self.values, belongs)
        return replace(
            self,
            values=sums,
            parts=pd.Index(names),
            data=None,
            standard_error=None,
            scores=None,
        )

    def _place(self, output):
        """Position of an output."""
        if output not in list(self.outputs):
            raise ValueError(
                f"There is no output {output!r}. Outputs: {list(self.outputs)!r}."
            )
        return list(self.outputs).index(output)

    def _positions(self, ids):
        """Positions of patients by id."""
        positions = self.index.get_indexer_for(ids)
        if (positions < 0).any():
            absent = [name for name in ids if name not in self.index][:5]
            raise KeyError(f"No patient has the id {absent!r}.")
        return positions


def _rows(array, rows):
    return None if array is None else array[rows]
