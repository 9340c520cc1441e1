import numpy as np
import torch
from common.cohorts import make_patients
from common.instances import make_classifier
from numpy.testing import assert_allclose

from magnet_sklearn._training import differentiable_outputs


def test_outputs_are_those_of_the_branches_and_repeat_with_the_patients():
    X, y = make_patients()
    model = make_classifier(gate=0.7, experts=None).fit(X, y)._model
    Z, cpu = model.inputs.transform(X), torch.device("cpu")
    batch, outputs = differentiable_outputs(model.ensemble, Z, cpu)
    expected = model.ensemble.branches(Z, cpu).sum(axis=1)
    assert_allclose(outputs(batch.blocks).detach(), expected, atol=1e-12)

    twice = {
        name: block.repeat(2, *[1] * (block.ndim - 1))
        for name, block in batch.blocks.items()
    }
    assert_allclose(outputs(twice).detach(), np.tile(expected, (2, 1)), atol=1e-12)

    rna = batch.blocks["rna"].nan_to_num(0.0).requires_grad_()
    outputs({**batch.blocks, "rna": rna})[:, 0].sum().backward()
    gradient = rna.grad.numpy()
    assert (gradient[Z.mask[:, 0]] != 0).any()
    assert (gradient[~Z.mask[:, 0]] == 0).all()
