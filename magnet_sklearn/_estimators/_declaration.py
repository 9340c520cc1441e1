"""How constructor parameters are declared: once, with constraint and documentation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from textwrap import fill, indent
from typing import Any, TypeVar, dataclass_transform

_Class = TypeVar("_Class", bound=type)


def parameter(
    default: Any,
    constraint: list[Any],
    kind: str,
    doc: str,
    *,
    of_networks: bool = False,
) -> Any:
    """Declare a constructor parameter.

    Parameters
    ----------
    default : any
        Its default.
    constraint : list
        What scikit-learn's parameter validation allows.
    kind : str
        Type, as the docstring states it.
    doc : str
        What the docstring says of it.
    of_networks : bool, default=False
        Whether it has no effect on predictions where all gates are closed.
    """
    metadata = {
        "constraint": constraint,
        "kind": kind,
        "doc": doc,
        "of_networks": of_networks,
    }
    return field(default=default, metadata=metadata)


def options(names: Sequence[str] | Mapping[str, Any]) -> str:
    """Return names as a docstring lists them."""
    return "{" + ", ".join(f'"{name}"' for name in names) + "}"


@dataclass_transform(
    kw_only_default=True, eq_default=False, field_specifiers=(parameter,)
)
def with_parameters(cls: _Class) -> _Class:
    """Make declared parameters the constructor, its constraints and its documentation.

    The docstring has `{parameters}`, and `{attributes}` for those of all estimators,
    where they belong.
    """
    # dataclass returns the class it is given
    estimator: Any = dataclass(kw_only=True, eq=False, repr=False)(cls)
    declared = fields(estimator)
    estimator._parameter_constraints = {
        item.name: item.metadata["constraint"] for item in declared
    }
    if cls.__doc__:  # Python leaves none with -OO
        text = "\n".join(_entry(item) for item in declared)
        cls.__doc__ = cls.__doc__.replace("    {parameters}", text).replace(
            "    {attributes}", _ATTRIBUTES.strip("\n")
        )
    return cls


def _entry(item):
    """One parameter of a numpydoc section."""
    kind, default = item.metadata["kind"], item.default
    shown = f'"{default}"' if isinstance(default, str) else default
    doc = indent(fill(" ".join(item.metadata["doc"].split()), 80), " " * 8)
    return f"    {item.name} : {kind}, default={shown}\n{doc}"


_ATTRIBUTES = """
    modalities_ : list of str
        Modalities seen in `fit`.
    n_features_in_ : int
        Features seen in `fit`, over all modalities.
    feature_names_in_ : ndarray of str of shape (n_features,)
        Column names; only where X was a flat DataFrame.
    feature_graph_ : FeatureGraph or None
        Fitted feature graph.
    nets_ : list of skorch nets
        One per member, with its `history`; `net_` is the first.
    n_members_ : int
        Networks trained: two, and more while held-out patients say they may count.
    graph_summary_ : dict or None
        Figures of the patient graph among the training patients.
    offsets_ : list of ExpertOffset
        Fitted experts and their combination, one per target, label or task; `offset_`
        is the first.
    gates_ : ndarray of shape (n_branches,) or (n_branches, n_tasks)
        Learned weight of the branches of the networks, without and with the patient
        graph. 0 is closed: the branch did not help held-out patients, and no
        prediction depends on it.
"""


def changed_network_parameters(parameters: Any) -> list[str]:
    """Name the parameters of the networks that differ from their defaults."""
    return [
        item.name
        for item in fields(parameters)
        if item.metadata["of_networks"]
        and repr(getattr(parameters, item.name)) != repr(item.default)
    ]
