"""Interface of a family of experts."""

import numpy as np
from numpy.testing import assert_array_equal
from sklearn.linear_model import Ridge

from magnet_sklearn.experts import ModalityExperts, NumberEvidence
from magnet_sklearn.experts.families import FAMILIES, Family


class RidgeFamily(Family):
    name = "plain ridge"
    in_auto = ("numbers",)

    def expert(self, kind, random_state):
        return Ridge() if kind == "numbers" else None


def test_family_sees_the_columns_as_they_are_unless_it_says_otherwise():
    table = np.arange(6.0).reshape(3, 2)

    assert_array_equal(RidgeFamily().features(table, 0).transform(table), table)


def test_a_new_family_needs_one_line_in_the_registry(cohort, monkeypatch):
    X, y = cohort
    monkeypatch.setitem(FAMILIES, "plain ridge", RidgeFamily())
    experts = ModalityExperts(evidence=NumberEvidence(), random_state=0)

    experts.fit(X, y.astype(float), fold_labels=y)

    assert experts.families_ == ["linear", "kernel", "forest", "plain ridge"]
    assert isinstance(experts.experts_["plain ridge", 0], Ridge)
