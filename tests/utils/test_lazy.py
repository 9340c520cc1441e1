"""Attributes that are imported on first use."""

import subprocess
import sys
import warnings

import pytest

from magnet_sklearn._utils import lazy_attributes, quiet_import


def test_attribute_comes_from_its_module():
    get = lazy_attributes("magnet_sklearn", {"choose": "._utils._choice"})

    from magnet_sklearn._utils import choose

    assert get("choose") is choose


def test_nothing_is_imported_before_it_is_asked_for():
    code = (
        "import sys; from magnet_sklearn._utils import lazy_attributes\n"
        "get = lazy_attributes('xml', {'parse': '.dom.minidom'})\n"
        "assert 'xml.dom.minidom' not in sys.modules\n"
        "assert get('parse') is sys.modules['xml.dom.minidom'].parse\n"
    )

    subprocess.run([sys.executable, "-c", code], check=True)


def test_what_no_module_has_is_a_missing_attribute_of_the_package():
    get = lazy_attributes("magnet_sklearn", {"choose": "._utils._choice"})

    with pytest.raises(AttributeError, match="'magnet_sklearn' has no attribute 'chos"):
        get("chosen")


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
