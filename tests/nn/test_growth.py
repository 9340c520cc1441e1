import pytest
import torch

from magnet_sklearn.nn import adopt_encoders, widen_network
from magnet_sklearn.nn.fusion import FUSIONS

SHAPES = {"rna": (4,), "clinical": (5,)}
WIDER = {**SHAPES, "mri": (1, 2, 2)}
MASK = torch.ones(3, 2, dtype=torch.bool)


def blocks(shapes):
    return {name: torch.randn(3, *shape) for name, shape in shapes.items()}


@pytest.mark.parametrize("fusion", FUSIONS)
def test_patients_without_the_new_modality_keep_their_outputs(make_network, fusion):
    trained = make_network(shapes=SHAPES, fusion=fusion).eval()
    wider = make_network(seed=1, shapes=WIDER, fusion=fusion)
    known = blocks(SHAPES)

    widened = widen_network(trained, wider).eval()

    mask = torch.cat([MASK, torch.zeros(3, 1, dtype=torch.bool)], dim=1)
    out = widened({**known, **blocks({"mri": (1, 2, 2)})}, mask)
    torch.testing.assert_close(out.logits, trained(known, MASK).logits)


@pytest.mark.parametrize(("name", "value"), [("hidden_dim", 4), ("fusion", "mean")])
def test_networks_of_another_kind_are_refused(make_network, name, value):
    with pytest.raises(ValueError, match=f"{name} is .*, but the networks were"):
        widen_network(make_network(), make_network(**{name: value}))


def test_adopted_encoders_are_copies(make_network):
    network, trained = make_network(seed=0), make_network(seed=1)

    adopt_encoders(network, trained)

    adopted, given = network.encoders[0].layers[0], trained.encoders[0].layers[0]
    assert torch.equal(adopted.weight, given.weight)
    assert adopted.weight is not given.weight
