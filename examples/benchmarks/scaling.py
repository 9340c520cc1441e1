"""
Time and memory by patients, modalities, neighbours and width
=============================================================

    python examples/benchmarks/scaling.py --output scaling               # to 20 000
    python examples/benchmarks/scaling.py --largest 1000000 --output scaling

Synthetic patients, 30 % of the blocks missing. Each point is a process of its own, so
that its peak memory is its own too. Writes `scaling.csv` and draws time and memory
over each quantity, with the exponent of growth and, over patients, the time that the
arithmetic alone takes on this machine (dotted). `--default` adds fits of the default
with experts beside logistic regression and HistGradientBoosting, and `--peers` epochs
of MUSE and M3Care where iMML is installed (`tox run -e peers --notest`).
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

BASE = {"n": 2000, "modalities": 3, "features": 200, "neighbors": 10, "width": 64}
EPOCHS = 10
PEERS = ["MUSE", "M3Care"]
RANGES = {
    "n": (1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000, 300_000, 1_000_000),
    "modalities": (2, 4, 8, 16, 32),
    "neighbors": (5, 10, 20, 40),
    "width": (32, 64, 128, 256),
}


def peak_mib():
    """Largest memory of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def make_cohort(n, modalities, features, **_):
    """Patients with ten latent traits seen in every modality, and their classes."""
    from magnet_sklearn import MultiModalData

    rng = np.random.default_rng(0)
    traits = rng.normal(size=(n, 10)).astype(np.float32)
    blocks = {}
    for number in range(modalities):
        loadings = rng.normal(size=(10, features)).astype(np.float32)
        block = traits @ loadings
        block += rng.normal(size=block.shape).astype(np.float32) * 3
        block[rng.random(n) < 0.3] = np.nan
        blocks[f"block_{number}"] = block
    return MultiModalData(blocks), (traits[:, 0] > 0).astype(int)


def measure(point, method):
    """CPU and wall seconds of one fit, and its peak memory over that of imports."""
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.linear_model import LogisticRegression

    from magnet_sklearn import MagnetClassifier
    from magnet_sklearn.graph import PatientGraphBuilder
    from magnet_sklearn.preprocessing import DefaultPreprocessor

    # the first fit loads what the import left out
    MagnetClassifier(max_epochs=1, ensemble_size=1).fit(*make_cohort(40, 1, 2))
    imported = peak_mib()
    X, y = make_cohort(**point)
    settings = {"n_neighbors": point["neighbors"], "hidden_dim": point["width"]}
    if method == "graph":
        X = DefaultPreprocessor().fit(X).transform(X)
        model = PatientGraphBuilder(point["neighbors"])
    elif method in ("fit", "default"):
        if method == "fit":
            settings |= {"experts": None, "ensemble_size": 1, "max_epochs": EPOCHS}
        model = MagnetClassifier(random_state=0, **settings)
    else:
        X = np.nan_to_num(X.to_frame().to_numpy())
        model = (
            LogisticRegression(C=0.01)
            if method == "logistic regression"
            else HistGradientBoostingClassifier()
        )
    start, cpu = time.perf_counter(), time.process_time()
    model.fit(X, y)
    found = {
        "cpu_seconds": time.process_time() - cpu,
        "wall_seconds": time.perf_counter() - start,
        "memory_mib": peak_mib() - imported,
    }
    if method == "fit":
        durations = [epoch["dur"] for epoch in model.net_.history]
        found["epoch_seconds"] = float(np.median(durations))
        found |= {"recall": model.graph_summary_["recall"]}
    if method == "graph":
        found["recall"] = model.graph_summary_["recall"]
    return found


def measure_peer(point, method):
    """CPU seconds of one epoch, from fits of one and of three, and peak memory."""
    from peers import Peer

    Peer(method, max_epochs=1).fit(*make_cohort(40, 2, 2))
    imported = peak_mib()
    X, y = make_cohort(**point)
    rows = np.flatnonzero(X.mask.any(axis=1))
    seconds = {}
    for epochs in (1, 3):
        start = time.process_time()
        Peer(method, max_epochs=epochs).fit(X[rows], y[rows])
        seconds[epochs] = time.process_time() - start
    return {
        "epoch_seconds": (seconds[3] - seconds[1]) / 2,
        "cpu_seconds": EPOCHS * (seconds[3] - seconds[1]) / 2,
        "memory_mib": peak_mib() - imported,
    }


