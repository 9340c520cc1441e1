import numpy as np
from numpy.testing import assert_allclose
from sklearn.base import clone

from magnet_sklearn.federated import ModalityFedAvg, simulate


def site(encoders, head, n_patients, n_observed):
    weights = {f"encoders.{m}.w": np.array([w]) for m, w in enumerate(encoders)}
    weights |= {"head.w": np.array([head]), "head.n": np.array(3)}
    return {
        "weights": {"0": weights},
        "n_patients": {"0": n_patients},
        "n_observed": {"0": np.array(n_observed, dtype=float)},
    }


def zeros(reply):
    return {"0": {name: np.zeros_like(w) for name, w in reply["weights"]["0"].items()}}


def test_encoders_are_averaged_by_patients_who_have_the_modality():
    replies = {"A": site([1.0, 5.0], 2.0, 30, [30, 0])}
    replies["B"] = site([2.0, 7.0], 6.0, 10, [10, 4])
    before = zeros(replies["A"])

    averaged = ModalityFedAvg().average(replies, before, ["rna", "mri"])["0"]

    assert_allclose(averaged["encoders.0.w"], (30 * 1.0 + 10 * 2.0) / 40)
    assert_allclose(averaged["encoders.1.w"], 7.0)
    assert_allclose(averaged["head.w"], (30 * 2.0 + 10 * 6.0) / 40)
    assert averaged["head.n"] == 3


def test_what_nobody_learned_stays():
    replies = {"A": site([1.0, 5.0], 2.0, 30, [30, 0])}
    before = {"0": {n: v + 9 for n, v in replies["A"]["weights"]["0"].items()}}

    averaged = ModalityFedAvg().average(replies, before, ["rna", "mri"])["0"]

    assert_allclose(averaged["encoders.1.w"], 14.0)


def test_two_identical_sites_give_the_average_in_numpy(cohort, classifier):
    estimator = clone(classifier).set_params(experts=None, gate=1.0, ensemble_size=1)
    kept = Keeping(n_rounds=1)

    clf, _ = simulate({"A": cohort, "B": cohort}, estimator, strategy=kept)

    first, second = (reply["weights"]["0"] for reply in kept.replies.values())
    state = clf.nets_[0].module_.state_dict()
    for name, values in state.items():
        plain = (first[name].astype(float) + second[name].astype(float)) / 2
        assert_allclose(values.numpy(), plain, rtol=1e-12, atol=1e-15)
    alone, _ = simulate({"A": cohort}, estimator, strategy=ModalityFedAvg(n_rounds=1))
    X = cohort[0]
    assert_allclose(clf.predict_proba(X), alone.predict_proba(X), atol=1e-6)


class Keeping(ModalityFedAvg):
    """Keeps what it averages."""

    def average(self, replies, weights, modalities):
        self.replies = replies
        return super().average(replies, weights, modalities)


def test_proximal_term_keeps_sites_near_the_last_average(cohort, classifier):
    estimator = clone(classifier).set_params(experts=None, ensemble_size=1)
    moved = []
    for mu in (0.0, 100.0):
        kept = Keeping(n_rounds=1, proximal_mu=mu)
        simulate([cohort], estimator, strategy=kept)
        (reply,) = kept.replies.values()
        moved.append(reply["weights"]["0"])
    free, near = (np.concatenate([w.ravel() for w in m.values()]) for m in moved)
    initial = _initial(cohort, estimator)

    assert np.linalg.norm(near - initial) < 0.8 * np.linalg.norm(free - initial)


def _initial(cohort, estimator):
    clf, _ = simulate([cohort], estimator, strategy=ModalityFedAvg(n_rounds=0))
    state = clf.nets_[0].module_.state_dict()
    return np.concatenate([value.numpy().ravel() for value in state.values()])
