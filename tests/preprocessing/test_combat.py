import pickle

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import LeaveOneGroupOut, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from magnet_sklearn import MultiModalData
from magnet_sklearn.preprocessing import ComBat

SITE = ("clinical", "site")


def cohort(n=60, seed=0):
    """Three sites that shift and stretch 12 genes, age that raises them."""
    rng = np.random.default_rng(seed)
    site = np.arange(n) % 3
    age = rng.normal(60, 10, size=n)
    shift = np.random.default_rng(1).normal(size=(3, 12))
    stretch = np.array([0.5, 1.0, 2.0])[site]
    rna = 0.1 * age[:, None] + shift[site] + rng.normal(size=(n, 12)) * stretch[:, None]
    clinical = pd.DataFrame({"site": np.array(list("abc"))[site], "age": age})
    return MultiModalData({"rna": rna, "clinical": clinical})


def reference(X):
    """Johnson et al. (2007) with the covariate age, gene by gene, site by site."""
    Y, age = X["rna"], X["clinical"]["age"].to_numpy()
    site = X["clinical"]["site"].to_numpy()
    n_genes, names = Y.shape[1], ("a", "b", "c")
    design = np.column_stack([site == s for s in names] + [age]).astype(float)
    coefficients = np.linalg.lstsq(design, Y, rcond=None)[0]
    share = np.array([np.mean(site == s) for s in names])
    alpha = share @ coefficients[:3]
    sigma = np.sqrt(np.mean((Y - design @ coefficients) ** 2, axis=0))
    expected = alpha + np.outer(age, coefficients[3])
    Z, out = (Y - expected) / sigma, np.empty_like(Y)
    for s in names:
        z = Z[site == s]
        n_i, g_hat, d_hat = len(z), z.mean(axis=0), z.var(axis=0, ddof=1)
        g_bar, tau2 = g_hat.mean(), g_hat.var(ddof=1)
        V, S2 = d_hat.mean(), d_hat.var(ddof=1)
        lam, theta = (V**2 + 2 * S2) / S2, (V**3 + V * S2) / S2
        for g in range(n_genes):
            d2 = d_hat[g]
            for _ in range(200):
                gamma = (n_i * tau2 * g_hat[g] + d2 * g_bar) / (n_i * tau2 + d2)
                d2 = (theta + sum((z[:, g] - gamma) ** 2) / 2) / (n_i / 2 + lam - 1)
            out[site == s, g] = (z[:, g] - gamma) / np.sqrt(d2)
    return out * sigma + expected


def test_training_patients_become_those_of_the_article():
    X = cohort()

    after = ComBat(SITE, covariates=[("clinical", "age")]).fit_transform(X)

    assert_allclose(after["rna"], reference(X), rtol=1e-7)


def test_new_patients_get_what_fit_learned_whoever_else_is_there():
    combat = ComBat(SITE).fit(cohort())
    new = cohort(seed=3)

    together = combat.transform(new)["rna"]
    alone = np.vstack([combat.transform(new[i])["rna"] for i in range(len(new))])

    assert_array_equal(together, alone)


def test_location_and_scale_are_found():
    combat = ComBat(SITE, covariates=[("clinical", "age")]).fit(cohort(600))

    ratio = combat.scale_["rna"].mean(axis=1)
    assert_allclose(ratio / ratio["b"], [0.5, 1.0, 2.0], rtol=0.1)
    assert combat.location_["rna"].shape == (3, 12)
    assert combat.sites_ == {"rna": ["a", "b", "c"]}


def test_the_site_is_no_feature_of_the_output():
    combat = ComBat(SITE).fit(cohort())

    after = combat.transform(cohort())

    assert after["clinical"].columns.tolist() == ["age"]
    names = combat.get_feature_names_out()
    assert names[-2:].tolist() == ["rna__rna_11", "clinical__age"]


def test_a_modality_that_holds_only_the_site_is_left_out():
    X = cohort()
    X = MultiModalData({"rna": X["rna"], "clinical": X["clinical"][["site"]]})

    assert list(ComBat(SITE).fit_transform(X)) == ["rna"]


def test_missing_cells_and_blocks_stay_missing_and_change_no_estimate():
    X = cohort()
    rna = np.vstack([X["rna"], np.full((6, 12), np.nan)])
    clinical = pd.concat([X["clinical"], X["clinical"][:6]], ignore_index=True)
    more = MultiModalData({"rna": rna, "clinical": clinical})

    few, many = ComBat(SITE).fit(X), ComBat(SITE).fit(more)

    assert_allclose(many.location_["rna"], few.location_["rna"])
    assert_array_equal(many.transform(more).mask, more.mask)
    hole = X["rna"].copy()
    hole[0, 0] = np.nan
    holed = MultiModalData({"rna": hole, "clinical": X["clinical"]})
    assert_array_equal(np.isnan(many.transform(holed)["rna"]), np.isnan(hole))


