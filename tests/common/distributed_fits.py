"""Fits of a small cohort, in this process or, by torchrun, in several.

Several write what each of them got to a folder: `torchrun distributed_fits.py FOLDER`.
"""

import faulthandler
import pickle
import sys
import warnings
from datetime import timedelta
from pathlib import Path

import numpy as np
import torch
from sklearn.metrics import log_loss
from skorch.callbacks import Callback
from torch import distributed, nn

from magnet_sklearn import MagnetClassifier, MagnetSurvivalAnalysis, MultiModalData
from magnet_sklearn._training.runtime._processes import average_gradients

# Seconds after which a process that waits for another gives up, and then any process.
WAITS, LIVES = 60, 200

N_PATIENTS = 400
SMALL = {"hidden_dim": 16, "ensemble_size": 2, "max_epochs": 60, "random_state": 0}
STOPPING = {"experts": None, "n_iter_no_change": 5, "learning_rate": 0.003}
CASES = {
    "default": {},
    "no experts": STOPPING,
    "mini-batches": {**STOPPING, "batch_size": 90},
    "all losses": {
        **STOPPING,
        "batch_size": 90,
        "similarity_weight": 0.1,
        "contrastive_weight": 0.1,
        "max_epochs": 3,
    },
    "batch normalisation": {
        "experts": None,
        "early_stopping": False,
        "batch_size": 90,
        "encoders": {"rna": nn.Sequential(nn.Linear(6, 16), nn.BatchNorm1d(16))},
        "max_epochs": 3,
        "ensemble_size": 1,
    },
    "no chance": {
        "experts": None,
        "dropout": 0.0,
        "early_stopping": False,
        "ensemble_size": 1,
        "max_epochs": 20,
    },
    "no seed": {**STOPPING, "random_state": None, "max_epochs": 3, "n_jobs": 2},
}


def cohort():
    """Patients to learn from and patients to be asked about, with classes."""
    rng = np.random.default_rng(0)
    n = 2 * N_PATIENTS
    y = rng.integers(0, 2, n)
    rna = rng.normal(size=(n, 6)) + 0.7 * y[:, None]
    protein = rng.normal(size=(n, 4)) - 0.7 * y[:, None]
    protein[::3] = np.nan
    X = MultiModalData({"rna": rna, "protein": protein})
    return X[:N_PATIENTS], y[:N_PATIENTS], X[N_PATIENTS:], y[N_PATIENTS:]


def fit(case):
    """Fit one of the cases; what is the same in all processes."""
    X, y, X_new, y_new = cohort()
    model = MagnetClassifier(**{**SMALL, **CASES[case]})
    if case == "no seed":
        model.pretrain(X, max_epochs=2)
    model.fit(X, y)
    probability = model.predict_proba(X_new)
    return {
        "probability": probability,
        "log_loss": log_loss(y_new, probability),
        "weights": [_flat(net.module_) for net in model.nets_],
        "histories": [
            [(epoch["train_loss"], epoch.get("valid_loss")) for epoch in net.history]
            for net in model.nets_
        ],
        "gates": model.gates_,
    }


def fit_survival():
    """Risks by a loss that compares patients."""
    X, y, X_new, _ = cohort()
    rng = np.random.default_rng(1)
    time = rng.exponential(np.exp(-y)) + 0.01
    event = rng.random(N_PATIENTS) < 0.7
    target = np.rec.fromarrays([event, time], names=["event", "time"])
    parameters = {"experts": None, "early_stopping": False, "dropout": 0.0}
    model = MagnetSurvivalAnalysis(**{**SMALL, **parameters, "max_epochs": 5})
    return model.fit(X, target).predict(X_new)


class Fails(Callback):
    """Ends all processes' training after some epochs, once."""

    epochs_left = 0

    def on_epoch_end(self, net, **kwargs):
        Fails.epochs_left -= 1
        if Fails.epochs_left == 0:
            raise OSError


def fit_in_two_goes(folder):
    """Answers after a training without a break, and after one with."""
    X, y, X_new, _ = cohort()
    parameters = {"max_epochs": 4, "callbacks": [Fails()]}
    model = MagnetClassifier(**{**SMALL, **CASES["mini-batches"], **parameters})
    plain = model.fit(X, y).predict_proba(X_new)
    model.set_params(checkpoint=folder)
    Fails.epochs_left = 6  # in the second member
    try:
        model.fit(X, y)
    except OSError:
        return plain, model.fit(X, y).predict_proba(X_new)


def gradients_of(rank):
    """Averages where both, one or none of two processes have a gradient."""
    parameters = [nn.Parameter(torch.zeros(2)) for _ in range(4)]
    both, one, none, frozen = parameters
    frozen.requires_grad_(False)
    both.grad = torch.tensor([1.0, 3.0]) * (1 + rank)
    one.grad = torch.ones(2) if rank == 1 else None
    loss = average_gradients(parameters, torch.tensor(float(rank)))
    found = [None if p.grad is None else p.grad.tolist() for p in parameters]
    return [loss.item(), *found]


class Interrupted(nn.Linear):
    """An encoder during whose work somebody presses Ctrl-C."""

    def forward(self, input):
        if self.training and torch.is_grad_enabled():
            raise KeyboardInterrupt
        return super().forward(input)


def errors(rank):
    """What `fit` says of rows in another order in one process, and of Ctrl-C."""
    X, y, _, _ = cohort()
    interrupted = {"encoders": {"rna": Interrupted(6, 16)}, "experts": None}
    return [
        _error(MagnetClassifier(**SMALL), X, y[::-1] if rank else y),
        _error(MagnetClassifier(**SMALL, **interrupted), X, y),
    ]


def _error(model, X, y):
    try:
        model.fit(X, y)
    except (RuntimeError, ValueError) as error:
        return str(error)
    return "no error"


def main(folder):
    """Fit all cases together with other processes."""
    faulthandler.dump_traceback_later(LIVES, exit=True)
    warnings.simplefilter("error")
    warnings.filterwarnings("ignore", "All gates")  # nothing to tell in tiny fits
    distributed.init_process_group("gloo", timeout=timedelta(seconds=WAITS))
    rank = distributed.get_rank()
    found = {case: fit(case) for case in CASES}
    found["survival"] = fit_survival()
    found["two goes"] = fit_in_two_goes(Path(folder, f"checkpoint_{rank}"))
    found["gradients"] = gradients_of(rank)
    found["errors"] = errors(rank)
    Path(folder, f"{rank}.pickle").write_bytes(pickle.dumps(found))
    distributed.destroy_process_group()


def _flat(module):
    """All parameters and buffers of a module in one array."""
    parts = [
        part.detach().reshape(-1).double() for part in module.state_dict().values()
    ]
    return torch.cat(parts).numpy()


if __name__ == "__main__":
    main(sys.argv[1])
