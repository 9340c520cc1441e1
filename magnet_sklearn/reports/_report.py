"""Report: its content as JSON, shown as one HTML file."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from html import escape
from importlib.resources import files
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import magnet_sklearn
from magnet_sklearn.reports._formatting import FILTERS

SCHEMA_VERSION = "1.1"
_HERE = files("magnet_sklearn.reports")


@dataclass(frozen=True, eq=False)
class Report:
    """A report of one patient or of a model, made by a function of this package.

    The HTML is made of the content and of nothing else, so that both say the same.

    Parameters
    ----------
    content : dict
        What the report says, as `schema` describes it.

    Examples
    --------
    >>> import numpy as np
    >>> from magnet_sklearn import MagnetClassifier, MultiModalData
    >>> from magnet_sklearn.reports import patient_report
    >>> rng = np.random.default_rng(0)
    >>> X = MultiModalData({"rna": rng.normal(size=(40, 3))})
    >>> model = MagnetClassifier(max_epochs=2, ensemble_size=1, random_state=0)
    >>> report = patient_report(model.fit(X, X["rna"][:, 0] > 0), X[[0]])
    >>> report.content["kind"]
    'patient_report'
    >>> report.to_html()[:15]
    '<!doctype html>'
    """

    content: dict[str, Any]

    @property
    def schema(self) -> dict[str, Any]:
        """JSON Schema (draft 2020-12) of the content."""
        return json.loads(_read(f"schemas/{self.content['kind']}.json"))

    def to_json(self) -> str:
        """Write the content as JSON.

        Returns
        -------
        text : str
            Strict JSON: a number that does not exist is null.
        """
        return json.dumps(self.content, ensure_ascii=False, allow_nan=False, indent=2)

    def to_html(self) -> str:
        """Write the report as one HTML page.

        Returns
        -------
        page : str
            It has its style and pictures in itself, no scripts, and fetches nothing.
        """
        from jinja2 import Environment, PackageLoader, StrictUndefined

        environment = Environment(
            loader=PackageLoader("magnet_sklearn.reports"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.filters.update(FILTERS)
        template = environment.get_template(f"{self.content['kind']}.html")
        return template.render(report=self.content)

    def save(self, path: str | PathLike[str]) -> None:
        """Write a file, of the format that its suffix says.

        Parameters
        ----------
        path : str or path
            Ends with `.html` or `.json`.

        Raises
        ------
        ValueError
            If the suffix is another one.
        """
        writers = {".html": self.to_html, ".json": self.to_json}
        path = Path(path)
        if path.suffix.lower() not in writers:
            raise ValueError(
                f"path ends with {path.suffix!r}. Reports are saved as {[*writers]}: "
                "for a PDF save the HTML and print it from a browser."
            )
        path.write_text(writers[path.suffix.lower()](), encoding="utf-8")

    def _repr_html_(self) -> str:
        """Show the page in a notebook, without touching the styles of the notebook."""
        page = escape(self.to_html())
        return (
            f'<iframe srcdoc="{page}" sandbox width="100%" height="700" '
            'style="border:0"></iframe>'
        )


def make_report(kind: str, content: dict[str, Any]) -> Report:
    """Make a report of content that may hold numbers of NumPy."""
    head = {
        "kind": kind,
        "schema_version": SCHEMA_VERSION,
        "created": date.today().isoformat(),
        "software": {"name": "magnet_sklearn", "version": magnet_sklearn.__version__},
    }
    return Report(_plain(head | content))


def _plain(value):
    """Return what JSON can hold; None in place of NaN and infinity."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | np.ndarray | pd.Series | pd.Index):
        return [_plain(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    is_hole = isinstance(value, float) and not np.isfinite(value)
    return None if is_hole else value


def _read(name):
    """Read a file of this package."""
    return _HERE.joinpath(name).read_text(encoding="utf-8")