def test_unknown_sites_are_refused_by_name_kept_or_missing():
    X, other = cohort(), cohort()
    clinical = other["clinical"].replace({"site": {"c": "elsewhere"}})
    other = MultiModalData({"rna": other["rna"], "clinical": clinical})

    with pytest.raises(ValueError, match=r"20 patient\(s\).*not known.*'elsewhere'"):
        ComBat(SITE).fit(X).transform(other)

    kept = ComBat(SITE, unseen="keep").fit(X).transform(other)["rna"]
    unknown = clinical["site"] == "elsewhere"
    assert_array_equal(kept[unknown], other["rna"][unknown])
    assert_array_equal(kept[~unknown], ComBat(SITE).fit_transform(X)["rna"][~unknown])
    missing = ComBat(SITE, unseen="missing").fit(X).transform(other)
    assert_array_equal(missing.mask[:, 0], ~unknown)
    assert_array_equal(missing["rna"][~unknown], kept[~unknown])


def test_patients_without_a_site_are_refused_in_fit():
    X = cohort()
    clinical = X["clinical"].copy()
    clinical.loc[4, "site"] = np.nan
    X = MultiModalData({"rna": X["rna"], "clinical": clinical})

    with pytest.raises(ValueError, match="is missing: patients 4"):
        ComBat(SITE).fit(X)
    assert len(ComBat(SITE, unseen="keep").fit(X).sites_["rna"]) == 3


@pytest.mark.parametrize("dtype", ["string", "category", "str", object])
def test_every_kind_of_text_names_sites(dtype):
    X = cohort()
    clinical = X["clinical"].astype({"site": dtype})
    clinical.loc[5, "site"] = None
    X = MultiModalData({"rna": X["rna"], "clinical": clinical})

    after = ComBat(SITE, unseen="missing").fit_transform(X)

    assert np.flatnonzero(~after.mask[:, 0]).tolist() == [5]


def test_a_site_with_one_patient_cannot_be_learned():
    with pytest.raises(ValueError, match=r"that of one patient only \('c'\)"):
        ComBat(SITE).fit(cohort()[[0, 1, 2, 3, 4]])

    few = ComBat(SITE, unseen="missing").fit_transform(cohort()[[0, 1, 2, 3, 4]])
    assert few.mask[:, 0].tolist() == [True, True, False, True, True]


def test_new_sites_are_learned_without_a_change_of_the_others():
    X = cohort(90)
    known = X["clinical"]["site"] != "c"
    combat = ComBat(SITE).fit(X[known.to_numpy()])
    before = combat.transform(X[known.to_numpy()])["rna"]

    combat.add_sites(X)

    after = combat.transform(X)["rna"]
    assert_array_equal(after[known], before)
    gap = after[~known].mean(axis=0) - after[known].mean(axis=0)
    raw = X["rna"][~known].mean(axis=0) - X["rna"][known].mean(axis=0)
    assert np.abs(gap).max() < 0.3 * np.abs(raw).max()
    with pytest.raises(ValueError, match="no two patients of a new site"):
        combat.add_sites(X)


def test_covariates_that_follow_from_the_site_are_refused():
    X = cohort()
    clinical = X["clinical"].assign(
        scanner=lambda c: c["site"].map({"a": 1, "b": 2, "c": 2})
    )
    X = MultiModalData({"rna": X["rna"], "clinical": clinical})

    with pytest.raises(ValueError, match="cannot be told apart"):
        ComBat(SITE, covariates=[("clinical", "scanner")]).fit(X)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"modalities": ["rma"]}, "Did you mean 'rna'"),
        ({"modalities": []}, "nothing to harmonise"),
        ({"site": ("clinical", "hospital")}, "does not have"),
    ],
)
def test_wrong_parameters_are_named(parameters, message):
    with pytest.raises(ValueError, match=message):
        ComBat(**{"site": SITE} | parameters).fit(cohort())


def test_frames_keep_names_types_and_categories():
    X = cohort()
    rna = pd.DataFrame(X["rna"].astype(np.float32)).rename(columns="g{}".format)
    rna.insert(3, "chip", "v2")
    after = ComBat(SITE).fit_transform({"rna": rna, "clinical": X["clinical"]})["rna"]

    assert after.dtypes.equals(rna.dtypes)
    assert (after["chip"] == "v2").all()
    assert_allclose(
        after.drop(columns="chip"), ComBat(SITE).fit_transform(X)["rna"], rtol=1e-3
    )


def test_copies_predict_alike():
    X = cohort()
    combat = ComBat(SITE, covariates=[("clinical", "age")])
    expected = clone(combat).fit_transform(X)["rna"]

    again = pickle.loads(pickle.dumps(combat.fit(X)))

    assert_array_equal(again.transform(X)["rna"], expected)


def test_it_is_fitted_in_each_fold_of_a_pipeline():
    X = cohort(90)
    y = (X["clinical"]["age"] > 60).to_numpy(dtype=int)
    flat = FunctionTransformer(lambda X: X["rna"])
    harmonised = make_pipeline(
        ComBat(SITE, covariates=[("clinical", "age")]), flat, LogisticRegression()
    )
    harmonised.set_params(combat__unseen="keep")

    by_site = cross_val_score(
        harmonised, X, y, cv=LeaveOneGroupOut(), groups=X["clinical"]["site"]
    )

    assert by_site.shape == (3,)
    with pytest.raises(ValueError, match="not known from fit"):
        cross_val_score(
            harmonised.set_params(combat__unseen="error"),
            X,
            y,
            cv=LeaveOneGroupOut(),
            groups=X["clinical"]["site"],
            error_score="raise",
        )
