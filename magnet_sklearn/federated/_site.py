"""The patients of one site, as the sites have agreed to see them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
from sklearn.model_selection import KFold

from magnet_sklearn._estimators import BaseMagnet, InputPipeline
from magnet_sklearn._targets import BreslowBaseline, ClassTarget, SurvivalTarget, Target
from magnet_sklearn._utils import Standardization
from magnet_sklearn.data import BlockSchema, ModalitySchema, MultiModalData
from magnet_sklearn.experts import (
    Features,
    LinearFamily,
    Views,
    in_order,
    select_families,
    stratified_folds,
)
from magnet_sklearn.losses import ClassLoss, CoxLoss
from magnet_sklearn.preprocessing import ArrayBlock, DefaultPreprocessor, table_block

N_FOLDS = 5
EVERYBODY = -1  # in place of the fold that is left out
PROBLEMS = (*range(N_FOLDS), EVERYBODY)


def fitted_inputs(estimator: BaseMagnet, blocks: list[dict[str, Any]]) -> InputPipeline:
    """Put together the preprocessing that the sites agreed on."""
    schema = ModalitySchema({b["modality"]: _schema_of(b) for b in blocks})
    fitted = {b["modality"]: _fitted_block(b) for b in blocks}
    step = DefaultPreprocessor()._keep(schema, fitted)
    n_features = sum(int(np.prod(block["shape"])) for block in blocks)
    return InputPipeline(
        estimator.modalities,
        None,
        None,
        tuple(estimator.encoders or ()),
        schema=schema,
        n_features_in=n_features,
        steps=(step,),
    )


def _schema_of(block):
    columns = block["columns"]
    return BlockSchema(
        block["modality"],
        block["kind"],
        tuple(block["shape"]),
        None if columns is None else tuple(columns),
        () if columns is None else tuple(block["categorical"]),
    )


def _fitted_block(block):
    if len(block["shape"]) > 1:
        return ArrayBlock(block["fill"])
    spread = block["spread"]
    kept = np.flatnonzero(spread > 10 * np.finfo(np.float64).eps)
    scales = (block[name][kept] for name in ("size", "mean", "spread"))
    names = block["columns"]
    if names is None:
        names = [f"{block['modality']}_{place}" for place in range(block["shape"][0])]
    return table_block(
        np.array(names, dtype=object),
        block["numeric"],
        Standardization(kept, *scales),
        block["categories"],
    )


def fitted_target(estimator: Any, agreed: Mapping[str, Any]) -> Target:
    """Return the target that the sites agreed on."""
    if agreed["kind"] == "classes":
        classes = ClassTarget(class_weight=estimator.class_weight)
        classes.classes_ = np.array(agreed["classes"])
        classes.loss = ClassLoss(len(classes.classes_))
        return classes
    target = SurvivalTarget(cause=estimator.cause)
    target.loss, target.baseline_ = CoxLoss(), BreslowBaseline()
    return target


def with_all_columns(X: MultiModalData, schema: ModalitySchema) -> MultiModalData:
    """Add the columns that the frames of a site lack."""
    blocks = {}
    for name, block in X.items():
        known = schema.blocks.get(name)
        if known is None:
            continue
        if isinstance(block, pd.DataFrame) and known.columns is not None:
            block = block.reindex(columns=list(known.columns))
        blocks[name] = block
    if not blocks:
        blocks = {name: b.missing_block(X.index) for name, b in schema.blocks.items()}
    return MultiModalData(blocks, index=X.index)


class Site:
    """Preprocessed patients of a site, with folds and weights.

    Parameters
    ----------
    estimator : BaseMagnet
        Its parameters say how.
    X : MultiModalData of shape (n_patients, n_modalities)
        Patients of the site.
    y : ndarray
        As the target checks it.
    plan : dict
        What the sites agreed on.

    Attributes
    ----------
    X : MultiModalData
        Preprocessed.
    encoded : ndarray of shape (n_patients, n_columns)
        Target, as losses take it.
    weight : ndarray of shape (n_patients,)
        Weights in the loss.
    fold : int ndarray of shape (n_patients,)
        In which fold a patient is held out; N_FOLDS if never.
    times : ndarray of shape (n_patients, 3)
        Event, time and entry time, for survival only.
    """

    def __init__(
        self, estimator: BaseMagnet, X: MultiModalData, y: Any, plan: dict[str, Any]
    ) -> None:
        self.estimator, self.plan = estimator, plan
        self.inputs = fitted_inputs(estimator, plan["blocks"])
        assert self.inputs.schema is not None
        X = with_all_columns(X, self.inputs.schema)
        self.X = self.inputs.transform(self.inputs.check(estimator, X))
        self.target = fitted_target(estimator, plan["target"])
        if plan["target"]["kind"] == "survival":
            self.target.fit(y, np.ones(len(y)))
            has_event = y[:, 0] == estimator.cause
            self.times = np.column_stack([has_event, y[:, 1], y[:, 2]])
        self.encoded = self.target.encode(y)
        self.weight = np.ones(len(y))
        if "class_factors" in plan:
            self.weight = plan["class_factors"][self.encoded[:, 0].astype(int)]
        self.kind = self.target.evidence()[0]
        self.y = self.kind.values(self.encoded)
        self.seed = plan["seeds"][0]
        self.fold = self._folds()
        self.views = tables(self.X)
        self.modalities = [n for n, block in self.X.items() if block.ndim == 2]
        self.families, self.chosen = families_of(estimator.experts, self.kind, self.X)
        self._features: dict[tuple[str, int], np.ndarray] = {}
        self._scores: dict[tuple[str, int], np.ndarray] = {}
        self.evidence_cache: tuple[bytes, Any] | None = None

    def _folds(self):
        labels = self.target.loss.fold_labels(self.encoded)
        folds = stratified_folds(labels, n_splits=N_FOLDS, random_state=self.seed)
        if not folds and len(labels) >= 2 * N_FOLDS:
            # a site of a single class
            splitter = KFold(N_FOLDS, shuffle=True, random_state=self.seed)
            folds = list(splitter.split(labels))
        fold = np.full(len(labels), N_FOLDS)
        for number, (_, held_out) in enumerate(folds):
            fold[held_out] = number
        return fold

    def rows(self, place: int) -> np.ndarray:
        """Patients who have a view; nobody where they are too few to be summed up."""
        rows = np.flatnonzero(self.views[place].seen)
        return rows if len(rows) >= self.plan["min_patients"] else rows[:0]

    def features(self, family: str, place: int) -> np.ndarray:
        """Features of the patients who have a view, computed once."""
        key = family, place
        if key not in self._features:
            features = features_of(
                self.chosen[place][family], self.views[place], self.seed
            )
            self._features[key] = features.transform(self.views[place])
        return self._features[key]

    def table(self, family: str, place: int) -> np.ndarray:
        """Return the same of those who are learned from: see `rows`."""
        table = self.features(family, place)
        return table if len(self.rows(place)) else table[:0]

    def scores(self, family: str, place: int, axes: np.ndarray | None) -> np.ndarray:
        """Features along axes; None stands for the axes of the last time."""
        key = family, place
        if axes is not None:
            self._scores[key] = self.table(family, place) @ axes
        return self._scores[key]

    def in_training(self, place: int, fold: int) -> np.ndarray:
        """Weights of the patients of `rows` when a fold is left out.

        Folds of too few patients are left out together with others: differences of
        sums would tell of these few.
        """
        rows = self.rows(place)
        if fold == EVERYBODY:
            return self.weight[rows]
        group = fold_groups(self.fold[rows], self.plan["min_patients"])
        return self.weight[rows] * (group[self.fold[rows]] != group[fold])


def fold_groups(fold: np.ndarray, min_patients: int) -> np.ndarray:
    """Put folds together until each group has enough patients.

    Parameters
    ----------
    fold : int ndarray of shape (n_patients,)
        Fold of each patient, `N_FOLDS` for those who are in none.
    min_patients : int
        Of a group.

    Returns
    -------
    group : int ndarray of shape (N_FOLDS + 1,)
        Of each fold, and of those who are in none.
    """
    counts = np.bincount(fold, minlength=N_FOLDS + 1)
    group, size, current = np.zeros(N_FOLDS + 1, dtype=int), 0, 0
    for number, n_patients in enumerate(counts):
        if size >= min_patients and n_patients:
            current, size = current + 1, 0
        group[number] = current
        size += n_patients
    if size < min_patients and current:
        group[group == current] = current - 1
    return group


def tables(X: MultiModalData) -> Views:
    """Return the views of all patients."""
    return Views(X, [name for name, block in X.items() if block.ndim == 2])


def families_of(experts, kind, X) -> tuple[list[str], list[dict[str, Any]]]:
    """Names of the families of experts, and those of each view."""
    if experts is None:
        n_tables = sum(block.ndim == 2 for block in X.values())
        return [], [{}] * (n_tables + (n_tables > 1))
    modalities = [name for name, block in X.items() if block.ndim == 2]
    skipped = [name for name in X if name not in modalities]
    chosen = select_families(experts, kind, modalities, skipped)
    return in_order({name for own in chosen for name in own}), chosen


def features_of(family: Any, view: Any, seed: int) -> Features:
    """Features that do not depend on patients."""
    if isinstance(family, LinearFamily):
        return Features()
    return family.features(view, seed)


def jobs_of(chosen: list[dict[str, Any]]) -> Iterator[tuple[str, int]]:
    """Family and view of each expert."""
    for place, families in enumerate(chosen):
        for name in families:
            yield name, place
