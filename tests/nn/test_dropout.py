import copy
import pickle

import pytest
import torch
from torch import nn

from magnet_sklearn.nn._dropout import Dropout, set_generator, swap_dropout


def test_dropout_in_evaluation_changes_nothing():
    X = torch.randn(3, 4)

    assert Dropout(0.5).eval()(X) is X


def test_dropout_keeps_the_mean():
    dropout = Dropout(0.3)
    dropout.generator = torch.Generator().manual_seed(0)

    dropped = dropout(torch.ones(200, 100))

    assert dropped.mean().item() == pytest.approx(1.0, abs=0.02)
    assert (dropped == 0).double().mean().item() == pytest.approx(0.3, abs=0.02)


def test_dropout_with_probability_one_gives_zeros():
    assert torch.equal(Dropout(1.0)(torch.ones(2, 3)), torch.zeros(2, 3))


def test_dropout_without_generator_draws_from_the_global_state():
    state = torch.get_rng_state()
    dropout = Dropout(0.5)

    first = dropout(torch.ones(50))
    torch.set_rng_state(state)

    assert torch.equal(first, dropout(torch.ones(50)))


def test_same_generator_seed_gives_same_draws_and_leaves_the_global_state():
    state = torch.get_rng_state()
    dropout = Dropout(0.5)
    results = []
    for _ in range(2):
        set_generator(dropout, torch.Generator().manual_seed(3))
        results.append(dropout(torch.ones(50)))

    assert torch.equal(*results)
    assert torch.equal(state, torch.get_rng_state())


@pytest.mark.parametrize(
    "duplicate", [copy.deepcopy, lambda module: pickle.loads(pickle.dumps(module))]
)
def test_copies_of_dropout_hold_no_generator(duplicate):
    dropout = Dropout(0.25)
    set_generator(dropout, torch.Generator())

    copied = duplicate(dropout)

    assert copied.generator is None
    assert copied.p == 0.25
    assert dropout.generator is not None


def test_swap_replaces_every_dropout_of_a_module():
    shared = nn.Dropout(0.1)
    module = nn.ModuleDict({"a": shared, "b": nn.Sequential(nn.Linear(2, 2), shared)})

    swap_dropout(module)

    assert isinstance(module["a"], Dropout)
    assert isinstance(module["b"][1], Dropout)
    assert module["b"][1].p == 0.1


def test_swap_keeps_evaluation_mode_and_subclasses():
    class OwnDropout(nn.Dropout):
        pass

    module = nn.Sequential(nn.Dropout(0.4), OwnDropout(0.4)).eval()

    swap_dropout(module)

    assert not module[0].training
    assert type(module[1]) is OwnDropout


def test_swapped_channel_dropout_drops_whole_channels():
    dropout = swap_dropout(nn.Dropout2d(0.5))
    set_generator(dropout, torch.Generator().manual_seed(0))

    dropped = dropout(torch.ones(6, 5, 4, 3))

    per_channel = dropped.flatten(2)
    assert torch.equal(per_channel.amin(2), per_channel.amax(2))
    assert set(per_channel.unique().tolist()) == {0.0, 2.0}


def test_transformer_layer_with_swapped_dropout_runs_in_both_modes():
    layer = swap_dropout(nn.TransformerEncoderLayer(8, 2, 16, 0.1, batch_first=True))
    X = torch.randn(2, 3, 8)

    assert torch.isfinite(layer(X)).all()
    with torch.no_grad():
        assert torch.isfinite(layer.eval()(X)).all()
