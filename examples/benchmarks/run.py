"""
Benchmark on missing modalities
===============================

    python examples/benchmarks/run.py --output results --quick
    python examples/benchmarks/report.py results

Writes a row per cohort, scenario, split and method to `results.csv`, as soon as it is
known. Started again, it goes on where it was interrupted.
"""

import argparse
import os
import warnings
import zlib
from contextlib import nullcontext
from fnmatch import fnmatch
from pathlib import Path

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")  # before NumPy: CPU seconds are to be compared

import numpy as np
import pandas as pd
from cohorts import available_cohorts, load_cohort
from joblib import Parallel, delayed, effective_n_jobs, parallel_config
from methods import DEFAULT_GROUPS, choose_methods, make_methods
from metrics import CPUTime, PeakMemory, align, scores
from scenarios import SCENARIOS, make_data, make_splits
from sklearn.utils.validation import has_fit_parameter

KEY = ["cohort", "scenario", "split", "method"]
COLUMNS = [
    *KEY,
    *("n_train", "n_test", "n_classes", "missing_train", "missing_test"),
    *("auroc", "auprc", "mcc", "accuracy", "macro_f1", "log_loss", "brier", "ece"),
    *("fit_seconds", "predict_seconds", "peak_mib", "test_part", "error"),
]
QUICK = {
    "cohorts": ["rosmap", "breast_cancer", "breast_cancer_tiny", "digits_5"],
    "scenarios": ["missing-0", "missing-0.6", "test-only-0.6"],
    "methods": ["baselines", "MagnetClassifier", "MagnetClassifier, graph=None"],
    "n_splits": 2,
}


def evaluate(cohort, scenario, split, method):
    """Fit and score one method on one split.

    Parameters
    ----------
    cohort, scenario, method : str
        Names.
    split : int
        Number of the split, also the method's seed.

    Returns
    -------
    row : dict
        A row of the table. If the method failed, `error` says why.
    """
    row = dict(zip(KEY, (cohort, scenario, split, method), strict=True))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return {**row, **_measure(cohort, scenario, split, method)}
    except Exception as error:  # one failure is not to end a long run
        words = " ".join(f"{type(error).__name__}: {error}".split())
        return {**row, "error": words[:300]}


def _measure(cohort_name, scenario_name, number, method):
    cohort, scenario = load_cohort(cohort_name), SCENARIOS[scenario_name]
    splits = make_splits(cohort, scenario, number + 1)
    split = splits[number]
    X_train, X_test = make_data(cohort, scenario, number, split)
    y_train, y_test = cohort.y[split.train], cohort.y[split.test]
    model = make_methods(random_state=number)[method]
    parameters = {}
    if scenario.by_group and has_fit_parameter(model, "groups"):
        parameters["groups"] = cohort.groups[split.train]
    with PeakMemory() as memory:
        with CPUTime() as fit_time:
            model.fit(X_train, y_train, **parameters)
        with CPUTime() as predict_time:
            probability = model.predict_proba(X_test)
    classes = np.unique(cohort.y)
    # Baselines on preprocessed data number their columns by np.unique(y_train) too.
    probability = align(probability, np.unique(y_train), classes)
    codes = np.searchsorted(classes, y_test)
    return {
        "n_train": len(y_train),
        "n_test": len(y_test),
        "n_classes": len(classes),
        "missing_train": 1 - X_train.mask.mean(),
        "missing_test": 1 - X_test.mask.mean(),
        **scores(codes, probability),
        "fit_seconds": fit_time.seconds,
        "predict_seconds": predict_time.seconds,
        "peak_mib": memory.mib,
        "test_part": zlib.crc32(split.test.astype(np.int64).tobytes()),
    }


def read_results(path):
    """Table of a run: the last row of each key, without failures."""
    rows = pd.read_csv(path)
    if list(rows.columns) != COLUMNS:
        raise ValueError(
            f"{path} has columns {list(rows.columns)}, not those of this version. "
            "Choose another --output."
        )
    rows = rows.drop_duplicates(KEY, keep="last")
    return rows[rows["error"].isna()].reset_index(drop=True)


