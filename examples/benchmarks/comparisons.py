"""Statistics on the table of results."""

import numpy as np
import pandas as pd
from baselines import baselines
from scipy import stats

OURS = "MagnetClassifier"
CELL = ["cohort", "scenario"]
TO_BEAT = (*baselines(), "MUSE", "M3Care")
# What a default must reach against the best baseline of a cell.
AUROC_SLACK, LOG_LOSS_SLACK = 0.005, 0.01


def comparable(rows, share=0.8):
    """Rows of the splits that all common methods have, in cells that they share.

    A method is common when it has at least `share` as many rows as the method with
    most; the others are compared with ours alone, where both ran.
    """
    counts = rows["method"].value_counts()
    rows = rows[rows["method"].isin(counts.index[counts >= share * counts.max()])]
    n_methods = rows["method"].nunique()
    per_split = rows.groupby([*CELL, "split"])["method"].transform("nunique")
    return rows[per_split == n_methods]


def average_rank(rows, metric):
    """Mean over cells of each method's rank in the cell; 1 is best."""
    means = rows.pivot_table(index=CELL, columns="method", values=metric).dropna()
    return means.rank(axis=1, ascending=metric != "auroc").mean().sort_values()


def paired_differences(rows, metric, reference=OURS):
    """Reference minus each method, split by split.

    Returns
    -------
    differences : DataFrame
        Columns cohort, scenario, split, method, difference, test_share (patients
        tested per patient trained on).
    """
    keys = [*CELL, "split"]
    own = rows[rows["method"] == reference].set_index(keys)[metric]
    others = rows[rows["method"] != reference]
    joined = others.join(own.rename("reference"), on=keys, how="inner")
    return joined[[*keys, "method"]].assign(
        difference=joined["reference"] - joined[metric],
        test_share=joined["n_test"] / joined["n_train"],
    )


def corrected_t_test(differences, test_share):
    """Corrected resampled t-test of Nadeau and Bengio (2003).

    Training parts of the splits overlap; the correction widens the variance of the
    mean by the number of patients tested per patient trained on.

    Returns
    -------
    p : float
        Two-sided; NaN with fewer than two splits.
    """
    differences = np.asarray(differences, dtype=float)
    n_splits = len(differences)
    if n_splits < 2:
        return float("nan")
    variance = differences.var(ddof=1) * (1 / n_splits + test_share)
    if variance == 0:
        return 1.0 if differences[0] == 0 else 0.0
    t = differences.mean() / np.sqrt(variance)
    return float(2 * stats.t.sf(abs(t), n_splits - 1))


def by_cell(differences):
    """Mean, standard error and corrected p of each cell and method."""
    records = []
    for key, group in differences.groupby([*CELL, "method"], sort=False):
        values = group["difference"].dropna()
        p = corrected_t_test(values, group["test_share"].mean())
        records.append((*key, values.mean(), values.sem(), p))
    return pd.DataFrame(records, columns=[*CELL, "method", "mean", "error", "p"])


def holm(p):
    """Holm's adjusted p values; NaN stays NaN."""
    p = np.asarray(p, dtype=float)
    adjusted = np.full(len(p), np.nan)
    order = [i for i in np.argsort(p) if not np.isnan(p[i])]
    largest = 0.0
    for position, i in enumerate(order):
        largest = max(largest, min(1.0, (len(order) - position) * p[i]))
        adjusted[i] = largest
    return adjusted


def over_cells(cells, better_sign):
    """Wilcoxon test over cells for each method, Holm-adjusted.

    Parameters
    ----------
    cells : DataFrame
        From `by_cell`.
    better_sign : {1, -1}
        Sign of a difference that favours the reference.
    """
    records = []
    for method, group in cells.groupby("method", sort=False):
        mean = group["mean"].dropna()
        tested = len(mean) > 1 and (mean != 0).any()
        p = stats.wilcoxon(mean).pvalue if tested else np.nan
        significant = group[group["p"] < 0.05]["mean"] * better_sign
        records.append(
            {
                "method": method,
                "cells": len(mean),
                "difference": mean.mean(),
                "p": p,
                "better": (significant > 0).sum(),
                "worse": (significant < 0).sum(),
            }
        )
    table = pd.DataFrame(records)
    table["p (Holm)"] = holm(table["p"])
    return table


def verdicts(rows):
    """Ours minus the best baseline of each cell, and whether that is enough.

    The standard error is that of the mean paired difference over splits. With one
    official split it knows of the dropped blocks only, not of other patients.
    """
    table = rows.drop_duplicates(CELL)[CELL].set_index(CELL)
    for metric in ("auroc", "log_loss"):
        cells = by_cell(paired_differences(rows, metric))
        cells = cells[cells["method"].isin(TO_BEAT)]
        ascending = metric == "auroc"
        best = cells.sort_values("mean", ascending=ascending).drop_duplicates(CELL)
        best = best.set_index(CELL)
        if metric == "auroc":
            fine = (best["mean"] >= -AUROC_SLACK) | (
                best["mean"].abs() <= best["error"]
            )
        else:
            fine = best["mean"] <= LOG_LOSS_SLACK
        table[f"{metric} best"] = best["method"]
        table[metric] = best["mean"]
        table[f"{metric} error"] = best["error"]
        table[f"{metric} verdict"] = fine.map({True: "ok", False: "lost"})
    return table.dropna(subset=["auroc best"]).reset_index()


def gain(rows, method, without):
    """What `method` gains over `without`, per cohort, and its standard error."""
    records = {}
    for metric, sign in (("auroc", 1), ("log_loss", -1)):
        differences = paired_differences(rows, metric, reference=method)
        differences = differences[differences["method"] == without]
        groups = differences.groupby("cohort", sort=False)["difference"]
        records[metric] = sign * groups.mean()
        records[f"{metric} error"] = groups.sem()
    return pd.DataFrame(records)


def critical_difference(n_methods, n_cells, alpha=0.05):
    """Nemenyi's critical difference between average ranks."""
    q = stats.studentized_range.ppf(1 - alpha, n_methods, np.inf) / np.sqrt(2)
    return q * np.sqrt(n_methods * (n_methods + 1) / (6 * n_cells))
