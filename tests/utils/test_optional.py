"""Packages that only an extra installs."""

import pytest

from magnet_sklearn._utils import import_optional


def test_installed_package_is_returned():
    import numpy

    assert import_optional("numpy", extra="onnx") is numpy


def test_absent_package_names_the_extra_to_install():
    with pytest.raises(ImportError, match=r"'no_such'.*magnet-sklearn\[onnx\]"):
        import_optional("no_such", extra="onnx")
