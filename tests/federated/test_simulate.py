import pickle

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.base import clone

from magnet_sklearn import MagnetClassifier, MultiModalData
from magnet_sklearn.federated import (
    FourierFamily,
    ModalityFedAvg,
    federated_estimator,
    make_client,
    simulate,
)

ONE_ROUND = ModalityFedAvg(n_rounds=1)
NO_NETWORKS = ModalityFedAvg(n_rounds=0)


@pytest.fixture(scope="module")
def trained(sites, classifier):
    estimator = clone(classifier).set_params(experts="linear")
    return simulate(sites, estimator, strategy=ModalityFedAvg(n_rounds=2))


@pytest.mark.parametrize(
    "parameters", [{}, {"gate": 1.0, "class_weight": "balanced", "experts": "linear"}]
)
def test_one_site_with_all_data_equals_local_training(cohort, classifier, parameters):
    X, y = cohort
    estimator = clone(classifier).set_params(**parameters)

    federated, _ = simulate([(X, y)], estimator, strategy=ONE_ROUND)

    local = clone(estimator).fit(X, y)
    assert_allclose(federated.predict_proba(X), local.predict_proba(X), atol=1e-6)
    assert_allclose(federated.gates_, local.gates_, atol=1e-6)
    assert_allclose(
        federated.contributions(X), local.contributions(X), rtol=0, atol=1e-6
    )


def test_one_site_with_all_data_equals_local_training_of_survival(
    cohort, times, survival
):
    X, _ = cohort

    # folds of few patients are left out with others, unless a site allows one
    strategy = ModalityFedAvg(n_rounds=1, min_patients=1)
    federated, _ = simulate([(X, times)], survival, strategy=strategy)

    local = clone(survival).fit(X, times)
    assert_allclose(federated.predict(X), local.predict(X), atol=1e-6)
    # times of a federated baseline are rounded to a grid
    curves = [
        model.predict_survival_function(X, times=[1.0, 3.0])
        for model in (federated, local)
    ]
    assert_allclose(*curves, atol=0.05)


def test_experts_of_two_sites_are_those_of_all_patients(cohort, sites, classifier):
    # scales are those of everybody, but folds are drawn at each site
    X, y = cohort
    estimator = clone(classifier).set_params(experts="linear")

    federated, _ = simulate(sites, estimator, strategy=NO_NETWORKS)

    inputs = federated._model.inputs
    local = clone(estimator).fit(X, y)
    assert_allclose(
        inputs.transform(X)["protein"],
        local._model.inputs.transform(X)["protein"],
        atol=1e-12,
    )
    assert_allclose(federated.baseline_, local.baseline_)
    for key, expert in local.offset_.experts_.experts_.items():
        own = federated.offset_.experts_.experts_[key]
        if own.C == expert.C:
            assert_allclose(own.coef_, expert.coef_, atol=1e-4)
    assert_allclose(federated.predict_proba(X), local.predict_proba(X), atol=0.15)


def test_a_site_may_lack_modalities_classes_and_columns(cohort, classifier):
    X, y = cohort
    blocks = {name: block[:40] for name, block in X.items()}
    blocks["clinical"] = X["clinical"].iloc[:40].drop(columns="age")
    del blocks["rna"]
    one_class = np.flatnonzero(y[40:] == 0) + 40
    both = np.arange(60, 84)
    sites = {"A": (blocks, y[:40])}
    sites |= {"B": (X[one_class], y[one_class]), "C": (X[both], y[both])}
    estimator = clone(classifier).set_params(experts="linear")

    clf, history = simulate(sites, estimator, strategy=ONE_ROUND)

    assert sorted(clf.modalities_) == ["clinical", "protein", "rna"]
    assert (history["status"] == "ok").all()
    assert np.isfinite(clf.predict_proba(X)).all()


def test_result_is_an_estimator_like_any_other(trained, cohort):
    X, _ = cohort
    clf, history = trained

    parts = clf.contributions(X)
    log_odds = clf.decision_function(X)
    assert_allclose(parts.sum(axis=1) + clf.baseline_, log_odds)
    again = pickle.loads(pickle.dumps(clf))
    assert_allclose(again.predict_proba(X), clf.predict_proba(X), rtol=0)
    assert set(clf.summary_["part"]) >= {"family", "gate"}
    assert clf.transform(X[:2]).shape == (2, 2 * clf.hidden_dim)
    alone = clf.predict_proba(X[:1])
    assert_allclose(alone, clf.predict_proba(X)[:1])


def test_result_holds_no_patients(trained):
    model = trained[0]._model

    assert model.holdout.fits == ()
    assert model.ensemble.graph_ is None
    assert model.experts.training_outputs().shape == (0, 2)


def test_history_has_a_row_per_message_and_site(trained):
    history = trained[1]

    rounds = history[history["stage"] == "networks"]
    assert rounds["round"].tolist() == [1, 1, 2, 2]
    assert rounds["site"].tolist() == ["Oslo", "Bergen"] * 2
    assert rounds["loss"].notna().all()
    assert (history["bytes_received"] > 0).all()


def test_training_is_repeated_by_the_seed(sites, classifier, cohort):
    estimator = clone(classifier).set_params(experts=None)
    first, second = (simulate(sites, estimator, strategy=ONE_ROUND)[0] for _ in "ab")

    assert_allclose(
        first.predict_proba(cohort[0]), second.predict_proba(cohort[0]), rtol=0
    )


class Recording:
    """A client whose answers are kept."""

    def __init__(self, client):
        self.client, self.sent, self.name = client, [], client.name

    def answer(self, message):
        self.sent.append(self.client.answer(message))
        return self.sent[-1]


