"""Folds stratified by event."""

from sklearn.model_selection import StratifiedKFold

from magnet_sklearn.data import check_survival


class EventStratifiedKFold(StratifiedKFold):
    """Folds with equal shares of events, for survival targets.

    scikit-learn's own stratification would take the pairs of event and time for
    classes.

    Parameters
    ----------
    n_splits : int, default=5
        Number of folds.
    shuffle : bool, default=False
        Whether to shuffle the patients first.
    random_state : int or RandomState, default=None
        Seed of the shuffle.

    Examples
    --------
    >>> import pandas as pd
    >>> from magnet_sklearn.model_selection import EventStratifiedKFold
    >>> y = pd.DataFrame({"event": [1, 1, 0, 0], "time": [1.0, 2.0, 3.0, 4.0]})
    >>> [test.tolist() for _, test in EventStratifiedKFold(2).split(y, y)]
    [[0, 2], [1, 3]]
    """

    def split(self, X, y, groups=None):
        """Generate the folds.

        Parameters
        ----------
        X : multimodal data of shape (n_patients, n_modalities)
            Patients.
        y : structured array or DataFrame of shape (n_patients,)
            Survival times, as in :func:`magnet_sklearn.data.check_survival`.
        groups : object, default=None
            Ignored, there for scikit-learn.

        Yields
        ------
        train, test : ndarray
            Rows.
        """
        yield from super().split(X, check_survival(y).event)
