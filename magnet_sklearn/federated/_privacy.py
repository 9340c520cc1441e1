"""How much privacy noise on updates of networks buys."""

from __future__ import annotations

from math import log, sqrt


def gaussian_epsilon(
    noise_multiplier: float, n_rounds: int, *, delta: float = 1e-5
) -> float:
    r"""Privacy loss of rounds of clipped updates with Gaussian noise.

    A site clips its update to the norm :math:`C` and adds noise of the standard
    deviation :math:`\sigma C` to each weight. By Rényi differential privacy
    [1]_ (propositions 1 and 3, corollary 3) :math:`T` rounds are
    :math:`(\varepsilon, \delta)`-private for

    .. math:: \varepsilon = \min_{\alpha > 1} \frac{T \alpha}{2 \sigma^2} + \frac{\log
              (1 / \delta)}{\alpha - 1} = \frac{T}{2 \sigma^2}
              + \frac{\sqrt{2 T \log(1 / \delta)}}{\sigma}.

    What is protected is whether a site took part with its update; sums that experts are
    fitted by are not covered, so that ``experts=None`` belongs to such a training.

    Parameters
    ----------
    noise_multiplier : float
        :math:`\sigma`: standard deviation of the noise over the clipping norm. For
        Flower's ``LocalDpMod(clipping_norm, sensitivity, epsilon, delta)`` it is
        ``sensitivity / clipping_norm * sqrt(2 * log(1.25 / delta)) / epsilon``.
    n_rounds : int
        Rounds :math:`T` in which the site sends an update.
    delta : float, default=1e-5
        :math:`\delta`, in (0, 1).

    Returns
    -------
    epsilon : float
        Below 1 is strong protection, above 10 hardly any.

    Raises
    ------
    ValueError
        If an argument is out of range.

    References
    ----------
    .. [1] I. Mironov, "Rényi differential privacy", CSF 2017.

    Examples
    --------
    >>> from magnet_sklearn.federated import gaussian_epsilon
    >>> round(gaussian_epsilon(4.0, n_rounds=5), 2)
    2.84
    """
    if not (noise_multiplier > 0 and n_rounds >= 0 and 0 < delta < 1):
        raise ValueError(
            "noise_multiplier has to be above 0, n_rounds at least 0, and delta in "
            f"(0, 1); got {noise_multiplier}, {n_rounds} and {delta}."
        )
    of_rounds = n_rounds / (2 * noise_multiplier**2)
    return of_rounds + sqrt(2 * n_rounds * log(1 / delta)) / noise_multiplier
