"""Objects of scikit-learn, torch and users come back in their state."""

import numpy as np
import pytest
import torch
from sklearn.base import is_classifier, is_regressor
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from torch import nn

from magnet_sklearn.io import ModelFileError
from magnet_sklearn.io._model_file._classes import SKLEARN
from magnet_sklearn.io._model_file._parts import object_of, state_of
from magnet_sklearn.io._model_file._registry import Registry

# Need other estimators, or are parts of one.
COMPOSED = {
    "ColumnTransformer": ([("number", StandardScaler(), [0, 1])],),
    "FeatureUnion": ([("scaled", StandardScaler())],),
    "Pipeline": ([("scaled", StandardScaler()), ("last", LogisticRegression())],),
    "SelectFromModel": (LogisticRegression(),),
    "FunctionTransformer": (np.log1p,),
}
NAMES = [
    f"sklearn.{module}.{name}"
    for module, names in SKLEARN.items()
    for name in names.split()
    if name not in ("Tree", "_BinMapper")
]
TABLE = np.random.default_rng(0).gamma(3.0, size=(40, 3))
TARGET = (TABLE[:, 0] > 2.5).astype(int)
TEXTS = [f"{'mild' if label else 'severe'} pain of grade {label}" for label in TARGET]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", NAMES)
def test_every_listed_class_of_sklearn_comes_back(name, there_and_back):
    estimator = Registry().type_of(name)(*COMPOSED.get(name.rpartition(".")[2], ()))
    is_of_labels = name.endswith(("LabelBinarizer", "LabelEncoder"))
    table = TEXTS if name.endswith("Vectorizer") else TABLE
    arguments = (TARGET,) if is_of_labels else (table, TARGET)
    estimator.fit(*arguments)

    found = there_and_back(estimator)

    predicts = is_classifier(estimator) or is_regressor(estimator)
    method = "predict" if predicts else "transform"
    expected = getattr(estimator, method)(arguments[0])
    got = getattr(found, method)(arguments[0])
    if hasattr(expected, "toarray"):
        expected, got = expected.toarray(), got.toarray()
    np.testing.assert_array_equal(got, expected)


@pytest.mark.parametrize(
    "module",
    [
        nn.Sequential(nn.Conv1d(1, 2, 2), nn.BatchNorm1d(2), nn.Flatten()),
        nn.Sequential(nn.Flatten(1), nn.GRU(3, 4)),
        nn.Sequential(nn.TransformerEncoderLayer(3, 1, 4, batch_first=True)),
        nn.Sequential(nn.Dropout(0.5), nn.LayerNorm(3), nn.GELU()),
    ],
    ids=range(4),
)
def test_module_of_torch_comes_back(module, there_and_back):
    module.eval()
    values = torch.arange(6.0).reshape(2, 1, 3)

    found = there_and_back(module)

    expected, got = module(values), found(values)
    if isinstance(expected, tuple):
        expected, got = expected[0], got[0]
    assert torch.equal(got, expected)
    assert list(found.state_dict()) == list(module.state_dict())


def test_module_with_hooks_is_refused(there_and_back):
    module = nn.Linear(2, 2)
    module.register_forward_hook(lambda *_: None)

    with pytest.raises(TypeError, match="has hooks"):
        there_and_back(module)


def test_cache_of_a_pipeline_is_not_in_the_file(there_and_back, tmp_path):
    pipeline = make_pipeline(StandardScaler(), memory=str(tmp_path))

    assert there_and_back(pipeline).memory is None


def test_forged_cache_of_a_pipeline_is_not_read():
    pipeline = make_pipeline(FunctionTransformer(np.log1p))
    forged = {**state_of(pipeline, False), "memory": "somewhere"}

    assert object_of(type(pipeline), forged, False).memory is None


@pytest.mark.parametrize(
    ("cls", "state"),
    [
        (nn.Linear, {"weight": 1}),
        (StandardScaler, {"fit": 1}),
        (StandardScaler, {"__class__": 1}),
    ],
)
def test_impossible_state_is_refused(cls, state):
    with pytest.raises(ModelFileError):
        object_of(cls, state, False)


class Whole:
    """Says itself what its state is."""

    def __init__(self):
        self.values, self.cache = np.ones(2), print

    def __getstate__(self):
        return {"values": self.values}

    def __setstate__(self, state):
        self.__dict__.update(state, cache=None)


def test_class_of_a_user_says_what_its_state_is():
    found = object_of(Whole, state_of(Whole(), True), True)

    assert found.cache is None
    assert found.values.tolist() == [1.0, 1.0]
