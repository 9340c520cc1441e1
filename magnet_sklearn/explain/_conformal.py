"""Sets, intervals and bounds that hold for a stated share of patients."""

import pandas as pd

from magnet_sklearn.explain._conformal_base import CrossConformal


class ConformalPredictor(CrossConformal):
    """Sets of classes, intervals and time bounds with a guaranteed coverage.

    Cross-conformal prediction [1]_, also known as CV+ [2]_: `cv` models are fitted,
    each without one fold. A new patient is compared with every training patient by the
    model that held that patient out, so no patient is given up for calibration. All
    models are kept: `fit` takes `cv` + 1 times as long as that of the estimator, and
    the fitted object is as many times as large.

    Coverage is at least 1 - 2 alpha - 2 (1 - alpha) (cv - 1) / (n + cv) for n
    calibration patients, whatever the estimator [2]_, and in practice 1 - alpha or a
    little more. It holds on average over patients who are exchangeable with the
    training patients (with `groups`, over groups), and for each pattern of missing
    modalities and each group of `partition`, not for each single patient.

    Patients are compared with training patients who have the same modalities. Where
    these are fewer than `min_patients`, they are compared with all who have these
    modalities or more, of whom the others are hidden [3]_: this is right only if
    modalities are missing for reasons that have nothing to do with the outcome.
    `calibration` tells whom this concerns.

    Parameters
    ----------
    estimator : MagnetClassifier, MultiModalGNNRegressor or MagnetSurvivalAnalysis
        Not fitted; or a Pipeline or search that ends in a classifier.
    cv : int or splitter, default=5
        Folds, shuffled, with equal shares of classes or events; or a splitter that
        holds each patient out once.
    by_pattern : bool, default=True
        Whether coverage shall hold for each pattern of missing modalities. If False,
        all training patients calibrate all new ones.
    min_patients : int, default=50
        Fewer patients of a pattern (and fewer than half of all) are not enough.
    n_jobs : int, default=None
        Models fitted at a time, in processes.
    random_state : int, RandomState, Generator or None, default=None
        Seed of the folds.

    Attributes
    ----------
    estimator_ : estimator
        Fitted to all patients; it makes the predictions of `predict`.
    estimators_ : list of estimators
        The models of the folds.
    classes_ : ndarray of shape (n_classes,)
        Classes, sorted; of a classifier only.

    References
    ----------
    .. [1] V. Vovk, "Cross-conformal predictors", Annals of Mathematics and Artificial
       Intelligence 74 (2015); per group: V. Vovk, A. Gammerman, G. Shafer,
       "Algorithmic Learning in a Random World" (2005), section 4.5.
    .. [2] R. F. Barber, E. J. Candes, A. Ramdas, R. J. Tibshirani, "Predictive
       inference with the jackknife+", Annals of Statistics 49 (2021), theorem 4.
    .. [3] M. Zaffran, A. Dieuleveut, J. Josse, Y. Romano, "Conformal prediction with
       missing values", ICML 2023 (CP-MDA).

    Examples
    --------
    >>> import numpy as np
    >>> from magnet_sklearn import MagnetClassifier, MultiModalData
    >>> from magnet_sklearn.explain import ConformalPredictor
    >>> rng = np.random.default_rng(0)
    >>> y = np.array(["benign", "malign"])[np.arange(60) % 2]
    >>> rna = rng.normal(size=(60, 5)) + 3 * (y == "malign")[:, None]
    >>> X = MultiModalData({"rna": rna, "protein": rng.normal(size=(60, 3))})
    >>> model = MagnetClassifier(experts="linear", max_epochs=1, ensemble_size=1)
    >>> conformal = ConformalPredictor(model, cv=3, random_state=0).fit(X, y)
    >>> conformal.predict_set(X[:2], alpha=0.1)
       benign  malign
    0    True   False
    1   False    True
    """

    def predict_set(self, X, alpha=0.1, partition=None):
        """Return the classes that cannot be excluded.

        Parameters
        ----------
        X : multimodal data of shape (n_patients, n_modalities)
            Patients.
        alpha : float, default=0.1
            Share of patients whose class may be outside of their set.
        partition : array-like of shape (n_patients,), default=None
            Their groups, if `fit` got some.

        Returns
        -------
        sets : DataFrame of bool of shape (n_patients, n_classes)
            True for classes in the set. A set of several classes leaves them open; an
            empty one belongs to a patient unlike those of any class.
        """
        p = self._compare("predict_set", X, alpha, partition)
        return (p > alpha + 1e-12).set_axis(pd.Index(self.classes_), axis=1)

    def predict_interval(self, X, alpha=0.1, partition=None):
        """Return intervals that hold the number.

        The quantiles alpha / 2 and 1 - alpha / 2 of the regressor are widened, or made
        narrower, as conformalised quantile regression [1]_ does.

        Parameters
        ----------
        X : multimodal data of shape (n_patients, n_modalities)
            Patients.
        alpha : float, default=0.1
            Share of patients whose number may be outside of their interval.
        partition : array-like of shape (n_patients,), default=None
            Their groups, if `fit` got some.

        Returns
        -------
        intervals : DataFrame of shape (n_patients, 2)
            Columns `lower` and `upper`, in units of y; infinite where fewer than
            1 / alpha - 1 patients calibrate.

        References
        ----------
        .. [1] Y. Romano, E. Patterson, E. Candes, "Conformalized quantile regression",
           NeurIPS 2019.
        """
        ends = self._compare("predict_interval", X, alpha, partition)
        return ends.set_axis(["lower", "upper"], axis=1)

    def predict_lower_bound(self, X, alpha=0.1, partition=None):
        """Return times that patients outlive.

        The bound holds for the time up to the event *or* the end of follow-up, and so
        all the more for the time up to the event ([1]_, section 1). This needs no
        assumption on censoring; the more patients are censored early, the lower the
        bound is. It assumes that new patients would be followed up in the same way.

        Parameters
        ----------
        X : multimodal data of shape (n_patients, n_modalities)
            Patients.
        alpha : float, default=0.1
            Share of patients whose time may be shorter.
        partition : array-like of shape (n_patients,), default=None
            Their groups, if `fit` got some.

        Returns
        -------
        bound : Series of shape (n_patients,)
            In the units of the times in y; 0 where fewer than 1 / alpha - 1 patients
            calibrate.

        References
        ----------
        .. [1] E. Candes, L. Lei, Z. Ren, "Conformalized survival analysis", JRSS B 85
           (2023).
        """
        bound = self._compare("predict_lower_bound", X, alpha, partition)
        return bound[0].rename("lower_bound")

    def calibration(self, X, partition=None):
        """Tell with whom patients are compared.

        Parameters
        ----------
        X : multimodal data of shape (n_patients, n_modalities)
            Patients.
        partition : array-like of shape (n_patients,), default=None
            Their groups, if `fit` got some.

        Returns
        -------
        calibration : DataFrame of shape (n_patients, n_modalities + 2)
            For each modality whether it is used (a patient may have more than are);
            `n_calibration`, the number of training patients; and `is_masked`, whether
            some of these have modalities that were hidden.
        """
        X, partition = self._check(X, partition)
        table = pd.DataFrame(False, X.index, [*X, "n_calibration", "is_masked"])
        table = table.astype({"n_calibration": int})
        for alike in self._alike(X, partition):
            described = [*alike.observed, len(alike.calibration), alike.is_masked]
            for column, value in enumerate(described):
                table.iloc[alike.rows, column] = value
        return table
