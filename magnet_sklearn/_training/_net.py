"""skorch around a MagnetNetwork."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import torch
from torch.utils.data import DataLoader

from magnet_sklearn._training._callbacks import own_callbacks
from magnet_sklearn._training._config import Optimisation
from magnet_sklearn._training._net_state import (
    SaveNetState,
    in_single_precision,
    restore_net,
)
from magnet_sklearn._training._objective import auxiliary_losses, task_loss
from magnet_sklearn._training._patients import PatientRows
from magnet_sklearn._training._skorch import (
    Callback,
    EarlyStopping,
    LRScheduler,
    NeuralNet,
    predefined_split,
)
from magnet_sklearn._training.runtime import _processes as processes
from magnet_sklearn._training.runtime._checkpoint import MemberCheckpoint
from magnet_sklearn._training.runtime._compilation import CompiledNetwork
from magnet_sklearn._training.runtime._progress import EpochBar
from magnet_sklearn.losses import TaskLoss
from magnet_sklearn.nn import MagnetNetwork


class MagnetNet(NeuralNet):
    """A skorch net on :class:`PatientBatch` objects.

    Parameters
    ----------
    module : MagnetNetwork
        The network, weights initialised.
    optimisation : Optimisation
        Auxiliary losses, precision and compilation are taken from it.
    **kwargs
        All else goes to :class:`skorch.NeuralNet`.
    """

    def __init__(self, module, *, optimisation, **kwargs):
        self.optimisation = optimisation
        super().__init__(module, **kwargs)

    compiled_ = None
    member = 0  # of the ensemble; for callbacks

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
        self.compiled_ = None
        if self.optimisation.compile:
            self.compiled_ = CompiledNetwork(self.module_)
        try:
            return super().fit_loop(X, y, epochs=epochs, **fit_params)
        except KeyboardInterrupt:
            self.was_interrupted = not self.was_ended_by_callback
            if self.was_interrupted and processes.world_size() > 1:
                raise RuntimeError(
                    "Training in several processes was interrupted in this one; the "
                    "others cannot go on without it. Call fit again in all."
                ) from None
            raise
        finally:
            self.compiled_ = None  # code of this process is not to be pickled

    def forget_training(self, keeps_optimizer):
        """Drop what is as large as the weights and of use in training only."""
        self.module_.zero_grad(set_to_none=True)
        for _, callback in self.callbacks_:
            if isinstance(callback, LRScheduler):
                callback.lr_scheduler_ = None  # made anew when a training begins
            elif isinstance(callback, EarlyStopping):
                callback.best_model_weights_ = None
        if not keeps_optimizer:
            self.optimizer_.state.clear()  # moments; the learning rate stays

    def get_iterator(self, dataset, training=False):
        """Batches of rows, in a random order where there are several to learn from."""
        return DataLoader(
            dataset,
            batch_size=dataset.batch_size,
            shuffle=training and (processes.world_size() > 1 or not dataset.is_whole),
            collate_fn=_as_it_is,
            generator=self.iterator_train__generator,
        )

    def infer(self, x, **fit_params):
        """Forward pass of one batch, its reference patients first."""
        states = None if x.references is None else self._states(x.references)
        wants_half = self.optimisation.precision == "bfloat16"
        is_half = wants_half and self.module_.training
        with torch.autocast(x.mask.device.type, torch.bfloat16, enabled=is_half):
            output = self._network()(
                x.blocks, x.mask, x.edge_index, x.edge_weight, references=states
            )
        return output.float() if is_half else output

    def _states(self, x):
        """States of the decoder for reference patients."""
        network = self.module_
        if (
            network.training
            or network.decoder is None
            or len(network.decoder.convs) > 1
        ):
            return self.infer(x).states
        # the only one is the decoder's input: no need for its output
        encoded, _ = network.encode(x.blocks, x.mask)
        return [network.fusion(encoded, x.mask)[0]]

    def _network(self):
        """Return what computes: while it learns, compiled code if that is wanted."""
        if self.compiled_ is None or not self.module_.training:
            return self.module_
        return self.compiled_

    def __getstate__(self):
        twin = object.__new__(type(self))
        # skorch would pickle the network twice: as given, and as trained
        twin.__dict__ = self.__dict__ | in_single_precision(self) | {"module": None}
        dtype = next(self.module_.parameters()).dtype
        return super(MagnetNet, twin).__getstate__() | {"dtype": dtype}

    def __setstate__(self, state):
        super().__setstate__(state)
        self.module_.to(self.__dict__.pop("dtype"))
        self.__dict__["module"] = self.module_

    def get_loss(self, y_pred, y_true, X=None, training=False):
        """Task loss; in training plus the auxiliary losses."""
        loss = task_loss(self.criterion_, y_pred, y_true)
        if training:
            others = auxiliary_losses(self.optimisation, self.module_, y_pred, X)
            loss = sum(others, start=loss)
        return loss

    def train_step_single(self, batch, **fit_params):
        """Loss and gradients of one batch, over all processes."""
        step = super().train_step_single(batch, **fit_params)
        learned = (parameter for _, parameter in self.get_all_learnable_params())
        step["loss"] = processes.average_gradients(learned, step["loss"])
        return step

    def validation_step(self, batch, **fit_params):
        """Loss of one batch, over all processes: they are to stop together."""
        step = super().validation_step(batch, **fit_params)
        step["loss"] = processes.mean(step["loss"])
        return step


class ContrastiveNet(MagnetNet):
    """A skorch net that learns by the contrastive task alone."""

    def infer(self, x, **fit_params):
        """Loss of one batch."""
        return self.module_.contrast(self.module_, x.blocks, x.mask)

    def get_loss(self, y_pred, y_true, X=None, training=False):
        """Return what `infer` computed."""
        return y_pred


def make_net(
    network: MagnetNetwork,
    loss: TaskLoss,
    optimisation: Optimisation,
    *,
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
    optimisation : Optimisation
        How the network learns.
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
        Initialised, not yet trained.
    """
    # Learning rate x 0.8 every 20 epochs: the published schedule.
    steps: list[Callback] = [LRScheduler(policy="StepLR", step_size=20, gamma=0.8)]
    if optimisation.n_iter_no_change is not None:
        patience = optimisation.n_iter_no_change
        steps.append(EarlyStopping(patience=patience, load_best=True))
    if progress is not None and processes.rank() == 0:
        steps.append(EpochBar(progress))
    net = kind(
        network,
        optimisation=optimisation,
        criterion=loss,
        optimizer=torch.optim.Adam,
        optimizer__weight_decay=optimisation.weight_decay,
        lr=optimisation.learning_rate,
        max_epochs=optimisation.max_epochs,
        iterator_train__generator=generator,
        train_split=None,
        callbacks=[*steps, *own_callbacks(optimisation.callbacks)],
        callbacks__print_log=None,
        device=device,
        verbose=0,
    )
    return net.initialize()


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
    saving = None if files is None else SaveNetState(files, generators)
    if saving is not None:
        net.callbacks_.append(("checkpoint", saving))
    net.notify("on_train_begin", X=train, y=None)
    n_before = len(net.history_)
    state = {} if files is None else files.load(net.device)
    if state:
        restore_net(net, state, generators)
    learned = [parameter for _, parameter in net.get_all_learnable_params()]
    processes.copy_from_first([*learned, *net.module_.buffers()])
    # a KeyboardInterrupt is how callbacks, too, end the training
    with suppress(KeyboardInterrupt):
        net.fit_loop(train, epochs=net.max_epochs - (len(net.history_) - n_before))
    net.notify("on_train_end", X=train, y=None)
    # statistics of batches, which are not averaged as gradients are
    processes.copy_from_first(net.module_.buffers())
    if saving is not None:
        net.callbacks_.pop()
    # A data set kept in the net would travel with every pickle.
    net.set_params(train_split=None)
    return net


def _as_it_is(batch):
    """Rows come from the data set as a batch already."""
    return batch
