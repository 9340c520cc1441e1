"""Write the file of a released format, which later versions have to read.

Run it once, when a format is released: ``PYTHONPATH=tests python
tests/io/make_format_file.py``. Its predictions stand beside it.
"""

import json
from pathlib import Path

from common.cohorts import make_patients
from common.instances import make_classifier

from magnet_sklearn.io import save_model
from magnet_sklearn.io._model_file._archive import FORMAT

PLACE = Path(__file__).parent / "data"


def main():
    """Fit a classifier with all parts, and write it with what it predicts."""
    X, y = make_patients()
    families = ["linear", "sparse", "kernel", "forest", "boosting"]
    # a single network and few epochs keep the file small
    few = {"max_epochs": 2, "ensemble_size": 1}
    estimator = make_classifier(experts=families, gate=1.0, **few).fit(X, y)
    path = PLACE / f"format_{FORMAT}.zip"
    if path.exists():
        raise SystemExit(f"{path.name} is there; a released file never changes.")
    save_model(estimator, path)
    predictions = estimator.predict_proba(X).tolist()
    path.with_suffix(".json").write_text(json.dumps(predictions))


if __name__ == "__main__":
    main()
