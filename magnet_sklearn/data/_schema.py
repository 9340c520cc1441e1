"""ModalitySchema: what X looked like in fit, and making a later X look the same."""

import warnings
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from magnet_sklearn._utils import checked_state, with_format
from magnet_sklearn.data._blocks import Block, is_sparse, with_index
from magnet_sklearn.data._container import MultiModalData
from magnet_sklearn.data._frames import is_categorical, is_float
from magnet_sklearn.data._names import did_you_mean, quoted
from magnet_sklearn.data._padded import PADDED, array_kind, as_fitted_kind
from magnet_sklearn.data._suspicions import check_columns


@dataclass(frozen=True)
class BlockSchema:
    """What the block of one modality looked like in fit.

    Parameters
    ----------
    modality : str
        Name of the modality.
    kind : {"table", "array", "set", "timed"}
        "table" for a frame, "array" for an array or a sparse matrix, "set" for sets,
        "timed" for time series with times.
    shape : tuple of int
        Shape of one patient's row: (n_features,), or that of one image.
    columns : tuple or None
        Column names of a table, in the order of fit.
    categorical : tuple of bool
        Which columns of a table are categorical; empty for arrays.
    """

    modality: str
    kind: str
    shape: tuple[int, ...]
    columns: tuple[Hashable, ...] | None
    categorical: tuple[bool, ...]

    @classmethod
    def from_block(cls, modality: str, block: Block) -> "BlockSchema":
        """Describe a block."""
        shape = tuple(block.shape[1:])
        if isinstance(block, pd.DataFrame):
            flags = tuple(is_categorical(block).tolist())
            return cls(modality, "table", shape, tuple(block.columns), flags)
        return cls(modality, array_kind(block), shape, None, ())

    def conform(self, block: Block, estimator_name: str) -> Block:
        """Give a block the kind and columns of fit, or say why that cannot be."""
        block = as_fitted_kind(block, self.kind, self.modality, estimator_name)
        if self.columns is not None and isinstance(block, pd.DataFrame):
            return self._match_types(self._match_columns(block, estimator_name))
        self._check_shape(block, estimator_name)
        if self.columns is not None:
            return self._name_columns(block, estimator_name)
        if isinstance(block, pd.DataFrame):
            return self._drop_names(block, estimator_name)
        return block

    def missing_block(self, index: pd.Index) -> Block:
        """Make a block that is missing for all patients."""
        shape = (len(index), *self.shape)
        if self.columns is None:
            dtype = np.float64 if len(shape) == 2 else np.float32
            block = np.full(shape, np.nan, dtype=dtype)
            return block.view(PADDED.get(self.kind, np.ndarray))
        frame = pd.DataFrame(np.nan, index=index, columns=list(self.columns))
        return self._match_types(frame)

    def _match_columns(self, frame: pd.DataFrame, estimator_name: str) -> pd.DataFrame:
        assert self.columns is not None
        if tuple(frame.columns) == self.columns:
            return frame
        missing = [name for name in self.columns if name not in frame.columns]
        extra = [name for name in frame.columns if name not in set(self.columns)]
        if missing or extra:
            raise ValueError(self._other_columns(missing, extra, estimator_name))
        return frame[list(self.columns)]

    def _other_columns(
        self, missing: list[Any], extra: list[Any], estimator_name: str
    ) -> str:
        lines = [
            f"The columns of modality {self.modality!r} should match those that "
            f"{estimator_name} was fitted on ({self.shape[0]} columns)."
        ]
        if missing:
            lines.append(f"Seen at fit time, yet now missing: {quoted(missing, 5)}.")
        if extra:
            hint = did_you_mean(extra[0], missing)
            lines.append(f"Unseen at fit time: {quoted(extra, 5)}.{hint}")
        lines.append("Pass the same columns; their order does not matter.")
        return "\n".join(lines)

    def _match_types(self, frame: pd.DataFrame) -> pd.DataFrame:
        is_text = is_categorical(frame)
        if tuple(is_text.tolist()) == self.categorical:
            return frame
        new_types: dict[Any, type] = {}
        for name, was_text, now_text in zip(
            frame.columns, self.categorical, is_text, strict=True
        ):
            if was_text and not now_text:
                new_types[name] = object
            elif now_text and not was_text:
                self._check_all_missing(frame[name])
                new_types[name] = np.float64
        return frame.astype(new_types)

    def _check_all_missing(self, column: pd.Series) -> None:
        present = column.dropna()
        if len(present):
            raise ValueError(
                f"Column {column.name!r} of modality {self.modality!r} was numeric in "
                f"fit, but now holds text, such as {present.iloc[0]!r}. Turn it into "
                "numbers, with NaN for missing values."
            )

    def _check_shape(self, block: Block, estimator_name: str) -> None:
        shape = tuple(block.shape[1:])
        n_free = self.kind in PADDED  # the number of places
        if shape[n_free:] == self.shape[n_free:]:
            return
        if len(shape) == len(self.shape) == 1:
            # The wording of scikit-learn, which its estimator checks look for.
            raise ValueError(
                f"X has {shape[0]} features, but {estimator_name} is expecting "
                f"{self.shape[0]} features as input in modality {self.modality!r}. "
                "Pass the features used in fit, in the same order."
            )
        what = "element or step" if n_free else "patient"
        raise ValueError(
            f"Modality {self.modality!r} has shape {shape[n_free:]} per {what}, but "
            f"{estimator_name} was fitted on shape {self.shape[n_free:]}. Bring it to "
            "that one."
        )

    def _name_columns(self, block: Block, estimator_name: str) -> pd.DataFrame:
        assert self.columns is not None
        if any(self.categorical):
            text = [
                c
                for c, flag in zip(self.columns, self.categorical, strict=True)
                if flag
            ]
            raise ValueError(
                f"Modality {self.modality!r} has categorical columns in fit "
                f"({quoted(text, 5)}), but now is an array. Pass a DataFrame with the "
                "columns used in fit."
            )
        warnings.warn(
            f"X does not have valid feature names, but {estimator_name} was fitted "
            f"with feature names (modality {self.modality!r})",
            UserWarning,
            stacklevel=2,
        )
        values = block.toarray() if is_sparse(block) else block
        return pd.DataFrame(values, columns=list(self.columns))

    def _drop_names(self, frame: pd.DataFrame, estimator_name: str) -> np.ndarray:
        text = [
            name
            for name, dtype in zip(frame.columns, frame.dtypes, strict=True)
            if not is_float(dtype) and frame[name].notna().any()
        ]
        if text:
            self._check_all_missing(frame[text[0]])
        default_names = [f"{self.modality}_{j}" for j in range(self.shape[0])]
        if set(frame.columns) == set(default_names):
            frame = frame[default_names]
        else:
            warnings.warn(
                f"X has feature names, but {estimator_name} was fitted without feature "
                f"names (modality {self.modality!r})",
                UserWarning,
                stacklevel=2,
            )
        return frame.to_numpy(dtype=np.float64, na_value=np.nan)


