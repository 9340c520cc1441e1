"""Numbers for names, in the order in which they appear."""

from collections.abc import Iterable


class Numbering(dict[str, int]):
    """A dict that gives each new key the next number.

    Parameters
    ----------
    names : iterable, default=()
        Keys with the first numbers.
    """

    def __init__(self, names: Iterable[str] = ()) -> None:
        super().__init__()
        for name in names:
            self[name]

    def __missing__(self, name: str) -> int:
        number = self[name] = len(self)
        return number
