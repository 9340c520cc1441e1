"""From an estimator's parameters to what its networks are made of."""

from dataclasses import replace

from sklearn.base import clone

from magnet_sklearn import _training
from magnet_sklearn.graph import PatientGraphBuilder
from magnet_sklearn.nn import Architecture


def make_recipe(estimator, X, loss, device, *, validates):
    """Turn the constructor's parameters into what the members share.

    Parameters
    ----------
    estimator : BaseMagnet
        Its preprocessors are fitted.
    X : MultiModalData of shape (n_patients, n_modalities)
        Preprocessed training patients.
    loss : TaskLoss
        Loss of the task.
    device : torch.device
        Where to train.
    validates : bool
        Whether members hold out patients.

    Returns
    -------
    config : EnsembleConfig
        Architecture, optimisation and unfitted patient graph.
    """
    graph = _patient_graph(estimator, X, device)
    decoder = None if graph is None else estimator.decoder
    optimisation = _optimisation(estimator)
    if not validates:
        optimisation = replace(optimisation, n_iter_no_change=None)
    return _training.EnsembleConfig(
        loss=loss,
        architecture=_architecture(estimator, X, loss.n_outputs, decoder),
        optimisation=optimisation,
        graph=graph,
        frozen=estimator._frozen(),
    )


def make_pretraining_recipe(estimator, X, loss, max_epochs):
    """Return the recipe of networks that only encode and fuse.

    Parameters
    ----------
    estimator : BaseMagnet
        Its preprocessors are fitted.
    X : MultiModalData of shape (n_patients, n_modalities)
        Preprocessed patients.
    loss : TaskLoss
        Gives the width of a head that does not learn.
    max_epochs : int
        Epochs.

    Returns
    -------
    config : EnsembleConfig
        Architecture and optimisation.
    """
    return _training.EnsembleConfig(
        loss=loss,
        architecture=_architecture(estimator, X, loss.n_outputs, None),
        optimisation=replace(
            _optimisation(estimator),
            max_epochs=max_epochs,
            contrastive_weight=1.0,
            n_iter_no_change=None,
        ),
    )


def deciding_parameters(estimator):
    """Return the parameters that decide what the networks learn, as pairs."""
    without = {"checkpoint", "device", "n_jobs", "random_state", "verbose"}
    parameters = estimator.get_params(deep=False).items()
    return [pair for pair in parameters if pair[0] not in without]


def _patient_graph(estimator, X, device):
    """Unfitted builder of the patient graph, or None."""
    graph = estimator.graph
    if isinstance(graph, str):
        graph = PatientGraphBuilder(estimator.n_neighbors)
    if graph is None or all(block.ndim > 2 for block in X.values()):
        return None
    # inside the estimator's fit, scikit-learn does not check parameters of others
    graph._validate_params()
    return clone(graph).set_params(device=str(device))


def _architecture(estimator, X, n_outputs, decoder):
    """Return what each network is made of."""
    # without the user's encoders of modalities that no patient had
    unused = set(estimator.modalities_) - set(X)
    encoders = estimator.encoders or {}
    return Architecture(
        n_outputs=n_outputs,
        shapes={name: block.shape[1:] for name, block in X.items()},
        category_sizes=estimator._preprocessors[-1].category_sizes_,
        encoders={k: v for k, v in encoders.items() if k not in unused},
        feature_graph=estimator.feature_graph_,
        fusion=estimator.fusion,
        decoder=decoder,
        hidden_dim=estimator.hidden_dim,
        n_heads=estimator.n_heads,
        n_layers=estimator.n_layers,
        dropout=estimator.dropout,
        skip_connection=estimator.skip_connection,
    )


def _optimisation(estimator):
    """Return how the members learn."""
    return _training.Optimisation(
        learning_rate=estimator.learning_rate,
        weight_decay=estimator.weight_decay,
        max_epochs=estimator.max_epochs,
        batch_size=estimator.batch_size,
        similarity_weight=estimator.similarity_weight,
        contrastive_weight=estimator.contrastive_weight,
        precision=estimator.precision,
        compile=estimator.compile,
        callbacks=list(estimator.callbacks or []),
        n_iter_no_change=estimator.n_iter_no_change,
    )