@dataclass(frozen=True)
class ModalitySchema:
    """What X looked like in fit.

    Parameters
    ----------
    blocks : dict of str to BlockSchema
        One description per modality, in the order of fit.

    Examples
    --------
    >>> from magnet_sklearn.data import MultiModalData
    >>> from magnet_sklearn.data._schema import ModalitySchema
    >>> schema = ModalitySchema.from_data(
    ...     MultiModalData({"rna": [[1.0, 2.0]], "age": [[61.0]]})
    ... )
    >>> schema.conform(MultiModalData({"age": [[48.0]]}), "Model")["rna"].tolist()
    [[nan, nan]]
    """

    blocks: dict[str, BlockSchema]

    @classmethod
    def from_data(
        cls, X: MultiModalData, *, learns_columns: bool = False
    ) -> "ModalitySchema":
        """Describe the data given to fit.

        Parameters
        ----------
        X : MultiModalData of shape (n_patients, n_modalities)
            Training data.
        learns_columns : bool, default=False
            Whether categories and scales are learned from these very columns, which
            then have to be what they look like.

        Returns
        -------
        schema : ModalitySchema
            Description without the data.

        Raises
        ------
        ValueError
            If columns are learned and one holds numbers or dates as text, identifiers
            or free text.
        """
        if learns_columns:
            check_columns(X.items())
        return cls({name: BlockSchema.from_block(name, b) for name, b in X.items()})

    @property
    def modalities(self) -> list[str]:
        """Names of the fitted modalities, in the order of fit."""
        return list(self.blocks)

    def __getstate__(self) -> dict[str, Any]:
        return with_format(vars(self))

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(checked_state(state))

    def conform(self, X: MultiModalData, estimator_name: str) -> MultiModalData:
        """Give X the modalities and columns of fit.

        Parameters
        ----------
        X : MultiModalData of shape (n_patients, n_modalities)
            New data.
        estimator_name : str
            Class of the fitted estimator, for messages.

        Returns
        -------
        X : MultiModalData of shape (n_patients, n_fitted_modalities)
            The fitted modalities in the order of fit; a modality that X does not have
            is missing for all patients.

        Raises
        ------
        ValueError
            If X has a modality, columns, a shape or text that fit did not see.

        Warns
        -----
        UserWarning
            If a block has column names and its block in fit had none, or the reverse.
        """
        for modality in X:
            if modality not in self.blocks:
                raise ValueError(self._unknown_modality(modality, estimator_name))
        blocks = {}
        for name, schema in self.blocks.items():
            if name in X:
                block = schema.conform(X[name], estimator_name)
                blocks[name] = with_index(block, X.index)
            else:
                blocks[name] = schema.missing_block(X.index)
        if list(X) == list(blocks) and all(blocks[name] is X[name] for name in X):
            return X
        return MultiModalData._from_checked(blocks, X.index, rows=X._rows)

    def _unknown_modality(self, modality: str, estimator_name: str) -> str:
        return (
            f"X has a modality {modality!r} that this {estimator_name} was not fitted "
            f"on.\nFitted modalities: {quoted(self.blocks)}."
            f"{did_you_mean(modality, self.blocks)}"
        )
