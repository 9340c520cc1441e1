"""One patient, one answer: whoever else is asked about, in whatever order."""

import warnings

import numpy as np
import pytest
from common.checks import all_answers
from common.cohorts import PATTERNS, hide, make_blocks, make_patients
from common.instances import feature_graph, make_classifier
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from magnet_sklearn import MultiModalData

N_PEOPLE = 5


def people_in_every_pattern():
    """Five people, each once with every pattern of missing blocks and once empty."""
    patterns = np.vstack([PATTERNS, np.zeros(3, dtype=bool)])
    complete = MultiModalData(make_blocks(N_PEOPLE, seed=7)[0])
    rows = np.repeat(np.arange(N_PEOPLE), len(patterns))
    return hide(complete[rows], np.tile(patterns, (N_PEOPLE, 1)))


@pytest.fixture(
    scope="module",
    params=[
        {"experts": None, "early_stopping": False},
        {"experts": None, "graph": None, "early_stopping": False},
        {"decoder": "gat", "experts": None, "early_stopping": False},
        {"fusion": "cross", "experts": None, "early_stopping": False},
        {
            "feature_graph": feature_graph(),
            "experts": None,
            "early_stopping": False,
        },
        {"early_stopping": False},
        {},
    ],
    ids=[
        "networks",
        "no-graph",
        "gat",
        "cross",
        "feature-graph",
        "experts",
        "default",
    ],
)
def fitted(request):
    """A classifier, its queries, and its answers about each of them alone."""
    clf = make_classifier(**request.param).fit(*make_patients())
    queries = people_in_every_pattern()
    alone = [all_answers(clf, queries[[row]])[0] for row in range(len(queries))]
    return clf, queries, np.array(alone)


def test_answers_differ_between_patients(fitted):
    alone = fitted[2]

    # Else the other tests here would prove nothing.
    assert np.ptp(alone[:, 0]) > 0.05


@settings(max_examples=20, deadline=None)
@given(
    rows=st.lists(st.integers(0, 8 * N_PEOPLE - 1), min_size=1, max_size=30),
    batch_size=st.integers(1, 31),
)
def test_any_batch_gives_the_answers_of_patients_alone(fitted, rows, batch_size):
    clf, queries, alone = fitted
    clf.set_params(batch_size=batch_size)

    assert_allclose(all_answers(clf, queries[rows]), alone[rows], atol=1e-8)


@settings(max_examples=10, deadline=None)
@given(row=st.integers(0, 8 * N_PEOPLE - 1), scale=st.floats(-1e12, 1e12))
def test_extreme_company_changes_nobody(fitted, row, scale):
    clf, queries, alone = fitted
    company = dict(queries[:8].items())
    company["rna"] = company["rna"] * scale
    pair = MultiModalData(
        {
            "rna": np.vstack([company["rna"], queries[[row]]["rna"]]),
            "protein": np.vstack([company["protein"], queries[[row]]["protein"]]),
            "clinical": queries[[*range(8), row]]["clinical"],
        }
    )

    assert_allclose(all_answers(clf, pair)[-1], alone[row], atol=1e-8)


def test_batch_without_any_data_gets_class_shares(fitted):
    clf, queries, _ = fitted
    empty = queries[~queries.mask.any(axis=1)]

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        probability = clf.predict_proba(empty)

    assert_allclose(probability, 0.5)
    assert [str(w.message).split(";")[0] for w in caught] == [
        f"{N_PEOPLE} of {N_PEOPLE} patients have no observed modality"
    ]
