"""save_model."""

from __future__ import annotations

import json
import os
import platform
import re
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from sklearn.utils.validation import check_is_fitted

from magnet_sklearn._estimators import BaseMagnet
from magnet_sklearn._utils import listed
from magnet_sklearn.io._model_file import _archive as archive
from magnet_sklearn.io._model_file._card import model_card
from magnet_sklearn.io._model_file._contents import contents_of
from magnet_sklearn.io._model_file._dry_run import dry_run
from magnet_sklearn.io._model_file._encoder import Encoder
from magnet_sklearn.io._model_file._references import REFERENCES, with_references
from magnet_sklearn.io._model_file._registry import Registry
from magnet_sklearn.io._model_file._schema import Units, input_schema

LAYOUTS = ("zip", "folder")
_PACKAGES = {
    "magnet_sklearn": "magnet-sklearn",
    "numpy": "numpy",
    "pandas": "pandas",
    "scikit-learn": "scikit-learn",
    "torch": "torch",
}


def save_model(
    estimator: BaseMagnet,
    path: str | os.PathLike,
    *,
    references: str = "all",
    layout: str = "zip",
    custom: Iterable[type] = (),
    units: Units | None = None,
) -> None:
    """Write a fitted estimator into a file that holds values and no code.

    The file is a zip of JSON and safetensors with checksums. Unlike a pickle it can be
    loaded from anybody, on another device, operating system, version of Python or
    minor version of this package. The loaded estimator predicts the same numbers bit
    by bit on the same machine; elsewhere, sums in another order change the last digits.

    Parameters
    ----------
    estimator : MagnetClassifier, MultiModalGNNRegressor, MagnetSurvivalAnalysis or \
            MagnetMultiTask
        Fitted estimator.
    path : str or path-like
        File to write, or folder with `layout="folder"`. A file that is there is
        replaced.
    references : {"all", "embeddings", "none"}, default="all"
        What is kept of training patients. "all" keeps what the estimator has.
        "embeddings" keeps what predictions need, which stay the same: of the patient
        graph coordinates and hidden states; the loaded model cannot be trained on, as
        after `compact()`. "none" leaves out these, too; where the gate of the graph is
        open, predictions are then those of patients without neighbours, and a warning
        says so. See `ModelDescription.contents` for what remains.
    layout : {"zip", "folder"}, default="zip"
        "folder" writes the same files into a folder, as the Hugging Face hub takes
        them: README.md (a model card), config.json, model.safetensors, and two more.
    custom : iterable of type, default=()
        Classes of encoders, experts and preprocessors of yours that the estimator
        contains, beside those registered by `register_class`.
    units : dict, default=None
        Units of the input, which the file tells its readers: of each modality one for
        all columns, or a dict of those of some columns.

    Raises
    ------
    TypeError
        If `estimator` is of another kind, or contains an object that is neither plain
        nor of a known class; the message says where.
    ValueError
        If `references` or `layout` is none of those above, or `units` names a column
        that there is not.
    OSError
        If there is no such place, or nothing can be written there.

    See Also
    --------
    load_model : Read the file.
    describe_model : Tell what is in the file, without loading the model.

    Notes
    -----
    Not in the file are callbacks, the parameter `checkpoint`, requests of metadata
    routing, and what `pretrain` learned as far as `fit` has not used it.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> from magnet_sklearn import MultiModalGNNRegressor
    >>> from magnet_sklearn.io import load_model, save_model
    >>> X = {"rna": np.linspace(-1, 1, 40)[:, None]}
    >>> model = MultiModalGNNRegressor(ensemble_size=2, max_epochs=2, random_state=0)
    >>> model = model.fit(X, X["rna"][:, 0])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_model(model, f"{folder}/model.zip")
    ...     loaded = load_model(f"{folder}/model.zip")
    >>> bool((loaded.predict(X) == model.predict(X)).all())
    True
    """
    _check_arguments(estimator, references, layout)
    reduced = with_references(estimator, references)
    encoder = Encoder(Registry(custom))
    root = encoder.encode(reduced, type(estimator).__name__)
    config = _config(reduced, references, units, _custom_names(encoder))
    expected = _dry_run_or_none(reduced)
    run = None if expected is None else encoder.encode(expected, "dry_run")
    objects = {"root": root, "objects": encoder.objects, "dry_run": run}
    members = {
        archive.CARD: model_card(config).encode(),
        archive.CONFIG: json.dumps(config, indent=1, allow_nan=False).encode(),
        archive.OBJECTS: json.dumps(objects, allow_nan=False).encode(),
        archive.ARRAYS: encoder.arrays.to_bytes(),
    }
    archive.write_members(members, path, as_folder=layout == "folder")


def _check_arguments(estimator, references, layout):
    if not isinstance(estimator, BaseMagnet):
        raise TypeError(
            f"estimator is a {type(estimator).__name__}. Pass a fitted estimator of "
            "magnet_sklearn, such as the last step of a pipeline, pipeline[-1], or "
            "best_estimator_ of a search."
        )
    check_is_fitted(estimator)
    for name, value, known in (
        ("references", references, REFERENCES),
        ("layout", layout, LAYOUTS),
    ):
        if value not in known:
            raise ValueError(f"{name} must be {listed(known)}; got {value!r}.")


def _custom_names(encoder: Encoder) -> list[str]:
    """Classes of users that are in the file."""
    names = {entry["class"] for entry in encoder.objects if entry is not None}
    return sorted(names & set(encoder.registry.custom))


_PLAIN = (bool, int, float, str, type(None))
_ADDRESS = re.compile(" at 0x[0-9a-fA-F]+")


def _config(
    estimator: BaseMagnet, references: str, units: Units | None, custom: list[str]
) -> dict[str, Any]:
    """Return what a reader wants to know before the model is loaded."""
    model = estimator._model
    parameters = {
        name: value if isinstance(value, _PLAIN) else _ADDRESS.sub("", repr(value))
        for name, value in estimator.get_params(deep=False).items()
        if name not in ("callbacks", "checkpoint")
    }
    return {
        "model_type": "magnet_sklearn",
        "architectures": [type(estimator).__name__],
        "estimator": type(estimator).__name__,
        "references": references,
        "is_compact": model.is_compact,
        "input": input_schema(estimator, units),
        "output": [str(name) for name in model.target.output_scale().names],
        "contents": contents_of(estimator, custom),
        "custom": custom,
        "parameters": parameters,
        "versions": _versions(),
    }


def _versions() -> dict[str, str]:
    known = {"python": platform.python_version()}
    for name, package in _PACKAGES.items():
        try:
            known[name] = version(package)
        except PackageNotFoundError:
            known[name] = "unknown"
    return known


def _dry_run_or_none(estimator):
    """Predict made-up patients, whom a preprocessor of a user may refuse."""
    try:
        return dry_run(estimator)
    except Exception:
        if estimator.preprocessor is None and not estimator.encoders:
            raise
        return None
