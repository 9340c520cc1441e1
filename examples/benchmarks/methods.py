"""Methods to compare, in groups that can be chosen by name."""

from fnmatch import fnmatch
from importlib.util import find_spec

import numpy as np
from baselines import Concatenation, LateFusion, baselines, logistic_regression
from sklearn.base import BaseEstimator
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegressionCV
from sklearn.model_selection import GridSearchCV

from magnet_sklearn import MagnetClassifier


class TunedLogisticRegression(BaseEstimator):
    """Logistic regression with a penalty chosen by 3-fold cross-validation."""

    def fit(self, X, y):
        """Fitted model; the default penalty where a class is too rare for folds."""
        _, counts = np.unique(y, return_counts=True)
        if counts.min() < 3:
            return logistic_regression().fit(X, y)
        model = LogisticRegressionCV(cv=3, scoring="neg_log_loss", max_iter=3000)
        return model.fit(X, y)


def ours(random_state):
    """The default and what is left of it without each of its parts."""
    changes = {
        "MagnetClassifier": {},
        "MagnetClassifier, graph=None": {"graph": None},
        "MagnetClassifier, experts=None": {"experts": None},
        "MagnetClassifier, ensemble_size=1": {"ensemble_size": 1},
    }
    made = {
        name: MagnetClassifier(random_state=random_state, **change)
        for name, change in changes.items()
    }
    made["published preset"] = MagnetClassifier.published(random_state=random_state)
    return made


def ablation(random_state):
    """The published preset with one part changed, as in the MAGNET paper."""
    changes = {
        "": {},
        ", fusion=mean": {"fusion": "mean"},
        ", fusion=concat": {"fusion": "concat"},
        ", decoder=gat": {"decoder": "gat"},
        ", decoder=gcn": {"decoder": "gcn"},
        ", decoder=gin": {"decoder": "gin"},
        ", similarity_weight=0": {"similarity_weight": 0.0},
        ", graph=None": {"graph": None},
    }
    return {
        f"published preset{name}": MagnetClassifier.published(
            random_state=random_state, **change
        )
        for name, change in changes.items()
    }


def calibrated(random_state):
    """Whether calibrating the default anew would help."""
    model = MagnetClassifier(random_state=random_state)
    return {
        "MagnetClassifier, calibrated": CalibratedClassifierCV(
            model, method="sigmoid", cv=3
        )
    }


def tuned(random_state):
    """Baselines tuned by cross-validation inside the training part."""
    penalty = TunedLogisticRegression()
    boosting = GridSearchCV(
        HistGradientBoostingClassifier(random_state=random_state),
        {"learning_rate": [0.03, 0.1], "max_leaf_nodes": [4, 31]},
        scoring="neg_log_loss",
        cv=3,
    )
    return {
        "late fusion, LR tuned": LateFusion([penalty]),
        "product of experts, LR tuned": LateFusion([penalty], rule="product"),
        "HistGradientBoosting tuned": Concatenation(boosting),
    }


def boosting(random_state):
    """Gradient boosting of other packages, as far as installed (extra `bench`)."""
    made = {}
    common = {"random_state": random_state, "n_jobs": 1}
    if find_spec("xgboost"):
        from xgboost import XGBClassifier

        made["XGBoost"] = Concatenation(XGBClassifier(verbosity=0, **common))
    if find_spec("lightgbm"):
        from lightgbm import LGBMClassifier

        made["LightGBM"] = Concatenation(LGBMClassifier(verbosity=-1, **common))
    if find_spec("catboost"):
        from catboost import CatBoostClassifier

        quiet = {"verbose": 0, "allow_writing_files": False, "thread_count": 1}
        model = CatBoostClassifier(random_state=random_state, **quiet)
        made["CatBoost"] = Concatenation(model)
    return made


def peers(random_state):
    """Deep peers, where iMML and what it needs is installed (``tox run -e peers``)."""
    if not (find_spec("imml") and find_spec("lightning")):
        return {}
    from peers import Peer

    return {name: Peer(name, random_state=random_state) for name in ("MUSE", "M3Care")}


GROUPS = {
    "baselines": baselines,
    "boosting": boosting,
    "tuned": tuned,
    "peers": peers,
    "ours": ours,
    "ablation": ablation,
    "calibrated": calibrated,
}
DEFAULT_GROUPS = ("baselines", "boosting", "peers", "ours")


def make_methods(random_state=0):
    """All methods by name, untrained."""
    made = {}
    for group in GROUPS.values():
        made.update(group(random_state))
    return made


def choose_methods(chosen):
    """Names of the methods in the groups, or matching the patterns, given.

    Raises
    ------
    ValueError
        If a word is neither a group nor matches a method.
    """
    names = []
    for word in chosen:
        found = [name for name in make_methods() if fnmatch(name, word)]
        if word in GROUPS:
            found = list(GROUPS[word](0))
        elif not found:
            raise ValueError(
                f"Unknown method {word!r}. Groups: {', '.join(GROUPS)}. "
                f"Methods: {'; '.join(make_methods())}."
            )
        names += [name for name in found if name not in names]
    return names
