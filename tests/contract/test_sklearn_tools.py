"""Every tool of scikit-learn that takes an estimator takes ours."""

import numpy as np
import pandas as pd
import pytest
from common.cohorts import make_patients
from common.instances import make_classifier
from numpy.testing import assert_allclose
from sklearn import config_context
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import BaggingClassifier, StackingClassifier, VotingClassifier
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.feature_selection import SelectKBest
from sklearn.inspection import permutation_importance
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import (
    GridSearchCV,
    HalvingGridSearchCV,
    RandomizedSearchCV,
    StratifiedGroupKFold,
    TunedThresholdClassifierCV,
    cross_val_predict,
    cross_val_score,
    cross_validate,
    learning_curve,
    train_test_split,
)
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.utils._param_validation import InvalidParameterError

from magnet_sklearn import MultiModalData
from magnet_sklearn.graph import FeatureGraph, PatientGraphBuilder
from magnet_sklearn.preprocessing import ModalityTransformer


@pytest.fixture(scope="module")
def cohort():
    return make_patients(60)


@pytest.fixture
def clf():
    # One plain expert: these tests are about the tools.
    return make_classifier(
        max_epochs=2, ensemble_size=1, experts=LogisticRegression(C=0.1)
    )


@pytest.fixture(scope="module")
def numeric_frame():
    """A DataFrame with two-level columns and a missing block, numbers only."""
    rng = np.random.default_rng(0)
    y = np.arange(60) % 2
    rna = rng.normal(size=(60, 3)) + 2 * y[:, None]
    protein = rng.normal(size=(60, 2))
    protein[::3] = np.nan
    return MultiModalData({"rna": rna, "protein": protein}).to_frame(), y


def test_cross_validate(clf, cohort):
    scores = cross_validate(clf, *cohort, cv=3, scoring=["roc_auc", "neg_log_loss"])

    assert scores["test_roc_auc"].mean() > 0.6


def test_cross_val_predict(clf, cohort):
    X, y = cohort
    probability = cross_val_predict(clf, X, y, cv=3, method="predict_proba")

    assert probability.shape == (60, 2)


def test_grid_search_over_n_neighbors_in_processes(clf, cohort):
    search = GridSearchCV(clf, {"n_neighbors": [2, 5]}, cv=2, n_jobs=2).fit(*cohort)

    assert search.best_params_["n_neighbors"] in (2, 5)
    assert search.predict(cohort[0]).shape == (60,)


def test_grid_search_over_the_builder(clf, cohort):
    clf.set_params(graph=PatientGraphBuilder(3), n_neighbors=10)
    search = GridSearchCV(clf, {"graph__n_neighbors": [2, 4]}, cv=2).fit(*cohort)

    expected = search.best_params_["graph__n_neighbors"]
    assert search.best_estimator_.graph_summary_["n_neighbors"] == expected


def test_randomized_search(clf, cohort):
    space = {"dropout": [0.0, 0.2], "hidden_dim": [4, 8]}
    search = RandomizedSearchCV(clf, space, n_iter=2, cv=2, random_state=0)

    assert search.fit(*cohort).best_score_ > 0.4


def test_halving_grid_search(clf, cohort):
    search = HalvingGridSearchCV(
        clf, {"n_neighbors": [2, 3]}, cv=2, random_state=0, min_resources=30
    )

    assert search.fit(*cohort).n_iterations_ >= 1


def test_train_test_split(cohort):
    X, y = cohort
    train, test, y_train, _ = train_test_split(X, y, stratify=y, random_state=0)

    assert isinstance(train, MultiModalData)
    assert len(train) == len(y_train) == 45
    assert len(test) == 15


def test_stratified_group_k_fold(clf, cohort):
    X, y = cohort
    groups = np.arange(60) // 4
    scores = cross_val_score(
        clf, X, y, groups=groups, cv=StratifiedGroupKFold(3), error_score="raise"
    )

    assert len(scores) == 3


def test_pipeline_with_selection_per_fold(clf, cohort):
    model = make_pipeline(ModalityTransformer({"rna": SelectKBest(k=2)}), clf)
    scores = cross_val_score(model, *cohort, cv=2, error_score="raise")

    assert len(scores) == 2
    fitted = model.fit(*cohort)
    assert fitted[-1].n_features_in_ == 2 + 4 + 2


def test_nested_search(clf, cohort):
    search = GridSearchCV(clf, {"dropout": [0.0, 0.2]}, cv=2)

    assert len(cross_val_score(search, *cohort, cv=2, error_score="raise")) == 2


def test_calibrated_classifier(clf, cohort):
    X, y = cohort
    model = CalibratedClassifierCV(clf, cv=2).fit(X, y)

    assert model.predict_proba(X).shape == (60, 2)


