"""What messages show and hide."""

from argparse import Namespace

import pytest

from magnet_sklearn._cli._messages import Messages


def test_ids_of_patients_are_hidden_unless_debug(run, fitted, folder, tmp_path):
    _, file = fitted("classes")
    for path in folder.glob("*.csv"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    lines = (folder / "rna.csv").read_text().splitlines()
    stranger = "Jane-Doe" + lines[1][lines[1].index(",") :]
    (tmp_path / "rna.csv").write_text("\n".join([*lines, stranger]))
    arguments = ("predict", file, tmp_path, "--out", tmp_path / "out.csv")

    status, _, err = run(*arguments)
    assert status == 1
    assert "Jane-Doe" not in err
    assert "File 'rna.csv' has 1 patient id(s)" in err
    assert "--debug shows it" in err

    assert "Jane-Doe" in run(*arguments, "--debug")[2]


def test_an_absent_patient_is_not_repeated(run, fitted, folder, tmp_path):
    _, file = fitted("classes")
    arguments = (file, folder, "--patient", "Jane-Doe", "--out", tmp_path / "r.html")

    status, _, err = run("report", *arguments)

    assert status == 1
    assert "0 patients with the id of --patient" in err
    assert "Jane-Doe" not in err


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("has 'P1' and \"P2\"", "has '...' and '...'"),
        ("['P1', 'rna']", "['...', 'rna']"),
        ("patients' data don't fit", "patients' data don't fit"),
        ("two\n  lines", "two lines"),
    ],
)
def test_only_known_names_in_quotes_are_shown(capsys, text, shown):
    say = Messages(Namespace(), show_all=False)
    say.allow("rna")

    say.error(ValueError(text))

    assert capsys.readouterr().err.startswith(f"magnet-sklearn: error: {shown}")
