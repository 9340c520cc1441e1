"""What losses of survival times have in common."""

from magnet_sklearn.losses._task import TaskLoss


class SurvivalLoss(TaskLoss):
    """Loss per event of a target of entry time, time, event (1 or 0) and stratum."""

    n_columns = 4

    def forward(self, outputs, target, weight):
        n_events = (weight * target[:, 2]).sum()
        deviance = self.deviance(outputs, target, weight)
        return deviance / n_events.where(n_events > 0, 1.0)

    def fold_labels(self, target):
        return target[:, 2].astype(int)

    def labelled(self, target):
        return super().labelled(target[:, 1:2])
