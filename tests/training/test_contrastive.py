"""Views of patients and the contrastive task."""

import copy

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from magnet_sklearn._training._contrastive import (
    CONTRASTED,
    Augmentation,
    ContrastiveTask,
)
from magnet_sklearn.losses import info_nce_loss
from magnet_sklearn.nn import (
    MagnetNetwork,
    MLPEncoder,
    PatientModalityAttention,
    set_generator,
)


def seeded(module, seed=0):
    set_generator(module, torch.Generator().manual_seed(seed))
    return module


def make_network(n_modalities=2):
    encoders = {f"m{number}": MLPEncoder(3, 8) for number in range(n_modalities)}
    head = torch.nn.Linear(8, 1)
    return MagnetNetwork(encoders, PatientModalityAttention(8, 2), head)


def make_patients(n, n_modalities=2):
    blocks = {f"m{number}": torch.randn(n, 3) for number in range(n_modalities)}
    return blocks, torch.ones(n, n_modalities, dtype=torch.bool)


@given(seed=st.integers(0, 1000), rate=st.sampled_from([0.0, 0.5, 1.0]))
def test_a_view_keeps_some_observed_modality_and_adds_none(seed, rate):
    mask = torch.rand(20, 3, generator=torch.Generator().manual_seed(seed)) < 0.6

    _, left = seeded(Augmentation(modality_dropout=rate), seed)({}, mask)

    assert_array_equal(left.any(dim=1), mask.any(dim=1))
    assert not (left & ~mask).any()


def test_features_are_left_out_at_the_given_rate():
    view, _ = seeded(Augmentation(noise=0.0, feature_dropout=0.3))(
        {"m": torch.ones(100, 100)}, torch.ones(100, 1, dtype=torch.bool)
    )

    assert abs(view["m"].isnan().float().mean().item() - 0.3) < 0.02
    assert set(view["m"][~view["m"].isnan()].tolist()) == {1.0}


def test_views_neither_read_nor_move_the_global_random_state():
    patients = make_patients(5)
    before = torch.get_rng_state()

    first, _ = seeded(Augmentation())(*patients)

    assert_array_equal(torch.get_rng_state(), before)
    torch.rand(3)
    again, _ = seeded(Augmentation())(*patients)
    assert_array_equal(again["m0"], first["m0"])


def test_loss_falls_while_the_task_is_learned():
    torch.manual_seed(0)
    network, task = make_network(), seeded(ContrastiveTask(8))
    blocks, mask = make_patients(40)
    blocks["m1"] = blocks["m0"]
    optimizer = torch.optim.Adam([*network.parameters(), *task.parameters()], 0.01)
    losses = []
    for _ in range(150):
        optimizer.zero_grad()
        loss = task(network, blocks, mask)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())

    assert sum(losses[-10:]) < 0.8 * sum(losses[:10])


def test_unobserved_values_do_not_reach_the_loss():
    torch.manual_seed(0)
    network, task = make_network(), ContrastiveTask(8)
    blocks, mask = make_patients(10)
    mask[:4, 0] = False
    other = copy.deepcopy(blocks)
    other["m0"][:4] = torch.nan

    loss = seeded(task)(network, blocks, mask)
    loss.backward()

    assert seeded(task)(network, other, mask).item() == loss.item()
    gradients = [p.grad for p in network.encoders.parameters() if p.grad is not None]
    assert all(torch.isfinite(gradient).all() for gradient in gradients)


@pytest.mark.parametrize("n_modalities", [1, 2, 5])
def test_any_number_of_modalities_gives_a_finite_loss(n_modalities):
    network, task = make_network(n_modalities), seeded(ContrastiveTask(8))

    assert torch.isfinite(task(network, *make_patients(6, n_modalities)))


def test_two_modalities_of_a_patient_are_drawn_together():
    torch.manual_seed(0)
    network, task = make_network(), seeded(ContrastiveTask(8))
    blocks, mask = make_patients(12)
    encoded = network.encode(blocks, mask)[0]

    loss = task._between_modalities([encoded, encoded], [mask, mask])

    projected = task.modality_projection(encoded)
    assert_array_equal(
        loss.detach(), info_nce_loss(projected[:, 0], projected[:, 1]).detach()
    )


def test_large_cohorts_are_contrasted_in_part():
    network, task = make_network(), seeded(ContrastiveTask(8))
    seen = []
    network.encoders[0].register_forward_hook(lambda *parts: seen.append(len(parts[2])))

    task(network, *make_patients(3 * CONTRASTED))

    assert max(seen) <= CONTRASTED
