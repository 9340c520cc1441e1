"""Attributes that are imported on first use."""

import subprocess
import sys

import pytest

from magnet_sklearn._utils import lazy_attributes


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
