import pytest
import torch

from magnet_sklearn.nn import Architecture, build_network


@pytest.fixture(autouse=True)
def seed_torch():
    torch.manual_seed(0)


@pytest.fixture(scope="session")
def make_network():
    """Build a small network; keyword arguments replace parts of its architecture."""

    def make(seed=0, **changes):
        arguments = {
            "n_outputs": 3,
            "shapes": {"rna": (4,), "clinical": (5,), "ct.scan": (1, 2, 3)},
            "category_sizes": {"clinical": [2]},
            "fusion": "attention",
            "decoder": "sage",
            "hidden_dim": 8,
            "n_heads": 2,
            "n_layers": 2,
            "dropout": 0.0,
        }
        generator = changes.pop("generator", torch.Generator().manual_seed(seed))
        return build_network(Architecture(**{**arguments, **changes}), generator)

    return make


@pytest.fixture(scope="session")
def make_blocks():
    """Draw blocks for the network of make_network, with NaN where mask is False."""

    def make(mask, seed=1, dtype=torch.float64):
        generator = torch.Generator().manual_seed(seed)
        shapes = {"rna": (4,), "clinical": (5,), "ct.scan": (1, 2, 3)}
        blocks = {}
        for column, (name, shape) in enumerate(shapes.items()):
            block = torch.randn(len(mask), *shape, generator=generator, dtype=dtype)
            block[~mask[:, column]] = torch.nan
            blocks[name] = block
        return blocks

    return make
