import torch
from numpy.testing import assert_allclose

from magnet_sklearn.nn import SeriesEncoder


def series():
    """Return two patients with four steps of two channels."""
    steps = torch.randn(2, 4, 3, dtype=torch.float64)
    steps[:, :, 0] = torch.tensor([0.0, 0.2, 0.5, 1.0])
    steps[0, 1, 2] = torch.nan
    return steps


def test_order_and_empty_steps_do_not_matter():
    encoder = SeriesEncoder(2, 4).double()
    steps = series()
    empty = torch.full((2, 3, 3), torch.nan, dtype=torch.float64)

    embedding = encoder(torch.cat([steps.flip(1), empty], dim=1))

    assert_allclose(embedding.detach(), encoder(steps).detach(), atol=1e-12)


def test_times_and_missing_channels_matter():
    encoder = SeriesEncoder(2, 4).double()
    steps = series()
    later, filled = steps.clone(), steps.clone()
    later[:, 2, 0] = 0.8
    filled[0, 1, 2] = 0.0  # measured, and the mean

    before = encoder(steps)

    assert (encoder(later) != before).any(dim=1).all()
    assert (encoder(filled) != before).any(dim=1).tolist() == [True, False]


def test_a_view_without_any_step_is_finite():
    assert SeriesEncoder(2, 4)(torch.full((1, 3, 3), torch.nan)).isfinite().all()
