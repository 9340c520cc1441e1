"""The table of scores says what the report says."""

import numpy as np
import pytest

from magnet_sklearn.reports import model_report, scores_by_group

QUICK = {"n_resamples": 5, "min_patients": 3}


def test_scores_are_those_of_the_report(binary):
    site = np.resize(["A", "B"], len(binary.X_test))
    rest = binary.X_test, binary.y_test
    table = scores_by_group(binary.model, *rest, site=site, **QUICK)
    (outcome,) = model_report(binary.model, *rest, site=site, **QUICK).content[
        "outcomes"
    ]

    said = [
        (row["group"], row["level"], score["name"], score["value"], score["upper"])
        for row in outcome["scores"]
        for score in row["scores"]
    ]
    columns = ["group", "level", "score", "value", "upper"]
    rows = table[columns].astype(object).where(table[columns].notna(), None)
    assert [*rows.itertuples(index=False, name=None)] == said


def test_other_lengths_are_errors(binary):
    with pytest.raises(ValueError, match="site has 2 rows"):
        scores_by_group(binary.model, binary.X_test, binary.y_test, site=["A", "B"])
