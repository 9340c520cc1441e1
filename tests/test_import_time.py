"""What imports cost, beside that of torch."""

import subprocess
import sys

import pytest


def seconds(statement):
    """CPU seconds of an import in a new process, the faster of two."""
    code = (
        f"import time, warnings; warnings.simplefilter('ignore')\n"
        f"start = time.process_time()\n{statement}\nprint(time.process_time() - start)"
    )
    command = [sys.executable, "-c", code]
    return min(float(subprocess.check_output(command)) for _ in range(2))


@pytest.fixture(scope="module")
def torch_seconds():
    """Those of torch, which any model of this package needs."""
    return seconds("import torch")


def test_the_package_imports_in_a_tenth_of_the_time_of_torch(torch_seconds):
    assert seconds("import magnet_sklearn") < 0.1 * torch_seconds


def test_estimators_import_in_three_times_the_time_of_torch(torch_seconds):
    assert seconds("from magnet_sklearn import MagnetClassifier") < 3 * torch_seconds


def test_data_does_not_import_torch():
    code = (
        "import sys\nfrom magnet_sklearn import MultiModalData\n"
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
