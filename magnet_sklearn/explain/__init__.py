"""Why a fitted estimator predicts what it predicts, and how sure it is."""

# Not in `__all__`: ModelOutputs, which the reports use.

__all__ = [
]
