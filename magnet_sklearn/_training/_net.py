"""skorch around a MagnetNetwork."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import torch
from skorch import NeuralNet
from skorch.callbacks import EarlyStopping, LRScheduler
from skorch.helper import predefined_split
from torch.utils.data import DataLoader

from magnet_sklearn._training._checkpoint import (
    MemberCheckpoint,
    SaveNowAndThen,
    restore_net,
)
from magnet_sklearn._training._compiled import CompiledNetwork
from magnet_sklearn._training._distributed import (
    average_gradients,
    copy_from_first,
    mean,
    rank,
    world_size,
)
from magnet_sklearn._training._patients import PatientRows
from magnet_sklearn._training._progress import EpochBar
from magnet_sklearn.losses import TaskLoss, similarity_kl_loss


class MagnetNet(NeuralNet):
    """A skorch net on :class:`PatientBatch` objects.

    Parameters
    ----------
    module : MagnetNetwork
        The network, weights initialised.
    similarity_weight : float, default=0.0
        Weight of the similarity loss beside the task loss.
    contrastive_weight : float, default=0.0
        Weight of the module's contrastive task.
    precision : {"float32", "bfloat16"}, default="float32"
        Of the forward and backward pass in training; weights are single precision.
    compiles : bool, default=False
        Whether the forward pass in training is compiled.
    **kwargs
        All else goes to :class:`skorch.NeuralNet`.
    """

    def __init__(
        self,
        module,
        *,
        similarity_weight=0.0,
        contrastive_weight=0.0,
        precision="float32",
        compiles=False,
        **kwargs,
    ):
        self.similarity_weight = similarity_weight
        self.contrastive_weight = contrastive_weight
        self.precision = precision
        self.compiles = compiles
        super().__init__(module, **kwargs)

    compiled_ = None

    def notify(self, method_name, **cb_kwargs):
        """Tell callbacks; remember if one of them ends the training."""
        try:
            super().notify(method_name, **cb_kwargs)
        except KeyboardInterrupt:
            self.was_ended_by_callback = True
            raise

    def fit_loop(self, X, y=None, epochs=None, **fit_params):
        """Train; remember if it was interrupted from outside."""
        self.was_ended_by_callback = self.was_interrupted = False
        self.compiled_ = CompiledNetwork(self.module_) if self.compiles else None
        try:
            return super().fit_loop(X, y, epochs=epochs, **fit_params)
        except KeyboardInterrupt:
            self.was_interrupted = not self.was_ended_by_callback
            if self.was_interrupted and world_size() > 1:
                raise RuntimeError(
                    "Training in several processes was interrupted in this one; the "
                    "others cannot go on without it. Call fit again in all."
                ) from None
            raise
        finally:
            self.compiled_ = None  # code of this process is not to be pickled

    def get_iterator(self, dataset, training=False):
        """Batches of rows, in a random order where there are several to learn from."""
        return DataLoader(
            dataset,
            batch_size=dataset.batch_size,
            shuffle=training and (world_size() > 1 or not dataset.is_whole),
            collate_fn=_as_it_is,
            generator=self.iterator_train__generator,
        )

    def infer(self, x, **fit_params):
        """Forward pass of one batch, its reference patients first."""
        states = None if x.references is None else self.infer(x.references).states
        is_half = self.precision == "bfloat16" and self.module_.training
        with torch.autocast(x.mask.device.type, torch.bfloat16, enabled=is_half):
            output = self._network()(
                x.blocks, x.mask, x.edge_index, x.edge_weight, references=states
            )
        return output.float() if is_half else output

    def _network(self):
        """Return what computes: while it learns, compiled code if that is wanted."""
        if self.compiled_ is None or not self.module_.training:
            return self.module_
        return self.compiled_

    def get_loss(self, y_pred, y_true, X=None, training=False):
        """Task loss plus the weighted similarity and contrastive losses."""
        offset, target, weight = y_true
        outputs = offset + y_pred.logits.sum(dim=1)
        loss = self.criterion_(outputs, target, weight)
        if training and self.similarity_weight and X.edge_index is not None:
            loss = loss + self.similarity_weight * similarity_kl_loss(
                y_pred.embedding,
                X.edge_index,
                X.edge_weight,
                y_pred.source_embedding,
            )
        if training and self.contrastive_weight:
            contrast = self.module_.contrast(self.module_, X.blocks, X.mask)
            loss = loss + self.contrastive_weight * contrast
        return loss

    def train_step_single(self, batch, **fit_params):
        """Loss and gradients of one batch, over all processes."""
        step = super().train_step_single(batch, **fit_params)
        learned = (parameter for _, parameter in self.get_all_learnable_params())
        step["loss"] = average_gradients(learned, step["loss"])
        return step

    def validation_step(self, batch, **fit_params):
        """Loss of one batch, over all processes: they are to stop together."""
        step = super().validation_step(batch, **fit_params)
        step["loss"] = mean(step["loss"])
        return step


def make_net(
    network: torch.nn.Module,
    *,
    loss: TaskLoss,
    learning_rate: float,
    weight_decay: float,
    max_epochs: int,
    similarity_weight: float,
    contrastive_weight: float,
    precision: str = "float32",
    compiles: bool = False,
    patience: int | None,
    callbacks: list,
    device: torch.device,
    generator: torch.Generator,
    progress: str | None,
    kind: type[MagnetNet] = MagnetNet,
) -> MagnetNet:
    """Assemble optimiser, schedule, early stopping and progress bar.

    Parameters
    ----------
    network : MagnetNetwork
        Initialised network.
    loss : TaskLoss
        Loss of the task; its parameters, if it has any, are learned too.
    learning_rate, weight_decay : float
        Of Adam; weight decay is an L2 penalty.
    max_epochs : int
        Epochs at most.
    similarity_weight : float
        Weight of the similarity loss.
    contrastive_weight : float
        Weight of the network's contrastive task.
    precision : {"float32", "bfloat16"}, default="float32"
        Of training.
    compiles : bool, default=False
        Whether the network is compiled for training.
    patience : int or None
        Epochs without a better validation loss before training stops and the best
        weights return; None trains for `max_epochs`.
    callbacks : list of skorch callbacks
        Further callbacks.
    device : torch.device
        Where to train.
    generator : torch.Generator
        Keeps the data loader off the global random state.
    progress : str or None
        Description of the progress bar, which the first process shows; None shows
        none.
    kind : type, default=MagnetNet
        Class of the net.

    Returns
    -------
    net : MagnetNet
        Not yet trained.
    """
    # Learning rate x 0.8 every 20 epochs: the published schedule.
    steps: list[Any] = [LRScheduler(policy="StepLR", step_size=20, gamma=0.8)]
    if patience is not None:
        steps.append(EarlyStopping(patience=patience, load_best=True))
    if progress is not None and rank() == 0:
        steps.append(EpochBar(progress))
    return kind(
        network,
        similarity_weight=similarity_weight,
        contrastive_weight=contrastive_weight,
        precision=precision,
        compiles=compiles,
        criterion=loss,
        optimizer=torch.optim.Adam,
        optimizer__weight_decay=weight_decay,
        lr=learning_rate,
        max_epochs=max_epochs,
        iterator_train__generator=generator,
        train_split=None,
        callbacks=[*steps, *callbacks],
        callbacks__print_log=None,
        device=device,
        verbose=0,
    )


def train_net(
    net: MagnetNet,
    train: PatientRows,
    valid: PatientRows | None,
    files: MemberCheckpoint | None = None,
    generators: Sequence[torch.Generator] = (),
) -> MagnetNet:
    """Train, or train on.

    Parameters
    ----------
    net : MagnetNet
        Changed in place.
    train : PatientRows
        Patients to learn from.
    valid : PatientRows or None
        Patients for early stopping.
    files : MemberCheckpoint or None, default=None
        Where to keep the state after each epoch, and to go on from.
    generators : sequence of torch.Generator, default=()
        Random numbers that training draws from.

    Returns
    -------
    net : MagnetNet
        The same.
    """
    net.set_params(train_split=None if valid is None else predefined_split(valid))
    if not net.initialized_:
        net.initialize()
    saving = None if files is None else SaveNowAndThen(files, generators)
    if saving is not None:
        net.callbacks_.append(("checkpoint", saving))
    net.notify("on_train_begin", X=train, y=None)
    n_before = len(net.history_)
    state = {} if files is None else files.load(net.device)
    if state:
        restore_net(net, state, generators)
    learned = [parameter for _, parameter in net.get_all_learnable_params()]
    copy_from_first([*learned, *net.module_.buffers()])
    # a KeyboardInterrupt is how callbacks, too, end the training
    with suppress(KeyboardInterrupt):
        net.fit_loop(train, epochs=net.max_epochs - (len(net.history_) - n_before))
    net.notify("on_train_end", X=train, y=None)
    # statistics of batches, which are not averaged as gradients are
    copy_from_first(net.module_.buffers())
    if saving is not None:
        net.callbacks_.pop()
    # A data set kept in the net would travel with every pickle.
    net.set_params(train_split=None)
    return net


def _as_it_is(batch):
    """Rows come from the data set as a batch already."""
    return batch
