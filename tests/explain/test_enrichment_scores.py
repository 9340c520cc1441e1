import numpy as np
import pandas as pd
import pytest

from magnet_sklearn.explain import Explanation
from magnet_sklearn.explain._enrichment_scores import (
    check_selection,
    gene_scores,
    select,
)

PARTS = pd.MultiIndex.from_tuples([("rna", "TP53"), ("rna", "BAX"), ("meth", "TP53")])


def explanation(n_outputs=1, parts=PARTS):
    """Values of two patients that cancel for the first gene."""
    values = np.array([[1.0, -2.0, 5.0], [-1.0, -4.0, 5.0]])[:, : len(parts)]
    return Explanation(
        values=np.repeat(values[:, :, None], n_outputs, axis=2),
        parts=parts,
        index=pd.Index(["p", "q"]),
        outputs=list("abc"[:n_outputs]),
        units=["log-odds"] * n_outputs,
        method="made up",
    )


def test_explanation_gives_the_mean_size_for_ora_and_the_mean_for_gsea():
    ora = gene_scores(explanation(), "ora", "rna", None)
    gsea = gene_scores(explanation(), "gsea", "rna", None)

    assert ora.to_dict() == {"TP53": 1.0, "BAX": 3.0}
    assert gsea.to_dict() == {"TP53": 0.0, "BAX": -3.0}


def test_only_modality_need_not_be_named():
    scores = gene_scores(explanation(parts=PARTS[:2]), "ora", None, None)

    assert scores.index.tolist() == ["TP53", "BAX"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((explanation(), "ora", None, None), "modality=None is none .* 'rna', 'meth'"),
        ((explanation(), "ora", "rn", None), "Did you mean 'rna'"),
        ((explanation(2), "gsea", "rna", None), "Name the output .* 'a', 'b'"),
        ((explanation().by_modality(), "ora", None, None), "values of modalities"),
        (({}, "ora", None, None), "hold no gene"),
        (({"A": np.inf, "B": 1.0}, "ora", None, None), "infinite for 'A'"),
    ],
)
def test_scores_that_are_not_said_exactly_are_an_error(arguments, message):
    with pytest.raises(ValueError, match=message):
        gene_scores(*arguments)


def test_scores_without_names_are_an_error():
    with pytest.raises(TypeError, match="got ndarray"):
        gene_scores(np.ones(3), "ora", None, None)


def test_top_genes_have_a_score_above_zero():
    scores = pd.Series({"A": 0.0, "B": 2.0, "C": 3.0, "D": 2.0, "E": -9.0})

    assert select(scores, 2, None).tolist() == ["C", "B"]
    assert select(scores, 9, None).tolist() == ["C", "B", "D"]
    assert select(scores, None, 2.0).tolist() == ["C", "B", "D"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("ora", None, None, None), "Pass either top=100"),
        (("ora", 5, 0.1, None), "Pass either top=100"),
        (("ora", 0, None, None), "at least 1, got 0"),
        (("gsea", 5, None, None), "ranks all genes"),
    ],
)
def test_selection_must_fit_the_method(arguments, message):
    with pytest.raises(ValueError, match=message):
        check_selection(*arguments)
