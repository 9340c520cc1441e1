"""Fail when a source file is longer than a reader wants to scroll."""

import sys
from pathlib import Path

LIMIT = 400

too_long = [
    f"{path}: {n_lines} lines, at most {LIMIT}"
    for folder in ("magnet_sklearn", "tests", "examples")
    for path in sorted(Path(folder).rglob("*.py"))
    if (n_lines := len(path.read_text().splitlines())) > LIMIT
]
sys.exit("\n".join(too_long) or None)
