"""Two processes of torchrun train one estimator."""

import os
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from common.distributed_fits import CASES, LIVES, SMALL, fit, fit_survival
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from torch import distributed

from magnet_sklearn._training.runtime._processes import share

ROOT = Path(__file__).parents[3]

needs_gloo = pytest.mark.skipif(
    not (distributed.is_available() and distributed.is_gloo_available()),
    reason="torch was built without gloo",
)


def run_twice(script, *arguments):
    """What two processes print that torchrun starts."""
    command = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    done = subprocess.run(
        [sys.executable, *command, str(script), *map(str, arguments)],
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=LIVES + 60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """Results of both processes."""
    folder = tmp_path_factory.mktemp("both")
    run_twice(ROOT / "tests" / "common" / "distributed_fits.py", folder)
    found = [pickle.loads((folder / f"{n}.pickle").read_bytes()) for n in range(2)]
    files = sorted(path.name for path in folder.glob("checkpoint*"))
    return [{**results, "files": files} for results in found]


@given(n_rows=st.integers(1, 40), n_processes=st.integers(1, 5))
def test_shares_are_equally_long_and_leave_nobody_out(n_rows, n_processes):
    rows = list(range(100, 100 + n_rows))

    shares = [share(rows, number, n_processes) for number in range(n_processes)]

    assert {len(part) for part in shares} == {-(-n_rows // n_processes)}
    assert set().union(*shares) == set(rows)


def test_the_share_of_a_single_process_is_all_rows_in_order():
    assert share([5, 3, 9], 0, 1) == [5, 3, 9]


@needs_gloo
@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_both_processes_hold_the_same_estimator(both, case):
    first, second = (found[case] for found in both)

    assert_array_equal(first["probability"], second["probability"])
    assert_array_equal(first["gates"], second["gates"])
    for weights, others in zip(first["weights"], second["weights"], strict=True):
        assert_array_equal(weights, others)


@needs_gloo
@pytest.mark.slow
@pytest.mark.parametrize("case", ["default", "no experts", "mini-batches"])
def test_early_stopping_decides_alike(both, case):
    first, second = (found[case]["histories"] for found in both)

    assert first == second
    assert min(map(len, first)) < SMALL["max_epochs"]


@needs_gloo
@pytest.mark.slow
@pytest.mark.parametrize("case", ["default", "no experts", "mini-batches"])
def test_two_processes_score_like_one(both, case):
    assert both[0][case]["log_loss"] == pytest.approx(fit(case)["log_loss"], abs=0.04)


@needs_gloo
@pytest.mark.slow
def test_without_chance_two_processes_train_what_one_does(both):
    two, one = both[0]["no chance"], fit("no chance")

    # float32 sums in another order, and Adam divides by what may be small
    assert_allclose(two["probability"], one["probability"], atol=1e-3)
    assert_allclose(two["histories"][0][-1][0], one["histories"][0][-1][0], rtol=1e-4)


@needs_gloo
@pytest.mark.slow
def test_a_loss_that_compares_patients_gives_the_same_risks(both):
    first, second = (found["survival"] for found in both)

    assert_array_equal(first, second)
    assert np.corrcoef(first, fit_survival())[0, 1] > 0.9


@needs_gloo
@pytest.mark.slow
def test_a_training_that_failed_goes_on_from_the_files_of_the_first(both):
    for found in both:
        plain, resumed = found["two goes"]
        assert_array_equal(resumed, plain)
        assert found["files"] == ["checkpoint_0"]


@needs_gloo
@pytest.mark.slow
def test_gradients_are_averaged_and_absent_ones_stay_absent(both):
    first, second = (found["gradients"] for found in both)

    assert first == second == [0.5, [1.5, 4.5], [0.5, 0.5], None, None]


@needs_gloo
@pytest.mark.slow
def test_different_patients_are_an_error_in_both_processes(both):
    for found in both:
        assert found["errors"][0].startswith(
            "The processes were given different patients or targets: 1 not the same as "
            "0 (patients in each: 400, 400)."
        )


@needs_gloo
@pytest.mark.slow
def test_interrupted_training_of_several_processes_is_an_error(both):
    for found in both:
        assert found["errors"][1].startswith("Training in several processes was")


@needs_gloo
@pytest.mark.slow
def test_the_example_prints_once():
    assert run_twice(ROOT / "examples" / "distributed.py").count("AUROC") == 1
