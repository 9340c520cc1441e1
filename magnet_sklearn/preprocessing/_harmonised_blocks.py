"""Blocks of one modality whose site effects are learned and removed."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from magnet_sklearn.data import (
    MultiModalData,
    did_you_mean,
    feature_names,
    is_categorical,
    is_sparse,
    quoted,
    take_or_missing,
    with_index,
)
from magnet_sklearn.preprocessing._location_scale import LocationScale


def chosen_modalities(
    X: MultiModalData, modalities: Sequence[str] | None, held: set[str]
) -> list[str]:
    """Modalities to harmonise; refuses what is no table."""
    if modalities is None:
        modalities = [name for name in X if X[name].ndim == 2 and name not in held]
    if not len(modalities):
        raise ValueError(
            f"There is nothing to harmonise: X has only {quoted(X)}. Name the "
            "modalities to harmonise, or put site and covariates into one of their own."
        )
    for name in modalities:
        if name not in X:
            raise ValueError(
                f"modalities names {name!r}, which X does not have.\nModalities of X: "
                f"{quoted(X)}.{did_you_mean(name, X)}"
            )
        if X[name].ndim > 2:
            raise ValueError(
                f"Modality {name!r} has {X[name].ndim} dimensions; ComBat harmonises "
                "tables. Leave it out of modalities."
            )
    return list(modalities)


def without_column(modality: str, block: Any, column: Any) -> Any:
    """Block without one of its columns; arrays number theirs."""
    if isinstance(block, pd.DataFrame):
        return block.drop(columns=column)
    names = _names(modality, block)
    return block[:, [j for j, name in enumerate(names) if name != column]]


def _names(modality: str, block: Any) -> np.ndarray:
    """Names of the columns of a table."""
    return np.asarray(feature_names(modality, block), dtype=object)


class HarmonisedBlock:
    """Site effects of one modality.

    Parameters
    ----------
    modality : str
        Its name, for messages.
    site : tuple of (str, column name)
        Where sites stand. It is no feature of the block.
    unseen : {"error", "missing", "keep"}
        What becomes of blocks whose site is not known.
    """

    def __init__(self, modality: str, site: tuple[str, Any], unseen: str) -> None:
        self.modality = modality
        self.site = site
        self.unseen = unseen

    def fit(
        self, block: Any, sites: pd.Series, design: np.ndarray, mean_only: bool
    ) -> None:
        """Learn the model and every site with two patients or more."""
        values = self._numbers(block)
        self.names = _names(self.modality, block)[self._numeric(block)]
        groups = self._groups(values, sites, known=())
        if not groups:
            raise ValueError(
                f"No site of {self.site!r} has two patients with modality "
                f"{self.modality!r}. Leave it out of modalities."
            )
        rows = np.concatenate(list(groups.values()))
        codes = np.repeat(np.arange(len(groups)), [len(g) for g in groups.values()])
        self._check_not_confounded(codes, design[rows])
        self.model = LocationScale.fit(values[rows], codes, design[rows])
        for site, members in groups.items():
            self.model.learn_site(site, values[members], design[members], mean_only)

    def learn_sites(
        self, block: Any, sites: pd.Series, design: np.ndarray, mean_only: bool
    ) -> None:
        """Learn sites that are not known yet; the model stays."""
        values = self._numbers(block)
        for site, members in self._groups(values, sites, known=self.sites).items():
            self.model.learn_site(site, values[members], design[members], mean_only)

    def transform(self, block: Any, sites: pd.Series, design: np.ndarray) -> Any:
        """Remove what the sites add to the numeric columns."""
        values = self._numbers(block)
        observed = ~np.isnan(values).all(axis=1)
        unknown = observed & ~sites.isin(list(self.sites)).to_numpy()
        if unknown.any() and self.unseen == "error":
            self._refuse(sites[unknown], "not known from fit")
        for site in self.sites:
            rows = np.flatnonzero(observed & (sites == site).to_numpy(dtype=bool))
            if len(rows):
                values[rows] = self.model.remove_site(site, values[rows], design[rows])
        changed = self._with_numbers(block, values)
        if self.unseen == "missing" and unknown.any():
            kept = np.where(unknown, -1, np.arange(len(unknown)))
            changed = with_index(take_or_missing(changed, kept), sites.index)
        return changed

    def effects(self, number: int) -> pd.DataFrame:
        """Location (0) or scale (1) of all sites, a row each."""
        rows = {site: both[number] for site, both in self.model.sites.items()}
        return pd.DataFrame.from_dict(rows, orient="index", columns=self.names)

    @property
    def sites(self) -> dict[Any, Any]:
        """Known sites."""
        return self.model.sites

    def _groups(self, values, sites, known):
        """Rows of each new site that has at least two patients with the modality."""
        observed = ~np.isnan(values).all(axis=1)
        missing = observed & sites.isna().to_numpy()
        if missing.any() and self.unseen == "error":
            self._refuse(sites[missing], "missing")
        groups = {}
        for site in sorted(sites[observed].dropna().unique(), key=str):
            rows = np.flatnonzero(observed & (sites == site).to_numpy(dtype=bool))
            if site in known:
                continue
            if len(rows) > 1:
                groups[site] = rows
            elif self.unseen == "error":
                self._refuse(sites.iloc[rows], "that of one patient only")
        return groups

    def _refuse(self, sites: pd.Series, why: str) -> None:
        named = sites.dropna().unique()
        what = f" ({quoted(named, 5)})" if len(named) else ""
        patients = ", ".join(map(repr, sites.index[:5].tolist()))
        raise ValueError(
            f"The site {self.site!r} of {len(sites)} patient(s) with modality "
            f"{self.modality!r} is {why}{what}: patients {patients}. Pass "
            "unseen='missing' to treat such blocks as missing, 'keep' to leave them as "
            "they are, or learn new sites from a sample of their patients with "
            "add_sites."
        )

    def _check_not_confounded(self, codes: np.ndarray, design: np.ndarray) -> None:
        full = np.hstack([np.eye(codes.max() + 1)[codes], design])
        if np.linalg.matrix_rank(full) < full.shape[1]:
            raise ValueError(
                f"Covariates and sites of modality {self.modality!r} cannot be told "
                "apart: a covariate is constant within every site, or one follows from "
                "others. Leave it out of covariates."
            )

    def _numeric(self, block: Any) -> np.ndarray:
        """Tell which columns are features with numbers."""
        features = np.ones(block.shape[1], dtype=bool)
        if self.modality == self.site[0]:
            features = _names(self.modality, block) != self.site[1]
        if isinstance(block, pd.DataFrame):
            features &= ~is_categorical(block)
        return features

    def _numbers(self, block: Any) -> np.ndarray:
        """Copy of the numeric columns as (n_patients, n_features)."""
        numeric = self._numeric(block)
        if isinstance(block, pd.DataFrame):
            return block.loc[:, numeric].to_numpy(np.float64, copy=True)
        dense = block.toarray() if is_sparse(block) else block
        return np.array(dense[:, numeric], dtype=np.float64)

    def _with_numbers(self, block: Any, values: np.ndarray) -> Any:
        """Block with other numbers, dense, of the same precision."""
        numeric = self._numeric(block)
        if not isinstance(block, pd.DataFrame):
            changed = block.toarray() if is_sparse(block) else np.array(block)
            changed[:, numeric] = values
            return changed
        if numeric.all() and block.dtypes.nunique() == 1:
            values = values.astype(block.dtypes.iloc[0], copy=False)
            return pd.DataFrame(values, index=block.index, columns=block.columns)
        changed = block.copy()
        for j, column in zip(np.flatnonzero(numeric), values.T, strict=True):
            changed.isetitem(int(j), column.astype(block.dtypes.iloc[j]))
        return changed
