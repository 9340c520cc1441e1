import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from sklearn.base import clone

from magnet_sklearn import MagnetClassifier
from magnet_sklearn.federated import ModalityFedAvg, make_client, simulate
from magnet_sklearn.federated._description import column_moments, pooled_moments

EXPERTS_ONLY = ModalityFedAvg(n_rounds=0)
ESTIMATOR = MagnetClassifier(experts=None, random_state=0, ensemble_size=1)


def labs(n_patients=12, seed=0, **columns):
    rng = np.random.default_rng(seed)
    frame = {
        "glucose": rng.normal(5, 1, n_patients),
        "sex": ["f", "m"] * (n_patients // 2),
    }
    return {"labs": pd.DataFrame(frame | columns)}, np.arange(n_patients) % 2


def train(first, second):
    sites = {"Oslo": first, "Bergen": second}
    return simulate(sites, ESTIMATOR, strategy=EXPERTS_ONLY)[0]


@pytest.mark.parametrize("seed", range(3))
def test_moments_of_sites_are_those_of_all_patients(seed):
    rng = np.random.default_rng(seed)
    table = rng.normal(size=(50, 4)) * 10.0 ** rng.integers(-8, 9, 4) + 1e3
    table[rng.random(table.shape) < 0.3] = np.nan

    parts = [column_moments(part, 1) for part in np.split(table, [7, 30])]
    size, count, mean, spread = pooled_moments(parts)

    assert count.tolist() == (~np.isnan(table)).sum(axis=0).tolist()
    assert_allclose(mean * size, np.nanmean(table, axis=0))
    assert_allclose(spread * size, np.nanstd(table, axis=0), rtol=1e-6)


def test_columns_with_few_values_say_nothing():
    table = np.full((20, 2), np.nan)
    table[:, 0], table[:3, 1] = np.arange(20), [7.0, 8.0, 9.0]

    moments = column_moments(table, 5)

    assert moments["count"].tolist() == [20, 0]
    assert moments["mean"][1] == 0.0


def test_rare_categories_are_not_named():
    X, y = labs(sex=["f"] * 6 + ["m"] * 5 + ["rare"])

    clf, _ = simulate([(X, y)], ESTIMATOR, strategy=EXPERTS_ONLY)

    names = clf._model.inputs.steps[-1].feature_names_out_["labs"].tolist()
    assert names == ["glucose", "sex_f", "sex_m"]


def test_columns_are_matched_by_name_and_may_be_lacking():
    X, y = labs(age=np.arange(12.0))
    other = {"labs": labs(seed=1)[0]["labs"][["sex", "glucose"]]}

    clf = train((X, y), (other, y))

    assert clf._model.inputs.blocks["labs"].columns == ("glucose", "sex", "age")


def test_a_type_that_differs_names_site_and_column():
    X, y = labs(glucose=np.array(["high", "low"] * 6))

    with pytest.raises(ValueError, match="'glucose' of.*'labs' is text at.*Bergen"):
        train(labs(), (X, y))


def test_a_name_written_differently_is_an_error():
    X, y = labs()
    X = {"labs": X["labs"].rename(columns={"glucose": "Glucose"})}

    with pytest.raises(ValueError, match="'Oslo' has a column 'glucose'.*'Glucose'"):
        train(labs(), (X, y))
    with pytest.raises(ValueError, match="modality 'labs' that no.*mean 'Labs'"):
        train(labs(), ({"Labs": labs()[0]["labs"]}, y))


def test_units_that_differ_name_site_and_column():
    units = {"Oslo": "mmol/L", "Bergen": "mg/dL"}
    clients = [
        make_client(ESTIMATOR, *labs(), name=name, units={"labs": {"glucose": unit}})
        for name, unit in units.items()
    ]

    with pytest.raises(ValueError, match="'glucose'.*'mg/dL' at site 'Bergen'"):
        simulate(clients, ESTIMATOR, strategy=EXPERTS_ONLY)


def test_arrays_and_shapes_that_differ_name_the_site():
    X, y = labs()

    with pytest.raises(ValueError, match="'labs' is a frame.*'Oslo'.*'Bergen'"):
        train((X, y), ({"labs": np.ones((12, 2))}, y))
    with pytest.raises(ValueError, match=r"\(2,\).*'Oslo'.*\(3,\).*'Bergen'"):
        train(({"rna": np.ones((12, 2))}, y), ({"rna": np.ones((12, 3))}, y))


def test_classes_that_are_coded_differently_are_an_error():
    X, y = labs()

    with pytest.raises(ValueError, match="'y' has classes of type text at.*'Bergen'"):
        train((X, y), (X, np.where(y, "yes", "no")))
    with pytest.raises(ValueError, match="'Oslo' has a class 'no'.*mean 'No'"):
        train((X, np.where(y, "yes", "no")), (X, np.where(y, "yes", "No")))
    with pytest.raises(ValueError, match=r"have 1 class\(es\)"):
        train((X, y * 0), (X, y * 0))


def test_sites_have_the_same_estimator():
    other = clone(ESTIMATOR).set_params(hidden_dim=8)
    clients = [
        make_client(estimator, *labs(), name=name)
        for name, estimator in {"Oslo": ESTIMATOR, "Bergen": other}.items()
    ]

    with pytest.raises(ValueError, match="'Bergen' has hidden_dim=8.*'Oslo' has"):
        simulate(clients, ESTIMATOR, strategy=EXPERTS_ONLY)
