"""What losses of survival times have in common."""

from magnet_sklearn.losses._task import TaskLoss


class SurvivalLoss(TaskLoss):
    """Loss of survival times: entry time, time, event (1 or 0) and stratum."""

    kind = "survival"
    n_columns = 4

    def forward(self, outputs, target, weight):
        """Compute the deviance per event; 0 without events.

        Parameters
        ----------
        outputs : Tensor of shape (n_patients, n_outputs)
            Outputs of the model.
        target : Tensor of shape (n_patients, n_columns)
            Target.
        weight : Tensor of shape (n_patients,)
            Weights of the patients.

        Returns
        -------
        loss : Tensor of shape ()
            The loss.
        """
        n_events = (weight * target[:, 2]).sum()
        deviance = self.deviance(outputs, target, weight)
        return deviance / n_events.where(n_events > 0, 1.0)

    def fold_labels(self, target):
        """Tell whether the event was seen.

        Parameters
        ----------
        target : ndarray of shape (n_patients, n_columns)
            Target; NaN where it is not known.

        Returns
        -------
        labels : int ndarray of shape (n_patients,)
            One a patient.
        """
        return target[:, 2].astype(int)

    def labelled(self, target):
        """Tell which patients have a time.

        Parameters
        ----------
        target : ndarray of shape (n_patients, n_columns)
            Target; NaN where it is not known.

        Returns
        -------
        labelled : bool ndarray or Tensor of shape (n_patients,)
            True = known.
        """
        return super().labelled(target[:, 1:2])
