"""Simple baselines, untuned."""

import numpy as np
from scipy.special import softmax
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from magnet_sklearn.preprocessing import DefaultPreprocessor


def logistic_regression(C=1.0):
    """Logistic regression on standardised features."""
    return LogisticRegression(C=C, max_iter=3000)


def random_forest(random_state=0):
    """Random forest with scikit-learn's defaults, 300 trees."""
    return RandomForestClassifier(300, random_state=random_state)


class _OnBlocks(ClassifierMixin, BaseEstimator):
    """What baselines on preprocessed MultiModalData have in common."""

    def predict(self, X):
        """Most probable class."""
        return self.classes_[np.argmax(self.predict_proba(X), axis=1)]

    def _start(self, X, y):
        self.classes_, codes = np.unique(y, return_inverse=True)
        self.preprocessor_ = DefaultPreprocessor().fit(X)
        self.prior_ = np.bincount(codes) / len(codes)
        return self.preprocessor_.transform(X), codes


class LateFusion(_OnBlocks):
    """One model per modality, their probabilities combined.

    Parameters
    ----------
    estimators : list of classifiers
        Each is fitted on every modality; their probabilities are averaged within it.
    rule : {"mean", "product"}
        Mean of probabilities, or sum of log-odds over the class shares.
    """

    def __init__(self, estimators, rule="mean"):
        self.estimators = estimators
        self.rule = rule

    def fit(self, X, y):
        """Fit on the patients who have each modality."""
        X, codes = self._start(X, y)
        self.models_ = {}
        for column, name in enumerate(X):
            seen = X.mask[:, column]
            if len(np.unique(codes[seen])) > 1:
                self.models_[name] = [
                    clone(model).fit(X[name][seen], codes[seen])
                    for model in self.estimators
                ]
        return self

    def predict_proba(self, X):
        """Class shares where nothing is observed."""
        X = self.preprocessor_.transform(X)
        evidence, n_seen = np.zeros((len(X), len(self.prior_))), np.zeros(len(X))
        for column, name in enumerate(X):
            seen = X.mask[:, column]
            if name in self.models_ and seen.any():
                evidence[seen] += self._evidence(self.models_[name], X[name][seen])
                n_seen += seen
        if self.rule == "product":
            return softmax(np.log(self.prior_) + evidence, axis=1)
        evidence[n_seen == 0] = self.prior_
        return evidence / np.maximum(n_seen, 1)[:, None]

    def _evidence(self, models, block):
        probability = np.tile(self.prior_, (len(block), 1))
        classes = models[0].classes_
        mean = np.mean([model.predict_proba(block) for model in models], axis=0)
        probability[:, classes] = mean * self.prior_[classes].sum()
        if self.rule == "mean":
            return probability
        return np.log(np.maximum(probability, 1e-6)) - np.log(self.prior_)


class BestSingleModality(_OnBlocks):
    """Logistic regression on the modality of the best inner log loss.

    Parameters
    ----------
    C : float, default=0.01
        Inverse penalty.
    """

    def __init__(self, C=0.01):
        self.C = C

    def fit(self, X, y):
        """Choose by cross-validation among the patients who have a modality."""
        prepared, codes = self._start(X, y)
        scores = {}
        for column, name in enumerate(prepared):
            seen = prepared.mask[:, column]
            counts = np.bincount(codes[seen])
            if np.sum(counts > 2) > 1:
                folds = StratifiedKFold(3, shuffle=True, random_state=0)
                scores[name] = cross_val_score(
                    logistic_regression(self.C),
                    prepared[name][seen],
                    codes[seen],
                    cv=folds,
                    scoring="accuracy",
                ).mean()
        self.modality_ = max(scores, key=scores.get)
        seen = prepared.mask[:, list(prepared).index(self.modality_)]
        self.model_ = logistic_regression(self.C)
        self.model_.fit(prepared[self.modality_][seen], codes[seen])
        return self

    def predict_proba(self, X):
        """Class shares where the modality is missing."""
        X = self.preprocessor_.transform(X)
        seen = X.mask[:, list(X).index(self.modality_)]
        probability = np.tile(self.prior_, (len(X), 1))
        if seen.any():
            predicted = self.model_.predict_proba(X[self.modality_][seen])
            probability[np.ix_(seen, self.model_.classes_)] = predicted
        return probability


class Concatenation(_OnBlocks):
    """One model on all columns side by side.

    Parameters
    ----------
    estimator : classifier
        The model.
    """

    def __init__(self, estimator):
        self.estimator = estimator

    def fit(self, X, y):
        """Fit on the table."""
        X, codes = self._start(X, y)
        table = X.to_frame().to_numpy()
        # HistGradientBoosting crashes on a column without a value.
        self.kept_ = ~np.isnan(table).all(axis=0)
        self.model_ = clone(self.estimator).fit(table[:, self.kept_], codes)
        return self

    def predict_proba(self, X):
        """Predict from the table."""
        table = self.preprocessor_.transform(X).to_frame().to_numpy()
        return self.model_.predict_proba(table[:, self.kept_])


def baselines(random_state=0):
    """All baselines by name."""
    lr = logistic_regression
    forest = random_forest(random_state)
    imputed = SimpleImputer(keep_empty_features=True)
    return {
        "best single modality, LR": BestSingleModality(),
        "late fusion, LR": LateFusion([lr()]),
        "late fusion, LR C=.01": LateFusion([lr(0.01)]),
        "late fusion, LR+RF": LateFusion([lr(0.01), forest]),
        "product of experts, LR": LateFusion([lr()], rule="product"),
        "product of experts, LR C=.01": LateFusion([lr(0.01)], rule="product"),
        "product of experts, LR+RF": LateFusion([lr(0.01), forest], rule="product"),
        "concatenation, LR": Concatenation(
            make_pipeline(imputed, StandardScaler(), lr())
        ),
        "concatenation, LR C=.01": Concatenation(
            make_pipeline(imputed, StandardScaler(), lr(0.01))
        ),
        "random forest": Concatenation(make_pipeline(imputed, forest)),
        "HistGradientBoosting": Concatenation(
            HistGradientBoostingClassifier(random_state=random_state)
        ),
    }
