"""New patients whose categories are not those of fit."""

import warnings

import pandas as pd
import pytest

from magnet_sklearn.preprocessing import DefaultPreprocessor

SEX = pd.DataFrame({"sex": ["f", "m"] * 20, "age": range(40)})


@pytest.fixture(scope="module")
def fitted():
    return DefaultPreprocessor().fit({"clinical": SEX})


@pytest.mark.parametrize("values", [["F", "M"], [0, 1], [" f", " m"]])
def test_only_unknown_categories_are_warned_of(fitted, values):
    new = SEX.assign(sex=values * 20)

    message = "40 values in column 'sex' of modality 'clinical'.*in fit: 'f', 'm'"
    with pytest.warns(UserWarning, match=message):
        fitted.transform({"clinical": new})


@pytest.mark.parametrize(
    "new",
    [
        SEX,
        SEX.assign(sex="F")[:19],
        SEX.assign(sex=["F"] * 39 + ["f"]),
        SEX.assign(sex=None),
        SEX.astype({"sex": "category"}),
    ],
)
def test_known_few_or_missing_categories_are_not_warned_of(fitted, new):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fitted.transform({"clinical": new})
