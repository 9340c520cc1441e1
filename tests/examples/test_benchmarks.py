import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score

sys.path.insert(0, str(Path(__file__).parents[2] / "examples" / "benchmarks"))

import comparisons
import metrics
import run
from cohorts import BUNDLED, load_cohort
from scenarios import SCENARIOS, make_data, make_splits

KEYS = [("wine", "missing-0.3", s, "late fusion, LR") for s in (0, 1)]


@pytest.mark.parametrize("n_classes", [2, 4])
def test_metrics_agree_with_scikit_learn(n_classes):
    rng = np.random.default_rng(0)
    probability = rng.dirichlet(np.ones(n_classes), size=60)
    y = np.arange(60) % n_classes

    scores = metrics.scores(y, probability)

    positive = probability[:, 1] if n_classes == 2 else probability
    assert_allclose(scores["auroc"], roc_auc_score(y, positive, multi_class="ovr"))
    assert_allclose(scores["log_loss"], log_loss(y, probability))
    brier = brier_score_loss(y, probability, scale_by_half=False)
    assert_allclose(scores["brier"], brier)


def test_calibration_error_is_the_gap_between_confidence_and_accuracy():
    probability = np.tile([0.25, 0.75], (100, 1))
    y = np.arange(100) % 2

    error = metrics.expected_calibration_error(y, probability)

    assert_allclose(error, 0.25)


def test_run_goes_on_after_an_interruption_within_a_line(tmp_path):
    path = tmp_path / "results.csv"
    assert run.open_results(path) == set()
    run.run(KEYS, path)
    whole = path.read_text()
    path.write_text(whole[:-30])

    done = run.open_results(path)
    run.run([key for key in KEYS if key not in done], path)

    assert done == set(KEYS[:1])
    rows = run.read_results(path)
    assert list(rows[run.KEY].itertuples(index=False, name=None)) == KEYS
    assert rows["auroc"].between(0.5, 1).all()


def test_failed_run_is_reported_and_repeated(tmp_path):
    path = tmp_path / "results.csv"
    run.open_results(path)

    row = run.evaluate("wine", "missing-0", 0, "no such method")
    run.append(path, row)

    assert "KeyError" in row["error"]
    assert run.open_results(path) == set()


@pytest.mark.parametrize("cohort", [load.__name__ for load in BUNDLED])
def test_scenarios_split_patients_and_leave_each_a_block(cohort):
    cohort = load_cohort(cohort)
    for scenario in SCENARIOS.values():
        for number, split in enumerate(make_splits(cohort, scenario, 2)):
            parts = make_data(cohort, scenario, number, split)

            assert not set(split.train) & set(split.test)
            assert [len(part) for part in parts] == [len(split.train), len(split.test)]
            assert all(part.mask.any(axis=1).all() for part in parts)


def test_disjoint_groups_share_no_modality():
    cohort, scenario = load_cohort("digits_5"), SCENARIOS["disjoint-groups"]
    split = make_splits(cohort, scenario, 1)[0]

    X_train, _ = make_data(cohort, scenario, 0, split)

    patterns = X_train.missingness_patterns()[list(X_train)].to_numpy()
    assert_array_equal(patterns.sum(axis=0), [1, 1, 1, 1])


def test_corrected_t_test_without_correction_is_the_paired_t_test():
    differences = np.array([0.1, 0.3, -0.1, 0.2])

    p = comparisons.corrected_t_test(differences, test_share=0.0)

    assert_allclose(p, stats.ttest_1samp(differences, 0).pvalue)
    assert comparisons.corrected_t_test(differences, test_share=0.25) > p


def test_holm_keeps_order_and_multiplies_by_what_is_left():
    assert_allclose(comparisons.holm([0.04, 0.01, 0.03]), [0.06, 0.03, 0.06])
