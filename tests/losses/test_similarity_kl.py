import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose

from magnet_sklearn.losses import similarity_kl_loss


def dense_kl_loss(Z, similarity, eps=1e-12):
    """Divide n x n matrices, as published: pairs without an edge are masked."""
    distance = ((Z[:, None] - Z[None]) ** 2).sum(-1)
    Q = np.where(similarity > 0, 1 / (1 + distance), 0.0)
    Q = np.clip(Q / (Q.sum() + eps), eps, None)
    P = np.clip(similarity / (similarity.sum() + eps), eps, None)
    return (P * np.log(P / Q)).sum()


def make_example(seed=0, n_patients=15):
    rng = np.random.default_rng(seed)
    similarity = rng.random((n_patients, n_patients))
    similarity *= rng.random((n_patients, n_patients)) < 0.3
    np.fill_diagonal(similarity, 0.0)
    Z = rng.normal(size=(n_patients, 4))
    edge_index = np.stack(np.nonzero(similarity))
    return Z, similarity, edge_index, similarity[tuple(edge_index)]


@pytest.mark.parametrize("seed", range(3))
def test_loss_over_edges_equals_the_dense_formula(seed):
    Z, similarity, edge_index, edge_weight = make_example(seed)

    loss = similarity_kl_loss(*map(torch.from_numpy, (Z, edge_index, edge_weight)))

    assert_allclose(loss, dense_kl_loss(Z, similarity), atol=1e-6)


def test_gradient_equals_finite_differences():
    Z, _, edge_index, edge_weight = map(torch.from_numpy, make_example(n_patients=6))

    assert torch.autograd.gradcheck(
        lambda Z: similarity_kl_loss(Z, edge_index, edge_weight), Z.requires_grad_()
    )


def test_loss_is_zero_where_the_kernel_is_the_similarity():
    Z, _, edge_index, _ = map(torch.from_numpy, make_example())
    distance = (Z[edge_index[0]] - Z[edge_index[1]]).square().sum(1)

    loss = similarity_kl_loss(Z, edge_index, 7.0 / (1 + distance))

    assert loss.item() == pytest.approx(0.0, abs=1e-12)


def test_graph_without_edges_has_loss_zero():
    no_edges = torch.empty(2, 0, dtype=torch.long)

    assert similarity_kl_loss(torch.ones(3, 2), no_edges, torch.empty(0)).item() == 0.0


def test_edges_of_weight_zero_alone_have_loss_zero():
    edge_index = torch.tensor([[0], [1]])

    assert similarity_kl_loss(torch.ones(3, 2), edge_index, torch.zeros(1)).item() == 0


def test_edge_of_weight_zero_gives_no_nan():
    Z, _, edge_index, edge_weight = map(torch.from_numpy, make_example())
    edge_weight[0] = 0.0
    Z.requires_grad_()

    similarity_kl_loss(Z, edge_index, edge_weight).backward()

    assert torch.isfinite(Z.grad).all()


def test_far_embeddings_stay_finite():
    Z = torch.tensor([[0.0], [1e15], [1.0]], requires_grad=True)
    edge_index = torch.tensor([[0, 0], [1, 2]])

    loss = similarity_kl_loss(Z, edge_index, torch.tensor([0.5, 0.5]))
    loss.backward()

    assert torch.isfinite(loss)
    assert torch.isfinite(Z.grad).all()
