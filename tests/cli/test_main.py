"""Exit codes, help and start of the command line."""

import subprocess
import sys

import pytest

import magnet_sklearn


def test_version(run):
    expected = f"magnet-sklearn {magnet_sklearn.__version__}\n"
    assert run("--version") == (0, expected, "")


@pytest.mark.parametrize("command", ["predict", "report", "describe"])
def test_every_command_has_help(run, command):
    status, text, _ = run(command, "--help")

    assert status == 0
    assert "MODEL" in text
    assert "--debug" in text


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("tell",),
        ("predict", "m.zip"),
        ("predict", "m.zip", ".", "--out", "out.xls"),
        ("predict", "m.zip", ".", "--out", "nowhere/out.csv"),
        ("predict", "m.zip", ".", "--out", "out.csv", "--interval", "90"),
        ("predict", "m.zip", ".", "--out", "out.csv", "--times", "soon"),
        ("report", "m.zip", ".", "--out", "out.csv"),
        ("report", "m.zip", ".", "--out", "r.html", "--units", "years"),
    ],
)
def test_wrong_usage_exits_with_2(run, arguments):
    assert run(*arguments)[0] == 2


def test_errors_are_one_line_and_with_debug_a_traceback(run, tmp_path):
    arguments = ("describe", tmp_path / "none.zip")

    status, out, err = run(*arguments)
    assert (status, out) == (1, "")
    assert err.startswith("magnet-sklearn: error: No such file")
    assert err.count("\n") == 1

    status, _, err = run(*arguments, "--debug")
    assert status == 1
    assert "Traceback" in err


def test_an_interrupt_exits_with_130(run, monkeypatch, fitted):
    _, file = fitted("classes")

    def interrupt(arguments, say):
        raise KeyboardInterrupt

    monkeypatch.setattr("magnet_sklearn._cli._describe.run", interrupt)

    assert run("describe", file)[0] == 130


def test_help_does_not_wait_for_the_libraries():
    code = (
        "import sys\n"
        "from magnet_sklearn._cli import main\n"
        "try: main(['predict', '--help'])\n"
        "except SystemExit: pass\n"
        "sys.exit(bool({'torch', 'pandas', 'sklearn', 'numpy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True)
    assert done.returncode == 0
