"""Figures of the report."""

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
from comparisons import OURS, critical_difference
from matplotlib.ticker import LogLocator, NullLocator
from scenarios import SCENARIOS

LABELS = {"auroc": "AUROC", "log_loss": "log loss"}
SHOWN = (
    OURS,
    "late fusion, LR",
    "product of experts, LR+RF",
    "concatenation, LR",
    "random forest",
    "HistGradientBoosting",
    "published preset",
)


def plot_critical_difference(ranks, n_cells, metric, path):
    """Average ranks; bars join methods that Nemenyi's test does not tell apart."""
    limit = critical_difference(len(ranks), n_cells)
    names, values = list(ranks.index), ranks.to_numpy()
    fig, ax = plt.subplots(figsize=(9, 0.32 * len(ranks) + 1.4), layout="constrained")
    height = np.arange(len(values))
    colors = ["tab:red" if name == OURS else "0.35" for name in names]
    ax.scatter(values, height, c=colors, zorder=3)
    for x, y, name, color in zip(values, height, names, colors, strict=True):
        ax.annotate(
            f"{name}  ({x:.2f})", (x, y), (7, 0), textcoords="offset points",
            va="center", color=color,
        )  # fmt: skip
    for first, last in _cliques(values, limit):
        x = values[first] - 0.12
        ax.plot([x, x], [height[first], height[last]], color="tab:blue", alpha=0.6)
    ax.set(
        xlabel=f"average rank by {LABELS[metric]} over {n_cells} cells (1 = best)",
        title=f"Blue joins ranks less than {limit:.2f} apart (Nemenyi, 5 %)",
        xlim=(min(values) - 0.5, max(values) + 0.45 * np.ptp(values) + 1),
        xticks=range(1, len(values) + 1),
        yticks=[],
    )
    ax.invert_yaxis()
    ax.spines[["left", "right", "top"]].set_visible(False)
    fig.savefig(path, dpi=130)
    plt.close(fig)


def _cliques(values, limit):
    """Longest runs of sorted ranks that lie within the limit, as (first, last)."""
    runs = []
    for first, value in enumerate(values):
        last = int(np.searchsorted(values, value + limit, side="right")) - 1
        if last > first and (not runs or last > runs[-1][1]):
            runs.append((first, last))
    return runs


def plot_missing_rate(rows, metric, path):
    """Score against the share of blocks dropped, a panel per cohort."""
    rate = {name: s.rate for name, s in SCENARIOS.items() if s.rate is not None}
    rows = rows[rows["scenario"].isin(rate)]
    rows = rows.assign(rate=rows["scenario"].map(rate))
    cohorts = list(dict.fromkeys(rows["cohort"]))
    if not cohorts:
        return False
    n_columns = min(4, len(cohorts))
    n_rows = -(-len(cohorts) // n_columns)
    fig, axes = plt.subplots(
        n_rows, n_columns, squeeze=False, layout="constrained",
        figsize=(3.3 * n_columns, 2.7 * n_rows + 0.7),
    )  # fmt: skip
    for ax, cohort in zip(axes.flat, cohorts, strict=False):
        _panel(ax, rows[rows["cohort"] == cohort], metric)
        ax.set(title=cohort, xlabel="missing rate", ylabel=LABELS[metric])
    for ax in axes.flat[len(cohorts) :]:
        ax.set_visible(False)
    lines = {}
    for ax in axes.flat:
        lines.update(zip(*reversed(ax.get_legend_handles_labels()), strict=True))
    names = [name for name in SHOWN if name in lines]
    fig.legend(
        [lines[name] for name in names], names, loc="outside lower center", ncols=4
    )
    fig.savefig(path, dpi=130)
    plt.close(fig)
    return True


def _panel(ax, rows, metric):
    for number, name in reversed(list(enumerate(SHOWN))):
        scores = rows[rows["method"] == name].groupby("rate")[metric]
        if scores.ngroups == 0:
            continue
        width, color = (2.6, "tab:red") if name == OURS else (1.2, f"C{number - 1}")
        if color == "C3":  # that is red
            color = "0.35"
        ax.errorbar(
            scores.mean().index, scores.mean(), scores.sem(), label=name,
            lw=width, color=color, marker="o", ms=3, elinewidth=1, capsize=2,
        )  # fmt: skip
    if metric == "log_loss":
        ax.set_yscale("log")
        ax.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        ax.yaxis.set_major_formatter("{x:.3g}")
        ax.yaxis.set_minor_locator(NullLocator())
    ax.spines[["right", "top"]].set_visible(False)
