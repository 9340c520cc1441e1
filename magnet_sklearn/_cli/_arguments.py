"""Arguments of each command."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from importlib import import_module
from pathlib import Path
from typing import Any

TABLES = (".csv", ".csv.gz", ".parquet")
REPORTS = (".html", ".json")


def add_predict(commands: Any) -> ArgumentParser:
    """Add `predict`."""
    parser = _command(commands, "predict", "predict the patients of a folder")
    _add_model_and_data(parser)
    parser.add_argument(
        "--out",
        type=_file(TABLES),
        required=True,
        metavar="FILE",
        help="table to write, a row per patient: class and probabilities, numbers, "
        "risk (higher is worse) and survival probabilities; .csv, .csv.gz or .parquet",
    )
    parser.add_argument(
        "--contributions",
        type=_file(TABLES),
        metavar="FILE",
        help="also write the exact additive parts of each prediction, by modality; "
        "rows sum to the output of the model on its scale",
    )
    parser.add_argument(
        "--interval",
        type=_share,
        metavar="SHARE",
        help="also write intervals of numbers that hold for this share of patients, "
        "such as 0.9",
    )
    _add_times(parser)
    return parser


def add_report(commands: Any) -> ArgumentParser:
    """Add `report`."""
    parser = _command(
        commands,
        "report",
        "report how well a model predicts patients it has not learned from, or, with "
        "--patient, what it predicts of one patient and why",
    )
    _add_model_and_data(parser)
    parser.add_argument(
        "--out",
        type=_file(REPORTS),
        required=True,
        metavar="FILE",
        help="report to write, .html or .json",
    )
    parser.add_argument(
        "--patient", metavar="ID", help="report on this patient; needs no labels"
    )
    _add_columns(parser)
    parser.add_argument(
        "--units",
        nargs="+",
        type=_unit,
        metavar="OUTCOME=UNIT",
        help="units of numbers and times, such as survival=years",
    )
    _add_times(parser)
    return parser


def add_describe(commands: Any) -> ArgumentParser:
    """Add `describe`."""
    parser = _command(
        commands,
        "describe",
        "tell what a model expects, and what its file tells about patients, without "
        "loading the model",
    )
    _add_model(parser)
    parser.add_argument(
        "--json", action="store_true", help="print JSON, for other programs"
    )
    return parser


def _command(commands, name, text):
    parser = commands.add_parser(name, help=text, description=f"{text.capitalize()}.")

    def run(arguments: Namespace, say: Any) -> None:
        # imported for the command that runs only: the estimators take seconds
        import_module(f"magnet_sklearn._cli._{name}").run(arguments, say)

    parser.set_defaults(run=run)
    return parser


def _add_model(parser):
    parser.add_argument(
        "model", metavar="MODEL", type=Path, help="file or folder of save_model"
    )


def _add_model_and_data(parser):
    _add_model(parser)
    parser.add_argument(
        "data",
        metavar="DATA",
        type=Path,
        help="folder with one file per modality, named as in fit: rna.csv, "
        "clinical.parquet; ids of patients in the first column",
    )
    parser.add_argument(
        "--labels",
        metavar="FILE",
        help="table in the folder whose ids are the patients; without, labels.csv, "
        "and where there is none all patients of all files",
    )
    parser.add_argument(
        "--modalities",
        nargs="+",
        metavar="NAME",
        help="read these only; others count as missing",
    )
    parser.add_argument(
        "--id", metavar="COLUMN", help="column with the ids; else the first"
    )
    parser.add_argument(
        "--na-values", nargs="+", metavar="TEXT", help="further cells that mean missing"
    )


def _add_columns(parser):
    parser.add_argument(
        "--target",
        nargs="+",
        metavar="COLUMN",
        help="columns of the labels that hold the outcome (of survival times: event "
        "and time); found by name where that is possible",
    )
    parser.add_argument(
        "--subgroups",
        nargs="+",
        metavar="COLUMN",
        help="columns of the labels by which scores are told apart",
    )
    parser.add_argument(
        "--site", metavar="COLUMN", help="column of the labels with the hospital"
    )


def _add_times(parser):
    parser.add_argument(
        "--times",
        nargs="+",
        type=_time,
        metavar="TIME",
        help="times of the survival probabilities, in the units of fit; else the "
        "quartiles of the event times",
    )


def _file(suffixes):
    """Make a check of files to write, so that mistakes show before the work."""

    def check(text: str) -> Path:
        path = Path(text)
        if not path.name.lower().endswith(suffixes):
            raise ArgumentTypeError(
                f"{path.name!r} does not end with {' or '.join(suffixes)}"
            )
        if not path.parent.is_dir():
            raise ArgumentTypeError(f"there is no folder {str(path.parent)!r}")
        return path

    return check


def _share(text: str) -> float:
    if not 0 < (share := _number(text)) < 1:
        raise ArgumentTypeError(f"{text} is not between 0 and 1")
    return share


def _time(text: str) -> float:
    if not 0 <= (time := _number(text)) < float("inf"):
        raise ArgumentTypeError(f"{text} is no time from 0 on")
    return time


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is no number") from None


def _unit(text: str) -> tuple[str, str]:
    outcome, equals, unit = text.rpartition("=")
    if not outcome or not unit:
        raise ArgumentTypeError(f"{text!r} is not OUTCOME=UNIT")
    return outcome, unit
