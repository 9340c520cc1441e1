import subprocess
import sys

import pytest

from magnet_sklearn.federated import make_client_app


def test_package_imports_without_flower():
    code = (
        "import sys; import magnet_sklearn.federated; sys.exit('flwr' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_without_flower_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "flwr.clientapp", None)

    with pytest.raises(ImportError, match=r"magnet-sklearn\[federated\]"):
        make_client_app(None)


def test_telemetry_of_flower_is_off(monkeypatch):
    pytest.importorskip("flwr")
    import os

    monkeypatch.delenv("FLWR_TELEMETRY_ENABLED", raising=False)
    make_client_app(None)

    assert os.environ["FLWR_TELEMETRY_ENABLED"] == "0"