@pytest.mark.parametrize("target", ["classes", "survival"])
def test_no_row_of_any_block_is_in_the_bytes_sent(
    cohort, times, classifier, survival, target
):
    X, y = cohort
    y = y if target == "classes" else times
    estimator = clone(classifier if target == "classes" else survival)
    estimator.experts = ["linear", FourierFamily(n_components=5)]
    parts = np.split(np.arange(84), 2)
    cut = [y.iloc[p].reset_index(drop=True) if y is times else y[p] for p in parts]
    clients = [
        Recording(make_client(estimator, X[p], own, name=str(place)))
        for place, (p, own) in enumerate(zip(parts, cut, strict=True))
    ]

    clf, _ = simulate(clients, estimator, strategy=ONE_ROUND)

    sent = b"".join(answer for client in clients for answer in client.sent)
    rows = _rows(X, clf)
    assert len(sent) > 100_000
    assert len(rows) > 200
    assert not [row for row in rows if row in sent]


def _rows(X, clf):
    """Observed rows, raw and preprocessed, that are not told from others' zeros."""
    raw = {name: block for name, block in X.items() if name != "clinical"}
    return [
        row.astype(kind).tobytes()
        for blocks in (raw, clf._model.inputs.transform(X))
        for block in (blocks[name] for name in blocks)
        for row in np.asarray(block)[~np.isnan(np.asarray(block)).all(axis=1)]
        for kind in ("<f4", "<f8")
        if np.sum((row != 0) & (row != 1)) > 1
    ]


class Failing(Recording):
    """A client that answers well for a while."""

    def __init__(self, client, step, answer):
        super().__init__(client)
        self.step, self.instead = step, answer

    def answer(self, message):
        well = super().answer(message)
        return self.instead(well) if self.step in message.decode("latin1") else well


def _gone(answer):
    raise ConnectionError


def _nan(answer):
    from magnet_sklearn.federated._messages import pack, unpack

    tree = unpack(answer)
    reply = tree["replies"][0]
    name = next(n for n in ("deviance", "loss", "products") if n in reply)
    reply[name] = np.full(np.shape(reply[name]), np.nan)
    return pack(tree)


@pytest.mark.parametrize(
    ("step", "instead", "says"),
    [
        ("scatter", _gone, "no answer in time"),
        ("count", lambda answer: b"garbage", "cannot be read"),
        ("count", lambda answer: answer[: len(answer) // 2], "cannot be read"),
        ("deviance", _nan, "NaN or infinite"),
    ],
)
def test_a_site_that_fails_is_named_and_left_out(
    sites, classifier, step, instead, says
):
    experts = {"rna": "linear", "protein": None, "clinical": None, "joint": None}
    estimator = clone(classifier).set_params(experts=experts)
    clients = [make_client(estimator, *site, name=n) for n, site in sites.items()]
    clients[1] = Failing(clients[1], f'"step": "{step}"', instead)

    with pytest.warns(UserWarning, match=f"Site 'Bergen'.*{says}"):
        clf, history = simulate(clients, estimator, strategy=NO_NETWORKS)

    alone, _ = simulate([clients[0]], estimator, strategy=NO_NETWORKS)
    X = sites["Oslo"][0]
    assert_allclose(clf.predict_proba(X), alone.predict_proba(X), rtol=0)
    assert says in history.loc[history["status"] != "ok", "status"].item()


def test_a_site_that_misses_a_round_comes_back(sites, classifier):
    estimator = clone(classifier).set_params(experts=None)
    clients = [make_client(estimator, *site, name=n) for n, site in sites.items()]
    clients[1] = Failing(clients[1], '"round": 1,', _nan)

    with pytest.warns(UserWarning, match="'Bergen'.*left out of this round"):
        _, history = simulate(clients, estimator, strategy=ModalityFedAvg(n_rounds=2))

    rounds = history[(history["stage"] == "networks") & (history["site"] == "Bergen")]
    assert [status == "ok" for status in rounds["status"]] == [False, True]


def test_a_late_site_is_named(sites, classifier):
    from time import sleep

    clients = [make_client(classifier, *site, name=n) for n, site in sites.items()]
    clients[1] = Failing(clients[1], '"step": "count"', lambda answer: sleep(3.0))
    strategy = ModalityFedAvg(n_rounds=0, timeout=2.5, min_sites=2)

    with (
        pytest.warns(UserWarning, match="'Bergen'.*no answer in time"),
        pytest.raises(RuntimeError, match="1 site.* min_sites=2"),
    ):
        simulate(clients, classifier, strategy=strategy)


def test_errors_of_a_site_tell_nothing_of_its_patients(sites, classifier):
    client = make_client(classifier, *sites["Oslo"], name="Oslo")

    answer = client.answer(b"no message")

    assert b"ValueError in step" in answer
    assert len(answer) < 500


def test_names_of_sites_have_to_differ(sites, classifier):
    clients = [make_client(classifier, *site, name="same") for site in sites.values()]

    with pytest.raises(ValueError, match="different names"):
        simulate(clients, classifier)
    with pytest.raises(ValueError, match="sites is empty"):
        simulate([], classifier)


def test_without_a_patient_of_a_modality_there_is_nothing_to_train(classifier):
    X = MultiModalData({"rna": np.eye(3)})

    with pytest.raises(ValueError, match="No site has a modality of 5 patients"):
        simulate([(X, [0, 1, 0])], classifier)


def test_default_estimator_is_a_classifier():
    estimator = federated_estimator()

    assert isinstance(estimator, MagnetClassifier)
    assert isinstance(estimator.experts[1], FourierFamily)
