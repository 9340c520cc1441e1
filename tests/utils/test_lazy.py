import subprocess
import sys
import warnings

import pytest

from magnet_sklearn._utils import quiet_import


def test_a_first_fit_survives_warnings_as_errors():
    code = (
        "import numpy as np; from magnet_sklearn import MagnetClassifier; "
        "x = np.random.default_rng(0).normal(size=(40, 3)); "
        "clf = MagnetClassifier(max_epochs=1, ensemble_size=1, random_state=0); "
        "clf.fit({'a': x}, (x[:, 0] > 0).astype(int))"
    )

    done = subprocess.run([sys.executable, "-W", "error", "-c", code], check=False)

    assert done.returncode == 0


@quiet_import()
def import_loudly():
    warnings.warn("`torch.jit.script` is deprecated", DeprecationWarning, stacklevel=1)
    warnings.warn("ours", UserWarning, stacklevel=1)


def test_other_warnings_at_import_are_heard():
    with pytest.warns(UserWarning, match="ours"):
        import_loudly()
