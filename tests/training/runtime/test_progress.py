from types import SimpleNamespace

from magnet_sklearn._training.runtime._progress import EpochBar


def test_bar_counts_epochs_and_shows_their_losses(capsys):
    net = SimpleNamespace(max_epochs=2, history=[{"train_loss": 0.5, "dur": 1.0}])
    bar = EpochBar("member 1/3")

    bar.on_train_begin(net)
    bar.on_epoch_end(net)
    shown = str(bar.bar_)
    bar.on_train_end(net)

    assert "member 1/3" in shown
    assert "1/2" in shown
    assert "train_loss=0.5000" in shown
    assert not hasattr(bar, "bar_")
