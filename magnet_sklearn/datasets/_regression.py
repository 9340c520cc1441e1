"""make_multimodal_regression: a number that planted modules explain."""

from numbers import Real

from sklearn.utils._param_validation import Interval, validate_params

from magnet_sklearn.datasets._cohort import SyntheticCohort
from magnet_sklearn.datasets._common import (
    CONSTRAINTS,
    expected_sum,
    factors_and_weights,
    generator,
)
from magnet_sklearn.datasets._planted import PlantedModules


@validate_params(
    CONSTRAINTS | {"noise": [Interval(Real, 0, None, closed="left")]},
    prefer_skip_nested_validation=True,
)
def make_multimodal_regression(
    n_samples=200,
    n_features=30,
    *,
    n_informative=10,
    n_modules=2,
    noise=0.5,
    correlation=0.5,
    missing=0.0,
    missing_mechanism="random",
    n_sites=5,
    site_effect=0.0,
    return_X_y=True,
    random_state=None,
):
    """Make a random multimodal regression problem with planted modules.

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
    noise : float, default=0.5
        Standard deviation of what no modality explains; that of the rest is 1.
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
    y : ndarray of shape (n_samples,)
        Target; higher is the more severe.
    cohort : Bunch
        Only if `return_X_y` is False: `data` and `target`, which are X and y, `sites`
        (a Series), `modules` (names of features by module, as gene sets),
        `informative_modules`, `informative_features` (by modality),
        `informative_modalities`, and `optimal_prediction`, which knows how the cohort
        was made, but not the site effects, nor why blocks are missing: the
        expectation of y given the observed blocks.

    Examples
    --------
    >>> from magnet_sklearn.datasets import make_multimodal_regression
    >>> X, y = make_multimodal_regression(
    ...     n_features={"rna": 50, "ct": 20}, random_state=0
    ... )
    >>> {name: block.shape for name, block in X.items()}
    {'rna': (200, 50), 'ct': (200, 20)}
    """
    rng = generator(random_state)
    planted = PlantedModules(n_features, n_informative, n_modules, correlation, rng)
    factors, weights = factors_and_weights(n_samples, planted, rng)
    y = factors @ weights + noise * rng.normal(size=n_samples)
    cohort = SyntheticCohort(planted, factors, n_sites, site_effect, rng)
    cohort.drop(missing, missing_mechanism, y, rng)
    bunch = cohort.bunch(y, expected_sum(cohort, weights))
    return (bunch.data, y) if return_X_y else bunch
