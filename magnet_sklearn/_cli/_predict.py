"""`magnet-sklearn predict`."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

import pandas as pd

from magnet_sklearn._cli._cohort import read_model, read_patients
from magnet_sklearn._cli._messages import Messages
from magnet_sklearn._cli._tables import contribution_table, prediction_table
from magnet_sklearn._utils import import_optional


def run(arguments: Namespace, say: Messages) -> None:
    """Write predictions, and the parts they are made of, into tables."""
    wanted = [path for path in (arguments.out, arguments.contributions) if path]
    for path in wanted:
        _check_writable(path)
    model = read_model(arguments, say)
    X, _ = read_patients(arguments)
    table = prediction_table(model, X, arguments.times, arguments.interval)
    _write(table, arguments.out)
    if arguments.contributions is not None:
        _write(contribution_table(model, X), arguments.contributions)
    say.note(f"{len(X)} patients, written to {', '.join(map(str, wanted))}")


def _check_writable(path: Path) -> None:
    if path.suffix.lower() == ".parquet":
        import_optional("pyarrow", extra="parquet")


def _write(table: pd.DataFrame, path: Path) -> None:
    if path.suffix.lower() == ".parquet":
        table.to_parquet(path)
    else:
        table.to_csv(path)
