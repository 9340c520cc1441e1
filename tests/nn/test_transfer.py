import pytest
import torch

from magnet_sklearn.nn import CategoricalEncoder, MLPEncoder, transfer_encoders
from magnet_sklearn.nn.fusion import FUSIONS

NAMES = ["rna", "clinical", "ct.scan"]
SAME = dict.fromkeys(NAMES, lambda values: values)


def columns(there, here):
    """Move numbers to columns of the same name."""

    def move(values):
        moved = values.new_zeros(len(values), len(here))
        for place, name in enumerate(here):
            if name in there:
                moved[:, place] = values[:, there.index(name)]
        return moved

    return move


@pytest.mark.parametrize("fusion", FUSIONS)
def test_embeddings_of_the_same_modalities_are_those_of_the_source(
    make_network, make_blocks, fusion
):
    trained = make_network(seed=1, fusion=fusion).eval()
    network = make_network(seed=2, fusion=fusion, n_outputs=7).eval()
    mask = torch.tensor([[True, True, True], [True, False, True]])
    blocks = make_blocks(mask, dtype=torch.float32)

    taken = transfer_encoders(network, trained, SAME)

    assert taken == [*NAMES, "fusion"]
    given, known = network(blocks, mask), trained(blocks, mask)
    torch.testing.assert_close(given.embedding, known.embedding)
    assert given.logits.shape[2] == 7


@pytest.mark.parametrize("fusion", FUSIONS)
def test_modalities_are_matched_by_name_not_by_place(make_network, make_blocks, fusion):
    trained = make_network(seed=1, fusion=fusion).eval()
    shapes = {"ct.scan": (1, 2, 3), "rna": (4,)}
    network = make_network(
        seed=2, fusion=fusion, shapes=shapes, category_sizes={}, decoder=None
    ).eval()
    transfer_encoders(network, trained, SAME)
    mask = torch.tensor([[True, False, True]] * 3)
    blocks = make_blocks(mask, dtype=torch.float32)

    given = network(blocks, mask[:, [2, 0]]).embedding
    known = trained(blocks, mask).embedding
    if fusion == "cross":  # there the clinical embedding is part of the query
        assert network.fusion.query_position is None
        return
    torch.testing.assert_close(given, known)


def test_what_is_of_another_kind_stays(make_network):
    trained = make_network(seed=1, fusion="mean")
    network = make_network(seed=2, category_sizes={})
    before = {name: value.clone() for name, value in network.state_dict().items()}

    assert transfer_encoders(network, trained, SAME) == ["rna", "ct.scan"]

    clinical = network.encoders[1].state_dict()
    for name, value in clinical.items():
        assert torch.equal(value, before[f"encoders.1.{name}"])
    for name, value in network.fusion.state_dict().items():
        assert torch.equal(value, before[f"fusion.{name}"])


def test_columns_are_matched_new_ones_have_no_effect_yet():
    trained, own = MLPEncoder(3, 4), MLPEncoder(4, 4)
    own.adopt(trained, columns(["a", "b", "c"], ["c", "new", "a", "newer"]))

    here = torch.tensor([[0.5, 7.0, -1.0, 2.0]])
    there = torch.tensor([[-1.0, 0.0, 0.5]])
    torch.testing.assert_close(own(here), trained(there))


def test_categories_are_matched_within_their_column():
    # one number; stages I, II, III; sex f, m
    trained = CategoricalEncoder(1, [3, 2], hidden_dim=4, embedding_dim=2)
    # grade is new, stage IV is new and stage I absent; columns in another order
    own = CategoricalEncoder(1, [2, 2, 3], hidden_dim=4, embedding_dim=2)
    known = ["age", "stage_I", "stage_II", "stage_III", "sex_f", "sex_m"]
    seen = ["age", "grade_1", "grade_2", "sex_f", "sex_m"]
    seen += ["stage_II", "stage_III", "stage_IV"]

    own.adopt(trained, columns(known, seen))

    there = torch.tensor([[0.3, 0.0, 1.0, 0.0, 0.0, 1.0]])
    here = torch.tensor([[0.3, 1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0]])
    torch.testing.assert_close(own(here), trained(there))
    unknown = torch.tensor([[0.3, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 1.0]])
    nothing = torch.tensor([[0.3, 0.0, 0.0, 0.0, 0.0, 1.0]])
    torch.testing.assert_close(own(unknown), trained(nothing))
