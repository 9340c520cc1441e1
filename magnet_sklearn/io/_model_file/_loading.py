"""load_model and describe_model."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from magnet_sklearn._estimators import BaseMagnet
from magnet_sklearn.io._model_file import _archive as archive
from magnet_sklearn.io._model_file._arrays import ArrayReader
from magnet_sklearn.io._model_file._decoder import Decoder
from magnet_sklearn.io._model_file._dry_run import check_dry_run
from magnet_sklearn.io._model_file._errors import ModelFileError
from magnet_sklearn.io._model_file._registry import Registry
from magnet_sklearn.io._model_file._schema import schema_frame


def load_model(path: str | os.PathLike, *, custom: Iterable[type] = ()) -> Any:
    """Read a fitted estimator that `save_model` wrote.

    Nothing in the file is run: objects are of a closed list of classes, their
    attributes are checked, and children, columns and classes of trees have to exist.
    A prediction about made-up patients is compared with that at saving.

    Parameters
    ----------
    path : str or path-like
        File or folder.
    custom : iterable of type, default=()
        Classes of yours that the model contains, beside those registered by
        `register_class`. Only pass classes that may have any attributes.

    Returns
    -------
    estimator : MagnetClassifier, MultiModalGNNRegressor, MagnetSurvivalAnalysis or \
            MagnetMultiTask
        As it was saved, on the CPU; with `device="cuda"` it predicts on a GPU where
        there is one.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ModelFileError
        If the file is damaged, was changed, is of a later format, or needs a class
        that is not known here.

    Warns
    -----
    UserWarning
        If predictions are not those at saving, as some library works differently.

    See Also
    --------
    save_model : Write the file.
    describe_model : Tell what is in the file, without loading the model.

    Notes
    -----
    Checksums reveal damage, not a forger, who can compute them, too. A forged file can
    hold a model that predicts nonsense; it cannot run code.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> from magnet_sklearn import MagnetClassifier
    >>> from magnet_sklearn.io import load_model, save_model
    >>> X, y = {"rna": np.eye(20, 4), "age": np.arange(20.0)[:, None]}, [0, 1] * 10
    >>> clf = MagnetClassifier(max_epochs=2, ensemble_size=1, random_state=0).fit(X, y)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_model(clf.compact(), f"{folder}/model.zip")
    ...     loaded = load_model(f"{folder}/model.zip")
    >>> loaded.predict_proba({"age": [[7.0]]}).shape
    (1, 2)
    """
    registry = Registry(custom)
    members = archive.read_members(path)
    try:
        return _built(members, registry)
    except ModelFileError:
        raise
    # what a forged file leads to is an error of any kind
    except (Exception, RecursionError, MemoryError) as error:
        reason = f"{type(error).__name__}: {str(error).rstrip('.')}"
        raise ModelFileError(
            f"{os.fspath(path)!r} holds no model that works: {reason}."
        ) from error


def _built(members: dict[str, bytes], registry: Registry) -> BaseMagnet:
    objects = archive.parsed(members[archive.OBJECTS], archive.OBJECTS)
    arrays = ArrayReader(members[archive.ARRAYS])
    decoder = Decoder(objects["objects"], arrays, registry)
    estimator = decoder.decode(objects["root"])
    if not isinstance(estimator, BaseMagnet):
        raise ModelFileError("The file holds something else than an estimator.")
    estimator._validate_params()
    check_dry_run(estimator, decoder.decode(objects["dry_run"]))
    return estimator


@dataclass(frozen=True)
class ModelDescription:
    """What a file of a model says of itself; as a text, its model card.

    Parameters
    ----------
    estimator : str
        Class of the estimator.
    schema : DataFrame with columns modality, column, type, categories, unit
        What the model expects, a row per column.
    contents : list of str
        What the file tells about patients, in plain words.
    config : dict, default={}
        All that config.json says: parameters, versions of libraries and more.
    card : str, default=""
        The model card.

    Examples
    --------
    >>> from magnet_sklearn.io import ModelDescription
    >>> ModelDescription("MagnetClassifier", None, ["No ids of patients."]).contents
    ['No ids of patients.']
    """

    estimator: str
    schema: pd.DataFrame
    contents: list[str]
    config: dict[str, Any] = field(default_factory=dict, repr=False)
    card: str = field(default="", repr=False)

    def __str__(self) -> str:
        return self.card


def describe_model(path: str | os.PathLike) -> ModelDescription:
    """Tell what is in a file of a model, without loading the model.

    Parameters
    ----------
    path : str or path-like
        File or folder that `save_model` wrote.

    Returns
    -------
    description : ModelDescription
        Its `schema`, its `contents`, its `config`; printed, its model card.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ModelFileError
        If the file is damaged, was changed or is of a later format.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> from magnet_sklearn import MagnetClassifier
    >>> from magnet_sklearn.io import describe_model, save_model
    >>> X = {"rna": np.eye(20, 4), "age": np.arange(20.0)[:, None]}
    >>> clf = MagnetClassifier(max_epochs=2, ensemble_size=1, random_state=0)
    >>> clf = clf.fit(X, [0, 1] * 10)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_model(clf, f"{folder}/model.zip", units={"age": "years"})
    ...     description = describe_model(f"{folder}/model.zip")
    >>> description.schema.tail(1).to_dict("records")
    [{'modality': 'age', 'column': '0', 'type': 'number', 'categories': '',
      'unit': 'years'}]
    """
    members = archive.read_members(path, (archive.CARD, archive.CONFIG))
    config = archive.parsed(members[archive.CONFIG], archive.CONFIG)
    try:
        return ModelDescription(
            estimator=config["estimator"],
            schema=schema_frame(config["input"]),
            contents=list(config["contents"]),
            config=config,
            card=members[archive.CARD].decode(),
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ModelFileError(f"config.json cannot be read: {error}.") from error
