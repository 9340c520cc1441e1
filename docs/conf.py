"""Sphinx configuration."""

from importlib.metadata import version as installed_version

from docutils import nodes
from latex2mathml.converter import convert

project = "magnet_sklearn"
author = "The magnet_sklearn developers"
copyright = f"2026, {author}"
release = version = installed_version("magnet-sklearn")

extensions = [
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx_gallery.gen_gallery",
]
myst_enable_extensions = ["dollarmath"]
exclude_patterns = ["_build", "auto_examples/*.ipynb"]
templates_path: list[str] = []
html_theme = "pydata_sphinx_theme"
html_title = "magnet_sklearn"
html_math_renderer = "mathml"
_ALONE = (
    "quickstart",
    "tutorial",
    "benchmarks",
    "scaling",
    "contributing",
    "whats_new",
)
html_sidebars: dict[str, list[str]] = {page: [] for page in _ALONE}
html_show_sourcelink = False

autosummary_generate = True
# numpydoc lists members itself; scikit-learn's inherited ones stay out.
numpydoc_show_class_members = False
autodoc_default_options = {"members": True, "undoc-members": False}

sphinx_gallery_conf = {
    "examples_dirs": "../examples",
    "gallery_dirs": "auto_examples",
    "filename_pattern": r"plot_",
    "ignore_pattern": r"benchmarks|demo\.py",
    "download_all_examples": False,
    "show_memory": False,
    "write_computation_times": False,
}
# Docstrings inherited from scikit-learn point into its own documentation.
suppress_warnings = ["config.cache", "ref.ref", "ref.term"]


def _mathml(display, around="{}"):
    def visit(translator, node):
        formula = convert(node.astext(), display=display)
        translator.body.append(around.format(formula))
        raise nodes.SkipNode

    return visit


def setup(app):
    """Write formulas as MathML, which browsers render without a script."""
    app.add_html_math_renderer(
        "mathml", (_mathml("inline"), None), (_mathml("block", "<p>{}</p>"), None)
    )
