"""Fail when a source file or a function is longer than a reader wants to scroll."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

LINES_OF_FILE = {"magnet_sklearn": 300, "tests": 400, "examples": 400}
LINES_OF_FUNCTION = 40  # of code: without docstrings, comments and blank lines

Function = ast.FunctionDef | ast.AsyncFunctionDef


def too_long(path: Path, lines_of_file: int) -> Iterator[str]:
    """Yield what is too long in a file."""
    source = path.read_text(encoding="utf-8")
    lines = source.splitlines()
    if len(lines) > lines_of_file:
        yield f"{path}: {len(lines)} lines, at most {lines_of_file}"
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, Function):
            n_lines = lines_of_code(node, lines)
            if n_lines > LINES_OF_FUNCTION:
                yield (
                    f"{path}:{node.lineno}: {node.name} has {n_lines} lines of code, "
                    f"at most {LINES_OF_FUNCTION}"
                )


def lines_of_code(function: ast.AST, lines: list[str]) -> int:
    """Count the lines of a function, from `def` on, that hold code."""
    numbers = set(range(function.lineno, function.end_lineno + 1))
    for node in ast.walk(function):
        if isinstance(node, Function | ast.ClassDef) and ast.get_docstring(node):
            docstring = node.body[0]
            numbers -= set(range(docstring.lineno, docstring.end_lineno + 1))
    stripped = (lines[number - 1].strip() for number in numbers)
    return sum(bool(line) and not line.startswith("#") for line in stripped)


sys.exit(
    "\n".join(
        problem
        for folder, limit in LINES_OF_FILE.items()
        for path in sorted(Path(folder).rglob("*.py"))
        for problem in too_long(path, limit)
    )
    or None
)
