"""Learning from multimodal cohorts in which most patients lack some modality."""

__version__ = "0.1.0"
