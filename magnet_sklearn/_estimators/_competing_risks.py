"""From one survival model per cause to the probability of each event."""

import numpy as np
import pandas as pd

from magnet_sklearn.metrics import cumulative_incidence


def predict_cumulative_incidence(models, X, times=None):
    """Predict the probability that an event of each cause has come by each time.

    Parameters
    ----------
    models : list of MagnetSurvivalAnalysis
        Fitted on the same patients, each with another `cause`.
    X : multimodal data of shape (n_patients, n_modalities)
        Anything that `fit` accepts.
    times : array-like of shape (n_times,), default=None
        Times, in the units of y; None is the times of events of any cause.

    Returns
    -------
    incidence : DataFrame of shape (n_patients, n_causes * n_times)
        Two levels of columns: cause and time, so that ``incidence[2]`` is the frame of
        cause 2. Increasing in time; over the causes they sum to at most 1.

    Raises
    ------
    ValueError
        If no model is given or two have the same cause.

    See Also
    --------
    magnet_sklearn.metrics.cumulative_incidence : The estimate from hazards.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from magnet_sklearn import (
    ...     MagnetSurvivalAnalysis,
    ...     MultiModalData,
    ...     predict_cumulative_incidence,
    ... )
    >>> rna = np.random.default_rng(0).normal(size=(60, 5))
    >>> X, event = MultiModalData({"rna": rna}), np.arange(60) % 3  # 0 is censored
    >>> y = pd.DataFrame({"event": event, "time": np.exp(-rna[:, 0])})
    >>> own = {"max_epochs": 5, "ensemble_size": 2, "random_state": 0}
    >>> models = [MagnetSurvivalAnalysis(cause=c, **own).fit(X, y) for c in (1, 2)]
    >>> incidence = predict_cumulative_incidence(models, X[:4], times=[0.5, 1.0])
    >>> incidence[2].shape  # of cause 2
    (4, 2)
    """
    causes = [model.cause for model in models]
    if not causes or len(set(causes)) < len(causes):
        raise ValueError(
            f"models must be one for each cause; got causes {causes}. Pass for example "
            "[MagnetSurvivalAnalysis(cause=c).fit(X, y) for c in (1, 2)]."
        )
    steps = np.unique(np.concatenate([model.event_times_ for model in models]))
    hazards = [model.predict_cumulative_hazard_function(X, steps) for model in models]
    incidence = cumulative_incidence(
        np.stack([hazard.to_numpy() for hazard in hazards])
    )
    moments = steps if times is None else np.asarray(times, dtype=float)
    place = np.searchsorted(steps, moments, side="right")
    none = np.zeros((*incidence.shape[:2], 1))
    incidence = np.concatenate([none, incidence], axis=2)[:, :, place]
    columns = pd.MultiIndex.from_product([causes, moments], names=["cause", "time"])
    return pd.DataFrame(
        np.hstack(list(incidence)), index=hazards[0].index, columns=columns
    )
