"""make_multimodal_classification: classes that planted modules tell apart."""

from numbers import Integral, Real

import numpy as np
from scipy import special
from sklearn.utils._param_validation import Interval, validate_params

from magnet_sklearn.datasets._cohort import SyntheticCohort
from magnet_sklearn.datasets._common import CONSTRAINTS, generator
from magnet_sklearn.datasets._planted import PlantedModules


@validate_params(
    CONSTRAINTS
    | {
        "n_classes": [Interval(Integral, 2, None, closed="left")],
        "class_sep": [Interval(Real, 0, None, closed="left")],
    },
    prefer_skip_nested_validation=True,
)
def make_multimodal_classification(
    n_samples=200,
    n_features=30,
    *,
    n_informative=10,
    n_modules=2,
    n_classes=2,
    class_sep=0.5,
    correlation=0.5,
    missing=0.0,
    missing_mechanism="random",
    n_sites=5,
    site_effect=0.0,
    return_X_y=True,
    random_state=None,
):
    """Make a random multimodal classification problem with planted modules.

    Features of a module share a factor; the target depends on the factors of the
    informative modules alone. As many modules of the same sizes carry no signal, and
    the other features are independent noise.

    Parameters
    ----------
    n_samples : int, default=200
        Number of patients.
    n_features : int or mapping of str to int, default=30
        Features of each modality. An int makes "rna", "mirna" and "protein".
    n_informative : int or mapping of str to int, default=10
        Informative features of each modality; none in those that a mapping leaves out.
    n_modules : int, default=2
        Modules that the informative features of a modality form.
    n_classes : int, default=2
        Number of classes, of equal size; the higher ones are the more severe.
    class_sep : float, default=0.5
        Half of the distance between the outermost class means of a factor, in standard
        deviations.
    correlation : float, default=0.5
        Correlation of two features of a module, in [0, 1].
    missing : float or mapping of str to float, default=0.0
        Expected share of missing blocks, for all modalities or for each. Every patient
        keeps one.
    missing_mechanism : {"random", "site", "severity"}, default="random"
        Blocks are missing completely at random; by site, where sites differ in what
        they measure; or by severity, where severe patients lack more (missing not at
        random).
    n_sites : int, default=5
        Number of sites, to which patients belong at random.
    site_effect : float, default=0.0
        How much sites shift and stretch features: standard deviation of the shifts, in
        those of the features.
    return_X_y : bool, default=True
        If False, return a Bunch instead of (X, y).
    random_state : int, Generator, RandomState or None, default=None
        Pass an int for the same cohort each time.

    Returns
    -------
    X : MultiModalData of shape (n_samples, n_modalities)
        Frames; rows of missing blocks are NaN.
    y : int ndarray of shape (n_samples,)
        Classes 0, 1, ...
    cohort : Bunch
        Only if `return_X_y` is False: `data` and `target`, which are X and y, `sites`
        (a Series), `modules` (names of features by module, as gene sets),
        `informative_modules`, `informative_features` (by modality),
        `informative_modalities`, and `optimal_prediction`, which knows how the cohort
        was made, but not the site effects, nor why blocks are missing: the
        probabilities of the classes given the observed blocks.

    Examples
    --------
    >>> from magnet_sklearn.datasets import make_multimodal_classification
    >>> X, y = make_multimodal_classification(missing=0.3, random_state=0)
    >>> X.shape, y[:5].tolist()
    ((200, 3), [1, 0, 0, 0, 1])
    >>> cohort = make_multimodal_classification(
    ...     n_informative={"rna": 4}, return_X_y=False, random_state=0
    ... )
    >>> cohort.informative_modules, cohort.modules["rna_module_0"]
    (['rna_module_0', 'rna_module_1'], ['rna_2', 'rna_11'])
    """
    rng = generator(random_state)
    planted = PlantedModules(n_features, n_informative, n_modules, correlation, rng)
    y = rng.permutation(np.arange(n_samples) % n_classes)
    levels = class_sep * np.linspace(-1, 1, n_classes)
    means = np.stack([rng.permutation(levels) for _ in planted.informative], axis=1)
    factors = means[y] + rng.normal(size=(n_samples, means.shape[1]))
    cohort = SyntheticCohort(planted, factors, n_sites, site_effect, rng)
    cohort.drop(missing, missing_mechanism, y.astype(float), rng)
    expected = np.sqrt(correlation) * means
    squares = (cohort.module_means()[:, None] - expected) ** 2
    log_likelihood = -np.nansum(squares / planted.mean_variances(), axis=2) / 2
    prior = np.log(np.bincount(y, minlength=n_classes) / n_samples)
    posterior = special.softmax(log_likelihood + prior, axis=1)
    bunch = cohort.bunch(y, posterior)
    return (bunch.data, y) if return_X_y else bunch
