"""Networks of a fitted estimator as one ONNX file."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from copy import deepcopy
from io import StringIO

import numpy as np
import torch
from sklearn.utils.validation import check_is_fitted
from torch import nn

from magnet_sklearn._estimators._base import BaseMagnet
from magnet_sklearn._training import NetworkEnsemble
from magnet_sklearn._training.runtime import threads_for
from magnet_sklearn._utils import import_optional
from magnet_sklearn.io._traceable import TraceableEnsemble
from magnet_sklearn.nn import MagnetNetwork

# They warn about what a user cannot change.
_TALKATIVE = ("torch", "torch.onnx", "onnxscript", "onnx_ir")
# In the trace; axes of length 0 or 1 would become constants.
_N_PATIENTS = 3


def export_onnx(estimator, path):
    """Write the networks of a fitted estimator into an ONNX file.

    The file computes the gated sum of all members, which is added to the outputs of
    the experts. Where the gate of the graph branch is open, it holds the hidden states
    of the training patients, so that a server needs the neighbours of a query only.

    Parameters
    ----------
    estimator : MagnetClassifier, MultiModalGNNRegressor, MagnetSurvivalAnalysis or \
            MagnetMultiTask
        Fitted estimator.
    path : str or path-like
        File to write.

    Raises
    ------
    ImportError
        If the extra `onnx` is not installed.
    TypeError
        If `estimator` is of another kind.
    ValueError
        If a custom encoder cannot be exported, or a modality is a time series or sets.

    See Also
    --------
    onnx_inputs : Inputs of the file, from patients.

    Notes
    -----
    Inputs, n_patients each: `block_<modality>`, float32, preprocessed values, of wide
    blocks their principal components;
    `mask`, bool of shape (n_patients, n_modalities), True = observed; and, where the
    gate of the graph branch is open, `neighbors`, int64 of shape (n_patients,
    n_neighbors), rows of training patients with -1 = none, and `similarity`, float32
    of the same shape. Output: `outputs`, float32 of shape (n_patients, n_outputs), 0
    for a patient without any modality. Computed in single precision, where the
    estimator uses double precision.

    Examples
    --------
    >>> import numpy as np
    >>> from magnet_sklearn import MagnetClassifier
    >>> from magnet_sklearn.io import export_onnx, onnx_inputs
    >>> X = {"rna": np.eye(20, 4), "age": np.arange(20.0)[:, None]}
    >>> clf = MagnetClassifier(experts=None, max_epochs=2).fit(X, [0, 1] * 10)
    >>> export_onnx(clf, "networks.onnx")  # doctest: +SKIP
    >>> session = onnxruntime.InferenceSession("networks.onnx")  # doctest: +SKIP
    >>> (outputs,) = session.run(None, onnx_inputs(clf, X))  # doctest: +SKIP
    """
    _check_estimator(estimator)
    _check_no_places(estimator)
    import_optional("onnx", extra="onnx")
    import_optional("onnxscript", extra="onnx")
    networks = TraceableEnsemble(estimator._model.ensemble).eval()
    names, arguments, axes = _example(estimator._model.ensemble)
    with _quietly(), torch.no_grad():
        try:
            program = _translate(networks, names, arguments, axes)
        except Exception:
            network = deepcopy(estimator.net_.module_).float()
            _check_encoders(network, arguments[0])
            raise
        program.save(path)


def onnx_inputs(estimator, X):
    """Preprocess patients into the inputs of the file that `export_onnx` wrote.

    Parameters
    ----------
    estimator : MagnetClassifier, MultiModalGNNRegressor, MagnetSurvivalAnalysis or \
            MagnetMultiTask
        The estimator that was exported.
    X : multimodal data of shape (n_patients, n_modalities)
        Anything that `fit` accepts. A modality left out counts as missing.

    Returns
    -------
    inputs : dict of str to ndarray
        Names and values of all inputs, see :func:`export_onnx`.

    Raises
    ------
    TypeError
        If `estimator` is of another kind.
    ValueError
        If X has no patients, an infinite value, a modality or columns that `fit`
        did not see.

    See Also
    --------
    export_onnx : Write the file.

    Examples
    --------
    >>> import numpy as np
    >>> from magnet_sklearn import MagnetClassifier
    >>> from magnet_sklearn.io import onnx_inputs
    >>> X = {"rna": np.eye(20, 4), "age": np.arange(20.0)[:, None]}
    >>> clf = MagnetClassifier(experts=None, max_epochs=2, graph=None)
    >>> inputs = onnx_inputs(clf.fit(X, [0, 1] * 10), {"age": [[50.0]]})
    >>> {name: values.shape for name, values in inputs.items()}
    {'block_rna': (1, 4), 'block_age': (1, 1), 'mask': (1, 2)}
    """
    _check_estimator(estimator)
    X = estimator._prepare(X)
    inputs = {f"block_{name}": block.astype(np.float32) for name, block in X.items()}
    inputs["mask"] = X.mask
    builder = estimator._model.ensemble.inference_graph
    if builder is not None:
        with threads_for(X):
            graph = builder.connect(X)
        inputs["neighbors"] = graph.neighbors
        inputs["similarity"] = graph.similarity.astype(np.float32)
    return inputs


def _check_estimator(estimator):
    if not isinstance(estimator, BaseMagnet):
        raise TypeError(
            f"estimator is a {type(estimator).__name__}. Pass a fitted estimator of "
            "magnet_sklearn, such as the last step of a pipeline, pipeline[-1], or "
            "best_estimator_ of a search."
        )
    check_is_fitted(estimator)


def _check_no_places(estimator):
    """Refuse encoders whose input has no fixed size, and NaN where nothing is."""
    kinds = {"series": "a time series", "set": "sets"}
    encoders = estimator._model.ensemble.config.architecture.encoders
    for name, encoder in encoders.items():
        if isinstance(encoder, str) and encoder in kinds:
            raise ValueError(
                f"Modality {name!r} is {kinds[encoder]}, which ONNX files do not take: "
                "patients differ in length. Fit without it, on a table that you make of"
                " it, or keep the estimator itself."
            )


def _example(ensemble: NetworkEnsemble):
    """Names, values and dynamic axes of the inputs; the values have no effect."""
    patients = torch.export.Dim("n_patients")
    neighbors = torch.export.Dim("n_neighbors")
    shapes = ensemble.config.architecture.shapes
    names = [*(f"block_{name}" for name in shapes), "mask"]
    blocks = tuple(torch.zeros(_N_PATIENTS, *shape) for shape in shapes.values())
    mask = torch.ones(_N_PATIENTS, len(shapes), dtype=torch.bool)
    arguments: tuple = (blocks, mask)
    axes: tuple = (tuple({0: patients} for _ in shapes), {0: patients})
    if ensemble.inference_graph is not None:
        rows = torch.zeros(_N_PATIENTS, 2, dtype=torch.int64)
        names += ["neighbors", "similarity"]
        arguments += (rows, torch.ones(rows.shape))
        axes += ({0: patients, 1: neighbors},) * 2
    return names, arguments, axes


def _translate(module: nn.Module, names: list[str], arguments: tuple, axes: tuple):
    """Turn a module into an ONNX program."""
    # exported first, as torch.onnx alone fixes axes that a module makes inflexible
    exported = torch.export.export(module, arguments, dynamic_shapes=axes, strict=False)
    program = torch.onnx.export(
        exported,
        input_names=names,
        output_names=["outputs"],
        dynamic_shapes=axes,
        dynamo=True,
        verbose=False,
    )
    assert program is not None
    for node in program.model.graph.all_nodes():
        node.metadata_props.clear()  # source code, and where it lies on this machine
    return program


def _check_encoders(network: MagnetNetwork, blocks: tuple) -> None:
    """Name the encoder, as a rule a custom one, that cannot be exported."""
    named = dict(zip(network.modalities, blocks, strict=True))
    axes = ({0: torch.export.Dim("n_patients")},)
    for name, encoder in zip(network.encoded_alone, network.encoders, strict=True):
        try:
            _translate(encoder, ["X"], (named[name],), axes)
        except Exception as error:
            reason = str(error).strip().partition("\n")[0].rstrip(".")
            raise ValueError(
                f"The encoder of modality {name!r}, a {type(encoder).__name__}, cannot "
                f"be exported to ONNX ({type(error).__name__}: {reason}). Let its "
                "forward do nothing but operations on tensors whose shapes do not "
                "depend on values, and take X.shape[0] in place of len(X)."
            ) from error


@contextmanager
def _quietly() -> Iterator[None]:
    """Suppress the messages of the exporters."""
    with ExitStack() as stack:
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")
        stack.enter_context(redirect_stdout(StringIO()))
        stack.enter_context(redirect_stderr(StringIO()))
        for name in _TALKATIVE:
            logger = logging.getLogger(name)
            stack.callback(logger.setLevel, logger.level)
            logger.setLevel(logging.CRITICAL)
        yield
