"""The families of experts by name."""

import pytest

from magnet_sklearn.experts.families import FAMILIES


def test_the_simplest_family_is_the_first():
    assert list(FAMILIES) == [
        "linear",
        "sparse",
        "kernel",
        "forest",
        "boosting",
        "spreading",
    ]


@pytest.mark.parametrize(
    ("kind", "families"),
    [
        ("classes", ["linear", "kernel", "forest"]),
        ("numbers", ["linear", "kernel", "forest"]),
        ("survival", ["linear", "kernel", "forest"]),
    ],
)
def test_auto_fits_what_the_benchmark_has_shown_to_gain(kind, families):
    chosen = [name for name, family in FAMILIES.items() if kind in family.in_auto]

    assert chosen == families


@pytest.mark.parametrize("name", FAMILIES)
def test_family_has_the_name_it_is_registered_by(name):
    assert FAMILIES[name].name == name


@pytest.mark.parametrize("name", FAMILIES)
def test_family_has_no_expert_for_an_unknown_kind_of_target(name):
    assert FAMILIES[name].expert("pictures", None) is None


@pytest.mark.parametrize("name", FAMILIES)
def test_experts_of_a_family_are_unfitted_and_not_shared(name):
    first, second = (FAMILIES[name].expert("classes", 0) for _ in range(2))

    assert first is not second
    assert not [key for key in vars(first) if key.endswith("_")]
