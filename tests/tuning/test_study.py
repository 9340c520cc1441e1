import optuna
import pytest
from numpy.testing import assert_allclose
from optuna.distributions import (
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)

from magnet_sklearn import MagnetClassifier
from magnet_sklearn.tuning import search_space, tune
from magnet_sklearn.tuning._study import default_sampler, first_trials, log_level

EXPERTS = {"experts": CategoricalDistribution(["auto", "linear"])}


def test_a_stored_search_goes_on(clf, patients, tmp_path):
    parameters = {
        "space": EXPERTS,
        "cv": 2,
        "storage": tmp_path / "search.log",
        "refit": False,
        "sampler": optuna.samplers.RandomSampler(seed=0),
    }
    first = tune(clf, *patients, n_trials=1, **parameters)
    second = tune(clf, *patients, n_trials=2, **parameters)
    assert len(second.to_frame()) == 3
    assert_allclose(second.to_frame()["value"][0], first.best_score_)


def test_a_stored_search_of_other_folds_is_refused(clf, patients, tmp_path):
    storage = tmp_path / "search.log"
    tune(clf, *patients, space=EXPERTS, cv=2, storage=storage, n_trials=1, refit=False)
    with pytest.raises(ValueError, match=r"differs in \['n_folds'\]: \[2\] there"):
        tune(clf, *patients, space=EXPERTS, cv=3, storage=storage, n_trials=1)


def test_parameters_that_do_not_exist_are_named(clf, patients):
    space = {"hidden": FloatDistribution(0, 1)}
    with pytest.raises(ValueError, match=r"\['hidden'\].*no parameters"):
        tune(clf, *patients, space=space)


def test_first_trials_are_the_own_and_the_published_parameters_in_the_space():
    clf = MagnetClassifier(experts=None, dropout=0.25)
    own, published = first_trials(clf, search_space(clf))
    assert own["dropout"] == 0.25
    assert published["learning_rate"] == MagnetClassifier.published().learning_rate


def test_values_outside_the_space_are_not_tried_first():
    space = {
        "dropout": FloatDistribution(0.4, 0.5),
        "hidden_dim": IntDistribution(8, 16),
        "experts": CategoricalDistribution(["linear"]),
    }
    assert list(first_trials(MagnetClassifier(), space)) == []


def test_few_combinations_are_tried_once_each_then_the_search_ends(clf, patients):
    space = {"experts": CategoricalDistribution(["auto", "linear", "kernel"])}
    result = tune(
        clf, *patients, space=space, cv=2, n_trials=9, scoring=lambda *_: 0.5,
        refit=False,
    )  # fmt: skip
    assert result.to_frame()["params_experts"][0] == "auto"
    assert sorted(result.to_frame()["params_experts"]) == ["auto", "kernel", "linear"]


def test_ranges_and_many_combinations_are_searched_by_tpe():
    spaces = [
        {"dropout": FloatDistribution(0, 1), **EXPERTS},
        {"hidden_dim": CategoricalDistribution(range(21))},
    ]
    for space in spaces:
        assert isinstance(default_sampler(space, 0), optuna.samplers.TPESampler)


@pytest.mark.parametrize(("verbose", "level"), [(0, "WARNING"), (1, "INFO")])
def test_lines_about_trials_are_written_only_if_asked_for(verbose, level):
    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.INFO)
    try:
        with log_level(verbose):
            inside = optuna.logging.get_verbosity()
        assert inside == getattr(optuna.logging, level)
        assert optuna.logging.get_verbosity() == optuna.logging.INFO
    finally:
        optuna.logging.set_verbosity(before)
