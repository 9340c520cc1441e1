"""The published equations in plain NumPy, with the weights of our network."""

import numpy as np
import torch
from numpy.testing import assert_allclose

from magnet_sklearn.nn import Architecture, build_network

SHAPES = {"mrna": (7,), "mirna": (5,), "dna": (6,)}


def relu(x):
    return np.maximum(x, 0.0)


def linear(weights, name, x):
    return x @ weights[f"{name}.weight"].T + weights.get(f"{name}.bias", 0.0)


def published_encoder(weights, name, x):
    hidden = linear(weights, f"{name}.layers.0", x)
    hidden = np.where(hidden > 0, hidden, 0.2 * hidden)
    return linear(weights, f"{name}.layers.3", hidden)


def published_attention(weights, embeddings, n_heads):
    """Fuse the embeddings that one patient has."""
    projected = linear(weights, "fusion.projection", np.stack(embeddings))
    heads = []
    for head, Z in enumerate(np.split(projected, n_heads, axis=1)):
        score = np.exp(Z @ weights["fusion.query"][head, 0])
        heads.append(score / score.sum() @ Z)
    return linear(weights, "fusion.output", np.concatenate(heads))


def published_sage(weights, name, x, similarity):
    """Convolve every patient with the neighbours that similarity > 0 gives."""
    sent = relu(linear(weights, f"{name}.source", x))
    rows = []
    for i in range(len(x)):
        messages = [
            relu(linear(weights, f"{name}.edge", np.append(sent[j], similarity[j, i])))
            for j in np.flatnonzero(similarity[:, i])
        ]
        mean = np.mean(messages, axis=0) if messages else np.zeros_like(x[i])
        neighbors = linear(weights, f"{name}.neighbors", mean)
        rows.append(neighbors + linear(weights, f"{name}.root", x[i]))
    return np.stack(rows)


def published_magnet(weights, blocks, mask, similarity, n_heads):
    fused = np.stack(
        [
            published_attention(
                weights,
                [
                    published_encoder(weights, f"encoders.{m}", block[i])
                    for m, block in enumerate(blocks)
                    if mask[i, m]
                ],
                n_heads,
            )
            for i in range(len(mask))
        ]
    )
    x = fused
    for layer in range(2):
        x = relu(published_sage(weights, f"decoder.convs.{layer}", x, similarity))
    x = relu(linear(weights, "head.0", x))
    return fused, linear(weights, "head.3", x)


def test_published_wiring_equals_the_published_equations():
    rng = np.random.default_rng(0)
    architecture = Architecture(
        n_outputs=5,
        shapes=SHAPES,
        hidden_dim=16,
        n_layers=2,
        dropout=0.2,
        skip_connection=False,
    )
    network = build_network(architecture, torch.Generator().manual_seed(0)).eval()
    with torch.no_grad():  # biases start at 0, where a misplaced one goes unseen
        for weight in network.parameters():
            weight += torch.from_numpy(rng.normal(0, 0.1, weight.shape)).float()
    mask = rng.random((12, 3)) < 0.6
    mask[np.arange(12), rng.integers(3, size=12)] = True
    blocks = {
        name: np.where(mask[:, [m]], rng.normal(size=(12, *shape)), np.nan)
        for m, (name, shape) in enumerate(SHAPES.items())
    }
    similarity = np.triu(rng.random((12, 12)) * (rng.random((12, 12)) < 0.3), 1)
    similarity[:, 11] = 0.0  # one patient without neighbours
    similarity += similarity.T
    edge_index = np.stack(np.nonzero(similarity))

    output = network(
        {name: torch.from_numpy(block).float() for name, block in blocks.items()},
        torch.from_numpy(mask),
        torch.from_numpy(edge_index),
        torch.from_numpy(similarity[tuple(edge_index)]),
    )

    weights = {key: value.numpy() for key, value in network.state_dict().items()}
    fused, logits = published_magnet(
        weights, list(blocks.values()), mask, similarity, n_heads=4
    )
    assert_allclose(output.embedding.detach(), fused, atol=1e-5)
    assert_allclose(output.logits[:, 0].detach(), logits, atol=1e-5)


def test_published_wiring_has_the_published_number_of_weights():
    architecture = Architecture(
        n_outputs=5,
        shapes=SHAPES,
        hidden_dim=128,
        n_heads=2,
        n_layers=2,
        skip_connection=False,
    )
    network = build_network(architecture, torch.Generator())

    h, n_outputs = 128, 5
    square, bias = h * h, h
    encoders = sum(n * h + bias + square + bias for (n,) in SHAPES.values())
    attention = 2 * square + h
    convolution = (square + bias) + ((h + 1) * h + bias) + (square + bias) + square
    head = square + bias + n_outputs * h + n_outputs
    assert sum(weight.numel() for weight in network.parameters()) == (
        encoders + attention + 2 * convolution + head
    )