def open_results(path):
    """Keys done so far; starts the file, and cuts off a half-written last line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = path.read_bytes() if path.exists() else b""
    whole = text[: text.rfind(b"\n") + 1]
    if not whole:
        path.write_text(",".join(COLUMNS) + "\n")
        return set()
    if len(whole) < len(text):
        path.write_bytes(whole)
    return set(read_results(path)[KEY].itertuples(index=False, name=None))


def append(path, row):
    """One more row, on disk when this returns."""
    line = pd.DataFrame([row], columns=COLUMNS).to_csv(
        header=False, index=False, lineterminator="\n", float_format="%.6g"
    )
    with path.open("a") as file:
        file.write(line)
        file.flush()
        os.fsync(file.fileno())


def make_keys(cohorts, scenarios, methods, n_splits):
    """All cells to fill, first splits first: a partial run covers every cohort."""
    keys = [
        (cohort, scenario, split, method)
        for cohort in cohorts
        for scenario in scenarios
        for split in range(
            len(make_splits(load_cohort(cohort), SCENARIOS[scenario], n_splits))
        )
        for method in methods
    ]
    return sorted(keys, key=lambda key: key[2])


def run(keys, path, n_jobs=1):
    """Evaluate and append.

    In batches: not every joblib backend hands over results one by one.
    """
    n_workers = effective_n_jobs(n_jobs)
    size = 1 if n_workers == 1 else 8 * n_workers
    with Parallel(n_jobs=n_jobs) as parallel:
        for start in range(0, len(keys), size):
            rows = parallel(
                delayed(evaluate)(*key) for key in keys[start : start + size]
            )
            for number, row in enumerate(rows, start + 1):
                append(path, row)
                print(progress(number, len(keys), row), flush=True)


def progress(number, n_keys, row):
    """What a person who waits wants to see."""
    what = f"[{number}/{n_keys}] " + " ".join(str(row[column]) for column in KEY)
    if "error" in row:
        return f"{what}: {row['error']}"
    return (
        f"{what}: AUROC {row['auroc']:.3f}, log loss {row['log_loss']:.3f}, "
        f"{row['fit_seconds']:.1f} s"
    )


def parse(arguments=None):
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--output", type=Path, default=Path("results"))
    parser.add_argument("--quick", action="store_true", help="five minutes")
    parser.add_argument("--cohorts", nargs="+", help="names or patterns (default: all)")
    parser.add_argument("--scenarios", nargs="+", help="names or patterns")
    parser.add_argument("--methods", nargs="+", help="groups, names or patterns")
    parser.add_argument("--n-splits", type=int, help="splits per cell (default: 5)")
    parser.add_argument("--n-jobs", type=int, default=1, help="runs at a time")
    parser.add_argument("--backend", help="joblib backend: loky, dask, ray ...")
    parser.add_argument("--redo", action="store_true", help="also what is done")
    return parser.parse_args(arguments)


def _matching(names, patterns):
    if patterns is None:
        return list(names)
    return [name for name in names if any(fnmatch(name, word) for word in patterns)]


def _backend(name):
    """Context of a joblib backend; for dask with a local cluster of its own."""
    if name is None:
        return nullcontext()
    if name == "dask":
        from dask.distributed import Client

        Client()
    elif name == "ray":
        from ray.util.joblib import register_ray

        register_ray()
    return parallel_config(backend=name)


def main(arguments=None):
    """Run what is not done yet."""
    options = parse(arguments)
    defaults = QUICK if options.quick else {"n_splits": 5, "methods": DEFAULT_GROUPS}
    cohorts = options.cohorts or defaults.get("cohorts")
    scenarios = options.scenarios or defaults.get("scenarios")
    keys = make_keys(
        _matching(available_cohorts(), cohorts),
        _matching(SCENARIOS, scenarios),
        choose_methods(options.methods or defaults["methods"]),
        options.n_splits or defaults["n_splits"],
    )
    path = options.output / "results.csv"
    done = open_results(path)
    left = keys if options.redo else [key for key in keys if key not in done]
    print(f"{len(keys)} runs, {len(keys) - len(left)} of them done: {path}")
    with _backend(options.backend):
        run(left, path, n_jobs=options.n_jobs)


if __name__ == "__main__":
    main()
