"""
Training in several processes
=============================

Each process trains on its share of every batch, and all end up with the same
classifier. Start it with one process per core or GPU:

    torchrun --nproc-per-node 2 distributed.py
"""

import os

import torch
from sklearn.datasets import load_breast_cancer
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split
from torch import distributed

from magnet_sklearn import MagnetClassifier, MultiModalData
from magnet_sklearn.data import drop_modalities


def load():
    """Breast cancer as three modalities with missing blocks, equal in each process."""
    table, y = load_breast_cancer(return_X_y=True)
    blocks = {"mean": table[:, :10], "error": table[:, 10:20], "worst": table[:, 20:]}
    X = drop_modalities(MultiModalData(blocks), rate=0.4, random_state=0)
    return train_test_split(X, y, stratify=y, random_state=0)


def main():
    """Join the other processes, fit together, score in one."""
    if torch.cuda.is_available():
        torch.cuda.set_device(int(os.environ["LOCAL_RANK"]))
        distributed.init_process_group("nccl")
    else:
        distributed.init_process_group("gloo")

    X_train, X_test, y_train, y_test = load()
    clf = MagnetClassifier(experts=None, batch_size=256, ensemble_size=2)
    clf.fit(X_train, y_train)

    if distributed.get_rank() == 0:
        auroc = roc_auc_score(y_test, clf.predict_proba(X_test)[:, 1])
        print(f"{distributed.get_world_size()} processes: AUROC {auroc:.3f}")
    distributed.destroy_process_group()


if __name__ == "__main__":
    main()
