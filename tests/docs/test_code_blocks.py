"""The code of pages runs, and errors and warnings read as shown."""

import re
import warnings
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMPLAINT = re.compile(r"^(\w+(?:Error|Warning)): ")


def steps(text):
    """Pair blocks of Python with the complaint that is shown below them, or None."""
    blocks = BLOCK.findall(text)
    following = [*blocks[1:], ("", "")]
    for (language, code), (kind, output) in zip(blocks, following, strict=True):
        if language == "python":
            shown = kind == "text" and COMPLAINT.match(output)
            yield code, output if shown else None


def complaints(code, names):
    """Run a block and return its error and warnings as text."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            exec(compile(code, "<block>", "exec"), names)
        except Exception as error:
            return [f"{type(error).__name__}: {error}"]
    return sorted({f"{w.category.__name__}: {w.message}" for w in caught})


def words(text):
    """Text without its line breaks; `...` stands for anything."""
    return re.escape(" ".join(text.split())).replace(r"\.\.\.", ".*")


@pytest.mark.slow
@pytest.mark.parametrize(
    "page",
    [
        "README.md",
        "docs/quickstart.md",
        "docs/tutorial.md",
        "docs/user_guide/conformal.md",
        "docs/user_guide/explaining.md",
        "docs/user_guide/fhir.md",
        "docs/user_guide/pathways.md",
    ],
)
def test_blocks_run_in_order_and_complain_as_shown(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = {"__name__": "page"}

    for code, shown in steps((ROOT / page).read_text()):
        heard = complaints(code, names)

        said = " ".join(" ".join(heard).split())
        if shown is None:
            assert not heard, code
        else:
            assert re.fullmatch(words(shown), said), f"{code}\n{said}"
