"""From classes and functions to names in a file, and back."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any

from torch import nn
from torch.nn.modules.linear import NonDynamicallyQuantizableLinear

from magnet_sklearn.data import quoted
from magnet_sklearn.io._model_file._classes import FUNCTIONS, OWN, SKLEARN
from magnet_sklearn.io._model_file._errors import ModelFileError

# Classes of users, by the name in files.
_REGISTERED: dict[str, type] = {}


def register_class(class_: type) -> type:
    """Let models with objects of a class be saved and loaded.

    For encoders, experts and preprocessors that are neither of this package nor among
    those of scikit-learn and torch that it knows. A saved object is the values of its
    attributes, never code, so the class has to be registered, or passed as `custom`,
    wherever a file is loaded. The name in files is that of module and class.

    Parameters
    ----------
    class_ : type
        A class whose objects have plain attributes: numbers, texts, arrays, tensors,
        modules, containers of these, and objects of known classes.

    Returns
    -------
    class_ : type
        The same, so that it can be used as a decorator.

    Raises
    ------
    TypeError
        If `class_` is no class.

    Examples
    --------
    >>> from torch import nn
    >>> from magnet_sklearn.io import register_class
    >>> @register_class
    ... class FirstColumns(nn.Module):
    ...     def forward(self, X):
    ...         return X[:, :8]
    """
    if not isinstance(class_, type):
        raise TypeError(f"register_class takes a class; got {class_!r}.")
    _REGISTERED[full_name(class_)] = class_
    return class_


def full_name(thing: Any) -> str:
    """Return module and name of a class or function."""
    return f"{thing.__module__}.{thing.__qualname__}"


class Registry:
    """Classes that a file may have.

    Parameters
    ----------
    custom : iterable of type
        Classes of the user, beside those registered.
    """

    def __init__(self, custom: Iterable[type] = ()) -> None:
        custom = list(custom)
        for cls in custom:
            if not isinstance(cls, type):
                raise TypeError(f"custom takes classes; got {cls!r}.")
        self.custom = {**_REGISTERED, **{full_name(cls): cls for cls in custom}}

    def name_of(self, cls: type) -> str | None:
        """Return the name of a class in files; None if it may not be in any."""
        if (own := _OWN_NAMES.get(full_name(cls))) is not None:
            return own
        if _torch_layer(cls.__name__) is cls:
            return f"torch.nn.{cls.__name__}"
        for name in _sklearn_names(cls.__name__):
            if _imported(name) is cls:
                return name
        name = full_name(cls)
        return name if self.custom.get(name) is cls else None

    def type_of(self, name: str) -> type:
        """Return the class of a name."""
        if name in _OWN_PLACES:
            return _imported(_OWN_PLACES[name])
        if name in _SKLEARN_PLACES:
            return _imported(name)
        package, _, last = name.rpartition(".")
        layer = _torch_layer(last) if package == "torch.nn" else None
        cls = layer or self.custom.get(name)
        if cls is None:
            raise ModelFileError(
                f"The file needs the class {name!r}, which is not known here. Import "
                "the module that registers it (magnet_sklearn.io.register_class), or "
                f"pass load_model(..., custom=[...]). Known classes of yours: "
                f"{quoted(self.custom) or 'none'}."
            )
        return cls

    def is_custom(self, cls: type) -> bool:
        """Whether a class is one of the user's."""
        return self.custom.get(full_name(cls)) is cls


def function_name(function: Callable) -> str | None:
    """Return the name of a function in files; None if it may not be in any."""
    for module, names in FUNCTIONS.items():
        for name in names.split():
            if getattr(import_module(module), name, None) is function:
                return f"{module}.{name}"
    return None


def function_of(name: Any) -> Callable:
    """Return the function of a name."""
    module, _, last = str(name).rpartition(".")
    if last not in FUNCTIONS.get(module, "").split():
        raise ModelFileError(f"The file names a function {name!r}, which none may.")
    return getattr(import_module(module), last)


def _torch_layer(name: str) -> type | None:
    """Layer of torch by name; None if there is none."""
    if name in nn.modules.__all__:
        layer = getattr(nn, name)
    elif name == NonDynamicallyQuantizableLinear.__name__:
        layer = NonDynamicallyQuantizableLinear  # of attention layers
    else:
        return None
    return layer if issubclass(layer, nn.Module) else None


def _sklearn_names(name: str) -> list[str]:
    return [place for place in _SKLEARN_PLACES if place.endswith(f".{name}")]


def _imported(place: str) -> Any:
    module, _, name = place.rpartition(".")
    return getattr(import_module(module), name)


_OWN_PLACES = {
    name.lstrip("_"): f"magnet_sklearn.{module}.{name}"
    for module, names in OWN.items()
    for name in names.split()
}
_OWN_NAMES = {place: name for name, place in _OWN_PLACES.items()}
_SKLEARN_PLACES = {
    f"sklearn.{module}.{name}"
    for module, names in SKLEARN.items()
    for name in names.split()
}
