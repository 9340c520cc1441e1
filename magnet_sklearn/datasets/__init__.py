"""Multimodal cohorts to try things on: generated, bundled and downloaded."""

from magnet_sklearn.datasets._bundled import (
    load_breast_cancer,
    load_diabetes,
    load_digits,
    load_wine,
)
from magnet_sklearn.datasets._classification import make_multimodal_classification
from magnet_sklearn.datasets._regression import make_multimodal_regression
from magnet_sklearn.datasets._survival import make_multimodal_survival
from magnet_sklearn.datasets._tcga import fetch_tcga

__all__ = [
    "fetch_tcga",
    "load_breast_cancer",
    "load_diabetes",
    "load_digits",
    "load_wine",
    "make_multimodal_classification",
    "make_multimodal_regression",
    "make_multimodal_survival",
]
