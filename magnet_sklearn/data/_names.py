"""Names in messages: quoted lists, and the name that was probably meant."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any


def quoted(names: Iterable[Any], limit: int | None = None) -> str:
    """Names as they stand in an error: "'rna', 'protein'", at most `limit`."""
    names = list(names)
    shown = ", ".join(repr(_plain(name)) for name in names[:limit])
    return shown + (", ..." if limit is not None and len(names) > limit else "")


def did_you_mean(name: Any, known: Iterable[Any]) -> str:
    """Suggest the known name closest to `name`: " Did you mean 'rna'?", or ""."""
    by_form = {_form(other): str(other) for other in known}
    match = get_close_matches(_form(name), list(by_form), n=1)
    return f" Did you mean {by_form[match[0]]!r}?" if match else ""


def _form(name: Any) -> str:
    return str(name).strip().casefold()


def _plain(name: Any) -> Any:
    # numpy 2 prints its scalars as np.str_('rna'), which is noise in a message
    return name.item() if hasattr(name, "item") and hasattr(name, "dtype") else name
