"""Every estimator with arguments so small that a check takes a moment."""

import numpy as np
import pandas as pd
from common.cohorts import make_kinds, make_notes, make_patients
from sklearn.linear_model import LogisticRegression

from magnet_sklearn import (
    MagnetClassifier,
    MagnetMultiTask,
    MagnetSurvivalAnalysis,
    MultiModalGNNRegressor,
)
from magnet_sklearn.graph import FeatureGraph, PatientGraphBuilder

TINY = {
    "max_epochs": 4,
    "ensemble_size": 2,
    "hidden_dim": 8,
    "n_heads": 2,
    "n_neighbors": 3,
    "learning_rate": 0.02,
    "random_state": 0,
}


def make_classifier(**parameters):
    """Return a tiny classifier."""
    return MagnetClassifier(**{**TINY, **parameters})


def feature_graph():
    """Return a graph with edges within and between the modalities of make_patients."""
    edges = pd.DataFrame(
        [("rna_0", "rna_1"), ("rna_1", "protein_1"), ("age", "stage")],
        columns=["source", "target"],
    )
    return FeatureGraph(edges=edges, correlations=2, unknown="ignore", embedding_dim=4)


def _bare(**parameters):
    """Return one whose networks alone make the answer, for no gate can close."""
    alone = {"experts": None, "early_stopping": False}
    return make_classifier(**{**alone, **parameters})


INSTANCES = {
    "early-stopping": make_classifier(),
    "no-early-stopping": make_classifier(early_stopping=False),
    "own-experts": make_classifier(experts=LogisticRegression(), early_stopping=False),
    "no-experts": make_classifier(experts=None, max_epochs=15),
    "bare": _bare(),
    "no-graph": _bare(graph=None),
    "fusion-mean": _bare(fusion="mean"),
    "fusion-concat": _bare(fusion="concat"),
    "fusion-cross": _bare(fusion="cross"),
    "decoder-gat": _bare(decoder="gat", n_layers=2),
    "decoder-gcn": _bare(decoder="gcn", n_layers=2),
    "decoder-gin": _bare(decoder="gin", n_layers=2),
    "no-skip-connection": _bare(skip_connection=False),
    "euclidean-builder": _bare(graph=PatientGraphBuilder(3, metric="euclidean")),
    "coreset": _bare(graph=PatientGraphBuilder(3, max_references=20), n_layers=2),
    "bfloat16": _bare(precision="bfloat16"),
    "published": MagnetClassifier.published(**TINY),
}

INSTANCES |= {
    f"feature-graph-{name}": _bare(feature_graph=feature_graph(), **parameters)
    for name, parameters in {
        "attention": {},
        "cross": {"fusion": "cross"},
        "experts": {"experts": LogisticRegression(), "early_stopping": False},
        "own-encoder": {"encoders": {"protein": "mlp"}},
    }.items()
}

for _kind in (MultiModalGNNRegressor, MagnetSurvivalAnalysis, MagnetMultiTask):
    INSTANCES |= {
        f"{_kind.__name__}": _kind(**TINY),
        f"{_kind.__name__}-bare": _kind(experts=None, early_stopping=False, **TINY),
        f"{_kind.__name__}-feature-graph": _kind(
            feature_graph=feature_graph(), fusion="cross", early_stopping=False, **TINY
        ),
    }

KINDS = {"encoders": {"ct": "cnn", "vitals": "series", "cells": "set"}}
NOTES = {"encoders": {"notes": "mlp"}}

INSTANCES |= {
    "kinds": make_classifier(gate=1.0, experts="linear", **KINDS),
    "text": make_classifier(gate=1.0, experts="linear", **NOTES),
    "kinds-tasks": MagnetMultiTask(**TINY, experts="linear", gate=1.0, **KINDS),
}


def patients_for(estimator, n_patients=42, *, seed=0):
    """Patients with the kinds of modality that the encoders are for, and classes."""
    make = make_patients
    for kinds, own in ((KINDS, make_kinds), (NOTES, make_notes)):
        if estimator.encoders == kinds["encoders"]:
            make = own
    return make(n_patients, seed=seed)


def target_for(estimator):
    """Patients and a target that the estimator takes."""
    X, y = patients_for(estimator)
    noise = np.random.default_rng(5).normal(size=len(y))
    times = pd.DataFrame({"event": noise < 0.5, "time": np.exp(noise - y).round(1)})
    if isinstance(estimator, MagnetSurvivalAnalysis):
        return X, times
    if isinstance(estimator, MultiModalGNNRegressor):
        return X, y + noise
    if isinstance(estimator, MagnetMultiTask):
        numbers = pd.DataFrame({"": np.where(noise > 1, np.nan, y + noise)})
        tasks = {"dose": numbers, "survival": times, "response": pd.DataFrame({"": y})}
        return X, pd.concat(tasks, axis=1)
    return X, y


# scikit-learn excuses its own HistGradientBoostingClassifier from this one, too.
EXPECTED_FAILURES = {
    "check_sample_weight_equivalence_on_dense_data": (
        "folds and patient graph count patients, not weights"
    ),
}
