"""`magnet-sklearn describe`."""

import json

from magnet_sklearn.io import describe_model


def test_it_tells_schema_and_what_is_of_patients(run, fitted):
    _, file = fitted("classes")

    status, text, err = run("describe", file)

    description = describe_model(file)
    assert (status, err) == (0, "")
    assert text.startswith("MagnetClassifier")
    for line in description.contents:
        assert line in text
    for column in description.schema["column"]:
        assert column in text


def test_json_holds_the_same(run, fitted):
    _, file = fitted("classes")

    content = json.loads(run("describe", file, "--json")[1])

    description = describe_model(file)
    assert content["contents"] == description.contents
    assert content["schema"] == description.schema.to_dict("records")
