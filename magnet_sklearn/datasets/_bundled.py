"""Tables that come with scikit-learn, cut into modalities."""

from typing import Any

import pandas as pd
import sklearn.datasets
from sklearn.utils import Bunch

from magnet_sklearn.data import MultiModalData, drop_modalities


def load_breast_cancer(
    missing: Any = 0.0, random_state: Any = None, *, return_X_y: bool = True
) -> Any:
    """Load the breast cancer table as three modalities.

    569 patients, malignant (0) or benign (1). Ten measures of the nuclei of a biopsy:
    their "mean", their standard "error" and their "worst" values.

    Parameters
    ----------
    missing : float or dict of str to float, default=0.0
        Share of blocks that are dropped at random, for all modalities or for each; see
        `drop_modalities`. Every patient keeps one.
    random_state : int, Generator, RandomState or None, default=None
        Which blocks are dropped.
    return_X_y : bool, default=True
        If False, return a Bunch instead of (X, y).

    Returns
    -------
    X : MultiModalData of shape (569, 3)
        The modalities.
    y : Series of shape (569,)
        The classes.
    bunch : Bunch
        Only if `return_X_y` is False: `data` and `target`, which are X and y,
        `target_names` and `DESCR`.

    Examples
    --------
    >>> from magnet_sklearn.datasets import load_breast_cancer
    >>> X, y = load_breast_cancer(missing=0.3, random_state=0)
    >>> X
    MultiModalData: 569 patients, 3 modalities, 71% of blocks observed,
    7 missingness patterns
      mean   10 features  72% observed  frame
      error  10 features  72% observed  frame
      worst  10 features  69% observed  frame
    """
    bunch = sklearn.datasets.load_breast_cancer(as_frame=True)
    table = bunch.data
    blocks = {
        "mean": table.filter(regex="^mean "),
        "error": table.filter(regex=" error$"),
        "worst": table.filter(regex="^worst "),
    }
    return _finish(blocks, bunch, missing, random_state, return_X_y)


def load_digits(
    missing: Any = 0.0, random_state: Any = None, *, return_X_y: bool = True
) -> Any:
    """Load images of handwritten digits with their quadrants as four modalities.

    1797 images of 8 x 8 pixels, ten classes. The modalities are "upper_left",
    "upper_right", "lower_left" and "lower_right", of 16 pixels each.

    Parameters
    ----------
    missing : float or dict of str to float, default=0.0
        Share of blocks that are dropped at random, for all modalities or for each; see
        `drop_modalities`. Every image keeps one.
    random_state : int, Generator, RandomState or None, default=None
        Which blocks are dropped.
    return_X_y : bool, default=True
        If False, return a Bunch instead of (X, y).

    Returns
    -------
    X : MultiModalData of shape (1797, 4)
        The modalities.
    y : Series of shape (1797,)
        The digits.
    bunch : Bunch
        Only if `return_X_y` is False: `data` and `target`, which are X and y,
        `target_names` and `DESCR`.

    Examples
    --------
    >>> from magnet_sklearn.datasets import load_digits
    >>> X, y = load_digits()
    >>> X.shape, X["upper_left"].columns[:3].tolist()
    ((1797, 4), ['pixel_0_0', 'pixel_0_1', 'pixel_0_2'])
    """
    bunch = sklearn.datasets.load_digits(as_frame=True)
    blocks = {}
    for up, rows in (("upper", range(4)), ("lower", range(4, 8))):
        for left, columns in (("left", range(4)), ("right", range(4, 8))):
            names = [f"pixel_{row}_{column}" for row in rows for column in columns]
            blocks[f"{up}_{left}"] = bunch.data[names]
    return _finish(blocks, bunch, missing, random_state, return_X_y)


def load_wine(
    missing: Any = 0.0, random_state: Any = None, *, return_X_y: bool = True
) -> Any:
    """Load the wine table as three modalities.

    178 wines of three cultivars: "minerals" (alcohol, acid, ash, alkalinity,
    magnesium), "phenols" and "colour" (with optical density and proline).

    Parameters
    ----------
    missing : float or dict of str to float, default=0.0
        Share of blocks that are dropped at random, for all modalities or for each; see
        `drop_modalities`. Every wine keeps one.
    random_state : int, Generator, RandomState or None, default=None
        Which blocks are dropped.
    return_X_y : bool, default=True
        If False, return a Bunch instead of (X, y).

    Returns
    -------
    X : MultiModalData of shape (178, 3)
        The modalities.
    y : Series of shape (178,)
        The cultivars.
    bunch : Bunch
        Only if `return_X_y` is False: `data` and `target`, which are X and y,
        `target_names` and `DESCR`.

    Examples
    --------
    >>> from magnet_sklearn.datasets import load_wine
    >>> X, y = load_wine()
    >>> {name: block.shape[1] for name, block in X.items()}
    {'minerals': 5, 'phenols': 4, 'colour': 4}
    """
    bunch = sklearn.datasets.load_wine(as_frame=True)
    blocks = {
        "minerals": bunch.data.iloc[:, :5],
        "phenols": bunch.data.iloc[:, 5:9],
        "colour": bunch.data.iloc[:, 9:],
    }
    return _finish(blocks, bunch, missing, random_state, return_X_y)


def load_diabetes(
    missing: Any = 0.0, random_state: Any = None, *, return_X_y: bool = True
) -> Any:
    """Load the diabetes table as two modalities, for regression.

    442 patients, the progression of the disease after a year: "clinical" (age, sex,
    body mass index, blood pressure) and "serum" (six measures of blood).

    Parameters
    ----------
    missing : float or dict of str to float, default=0.0
        Share of blocks that are dropped at random, for all modalities or for each; see
        `drop_modalities`. Every patient keeps one.
    random_state : int, Generator, RandomState or None, default=None
        Which blocks are dropped.
    return_X_y : bool, default=True
        If False, return a Bunch instead of (X, y).

    Returns
    -------
    X : MultiModalData of shape (442, 2)
        The modalities.
    y : Series of shape (442,)
        Progression of the disease.
    bunch : Bunch
        Only if `return_X_y` is False: `data` and `target`, which are X and y,
        `target_names` (None) and `DESCR`.

    Examples
    --------
    >>> from magnet_sklearn.datasets import load_diabetes
    >>> X, y = load_diabetes()
    >>> list(X["clinical"])
    ['age', 'sex', 'bmi', 'bp']
    """
    bunch = sklearn.datasets.load_diabetes(as_frame=True)
    blocks = {"clinical": bunch.data.iloc[:, :4], "serum": bunch.data.iloc[:, 4:]}
    return _finish(blocks, bunch, missing, random_state, return_X_y)


def _finish(
    blocks: dict[str, pd.DataFrame],
    bunch: Bunch,
    missing: Any,
    random_state: Any,
    return_X_y: bool,
) -> Any:
    X = drop_modalities(MultiModalData(blocks), missing, random_state)
    if return_X_y:
        return X, bunch.target
    names = bunch.get("target_names")
    return Bunch(data=X, target=bunch.target, target_names=names, DESCR=bunch.DESCR)