def floor_seconds(point):
    """Arithmetic of the graph and of the epochs at this machine's speed of products.

    Every pair that is compared is a product of the coordinates (50 per modality), with
    all patients up to 10 000, else those of 32 cells of 256. An epoch is three passes
    (forward, two backward) through encoders and attention of the patients and of the
    five neighbours that each draws.
    """
    matrix = np.ones((1500, 1500))
    times = []
    for kind in (np.float64, np.float32):
        factor = matrix.astype(kind)
        factor @ factor
        start = time.process_time()
        factor @ factor
        times.append((time.process_time() - start) / (2 * 1500**3))
    n, width = point["n"], point["width"]
    compared = n if n <= 10_000 else 32 * 256
    graph = 2 * n * compared * min(50, point["features"]) * point["modalities"]
    layers = point["features"] * width + 2 * width * width
    encoded = n if n <= 1024 else 6 * n
    epoch = 3 * 2 * encoded * layers * point["modalities"]
    return 2 * graph * times[0], EPOCHS * epoch * times[1]


def run(point, method):
    """Measure in a process of its own."""
    request = json.dumps({"point": point, "method": method})
    done = subprocess.run(
        [sys.executable, __file__, "--measure", request],
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def points(largest, methods):
    """Quantity that varies, the point and the method."""
    for quantity, values in RANGES.items():
        for value in values:
            if quantity != "n" or value <= largest:
                for method in methods if quantity == "n" else ("fit",):
                    yield quantity, {**BASE, quantity: value}, method


def exponent(x, y):
    """Slope in the log-log plot."""
    return np.polyfit(np.log(x), np.log(y), 1)[0]


def draw(rows, path):
    """Draw time above and memory below, a column a quantity."""
    figure, axes = plt.subplots(2, len(RANGES), figsize=(4 * len(RANGES), 7))
    for column, quantity in enumerate(RANGES):
        part = rows[rows["quantity"] == quantity]
        for method, group in part.groupby("method", sort=False):
            for axis, score in zip(axes[:, column], SCORES, strict=True):
                values = group[score]
                slope = exponent(group[quantity], values)
                axis.plot(group[quantity], values, "o-", label=f"{method}: {slope:.2f}")
        if quantity == "n":
            floors = [sum(floor_seconds({**BASE, "n": n})) for n in part["n"].unique()]
            axes[0, column].plot(part["n"].unique(), floors, "k:", label="arithmetic")
        for axis, score in zip(axes[:, column], SCORES, strict=True):
            axis.set(xscale="log", yscale="log", xlabel=quantity, ylabel=score)
            for side in (axis.xaxis, axis.yaxis):
                side.set_major_locator(LogLocator(subs=(1, 2, 5)))
                side.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
                side.set_minor_locator(NullLocator())
            axis.legend(frameon=False, fontsize=7, title="exponent", title_fontsize=7)
    figure.tight_layout()
    figure.savefig(path, dpi=110)


SCORES = ("cpu_seconds", "memory_mib")


def main():
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=Path("scaling"))
    parser.add_argument("--largest", type=int, default=20_000)
    parser.add_argument("--default", action="store_true")
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        request = json.loads(options.measure)
        how = measure_peer if request["method"] in PEERS else measure
        print(json.dumps(how(**request)))
        return
    options.output.mkdir(parents=True, exist_ok=True)
    methods = ["graph", "fit"]
    if options.default:
        methods += ["default", "logistic regression", "HistGradientBoosting"]
    methods += PEERS if options.peers else []
    rows = []
    for quantity, point, method in points(options.largest, methods):
        found = run(point, method)
        rows.append({"quantity": quantity, "method": method, **point, **found})
        print(quantity, method, point[quantity], found, flush=True)
        pd.DataFrame(rows).to_csv(options.output / "scaling.csv", index=False)
    table = pd.DataFrame(rows)
    draw(table, options.output / "scaling.png")
    for (quantity, method), group in table.groupby(["quantity", "method"]):
        slopes = [exponent(group[quantity], group[score]) for score in SCORES]
        print(f"{quantity:10} {method:22} time {slopes[0]:.2f}, memory {slopes[1]:.2f}")


if __name__ == "__main__":
    main()
