"""What a file tells about patients, in plain words."""

from __future__ import annotations

from collections.abc import Iterator

from magnet_sklearn._estimators import BaseMagnet
from magnet_sklearn._training import NetworkEnsemble

NO_PATIENTS = "No row of any training patient, no patient id and no free text."


def contents_of(estimator: BaseMagnet, custom: list[str]) -> list[str]:
    """Return sentences about all that depends on single patients.

    Parameters
    ----------
    estimator : estimator
        As it is saved.
    custom : list of str
        Classes of users in it.
    """
    model = estimator._model
    lines = [
        "Names of all columns and categories, also of categories that few patients "
        "have; mean and spread of each number.",
        *_of_words(model.inputs.steps),
        *_of_experts(model.experts),
        *_of_target(model.target),
    ]
    if isinstance(model.ensemble, NetworkEnsemble):
        lines += _of_networks(model.ensemble)
    lines += _of_holdout(model.holdout)
    lines.append("No ids of patients.")
    lines += [
        f"Objects of {name}, of whose content nothing is known." for name in custom
    ]
    return lines


def _of_words(steps) -> Iterator[str]:
    """Tell what preprocessing has learned from free text."""
    for step in steps:
        for _, own in getattr(step, "pipelines", []):
            yield from _of_words(own)
        blocks = getattr(step, "_blocks", {}) | getattr(step, "transformers_", {})
        for name, block in blocks.items():
            vectorizer = getattr(block, "vectorizer", block)
            words = getattr(vectorizer, "vocabulary_", ())
            if words:
                yield (
                    f"{len(words)} words of the texts of {name!r}; which patient used "
                    "them is not in the file."
                )


def _of_experts(experts) -> Iterator[str]:
    offsets = experts.offsets_
    n_rows = max(len(offset.training_outputs_) for offset in offsets)
    if n_rows:
        yield (
            f"Out-of-fold predictions about {n_rows} training patients, and what each "
            "expert says of them (references='embeddings' leaves them out)."
        )
    known = [offset.experts_ for offset in offsets if offset.experts_ is not None]
    landmarks = [own._landmarks for own in known if own._landmarks is not None]
    if landmarks:
        n_rows = max(len(table) for own in landmarks for table in own.tables)
        yield (
            f"Rows of up to {n_rows} training patients in each modality, standardised: "
            "kernel experts compare new patients with them. They are in every file; "
            "fit with experts=['linear', 'forest'] to have none."
        )
    families = {name for own in known for name, _ in own.experts_}
    if families & {"forest", "boosting"}:
        yield (
            "Thresholds and leaves of trees, which are values and means of few "
            "training patients."
        )


def _of_target(target) -> Iterator[str]:
    for own in getattr(target, "tasks_", {"": target}).values():
        if hasattr(own, "baseline_"):
            yield "The times at which training patients had events or were censored."
        if getattr(own, "residuals_", None) is not None:
            yield "Residuals of the training patients, for intervals of predictions."


def _of_networks(ensemble: NetworkEnsemble) -> Iterator[str]:
    graph = ensemble.graph_
    if graph is not None:
        yield (
            f"Coordinates of {len(graph.references_)} training patients, the "
            "references of the patient graph: their standardised columns or, of wide "
            "modalities, principal components; which modalities they have; and their "
            "hidden states (references='none' leaves them out)."
        )
    if not all(map(_is_nan, ensemble.held_out_.ravel()[:1000])):
        n_rows = len(ensemble.held_out_)
        yield (
            f"Held-out predictions of networks about {n_rows} training patients "
            "(references='embeddings' leaves them out)."
        )


def _of_holdout(holdout) -> Iterator[str]:
    n_rows = max((len(fit.patients) for fit in holdout.fits), default=0)
    if n_rows:
        yield (
            f"Digests of {n_rows} training patients, by which somebody who has a "
            "patient's data can tell whether the model has learned from it "
            "(references='embeddings' leaves them out)."
        )
    groups = {str(group) for fit in holdout.fits for group in fit.groups}
    if groups:
        yield f"Names of the {len(groups)} groups of patients that were given to fit."


def _is_nan(value) -> bool:
    return bool(value != value)
