"""What the docstrings of all estimators have in common."""

_PARAMETERS = """
    modalities : dict of str to columns, default=None
        For flat X only: the columns of each modality (slice, integers, names or
        boolean mask). If None, flat X is a single modality.
    encoders : dict of str to {"mlp", "categorical"} or torch.nn.Module, default=None
        Encoders of some or all modalities. A module gets the block's tensor and
        returns one of width `hidden_dim`, each patient's from its own values alone; it
        is copied for each member. Others get
        "categorical" where they have categorical columns, else "mlp". N-D blocks
        are flattened unless they are given a module.
    feature_graph : FeatureGraph, default=None
        Graph along which 2-D blocks without an own encoder are encoded; a missing
        value is then an absent feature. `fit` keeps a fitted copy, `feature_graph_`.
    preprocessor : transformer, default=None
        Applied before the default preprocessing (impute, scale, encode categories),
        from MultiModalData to MultiModalData, such as a ModalityTransformer.
    fusion : {"attention", "cross", "mean", "concat"}, default="attention"
        How the embeddings of the observed modalities become one. In "cross" the
        modality whose name starts with "clin", if there is one, asks the others.
    graph : "knn", PatientGraphBuilder or None, default="knn"
        Patient graph. "knn" links each patient to the `n_neighbors` most similar
        training patients; None does without.
    n_neighbors : int, default=10
        Neighbours per patient for ``graph="knn"``.
    decoder : {"sage", "gat", "gcn", "gin"}, default="sage"
        Convolution on the patient graph.
    hidden_dim : int, default=64
        Width of all embeddings.
    n_heads : int, default=4
        Attention heads; has to divide `hidden_dim`.
    n_layers : int, default=1
        Convolutions on the patient graph.
    dropout : float, default=0.3
        Probability of a zero in training.
    similarity_weight : float, default=0.0
        Weight of the loss that draws similar patients together.
    contrastive_weight : float, default=0.0
        Weight of the loss of `pretrain`, on the patients of `fit`.
    learning_rate : float, default=1e-3
        First learning rate of Adam; times 0.8 every 20 epochs.
    weight_decay : float, default=1e-3
        L2 penalty of Adam.
    max_epochs : int, default=200
        Epochs per member at most.
    batch_size : int, default=1024
        Patients per step of training and per forward pass in prediction.
    early_stopping : bool, default=True
        Whether members hold out patients to stop at their best epoch and to weight
        the networks' contribution.
    validation_fraction : float, default=0.2
        Share of patients that a member holds out; their folds do not overlap.
    n_iter_no_change : int, default=20
        Epochs without a better validation loss before a member stops.
    ensemble_size : int, default=5
        Networks whose logits are averaged. Of fewer than 1200 patients two are
        trained in any case, and others while held-out patients tell that the gates
        might open; see `n_members_`.
    warm_start : bool, default=False
        Whether `fit` trains the networks of the last `fit` on. Preprocessing stays
        as it is; experts and graph are fitted anew.
    n_jobs : int, default=None
        Members trained at a time, in threads.
    device : str, default="auto"
        "auto" (a GPU if there is one), "cpu", "cuda" or "cuda:N".
    precision : {"float32", "bfloat16"}, default="float32"
        Precision of training. "bfloat16" is mixed precision for wide networks on a GPU;
        predictions are in double precision either way.
    compile : bool, default=False
        Whether networks are compiled for training (`torch.compile`): minutes at first,
        faster epochs after. Where that fails, training goes on without, with a warning.
    random_state : int, RandomState, Generator or None, default=None
        Seed of folds, initial weights and dropout. Global random states are neither
        read nor changed.
    checkpoint : str or path, default=None
        Folder that keeps the training: a `fit` that was killed goes on from there.
    callbacks : list of skorch callbacks, default=None
        Added to each member's net.
    verbose : int, default=0
        1 shows a progress bar per member.
"""

_ATTRIBUTES = """
    modalities_ : list of str
        Modalities seen in `fit`.
    n_features_in_ : int
        Features seen in `fit`, over all modalities.
    feature_names_in_ : ndarray of str of shape (n_features,)
        Column names; only where X was a flat DataFrame.
    nets_ : list of skorch nets
        One per member, with its `history`; `net_` is the first.
    n_members_ : int
        Networks trained.
    graph_summary_ : dict or None
        Figures of the patient graph among the training patients.
    gates_ : ndarray of shape (n_paths,) or (n_paths, n_tasks)
        How far the networks are trusted: the path without and the one with the
        graph. 0 means that it did not help patients held out.
"""


def with_shared_docs(estimator):
    """Put parameters and attributes that all estimators have into a docstring.

    Parameters
    ----------
    estimator : type
        Its docstring has `{shared parameters}` and `{shared attributes}` where they
        belong, in the order of the constructor.

    Returns
    -------
    estimator : type
        The same class.
    """
    if estimator.__doc__:  # Python leaves none with -OO
        for mark, text in (("parameters", _PARAMETERS), ("attributes", _ATTRIBUTES)):
            estimator.__doc__ = estimator.__doc__.replace(
                f"    {{shared {mark}}}", text.strip("\n")
            )
    return estimator
