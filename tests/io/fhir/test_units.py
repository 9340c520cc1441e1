"""Units are converted as UCUM defines them."""

import pytest

from magnet_sklearn.io.fhir._units import conversion


@pytest.mark.parametrize(
    ("unit", "target"), [("mg/dL", "mg/dL"), ("{score}", ""), ("1", ""), ("%{Hb}", "%")]
)
def test_same_units_need_no_package(unit, target):
    assert conversion(unit, target) == (1.0, 0.0)


@pytest.mark.parametrize(
    ("unit", "target", "factor", "offset"),
    [
        ("mg/dL", "g/L", 0.01, 0),
        ("mm[Hg]", "kPa", 0.133322387415, 0),
        ("10*3/uL", "10*9/L", 1, 0),
        ("[lb_av]", "kg", 0.45359237, 0),
        ("Cel", "[degF]", 1.8, 32),
        ("[degF]", "Cel", 1 / 1.8, -32 / 1.8),
        ("%", "1", 0.01, 0),
        ("mL/min/{1.73_m2}", "L/min", 0.001, 0),
    ],
)
def test_conversion_is_that_of_ucum(unit, target, factor, offset):
    pytest.importorskip("ucumvert")

    assert conversion(unit, target) == pytest.approx((factor, offset), abs=1e-9)


@pytest.mark.parametrize(
    "unit", ["mmol/L", "furlongs per", "[pH]", "10*99999999", "m" * 10_000, "/", "2"]
)
def test_other_dimensions_and_nonsense_have_no_conversion(unit):
    pytest.importorskip("ucumvert")

    assert conversion(unit, "mg/dL") is None
