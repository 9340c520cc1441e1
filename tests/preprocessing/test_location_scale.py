import numpy as np
from numpy.testing import assert_allclose

from magnet_sklearn.preprocessing._location_scale import LocationScale

RNG = np.random.default_rng(0)
CODES = np.arange(30) % 3
AGE = RNG.normal(size=(30, 1))
VALUES = RNG.normal(size=(30, 5)) + CODES[:, None] + 2 * AGE
VALUES[RNG.random((30, 5)) < 0.2] = np.nan


def regression(column, age):
    """Least squares of one feature: mean over patients of the sites, and slope."""
    known = ~np.isnan(column)
    design = np.column_stack([s == CODES for s in range(3)] + [age])[known]
    solution = np.linalg.lstsq(design.astype(float), column[known], rcond=None)[0]
    by_site = [solution[s] for s in CODES[known]]
    residuals = column[known] - design @ solution
    return np.mean(by_site), solution[3:], np.sqrt(np.mean(residuals**2))


def test_covariates_and_sites_are_told_apart_feature_by_feature():
    model = LocationScale.fit(VALUES, CODES, AGE)

    for j in range(5):
        mean, slope, deviation = regression(VALUES[:, j], AGE)
        assert_allclose(model.mean[j], mean)
        assert_allclose(model.coefficients[:, j], slope)
        assert_allclose(model.deviation[j], deviation)


def test_without_covariates_means_are_enough():
    model = LocationScale.fit(VALUES, CODES, np.zeros((30, 0)))

    for j in range(5):
        mean, _, deviation = regression(VALUES[:, j], np.zeros((30, 0)))
        assert_allclose([model.mean[j], model.deviation[j]], [mean, deviation])


def test_removing_undoes_what_the_site_did():
    site = CODES == 2
    model = LocationScale.fit(VALUES, CODES, AGE)
    model.sites["two"] = np.full(5, 0.5), np.full(5, 2.0)

    removed = model.remove_site("two", VALUES[site], AGE[site])

    expected = model.mean + AGE[site] * model.coefficients
    standard = (VALUES[site] - expected) / model.deviation
    assert_allclose((removed - expected) / model.deviation, (standard - 0.5) / 2)


def test_a_feature_constant_within_sites_cannot_tell_the_site_any_more():
    values = np.column_stack([VALUES[:, :2], CODES * 3.0])
    model = LocationScale.fit(values, CODES, np.zeros((30, 0)))
    rows, nothing = CODES == 1, np.zeros((10, 0))
    model.learn_site("one", values[rows], nothing, mean_only=False)

    removed = model.remove_site("one", values[rows], nothing)

    assert_allclose(removed[:, 2], 3.0)
