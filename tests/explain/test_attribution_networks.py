import numpy as np
import pytest
from common.cohorts import make_patients
from common.instances import make_classifier
from numpy.testing import assert_allclose

from magnet_sklearn.explain import _attribution_networks as networks
from magnet_sklearn.explain import feature_attribution


@pytest.fixture(scope="module")
def images():
    X, y = make_patients()
    rng = np.random.default_rng(0)
    image = rng.normal(size=(len(y), 1, 3, 3)) + y[:, None, None, None]
    blocks = {**dict(X.items()), "image": image}
    return make_classifier(gate=1.0, experts=None).fit(blocks, y), blocks


def test_an_image_is_one_part_and_the_rest_sums_up(images):
    model, X = images
    explanation = feature_attribution(model, X)
    assert explanation.parts[-1] == ("image", "image")
    assert np.abs(explanation.values[:, -1]).min() > 0
    assert_allclose(explanation.residual, 0, atol=1e-9)


def test_values_are_integrated_gradients(images, monkeypatch):
    model, X = images
    monkeypatch.setattr(networks, "_N_STEPS", (300,))
    first = {name: block[:1] for name, block in X.items()}
    explanation = feature_attribution(model, first)
    network = model.nets_[0].module_
    assert network.graph_head is not None
    # by finite differences, on the way of one column
    before, after = ({**first, "rna": first["rna"].copy()} for _ in range(2))
    mean = np.nanmean(X["rna"], axis=0)
    total, n_steps = 0.0, 60
    for step in range(n_steps):
        part = (step + 0.5) / n_steps
        way = mean + part * (first["rna"][0] - mean)
        for rows, sign in ((before, -1), (after, 1)):
            rows["rna"][0] = way
            rows["rna"][0, 1] += sign * 1e-3
        image = part * first["image"] + (1 - part) * X["image"].mean()
        ends = [
            network_output(model, {**rows, "image": image}, first)
            for rows in (before, after)
        ]
        total += (ends[1] - ends[0]) / 2e-3 * (first["rna"][0, 1] - mean[1]) / n_steps
    place = explanation.parts.get_loc(("rna", "rna_1"))
    assert_allclose(explanation.values[0, place, 0], total, rtol=0.1, atol=5e-3)


def test_values_are_those_of_captum(images, monkeypatch):
    captum = pytest.importorskip("captum.attr")
    model, X = images
    monkeypatch.setattr(networks, "_N_STEPS", (20,))
    integrated, compared = networks._integrated, []

    def beside(*model_and_patients):
        forward, starts, ends = networks._way(*model_and_patients[:5])
        values, *others = integrated(*model_and_patients)
        theirs = captum.IntegratedGradients(forward).attribute(
            ends, starts, target=0, n_steps=20, internal_batch_size=20 * len(ends[0])
        )
        for own, their in zip(values.values(), theirs, strict=True):
            assert_allclose(own[:, :, 0], their.flatten(1), atol=1e-8)
            compared.append(own.any())
        return values, *others

    monkeypatch.setattr(networks, "_integrated", beside)
    feature_attribution(model, {name: block[:5] for name, block in X.items()})
    assert compared == [True] * len(X)


def test_what_is_left_over_moves_no_value_by_more_than_one_percent(images, monkeypatch):
    model, X = images
    one = {name: block[:1] for name, block in X.items()}
    found, integrated = [], networks._integrated

    def kept(*arguments):
        values, start, left = integrated(*arguments)
        found.append(({name: own.copy() for name, own in values.items()}, left))
        return values, start, left

    monkeypatch.setattr(networks, "_integrated", kept)
    shared = feature_attribution(model, one)
    raw, left = found[-1]
    assert np.abs(left).max() > 1e-9
    rna = shared.values[:, shared.parts.get_level_values(0) == "rna"]
    moved = np.abs(rna - raw["rna"])
    assert (moved <= 0.01 * np.abs(raw["rna"])).all()
    assert moved.any()


def network_output(model, X, own):
    """Log-odds by the networks, with the neighbours of `own`."""
    import torch

    from magnet_sklearn._training import differentiable_outputs

    fitted = model._model
    Z, reference = (
        fitted.network_inputs.transform(fitted.inputs.check(model, rows))
        for rows in (X, own)
    )
    _, outputs = differentiable_outputs(fitted.ensemble, reference, torch.device("cpu"))
    blocks = {name: torch.tensor(block) for name, block in Z.items()}
    logits = outputs(blocks).detach().numpy()[0]
    return logits[1] - logits[0]