def test_stacking(clf, cohort):
    X, y = cohort
    model = StackingClassifier([("ours", clf), ("again", clone(clf))], cv=2)

    assert model.fit(X, y).predict(X).shape == (60,)


def test_stacking_with_passthrough_of_a_two_level_frame(clf, numeric_frame):
    frame, y = numeric_frame
    final = make_pipeline(_fill_with_zero(), LogisticRegression())
    model = StackingClassifier([("ours", clf)], final, cv=2, passthrough=True)

    assert model.fit(frame, y).score(frame, y) > 0.7


def _fill_with_zero():
    from sklearn.impute import SimpleImputer

    return SimpleImputer(strategy="constant", fill_value=0.0)


def test_voting(clf, cohort):
    X, y = cohort
    model = VotingClassifier([("a", clf), ("b", clone(clf))], voting="soft").fit(X, y)

    assert model.predict_proba(X).shape == (60, 2)


def test_tuned_threshold(clf, cohort):
    X, y = cohort
    model = TunedThresholdClassifierCV(clf, cv=2, random_state=0).fit(X, y)

    assert 0 <= model.best_threshold_ <= 1


def test_one_vs_rest(clf):
    X, y = make_patients(60, n_classes=3)
    model = OneVsRestClassifier(clf).fit(X, y)

    assert model.predict_proba(X).shape == (60, 3)


def test_learning_curve(clf, cohort):
    sizes, *_ = learning_curve(
        clf, *cohort, train_sizes=[0.5, 1.0], cv=2, error_score="raise"
    )

    assert sizes.tolist() == [15, 30]


def test_permutation_importance_of_a_two_level_frame(clf, numeric_frame):
    frame, y = numeric_frame
    model = clf.fit(frame, y)
    result = permutation_importance(model, frame, y, n_repeats=3, random_state=0)

    rna, protein = result.importances_mean[:3], result.importances_mean[3:]
    assert rna.max() > protein.max()


def test_bagging_of_flat_data(numeric_frame):
    frame, y = numeric_frame
    clf = make_classifier(
        modalities={"rna": slice(0, 3), "protein": slice(3, 5)}, ensemble_size=1
    )
    model = BaggingClassifier(clf, n_estimators=2, random_state=0)

    assert model.fit(frame.to_numpy(), y).score(frame.to_numpy(), y) > 0.7


def test_optuna_search(clf, cohort):
    optuna = pytest.importorskip("optuna")
    from optuna_integration import OptunaSearchCV

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    space = {"dropout": optuna.distributions.FloatDistribution(0.0, 0.4)}
    search = OptunaSearchCV(clf, space, cv=2, n_trials=2, random_state=0).fit(*cohort)

    assert 0 <= search.best_params_["dropout"] <= 0.4


def test_metadata_routing_hands_weights_and_groups_to_fit(clf, cohort):
    X, y = cohort
    groups, weight = np.arange(60) // 3, np.arange(60) % 4.0
    with config_context(enable_metadata_routing=True):
        clf.set_fit_request(sample_weight=True, groups=True)
        clf.set_score_request(sample_weight=False)
        result = cross_validate(
            clf,
            X,
            y,
            cv=StratifiedGroupKFold(2),
            params={"sample_weight": weight, "groups": groups},
            error_score="raise",
            return_estimator=True,
            return_indices=True,
        )

    folds = zip(result["estimator"], result["indices"]["train"], strict=True)
    for fitted, train in folds:
        train = train[weight[train] > 0]
        expected = clone(clf).fit(
            X[train], y[train], sample_weight=weight[train], groups=groups[train]
        )
        assert_allclose(fitted.predict_proba(X), expected.predict_proba(X))


def test_plain_dict_in_cross_validation_is_refused_by_scikit_learn(clf, cohort):
    X, y = cohort

    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        cross_val_score(clf, dict(X.items()), y)


def test_set_output_gives_named_embeddings(clf, cohort):
    X, y = cohort
    embedding = clf.set_output(transform="pandas").fit(X, y).transform(X)

    assert isinstance(embedding, pd.DataFrame)
    assert embedding.columns[0] == "magnetclassifier0"


@pytest.mark.parametrize(
    "parameters",
    [
        {"graph": PatientGraphBuilder(method="fast")},
        {"feature_graph": FeatureGraph(n_layers=0)},
    ],
    ids=lambda parameters: next(iter(parameters)),
)
def test_parameters_of_a_nested_graph_are_checked(parameters):
    X, y = make_patients()

    with pytest.raises(InvalidParameterError, match="method|n_layers"):
        make_classifier(n_neighbors=10, **parameters).fit(X, y)
