"""SuperLink and two SuperNodes on loopback with TLS: takes minutes, run on request."""

import os
import socket
import subprocess
import sys
from pathlib import Path
from time import monotonic, sleep

import joblib
import pytest
from numpy.testing import assert_allclose

pytest.importorskip("flwr")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        "MAGNET_SKLEARN_DEPLOYMENT" not in os.environ,
        reason="takes minutes: set MAGNET_SKLEARN_DEPLOYMENT=1",
    ),
]
LONGEST = 1200  # seconds
BIN = Path(sys.executable).parent
APP = {
    "pyproject.toml": """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "hospitals"
version = "1.0.0"
description = "Two hospitals"
license = "BSD-3-Clause"
dependencies = ["flwr"]

[tool.hatch.build.targets.wheel]
packages = ["."]

[tool.flwr.app]
publisher = "hospitals"

[tool.flwr.app.components]
serverapp = "hospitals.server_app:app"
clientapp = "hospitals.client_app:app"

[tool.flwr.app.config]
""",
    "hospitals/__init__.py": "",
    "hospitals/common.py": """
import numpy as np
from magnet_sklearn import MagnetClassifier
from magnet_sklearn.federated import ModalityFedAvg

estimator = MagnetClassifier(
    experts=None, ensemble_size=1, max_epochs=4, random_state=0, gate=1.0
)
strategy = ModalityFedAvg(n_rounds=1)


def read(number):
    rng = np.random.default_rng(number)
    y = np.arange(40) % 2
    X = {name: rng.normal(size=(40, 3)) + y[:, None] for name in ("rna", "mri")}
    if number == 1:
        del X["mri"]
    return X, y
""",
    "hospitals/client_app.py": """
from hospitals.common import estimator, read
from magnet_sklearn.federated import make_client, make_client_app


def load_client(context):
    number = int(context.node_config["number"])
    return make_client(estimator, *read(number), name=f"hospital {number}")


app = make_client_app(load_client)
""",
    "hospitals/server_app.py": """
import joblib
from hospitals.common import estimator, strategy
from magnet_sklearn.federated import make_server_app


def save(fitted, history):
    joblib.dump((fitted, history), "MODEL")


app = make_server_app(estimator, save, strategy=strategy)
""",
}


@pytest.fixture
def environment(tmp_path):
    return {
        **os.environ,
        "FLWR_TELEMETRY_ENABLED": "0",
        "FLWR_HOME": str(tmp_path / "flwr"),
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
    }


@pytest.fixture
def start(tmp_path, environment):
    """Start a program of Flower that runs until the end of the test."""
    running = []

    def start(name, *arguments):
        command = [BIN / name, *map(str, arguments)]
        with (tmp_path / f"{len(running)}-{name}.log").open("w") as log:
            process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        running.append(process)

    yield start
    for process in reversed(running):
        process.terminate()
        process.wait(60)


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def make_certificates(folder):
    """Certificate authority, and a certificate of 127.0.0.1 that it signed."""
    subject = ["-subj", "/CN=localhost"]
    days = ["-days", "2"]
    (folder / "names").write_text("subjectAltName=DNS:localhost,IP:127.0.0.1")
    for command in (
        ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key"]
        + ["-out", "ca.pem", *days, "-subj", "/CN=ca"],
        ["req", "-newkey", "rsa:2048", "-nodes", "-keyout", "server.key"]
        + ["-out", "server.csr", *subject],
        ["x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key"]
        + ["-CAcreateserial", "-out", "server.pem", *days, "-extfile", "names"],
    ):
        subprocess.run(["openssl", *command], cwd=folder, check=True, timeout=60)


def run_app(tmp_path, environment, start):
    """Start a SuperLink and two SuperNodes, and the app on them."""
    make_certificates(tmp_path)
    model, app, port = tmp_path / "model.joblib", tmp_path / "app", free_port()
    for name, text in APP.items():
        (app / name).parent.mkdir(parents=True, exist_ok=True)
        (app / name).write_text(text.replace("MODEL", str(model)))
    authority = tmp_path / "ca.pem"
    tls = ["--ssl-ca-certfile", authority, "--ssl-certfile", tmp_path / "server.pem"]
    tls += ["--ssl-keyfile", tmp_path / "server.key", "--port", port]
    start("flower-superlink", *tls, "--disable-runtime-dependency-installation")
    for number in range(2):
        own = ["--superlink", f"127.0.0.1:{port}", "--root-certificates", authority]
        node = ["--node-config", f"number={number}", "--port", free_port()]
        start("flower-supernode", *own, *node)
    home = tmp_path / "flwr"
    home.mkdir(exist_ok=True)
    (home / "config.toml").write_text(
        '[superlink]\ndefault = "loopback"\n[superlink.loopback]\n'
        f'address = "127.0.0.1:{port}"\nroot-certificates = "{authority}"\n'
    )
    sleep(30)
    subprocess.run(
        [BIN / "flwr", "run", str(app), "loopback"],
        env=environment,
        check=True,
        timeout=300,
    )
    return model


def test_two_hospitals_train_over_tls_as_in_one_process(tmp_path, environment, start):
    model = run_app(tmp_path, environment, start)

    deadline = monotonic() + LONGEST
    while not model.exists() and monotonic() < deadline:
        sleep(5)
    sleep(2)

    fitted, history = joblib.load(model)
    sys.path.insert(0, str(tmp_path / "app"))
    from hospitals.common import estimator, read, strategy

    from magnet_sklearn.federated import simulate

    sites = {f"hospital {number}": read(number) for number in range(2)}
    simulated, _ = simulate(sites, estimator, strategy=strategy)
    X, _ = read(0)
    assert_allclose(fitted.predict_proba(X), simulated.predict_proba(X), atol=1e-6)
    assert (history["status"] == "ok").all()
    assert history["site"].unique().tolist() == list(sites)
    print(history.groupby("stage")["seconds"].describe())
