from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from torch import nn

from magnet_sklearn.nn import (
    CategoricalEncoder,
    ConcatFusion,
    MeanFusion,
    MLPEncoder,
    PatientModalityAttention,
)
from magnet_sklearn.nn._dropout import Dropout
from magnet_sklearn.nn.convolutions import CONVOLUTIONS

MASK = torch.tensor([[True, True, True], [True, False, True]])


def same_weights(first, second):
    pairs = zip(first.state_dict().values(), second.state_dict().values(), strict=True)
    return all(torch.equal(a, b) for a, b in pairs)


@pytest.mark.parametrize("decoder", [*CONVOLUTIONS, None])
def test_global_random_state_is_neither_read_nor_changed(make_network, decoder):
    networks = []
    for seed in (0, 1):
        torch.manual_seed(seed)
        state = torch.get_rng_state()
        networks.append(make_network(seed=3, decoder=decoder))
        assert torch.equal(state, torch.get_rng_state())

    assert same_weights(*networks)


def test_training_draws_from_the_generator_alone(make_network, make_blocks):
    blocks = make_blocks(MASK, dtype=torch.float32)
    logits = []
    for seed in (0, 1):
        own = nn.Sequential(nn.Flatten(), nn.Dropout(0.5), nn.ZeroPad1d((2, 2)))
        torch.manual_seed(seed)
        state = torch.get_rng_state()
        network = make_network(dropout=0.5, encoders={"rna": own})
        logits.append(network(blocks, MASK).logits)
        assert torch.equal(state, torch.get_rng_state())

    assert torch.equal(*logits)


def test_other_seeds_give_other_weights(make_network):
    assert not same_weights(make_network(seed=0), make_network(seed=1))


def test_four_threads_give_the_same_bits(make_network, make_blocks):
    mask = MASK
    blocks = make_blocks(mask, dtype=torch.float32)

    def train_a_step(seed):
        network = make_network(seed=seed, dropout=0.5)
        optimizer = torch.optim.Adam(network.parameters())
        network(blocks, mask, torch.tensor([[0], [1]])).logits.sum().backward()
        optimizer.step()
        return network

    seeds = [0, 1, 2, 3] * 3
    one_by_one = [train_a_step(seed) for seed in seeds]
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(train_a_step, seeds))

    assert all(map(same_weights, one_by_one, together))


def test_no_weight_is_left_unset(make_network):
    for decoder in CONVOLUTIONS:
        tensors = make_network(decoder=decoder).state_dict().values()
        assert all(not t.is_meta and t.abs().max() <= 3.0 for t in tensors)


def test_default_encoder_follows_the_columns(make_network):
    encoders = make_network().encoders

    assert [type(encoder) for encoder in encoders] == [
        MLPEncoder,
        CategoricalEncoder,
        MLPEncoder,
    ]


def test_encoder_can_be_chosen_for_some_modalities(make_network):
    network = make_network(encoders={"clinical": "mlp"})

    assert type(network.encoders[1]) is MLPEncoder


def test_own_module_is_copied_and_keeps_its_weights(make_network):
    own = nn.Sequential(nn.Linear(4, 8), nn.Dropout(0.2))

    copied = make_network(encoders={"rna": own}).encoders[0]

    assert same_weights(own, copied)
    assert copied is not own
    assert copied[0].weight is not own[0].weight
    assert type(own[1]) is nn.Dropout


def test_every_dropout_draws_from_the_generator(make_network):
    generator = torch.Generator()
    own = nn.Sequential(nn.Linear(4, 8), nn.Dropout(0.2))

    network = make_network(encoders={"rna": own}, generator=generator)

    dropouts = [part for part in network.modules() if isinstance(part, nn.Dropout)]
    assert len(dropouts) == 6
    assert all(type(part) is Dropout for part in dropouts)
    assert all(part.generator is generator for part in dropouts)


@pytest.mark.parametrize(
    ("fusion", "kind"),
    [
        ("attention", PatientModalityAttention),
        ("mean", MeanFusion),
        ("concat", ConcatFusion),
    ],
)
def test_fusion_is_found_by_name(make_network, make_blocks, fusion, kind):
    network = make_network(fusion=fusion)

    output = network(make_blocks(MASK, dtype=torch.float32), MASK)

    assert type(network.fusion) is kind
    assert output.logits.shape == (2, 2, 3)


@pytest.mark.parametrize(("skip_connection", "n_branches"), [(True, 2), (False, 1)])
def test_skip_connection_chooses_the_wiring(
    make_network, make_blocks, skip_connection, n_branches
):
    network = make_network(skip_connection=skip_connection)

    logits = network(make_blocks(MASK, dtype=torch.float32), MASK).logits

    assert logits.shape == (2, n_branches, 3)


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"fusion": "sum"}, ValueError, "fusion is 'sum'. Choose one of 'attention'"),
        ({"decoder": "sgae"}, ValueError, "decoder is 'sgae'. Choose one of 'sage'"),
        (
            {"encoders": {"rma": "mlp"}},
            ValueError,
            "'rma' that the data do not have.*Did you mean 'rna'",
        ),
        (
            {"encoders": {"rna": "resnet"}},
            ValueError,
            "encoder of modality 'rna' is 'resnet'. Pass 'mlp'",
        ),
        (
            {"encoders": {"rna": nn.Linear}},
            TypeError,
            "encoder of modality 'rna' is .*Linear.* Pass 'mlp'",
        ),
        ({"n_heads": 3}, ValueError, "n_heads=3 does not divide hidden_dim=8"),
    ],
)
def test_wrong_parameters_are_errors_that_say_what_to_do(
    make_network, changes, error, message
):
    with pytest.raises(error, match=message):
        make_network(**changes)
