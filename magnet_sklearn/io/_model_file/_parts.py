"""The state of an object, and an object from its state."""

from __future__ import annotations

from dataclasses import MISSING, fields, is_dataclass
from inspect import signature
from typing import Any

from torch import nn

from magnet_sklearn._estimators import BaseMagnet
from magnet_sklearn._training import (
    EnsembleConfig,
    NetworkEnsemble,
    net_contents,
    restored_net,
)
from magnet_sklearn.io._model_file._checks import check_object
from magnet_sklearn.io._model_file._errors import ModelFileError
from magnet_sklearn.io._model_file._trees import TREE_PARTS

State = dict[str, Any]

# What is not written, and what stands in its place: caches, what a file cannot hold,
# and paths of the machine on which a model was fitted.
_LEFT_OUT: dict[str, State] = {
    "NetworkEnsemble": {"_inference": None, "pretrained": ()},
    "Optimisation": {"callbacks": ()},
    "PatientGraphBuilder": {"_prepared": None},
    "Pipeline": {"memory": None},
}
_LEFT_OUT_OF_ESTIMATORS: State = {"callbacks": None, "checkpoint": None}


def state_of(value: Any, is_custom: bool) -> State:
    """Return what is to be written of an object, by name.

    Parameters
    ----------
    value : object
        Of a known class.
    is_custom : bool
        Whether the class is the user's, whose own `__getstate__` then counts.
    """
    cls = type(value)
    if isinstance(value, nn.Module):
        return _module_state(value)
    if is_custom:
        return _custom_state(value)
    if cls.__name__ in TREE_PARTS:
        return TREE_PARTS[cls.__name__][0](value)
    state = dict(vars(value))
    state.pop("_metadata_request", None)  # refers to its owner
    state.pop("_pretrained", None)
    state |= _left_out(cls)
    if isinstance(value, NetworkEnsemble):
        state["nets_"] = [net_contents(net) for net in value.nets_]
    return state


def object_of(cls: type, state: State, is_custom: bool) -> Any:
    """Return an object with a state.

    Parameters
    ----------
    cls : type
        Class.
    state : dict
        What `state_of` returned.
    is_custom : bool
        As there.

    Raises
    ------
    ModelFileError
        If an object of the class cannot be in that state.
    """
    if issubclass(cls, nn.Module):
        return _module_of(cls, state)
    if is_custom:
        return _custom_of(cls, state)
    if cls.__name__ in TREE_PARTS:
        return TREE_PARTS[cls.__name__][1](cls, state)
    value = cls.__new__(cls)
    # a forged file might have them
    state = state | _left_out(cls)
    if issubclass(cls, BaseMagnet):
        state = _with_parameters(cls, state)
    elif is_dataclass(cls):
        state = _with_defaults(cls, state)
    if cls is NetworkEnsemble:
        config: EnsembleConfig = state["config"]
        state["nets_"] = [restored_net(config, net) for net in state["nets_"]]
    value.__dict__.update(_checked_names(cls, state))
    check_object(value)
    return value


def _left_out(cls: type) -> State:
    """Return what stands in the place of what is not written."""
    if issubclass(cls, BaseMagnet):
        return _LEFT_OUT_OF_ESTIMATORS
    return _LEFT_OUT.get(cls.__name__, {})


def _with_parameters(cls: type, state: State) -> State:
    """Add parameters of later versions at their defaults."""
    defaults = {
        name: parameter.default
        for name, parameter in signature(cls).parameters.items()
        if name not in state
    }
    return state | defaults


def _custom_state(value: Any) -> State:
    """Return what an object of a user's class says that its state is."""
    state = value.__getstate__()
    # scikit-learn's own adds its version, which the file says once
    return {k: v for k, v in (state or {}).items() if k != "_sklearn_version"}


def _custom_of(cls: type, state: State) -> Any:
    """Undo `_custom_state`."""
    value: Any = object.__new__(cls)
    if hasattr(value, "__setstate__"):
        value.__setstate__(state)
    else:
        value.__dict__.update(_checked_names(cls, state))
    return value


def _with_defaults(cls: type, state: State) -> State:
    """Add what fields of later versions are by default."""
    names = {field.name for field in fields(cls)}
    if unknown := sorted(set(state) - names):
        raise ModelFileError(f"{cls.__name__} has no {unknown}.")
    complete = dict(state)
    for field in fields(cls):
        if field.name in state:
            continue
        if field.default is not MISSING:
            complete[field.name] = field.default
        elif field.default_factory is not MISSING:
            complete[field.name] = field.default_factory()
        else:
            raise ModelFileError(f"{cls.__name__} lacks {field.name!r}.")
    return complete


def _checked_names(cls: type, state: State) -> State:
    """Refuse attributes that would stand before methods."""
    for name in state:
        if not name.isidentifier() or callable(getattr(cls, name, None)):
            raise ModelFileError(f"{cls.__name__} can have no attribute {name!r}.")
    return state


_PARTS = ("_parameters", "_buffers", "_modules")
_BESIDE = {"_non_persistent_buffers_set", "training", *_PARTS}


# Random numbers of a training, and the weights of recurrent layers in a second place.
_MADE_AGAIN = {"generator", "_flat_weights", "_flat_weight_refs"}


def _module_state(module: nn.Module) -> State:
    """Weights, children and other attributes of a module."""
    empty = vars(nn.Module())
    attributes = {
        name: value
        for name, value in vars(module).items()
        if name not in empty and name not in _MADE_AGAIN
    }
    hooks = [
        name
        for name, value in vars(module).items()
        if name.endswith("_hooks") and name in empty and value
    ]
    if hooks:
        raise TypeError(
            f"A {type(module).__name__} has hooks, which are code. Remove them first."
        )
    parts = {name: dict(vars(module)[name]) for name in _PARTS}
    temporary = vars(module)["_non_persistent_buffers_set"]
    return {
        **parts,
        "_non_persistent_buffers_set": set(temporary),
        "training": module.training,
        "attributes": attributes,
    }


def _module_of(cls: type[nn.Module], state: State) -> nn.Module:
    """Undo `_module_state`."""
    if set(state) != _BESIDE | {"attributes"}:
        raise ModelFileError(f"The parts of a {cls.__name__} are {sorted(state)}.")
    module = cls.__new__(cls)
    nn.Module.__init__(module)
    for name, value in _checked_names(cls, state["attributes"]).items():
        module.__dict__[name] = value
    for name, parameter in state["_parameters"].items():
        module.register_parameter(name, parameter)
    for name, buffer in state["_buffers"].items():
        persistent = name not in state["_non_persistent_buffers_set"]
        module.register_buffer(name, buffer, persistent=persistent)
    for name, child in state["_modules"].items():
        module.add_module(name, child)
    if isinstance(module, nn.RNNBase):
        module._init_flat_weights()
    module.training = bool(state["training"])
    check_object(module)
    return module
