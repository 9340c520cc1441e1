import optuna
import pytest
from common.instances import INSTANCES, target_for
from numpy.testing import assert_allclose
from optuna.distributions import CategoricalDistribution, FloatDistribution
from sklearn.base import clone
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline

from magnet_sklearn.preprocessing import DefaultPreprocessor
from magnet_sklearn.tuning import search_space, tune

optuna.logging.set_verbosity(optuna.logging.WARNING)

EXPERTS = {"experts": CategoricalDistribution(["auto", "linear"])}


def test_first_trial_is_the_estimator_as_it_is(clf, patients):
    result = tune(clf, *patients, space=EXPERTS, cv=3, n_trials=1, random_state=0)
    expected = cross_val_score(clf, *patients, cv=3)
    assert result.study_.trials[0].params == {"experts": "auto"}
    assert_allclose(result.study_.trials[0].user_attrs["scores"], expected)


def test_best_is_fitted_on_all_patients(clf, patients):
    X, y = patients
    result = tune(clf, X, y, space=EXPERTS, cv=2, n_trials=2, random_state=0)
    expected = clone(clf).set_params(**result.best_params_).fit(X, y)
    assert_allclose(result.best_estimator_.predict_proba(X), expected.predict_proba(X))


@pytest.mark.parametrize(
    "name", ["MagnetSurvivalAnalysis", "MultiModalGNNRegressor", "MagnetMultiTask"]
)
def test_other_targets_are_tuned(name):
    estimator = INSTANCES[name]
    space = {"experts": CategoricalDistribution([None, "linear"])}
    result = tune(
        estimator, *target_for(estimator), space=space, cv=2, n_trials=2, random_state=0
    )
    assert set(result.to_frame()["state"]) == {"complete"}


def test_same_parameters_are_scored_once(clf, patients):
    space = {"experts": CategoricalDistribution(["auto"])}
    fits = []
    result = tune(
        clf,
        *patients,
        space=space,
        cv=2,
        n_trials=3,
        scoring=lambda *own: fits.append(own) or 0.5,
        sampler=optuna.samplers.RandomSampler(seed=0),
    )
    assert len(fits) == 2
    assert result.to_frame()["value"].tolist() == [0.5] * 3


def test_networks_that_vary_share_experts(clf, patients):
    space = {"dropout": FloatDistribution(0.0, 0.5)}
    result = tune(clf, *patients, space=space, cv=2, n_trials=3, random_state=0)
    assert result.reused_ == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("scores", "chosen"),
    [
        ({"auto": [0.9, 0.8, 0.7], "linear": [0.92, 0.79, 0.72]}, "auto"),
        ({"auto": [0.9, 0.8, 0.7], "linear": [0.95, 0.86, 0.74]}, "linear"),
        ({"auto": [0.9, 0.8, 0.7], "linear": [0.9, 0.8, 0.7]}, "auto"),
    ],
    ids=["within-an-error", "beyond", "tie"],
)
def test_parameters_change_only_for_a_score_beyond_noise(clf, patients, scores, chosen):
    left = {name: iter(values) for name, values in scores.items()}
    result = tune(
        clf,
        *patients,
        space=EXPERTS,
        cv=3,
        n_trials=6,
        scoring=lambda fitted, X, y: next(left[fitted.experts]),
        sampler=optuna.samplers.RandomSampler(seed=0),
        pruner=optuna.pruners.NopPruner(),
        refit=False,
    )
    assert set(result.to_frame()["params_experts"]) == {"auto", "linear"}
    assert result.best_params_ == {"experts": chosen}
    assert result.best_estimator_ is None


def test_a_hopeless_trial_is_given_up_after_a_fold(clf, patients):
    seen = []

    def score(fitted, X, y):
        seen.append(fitted.experts)
        return float(fitted.experts == "auto")

    pruner = optuna.pruners.ThresholdPruner(lower=0.5)
    tune(clf, *patients, space=EXPERTS, cv=3, n_trials=6, scoring=score, pruner=pruner,
         sampler=optuna.samplers.RandomSampler(seed=0))  # fmt: skip
    pruned = [name for name in seen if name == "linear"]
    assert 0 < len(pruned) == seen.count("linear")
    assert seen.count("auto") == 3


def test_a_pipeline_is_tuned_by_its_prefix(clf, patients):
    pipeline = make_pipeline(DefaultPreprocessor(), clf)
    space = search_space(pipeline, patients[0])
    result = tune(pipeline, *patients, space=space, cv=2, n_trials=1, random_state=0)
    assert result.best_params_ == {"magnetclassifier__experts": "auto"}


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_failed_trials_leave_an_error_that_says_what_to_do(clf, patients):
    space = {"dropout": FloatDistribution(2.0, 3.0)}
    with pytest.raises(RuntimeError, match="No trial succeeded"):
        tune(clf, *patients, space=space, cv=2, n_trials=1)
