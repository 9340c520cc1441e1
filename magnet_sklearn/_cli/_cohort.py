"""The model and the patients that a command is about."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from magnet_sklearn.data import MultiModalData

if TYPE_CHECKING:
    import pandas as pd

    from magnet_sklearn._cli._messages import Messages

_LABELS = "labels.csv"


def read_model(arguments: Namespace, say: Messages) -> Any:
    """Load the model; what its file names may be shown."""
    from magnet_sklearn.io import describe_model, load_model

    description = describe_model(arguments.model)
    for column in ("modality", "column"):
        say.allow(*description.schema[column])
    say.allow(*description.config["output"], description.estimator)
    return load_model(arguments.model)


def read_patients(arguments: Namespace) -> tuple[MultiModalData, pd.DataFrame | None]:
    """Read the folder, with its labels where there are any."""
    folder: Path = arguments.data
    labels = arguments.labels
    if labels is None and (folder / _LABELS).is_file():
        labels = _LABELS
    return MultiModalData.from_folder(
        folder,
        labels=labels,
        modalities=arguments.modalities,
        id=arguments.id,
        na_values=arguments.na_values,
    )
