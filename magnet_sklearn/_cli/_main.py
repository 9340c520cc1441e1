"""The command line: what it is called with, and what it exits with."""

from __future__ import annotations

import sys
import traceback
import warnings
from argparse import ArgumentParser
from collections.abc import Sequence

from magnet_sklearn import __version__
from magnet_sklearn._cli._arguments import add_describe, add_predict, add_report
from magnet_sklearn._cli._messages import Messages

_ABOUT = """\
Predictions and reports of a fitted model, from a file that
magnet_sklearn.io.save_model wrote, for the patients of a folder. Nothing is sent
anywhere."""
_EXIT = """\
exit status: 0 success; 1 the command failed, for the reason told in one line;
2 wrong usage; 130 interrupted. Messages hide quoted values, which may be ids of
patients; --debug shows them."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command.

    Parameters
    ----------
    argv : sequence of str, default=None
        Arguments. None is those of the process.

    Returns
    -------
    status : int
        0, or 1 after an error; wrong usage exits with 2.
    """
    arguments = _parser().parse_args(argv)
    say = Messages(arguments, show_all=arguments.debug)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("default")
            warnings.showwarning = say.warn
            arguments.run(arguments, say)
    except KeyboardInterrupt:
        say.error("interrupted")
        return 130
    except Exception as error:
        if arguments.debug:
            traceback.print_exc(file=sys.stderr)
        say.error(error)
        return 1
    return 0


def _parser() -> ArgumentParser:
    parser = ArgumentParser("magnet-sklearn", description=_ABOUT, epilog=_EXIT)
    parser.add_argument(
        "--version", action="version", version=f"magnet-sklearn {__version__}"
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for add in (add_predict, add_report, add_describe):
        add(commands).add_argument(
            "--debug",
            action="store_true",
            help="show tracebacks, and messages in full: they may name patients",
        )
    return parser
