"""Messages in one line each, without ids of patients."""

from __future__ import annotations

import re
import sys
from argparse import Namespace
from pathlib import Path
from typing import Any

# Texts in quotes, which do not begin or end inside a word as in "don't".
_QUOTED = re.compile(r"""(?<!\w)(?:'([^']*)'|"([^"]*)")(?!\w)""")
_HIDDEN = "'...'"


class Messages:
    """Writes errors and warnings to standard error.

    Errors of the package quote what they are about, which can be the id of a patient or
    a cell of a table. Only what the user typed, names of files, and what the model file
    names are shown.

    Parameters
    ----------
    arguments : Namespace
        Arguments of the command.
    show_all : bool
        Whether to hide nothing.
    """

    def __init__(self, arguments: Namespace, *, show_all: bool) -> None:
        self._show_all = show_all
        self._shown = set(_typed(arguments))

    def allow(self, *names: Any) -> None:
        """Show these names: of modalities, columns, classes and files."""
        self._shown.update(map(str, names))

    def error(self, error: BaseException | str) -> None:
        """Tell what is wrong."""
        text = str(error) or type(error).__name__
        if isinstance(error, OSError) and error.strerror:
            text = f"{error.strerror}: {error.filename!r}"
        elif isinstance(error, KeyError):
            text = f"KeyError: {text}"
        self._write("error", text)

    def warn(self, message: Any, *where: Any, **more: Any) -> None:
        """Tell what is to be known; takes the place of `warnings.showwarning`."""
        self._write("warning", str(message))

    def note(self, text: str) -> None:
        """Tell what was done."""
        print(f"magnet-sklearn: {self._safe(text)}", file=sys.stderr)

    def _write(self, kind: str, text: str) -> None:
        safe = self._safe(text)
        hint = ""
        if _HIDDEN in safe and _HIDDEN not in text:
            hint = " ('...' may be of patients; --debug shows it)"
        print(f"magnet-sklearn: {kind}: {safe}{hint}", file=sys.stderr)

    def _safe(self, text: str) -> str:
        text = " ".join(text.split())
        return text if self._show_all else _QUOTED.sub(self._shown_or_hidden, text)

    def _shown_or_hidden(self, match: re.Match[str]) -> str:
        name = match[1] if match[1] is not None else match[2]
        return match[0] if name in self._shown else _HIDDEN


def _typed(arguments: Namespace) -> list[str]:
    """Return what the user typed, but for the id of a patient, and names of files."""
    typed: list[str] = []
    for name, value in vars(arguments).items():
        if name == "patient":
            continue
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, str | Path):
                typed += [str(one), Path(one).name, str(Path(one).parent)]
    folder = getattr(arguments, "data", None)
    if folder is not None and folder.is_dir():
        for file in folder.iterdir():
            typed += [file.name, file.name.partition(".")[0], file.stem]
    return typed
