"""make_multimodal_survival: times to an event that depend on planted modules."""

from numbers import Real

import numpy as np
import pandas as pd
from sklearn.utils._param_validation import Interval, validate_params

from magnet_sklearn.datasets._cohort import SyntheticCohort
from magnet_sklearn.datasets._common import (
    CONSTRAINTS,
    expected_sum,
    factors_and_weights,
    generator,
)
from magnet_sklearn.datasets._planted import PlantedModules

_DAYS = 1000.0  # median survival of a patient of average hazard


@validate_params(
    CONSTRAINTS
    | {
        "effect": [Interval(Real, 0, None, closed="left")],
        "censoring": [Interval(Real, 0, 1, closed="left")],
    },
    prefer_skip_nested_validation=True,
)
def make_multimodal_survival(
    n_samples=200,
    n_features=30,
    *,
    n_informative=10,
    n_modules=2,
    effect=1.0,
    censoring=0.3,
    correlation=0.5,
    missing=0.0,
    missing_mechanism="random",
    n_sites=5,
    site_effect=0.0,
    return_X_y=True,
    random_state=None,
):
    """Make a random multimodal cohort with survival times and planted modules.

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
    effect : float, default=1.0
        Standard deviation of the log-hazard. Times are exponential; the median of a
        patient of average hazard is 1000 days.
    censoring : float, default=0.3
        Expected share of censored patients, in [0, 1); they leave the study at times
        that are uniform and independent of everything.
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
    y : DataFrame of shape (n_samples, 2)
        Columns `event` (bool) and `time` (days).
    cohort : Bunch
        Only if `return_X_y` is False: `data` and `target`, which are X and y, `sites`
        (a Series), `modules` (names of features by module, as gene sets),
        `informative_modules`, `informative_features` (by modality),
        `informative_modalities`, and `optimal_prediction`, which knows how the cohort
        was made, but not the site effects, nor why blocks are missing: the
        expectation of the log-hazard given the observed blocks.

    Examples
    --------
    >>> from magnet_sklearn.data import check_survival
    >>> from magnet_sklearn.datasets import make_multimodal_survival
    >>> X, y = make_multimodal_survival(censoring=0.4, random_state=0)
    >>> round(float(check_survival(y).event.mean()), 1)
    0.6
    """
    rng = generator(random_state)
    planted = PlantedModules(n_features, n_informative, n_modules, correlation, rng)
    factors, weights = factors_and_weights(n_samples, planted, rng)
    weights = effect * weights
    hazard = factors @ weights
    time = _DAYS / np.log(2) * rng.exponential(size=n_samples) * np.exp(-hazard)
    left = _censoring_times(time, censoring, rng)
    y = pd.DataFrame({"event": time <= left, "time": np.minimum(time, left)})
    cohort = SyntheticCohort(planted, factors, n_sites, site_effect, rng)
    cohort.drop(missing, missing_mechanism, hazard, rng)
    bunch = cohort.bunch(y, expected_sum(cohort, weights))
    return (bunch.data, y) if return_X_y else bunch


def _censoring_times(
    time: np.ndarray, share: float, rng: np.random.Generator
) -> np.ndarray:
    """Uniform times of leaving, such that `share` of the patients leave before."""
    uniform = rng.random(len(time))
    if share == 0:
        return np.full(len(time), np.inf)
    # who leaves before the event: uniform * end < time
    return uniform * np.quantile(time / uniform, 1 - share)
