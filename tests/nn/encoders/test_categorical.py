import torch
from numpy.testing import assert_allclose
from torch.nn import functional as F

from magnet_sklearn.nn import CategoricalEncoder


def test_encoder_looks_up_the_category():
    encoder = CategoricalEncoder(1, [3, 2], hidden_dim=4, embedding_dim=2)
    X = torch.tensor([[0.7, 0, 0, 1, 1, 0]])

    looked_up = torch.cat(
        [torch.tensor([0.7]), encoder.tables[0][2], encoder.tables[1][0]]
    )

    assert torch.equal(encoder(X)[0], encoder.encoder(looked_up.unsqueeze(0))[0])


def test_missing_category_has_the_embedding_zero():
    encoder = CategoricalEncoder(1, [3], hidden_dim=4, embedding_dim=2)

    encoded = encoder(torch.tensor([[0.7, 0.0, 0.0, 0.0]]))

    assert torch.equal(encoded, encoder.encoder(torch.tensor([[0.7, 0.0, 0.0]])))


def test_one_category_as_the_whole_block_works():
    encoder = CategoricalEncoder(0, [3], hidden_dim=4)

    assert encoder(F.one_hot(torch.tensor([0, 2]), 3).float()).shape == (2, 4)


def test_block_without_categories_is_encoded_like_numbers():
    encoder = CategoricalEncoder(3, [], hidden_dim=4)
    X = torch.randn(2, 3)

    assert_allclose(encoder(X).detach(), encoder.encoder(X).detach())


def test_gradients_reach_every_table_and_the_input():
    encoder = CategoricalEncoder(1, [2, 2], hidden_dim=4)
    X = torch.tensor([[0.5, 1.0, 0.0, 0.0, 1.0]], requires_grad=True)

    encoder(X).square().sum().backward()

    assert X.grad.abs().sum() > 0
    assert all(table.grad.abs().sum() > 0 for table in encoder.tables)
