"""The content of a report as JSON and as one HTML page."""

import json
import re
from html.parser import HTMLParser

import jsonschema
import numpy as np
import pytest

from magnet_sklearn import MultiModalData
from magnet_sklearn.reports import model_report, patient_report


class _Reader(HTMLParser):
    """Collects tags with their attributes, and text."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.text = [], ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data


@pytest.fixture(scope="module")
def reports(binary, several_classes, several_tasks):
    cohorts = (binary, several_classes, several_tasks)
    options = {"n_resamples": 5, "min_patients": 3}
    patients = [patient_report(c.model, c.X_test[[1]], references=c.X) for c in cohorts]
    return patients + [
        model_report(c.model, c.X_test, c.y_test, **options) for c in cohorts
    ]


def test_json_is_strict_and_follows_its_schema(reports):
    for report in reports:
        content = json.loads(report.to_json(), parse_constant=pytest.fail)

        jsonschema.Draft202012Validator.check_schema(report.schema)
        jsonschema.validate(content, report.schema, jsonschema.Draft202012Validator)
        assert content == report.content


def test_schema_refuses_what_a_reader_would_not_expect(reports):
    content = json.loads(reports[0].to_json()) | {"diagnosis": "certain"}

    with pytest.raises(jsonschema.ValidationError, match="diagnosis"):
        jsonschema.validate(content, reports[0].schema)


def test_page_fetches_nothing_and_has_no_scripts(reports):
    for report in reports:
        page = report.to_html()

        tags = _Reader(page).tags
        names = {tag for tag, _ in tags}
        assert not names & {"script", "link", "img", "iframe", "object", "form", "a"}
        assert not [key for _, attrs in tags for key in attrs if key.startswith("on")]
        assert not re.search(r"url\(|@import|https?://", page)
        assert "viewport" in page


def test_every_picture_has_a_text(reports):
    for report in reports:
        pictures = [
            attrs for tag, attrs in _Reader(report.to_html()).tags if tag == "svg"
        ]

        assert pictures
        assert all(attrs["role"] == "img" and attrs["aria-label"] for attrs in pictures)


def test_coordinates_of_pictures_are_finite(reports):
    for report in reports:
        assert not re.search(r"\b(nan|inf|None)\b", report.to_html())


def test_text_is_escaped_wherever_it_comes_from(several_tasks):
    evil = "<script>alert(1)</script>"
    blocks = {"rna": np.zeros((1, 6)), "protein": np.zeros((1, 4))}
    X = MultiModalData(blocks, index=[evil])
    rule = {"what": "number", "min": -99, "text": evil, "source": evil}

    report = patient_report(
        several_tasks.model, X, rules=[rule], units={"dose": evil, "survival": evil}
    )

    page = report.to_html()
    assert "<script" not in page
    assert _Reader(page).text.count(evil) >= 5
    assert json.loads(report.to_json())["patient"]["id"] == evil
    assert "<script" not in report._repr_html_()


def test_text_of_authors_and_groups_is_escaped(binary):
    evil = "<img src=x onerror=alert(1)>"
    n = len(binary.y_test)

    report = model_report(
        binary.model,
        binary.X_test,
        binary.y_test,
        site=np.full(n, evil),
        card={"1": evil},
        n_resamples=5,
    )

    assert "<img" not in report.to_html()


@pytest.mark.parametrize("suffix", [".html", ".JSON"])
def test_save_writes_what_the_suffix_says(reports, tmp_path, suffix):
    path = tmp_path / f"report{suffix}"

    reports[0].save(path)

    text = path.read_text(encoding="utf-8")
    assert text == (reports[0].to_html() if suffix == ".html" else reports[0].to_json())


def test_other_suffixes_are_refused(reports, tmp_path):
    with pytest.raises(ValueError, match=r"'.pdf'.*print it from a browser"):
        reports[0].save(tmp_path / "report.pdf")
