"""Codes match exactly, by prefix, and by what lies above them."""

import pytest

from magnet_sklearn.io.fhir._codes import CodeHierarchy, CodeMatcher, CodePattern

SNOMED, ICD = "http://snomed.info/sct", "http://hl7.org/fhir/sid/icd-10-cm"


def _matcher(*written, hierarchy=None):
    patterns = [[CodePattern.parse(code, "test")] for code in written]
    return CodeMatcher(patterns, CodeHierarchy(hierarchy or {}))


def test_codes_match_exactly_or_by_prefix():
    match = _matcher("icd10cm|E11*", "icd10cm|E11.9", f"{ICD}|E*", "snomed|E11.9")

    assert match([(ICD, "E11.9")]) == (0, 1, 2)
    assert match([(ICD, "E10")]) == (2,)
    assert match([(SNOMED, "E11.9")]) == (3,)
    assert match([]) == ()


def test_any_of_several_codes_matches_once():
    match = _matcher("icd10cm|E11*", "snomed|1")

    assert match([(ICD, "E11.0"), (ICD, "E11.1"), (SNOMED, "1")]) == (0, 1)


def test_descendants_match_and_circles_end():
    hierarchy = {"snomed|3": ["snomed|2", "snomed|9"], "snomed|2": "snomed|1"}
    hierarchy |= {"snomed|1": "snomed|3"}
    match = _matcher("snomed|<<2", "snomed|2", hierarchy=hierarchy)

    assert match([(SNOMED, "3")]) == (0,)
    assert match([(SNOMED, "2")]) == (0, 1)
    assert match([(SNOMED, "9")]) == ()


@pytest.mark.parametrize("written", ["4548-4", "lionc|4548-4", 5, "a|b|c"])
def test_codes_a_mapping_cannot_mean_are_errors(written):
    with pytest.raises(ValueError, match="has the code"):
        CodePattern.parse(written, "Feature 'x'")


@pytest.mark.parametrize("written", ["loinc|4548-4", "icd10cm|E11*", "snomed|<<7"])
def test_codes_are_written_as_they_are_read(written):
    assert str(CodePattern.parse(written, "test")) == written
