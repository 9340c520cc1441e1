"""Random forests that take little memory and predict a single patient fast."""

from functools import partial

import numpy as np
from sklearn import config_context
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
from sklearn.utils import check_random_state, gen_batches

_N_TREES = 100
_LARGEST_SEED = np.iinfo(np.int32).max
# A tree sees no more patients: time and memory then grow with them no further.
_MOST_SAMPLES = 10_000
# Splits of trees of numbers see no more columns: on 20 tables of real cohorts more
# changed R2 by less than .001 on average, and of 20 000 they took minutes.
_MOST_COLUMNS = 100
# Patients that are predicted at a time.
_BATCH_SIZE = 512


class Forest(BaseEstimator):
    """Forest whose out-of-bag predictions stand for out-of-fold ones."""

    def __init__(self, *, random_state=None):
        self.random_state = random_state

    def _fit(self, tree, X, y, sample_weight):
        """Grow the trees; keep no more of them than predictions need."""
        X = np.ascontiguousarray(X, dtype=np.float32)
        grown = _grown(tree, X, y, sample_weight, self.random_state)
        trees, counts = zip(*grown, strict=True)
        self.trees_ = _Trees(trees)
        self._out_of_bag = self.trees_.out_of_bag(X, np.array(counts) > 0)
        return self


class ForestExpert(ClassifierMixin, Forest):
    """Random forest of classes."""

    def fit(self, X, y, sample_weight=None):
        """Grow the trees."""
        self.classes_, codes = np.unique(y, return_inverse=True)
        tree = partial(DecisionTreeClassifier, min_samples_leaf=2, max_features="sqrt")
        return self._fit(tree, X, codes.astype(float), sample_weight)

    def out_of_bag(self):
        """Tell which training patients some tree has not seen; probabilities of those.

        The probabilities are those of the trees that have not seen the patient.
        """
        has_vote, votes = self._out_of_bag
        return has_vote, votes[has_vote]

    def predict_proba(self, X):
        """Probabilities of the classes in `classes_`."""
        return self.trees_.mean(X)


class NumberForestExpert(RegressorMixin, Forest):
    """Random forest of numbers."""

    def fit(self, X, y, sample_weight=None):
        """Grow the trees."""
        n_columns = max(1, min(X.shape[1] // 2, _MOST_COLUMNS))
        tree = partial(DecisionTreeRegressor, max_features=n_columns)
        return self._fit(tree, X, np.asarray(y, dtype=float), sample_weight)

    def out_of_bag(self):
        """All training patients, and predictions of the trees without the patient.

        A patient whom every tree has seen gets 0.
        """
        has_vote, prediction = self._out_of_bag
        return np.ones(len(has_vote), bool), prediction[:, 0]

    def predict(self, X):
        """Mean over the trees."""
        return self.trees_.mean(X)[:, 0]


def _grown(tree, X, y, sample_weight, random_state):
    """Grow trees on patients drawn with replacement; how often each was drawn.

    These are the trees of scikit-learn's forest, which takes a third of the time of a
    small one for cloning, checking and drawing again.
    """
    random = check_random_state(random_state)
    with config_context(skip_parameter_validation=True):
        for _ in range(_N_TREES):
            seed = random.randint(_LARGEST_SEED)
            counts = _bootstrap(len(X), sample_weight, np.random.RandomState(seed))
            yield (
                tree(random_state=seed).fit(
                    X, y, sample_weight=counts, check_input=False
                ),
                counts,
            )


def _bootstrap(n_patients, sample_weight, random):
    """How often each patient is drawn; those of more weight are more often."""
    n_draws = min(n_patients, _MOST_SAMPLES)
    if sample_weight is None:
        rows = random.randint(0, n_patients, n_draws)
    else:
        chances = sample_weight / np.sum(sample_weight)
        rows = random.choice(n_patients, n_draws, replace=True, p=chances)
    return np.bincount(rows, minlength=n_patients)


class _Trees:
    """Trees side by side in few numbers, for any patients at once.

    Of a node there are the feature, the threshold and the children, and only of a leaf
    the value. Single-precision thresholds split as before, as patients come in it, too.
    The forest's own methods would check X and start threads for each call, which for
    one patient costs ten times the prediction.
    """

    def __init__(self, estimators):
        trees = [estimator.tree_ for estimator in estimators]
        counts = [tree.node_count for tree in trees]
        self.roots = np.cumsum([0, *counts[:-1]], dtype=np.int32)
        starts = np.repeat(self.roots, counts)
        feature = np.concatenate([tree.feature for tree in trees])
        sides = [(tree.children_left, tree.children_right) for tree in trees]
        children = (np.concatenate(sides, axis=1) + starts).T
        is_leaf = feature < 0
        # a leaf is its own child, so that a walk of any length ends there
        children[is_leaf] = np.flatnonzero(is_leaf)[:, None]
        self.feature = np.where(is_leaf, 0, feature).astype(np.int32)
        self.threshold = _rounded_down(
            np.concatenate([tree.threshold for tree in trees])
        )
        self.children = children.astype(np.int32, order="C")
        values = np.concatenate([tree.value[:, 0] for tree in trees])
        self.leaf = (np.cumsum(is_leaf) - 1).astype(np.int32)
        self.value = values[is_leaf]
        self.depth = max(tree.max_depth for tree in trees)

    def mean(self, X):
        """Mean prediction of the trees, of shape (n_patients, n_outputs)."""
        X = np.asarray(X, dtype=np.float32)
        mean = np.empty((len(X), self.value.shape[1]))
        for rows in gen_batches(len(X), _BATCH_SIZE):
            mean[rows] = self._predictions(X[rows]).mean(axis=0)
        return mean

    def out_of_bag(self, X, is_drawn):
        """Tell whom some tree has not seen, and the mean prediction of those trees."""
        count, total = np.zeros(len(X)), np.zeros((len(X), self.value.shape[1]))
        for rows in gen_batches(len(X), _BATCH_SIZE):
            unseen = ~is_drawn[:, rows]
            count[rows] = unseen.sum(axis=0)
            predictions = self._predictions(X[rows])
            total[rows] = (predictions * unseen[:, :, None]).sum(axis=0)
        return count > 0, total / np.maximum(count, 1)[:, None]

    def _predictions(self, X):
        """Predict by each tree, of shape (n_trees, n_patients, n_outputs)."""
        # down all trees at once, a level at a time
        cells, children = X.ravel(), self.children.ravel()
        rows = np.arange(len(X)) * X.shape[1]
        nodes = np.repeat(self.roots[:, None].astype(np.intp), len(X), axis=1)
        for _ in range(self.depth):
            values = cells.take(rows + self.feature.take(nodes))
            nodes = children.take(2 * nodes + (values > self.threshold.take(nodes)))
        return self.value[self.leaf[nodes]]


def _rounded_down(values):
    """Largest single-precision numbers that are no larger."""
    rounded = values.astype(np.float32)
    too_large = rounded > values
    rounded[too_large] = np.nextafter(rounded[too_large], np.float32(-np.inf))
    return rounded
