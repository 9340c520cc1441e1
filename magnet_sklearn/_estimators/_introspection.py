"""What a fitted estimator says of itself."""

from __future__ import annotations

import pandas as pd
from sklearn.utils.validation import check_is_fitted

from magnet_sklearn._estimators._base import BaseMagnet
from magnet_sklearn._estimators._summary import contribution_frame, summary_frame
from magnet_sklearn._estimators._transfer import transfer_frame
from magnet_sklearn._training import history_frame
from magnet_sklearn._training.runtime import prediction_device


class Introspection(BaseMagnet):
    """Contributions, summary and attention, for any kind of target."""

    @property
    def summary_(self):
        """Who speaks in the model, and how much: a frame with a row per figure.

        Columns are task, part, name, value and standard error. Parts: weight of each
        family of experts; trust in each modality; redundancy, by which evidence of
        several modalities is shrunk; share and families of the joint experts; gate of
        each branch of the networks; gain, which is the held-out log-likelihood that
        the gated networks add, in nats over all held-out patients, with the standard
        error of its sum over folds (the gates were learned on the same patients, so it
        is optimistic); and seconds of each stage of `fit`.
        """
        check_is_fitted(self)
        return summary_frame(self._model)

    @property
    def history_(self):
        """Epochs of all networks: a frame with a row per epoch of each member.

        Columns member (from 0, as in `nets_`), epoch, train_loss, valid_loss (of
        held-out patients, where there are any), learning_rate, seconds, and what
        `callbacks` recorded besides.
        """
        check_is_fitted(self)
        return history_frame(self.nets_)

    @property
    def transferred_(self):
        """What was taken over from `init_from` of `fit`; None without one.

        A frame with the columns part, modality, taken and reason.
        """
        check_is_fitted(self)
        return transfer_frame(self._model)

    def contributions(self, X):
        """Split each prediction into its exact additive parts.

        Parameters
        ----------
        X : multimodal data of shape (n_patients, n_modalities)
            Anything that `fit` accepts.

        Returns
        -------
        contributions : DataFrame of shape (n_patients, n_modalities + 3)
            What each part adds to `baseline_`: the experts of each modality, those on
            all modalities side by side (`joint`), the networks without (`network`) and
            with the patient graph (`graph`), each times its gate. Rows sum to the
            output of the model less `baseline_`: the log-odds of the second of two
            classes, logits, log-odds of labels, numbers in the units of y, log-hazards,
            or logits of the hazard of each interval. Exactly 0 for a missing modality.
            With several outputs the columns have two levels, part and output.

        Examples
        --------
        >>> import numpy as np
        >>> from magnet_sklearn import MultiModalGNNRegressor
        >>> rng = np.random.default_rng(0)
        >>> X = {"rna": rng.normal(size=(40, 3)), "age": rng.normal(size=(40, 1))}
        >>> model = MultiModalGNNRegressor(random_state=0, ensemble_size=2)
        >>> model = model.fit(X, X["rna"][:, 0])
        >>> parts = model.contributions(X)
        >>> parts.columns.tolist()
        ['rna', 'age', 'joint', 'network', 'graph']
        >>> np.allclose(parts.sum(axis=1) + model.baseline_, model.predict(X))
        True
        """
        check_is_fitted(self)
        X = self._model.inputs.check(self, X)
        device = prediction_device(self.device)
        parts = self._model.contributions(X, device, self.batch_size)
        return contribution_frame(self._model, parts, X.index)

    def attention_weights(self, X):
        """Return the networks' attention to each modality of each patient.

        Parameters
        ----------
        X : multimodal data of shape (n_patients, n_modalities)
            Anything that `fit` accepts.

        Returns
        -------
        weights : DataFrame of shape (n_patients, n_modalities)
            Mean over members and heads. Rows sum to 1; a missing modality has
            weight 0, and so have all modalities of a patient without any.
        """
        check_is_fitted(self)
        self._warn_closed_gates("attention weights")
        X = self._prepare(X)
        weights = pd.DataFrame(0.0, index=X.index, columns=self.modalities_)
        weights[list(X)] = self._embed(X).attention
        return weights

    def feature_attention(self, X):
        """Return the networks' attention to each feature of each patient.

        Parameters
        ----------
        X : multimodal data of shape (n_patients, n_modalities)
            Anything that `fit` accepts.

        Returns
        -------
        weights : DataFrame of shape (n_patients, n_nodes)
            Columns have two levels, modality and preprocessed feature. Mean over
            members and heads; the weights of a modality sum to 1, and a missing
            feature has weight 0.

        Raises
        ------
        ValueError
            If the estimator has no `feature_graph`.
        """
        check_is_fitted(self)
        if self.feature_graph_ is None:
            raise ValueError(
                f"This {type(self).__name__} has no feature graph, so there is no "
                "attention to features. Pass feature_graph=FeatureGraph(...) and fit "
                "again."
            )
        self._warn_closed_gates("attention weights")
        X = self._prepare(X)
        nodes = self.feature_graph_.nodes_[["modality", "feature"]]
        weights = self._embed(X).feature_attention
        return pd.DataFrame(weights, X.index, pd.MultiIndex.from_frame(nodes))

    def _repr_html_inner(self):
        """Show who speaks below the diagram of a fitted estimator."""
        shown = super()._repr_html_inner()
        if not self.__sklearn_is_fitted__():
            return shown
        table = self.summary_.to_html(index=False, na_rep="", float_format="%.3g")
        return shown + table
