import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from magnet_sklearn.explain import Explanation


def explanation(n_outputs=2):
    rng = np.random.default_rng(0)
    parts = pd.MultiIndex.from_tuples(
        [("rna", "a"), ("rna", "b"), ("age", "years")], names=["modality", "feature"]
    )
    return Explanation(
        values=rng.normal(size=(4, 3, n_outputs)),
        parts=parts,
        index=pd.Index(list("wxyz")),
        outputs=["low", "high"][:n_outputs],
        units=["logit"] * n_outputs,
        method="test",
        base_values=np.ones((4, n_outputs)),
        residual=np.full((4, n_outputs), 0.5),
        data=pd.DataFrame(rng.normal(size=(4, 3)), list("wxyz"), parts),
        standard_error=np.arange(12 * n_outputs).reshape(4, 3, n_outputs) / 10,
    )


def test_predictions_are_base_values_residual_and_the_sum():
    own = explanation()
    assert_allclose(own.predictions(), 1.5 + own.values.sum(axis=1))


def test_values_without_base_do_not_add_up():
    own = explanation()
    with pytest.raises(ValueError, match="do not add up"):
        Explanation(**{**vars(own), "base_values": None}).predictions()


@pytest.mark.parametrize("n_outputs", [1, 2])
def test_frame_has_a_column_per_part_and_output(n_outputs):
    own = explanation(n_outputs)
    frame = own.to_frame()
    assert frame.shape == (4, 3 * n_outputs)
    column = ("rna", "b") if n_outputs == 1 else ("rna", "b", "high")
    assert_allclose(frame[column], own.values[:, 1, -1])


def test_some_patients_are_a_smaller_explanation():
    own = explanation()
    for rows in ([1, 2], slice(1, 3), np.array([False, True, True, False]), ["x", "y"]):
        some = own[rows]
        assert list(some.index) == ["x", "y"]
        assert_allclose(some.predictions(), own.predictions()[1:3])
        assert list(some.data.index) == ["x", "y"]
        assert_allclose(some.standard_error, own.standard_error[1:3])
    assert len(own[1]) == 1


def test_unknown_patient_is_named():
    with pytest.raises(KeyError, match="nobody"):
        explanation()[["x", "nobody"]]


def test_top_orders_by_mean_absolute_value():
    own = explanation()
    mean = np.abs(own.values[:, :, 1]).mean(axis=0)
    top = own.top(2, output="high")
    assert list(top.index) == [own.parts[place] for place in np.argsort(-mean)[:2]]
    assert_allclose(own.importance(), np.abs(own.values).mean(axis=(0, 2)))


def test_unknown_output_is_named():
    with pytest.raises(ValueError, match="no output 'middle'.*'low', 'high'"):
        explanation().top(1, output="middle")


def test_features_of_a_modality_sum_to_it():
    own = explanation()
    sums = own.by_modality()
    assert list(sums.parts) == ["rna", "age"]
    assert_allclose(sums.values[:, 0], own.values[:, :2].sum(axis=1))
    assert_allclose(sums.predictions(), own.predictions())


def test_shapes_that_do_not_fit_are_refused():
    own = explanation()
    with pytest.raises(ValueError, match=r"4 patients, 3 parts and 1 outputs"):
        Explanation(**{**vars(own), "outputs": ["low"]})


def test_its_text_has_the_most_important_parts_and_not_the_arrays():
    own = explanation()
    first, second, *rows = repr(own).splitlines()
    assert first == "Explanation by test: 4 patients, 3 parts, 2 output(s)"
    assert second == "mean absolute value (logit)"
    assert rows == own.top().round(3).to_string().splitlines()
