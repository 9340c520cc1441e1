"""
Report of a benchmark run
=========================

    python examples/benchmarks/report.py results

Reads `results.csv` and writes `report.md`, its figures and `differences.csv` beside it.
"""

import argparse
from pathlib import Path

import pandas as pd
from comparisons import (
    CELL,
    OURS,
    average_rank,
    by_cell,
    comparable,
    gain,
    over_cells,
    paired_differences,
    verdicts,
)
from plots import LABELS, plot_critical_difference, plot_missing_rate
from run import read_results

PRESET = "published preset"
NO_GRAPH = f"{OURS}, graph=None"
SIGN = {"auroc": 1, "log_loss": -1}
OTHER_METRICS = ("auprc", "mcc", "accuracy", "macro_f1", "brier", "ece")
COSTS = {"fit_seconds": "fit CPU s", "predict_seconds": "predict CPU s"}


def markdown(table, digits=3):
    """Markdown of a DataFrame, without its index."""

    def cell(value):
        if isinstance(value, float):
            return "" if pd.isna(value) else f"{value:.{digits}f}"
        return str(value)

    lines = [list(table.columns), ["---"] * table.shape[1]]
    lines += [[cell(value) for value in row] for row in table.itertuples(index=False)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def summary(rows):
    """A line per method: mean, spread over splits, average rank, cost."""
    columns = {}
    cells = rows.groupby(["method", *CELL])
    for metric, label in LABELS.items():
        mean = cells[metric].mean().groupby("method").mean()
        spread = cells[metric].std().groupby("method").mean()
        columns[label] = mean.map("{:.3f}".format) + " ± " + spread.map("{:.3f}".format)
        columns[f"rank by {label}"] = average_rank(rows, metric).round(2)
    for metric in (*OTHER_METRICS, *COSTS):
        mean = cells[metric].mean().groupby("method").mean()
        columns[COSTS.get(metric, metric)] = mean
    columns["peak MiB"] = cells["peak_mib"].mean().groupby("method").mean().round(0)
    table = pd.DataFrame(columns).sort_values("rank by log loss")
    return table.reset_index(names="method")


def against_each(rows, reference):
    """Paired comparison of the reference with each method, for both metrics."""
    parts = []
    for metric, label in LABELS.items():
        cells = by_cell(paired_differences(rows, metric, reference))
        table = over_cells(cells, SIGN[metric]).set_index("method")
        names = {name: f"{label}: {name}" for name in table.columns if name != "cells"}
        parts.append(table.rename(columns=names))
    table = pd.concat([parts[0], parts[1].drop(columns="cells")], axis=1)
    return table.reset_index()


def checks(rows, ranked, cells):
    """What has to hold, as (claim, figures) lines."""
    lines = []
    for metric, label in LABELS.items():
        lost = int((cells[f"{metric} verdict"] == "lost").sum())
        best, *_ = average_rank(ranked, metric).items()
        lines.append((f"{label}: cells lost", f"{lost} of {len(cells)}"))
        lines.append((f"{label}: best average rank", f"{best[0]} ({best[1]:.2f})"))
    lines += _mean_differences(rows)
    slowest = rows[rows["method"] == OURS].nlargest(1, "fit_seconds").iloc[0]
    what = f"{slowest.fit_seconds:.1f} s, {slowest.n_train} patients, {slowest.cohort}"
    lines.append(("slowest default fit", what))
    return pd.DataFrame(lines, columns=["claim", "figures"])


def _mean_differences(rows):
    both = ("auroc", "log_loss")
    panels = [
        ("published preset", None, PRESET, both),
        ("itself calibrated", None, f"{OURS}, calibrated", ("log_loss",)),
        ("late fusion", None, "late fusion, LR", ("ece",)),
        ("concatenation", None, "concatenation, LR", ("ece",)),
        ("late fusion", "disjoint-groups", "late fusion, LR", both),
        ("late fusion", "test-only-0.6", "late fusion, LR", both),
    ]
    lines = []
    for name, scenario, method, metrics in panels:
        chosen = rows[rows["method"].isin([OURS, method])]
        if scenario is not None:
            chosen = chosen[chosen["scenario"] == scenario]
        if chosen["method"].nunique() < 2:
            continue
        means = {m: by_cell(paired_differences(chosen, m))["mean"] for m in metrics}
        figures = [f"{LABELS.get(m, m)} {v.mean():+.4f}" for m, v in means.items()]
        where = f" ({scenario})" if scenario else ""
        lines.append((f"default minus {name}{where}", ", ".join(figures)))
    return lines


def write_figures(ranked, rows, folder):
    """All figures; returns their file names."""
    names = []
    n_cells = len(ranked.drop_duplicates(CELL))
    for metric in LABELS:
        ranks = average_rank(ranked, metric)
        names.append(f"critical_difference_{metric}.png")
        plot_critical_difference(ranks, n_cells, metric, folder / names[-1])
    for metric in LABELS:
        name = f"missing_rate_{metric}.png"
        if plot_missing_rate(rows, metric, folder / name):
            names.append(name)
    return names


def sections(rows, ranked):
    """Titles, words and tables of what the run has data for."""
    methods = set(rows["method"])
    if OURS in methods and not verdicts(rows).empty:
        cells = verdicts(rows)
        words = "Differences are means over cells."
        yield "What has to hold", words, checks(rows, ranked, cells)
        words = (
            "Ours minus the best baseline of the cell. Lost: AUROC lower by more than "
            "0.005 and by more than the standard error; log loss higher by more than "
            "0.01."
        )
        yield "Cells", words, cells
    words = (
        f"Means over the {len(ranked.drop_duplicates(CELL))} cells (cohort x scenario) "
        "and splits that all of these methods have; ± is the standard deviation over "
        "splits, mean over cells."
    )
    yield "Methods", words, summary(ranked)
    if OURS in methods and len(methods) > 1:
        words = (
            f"{OURS} minus the other method. p: Wilcoxon over cells; better/worse: "
            "cells with a corrected resampled t-test below 5 %."
        )
        yield "Paired differences", words, against_each(rows, OURS)
    if {OURS, NO_GRAPH} <= methods:
        graph = gain(rows, OURS, NO_GRAPH).reset_index()
        yield "Graph gain", f"{OURS} against graph=None; positive is better.", graph
    preset = rows[rows["method"].str.startswith(PRESET)]
    if PRESET in methods and preset["method"].nunique() > 1:
        words = "The published preset minus itself with one part changed."
        yield "Ablation of the published preset", words, against_each(preset, PRESET)


def write_report(folder):
    """Everything about the run in `folder`."""
    rows = read_results(folder / "results.csv")
    ranked = comparable(rows)
    if ranked.empty:
        raise ValueError(f"No split in {folder} has all methods yet: let run.py go on.")
    text = [f"# Benchmark\n\n{len(rows)} runs."]
    for title, words, table in sections(rows, ranked):
        text += [f"## {title}", words, markdown(table)]
    images = write_figures(ranked, rows, folder)
    text += [f"![{Path(name).stem}]({name})" for name in images]
    (folder / "report.md").write_text("\n\n".join(text) + "\n")
    differences = pd.concat(
        by_cell(paired_differences(rows, metric)).assign(metric=metric)
        for metric in LABELS
    )
    differences.to_csv(folder / "differences.csv", index=False)
    print(f"Written: {folder / 'report.md'}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, nargs="?", default=Path("results"))
    write_report(parser.parse_args().folder)
