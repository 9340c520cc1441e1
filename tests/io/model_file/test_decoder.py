import pytest

from magnet_sklearn.io import ModelFileError
from magnet_sklearn.io._model_file._arrays import ArrayReader, ArrayWriter
from magnet_sklearn.io._model_file._decoder import Decoder
from magnet_sklearn.io._model_file._registry import Registry


def decode(node, objects=()):
    reader = ArrayReader(ArrayWriter().to_bytes())
    return Decoder(list(objects), reader, Registry()).decode(node)


@pytest.mark.parametrize(
    ("node", "message"),
    [
        ({"$ref": 3}, "refers to an object 3"),
        ({"$ref": "0"}, "refers to an object"),
        ({"$array": "x"}, "lacks the array 'x'"),
        ({"$array": 1}, "names an array 1"),
        ({"$tuple": {"$range": [0, 100, 1]}}, "no list"),
        ({"$unknown": 1}, "part '.unknown' that is not known"),
        ({"$objects": [1], "dtype": "U99999999", "shape": [1]}, "texts of type"),
        ({"$function": "os.system"}, "names a function"),
        ({"$function": ["numpy.log"]}, "names a function"),
    ],
)
def test_what_no_encoder_writes_is_refused(node, message):
    with pytest.raises(ModelFileError, match=message):
        decode(node)


@pytest.mark.parametrize(
    ("objects", "message"),
    [
        ([{"class": "ClassLoss"}], "no class and state"),
        ([{"class": "ClassLoss", "state": []}], "is no object"),
        ([{"class": "Optimisation", "state": {}}], "lacks 'learning_rate'"),
        ([{"class": "Optimisation", "state": {"x": 1}}], "has no"),
        ([{"class": "TargetScaler", "state": {"fit": 1}}], "no attribute 'fit'"),
        ([{"class": "TargetScaler", "state": {"a b": 1}}], "no attribute 'a b'"),
        ([{"class": "TargetScaler", "state": {"x": {"$ref": 0}}}], "part of itself"),
    ],
)
def test_object_that_cannot_be_is_refused(objects, message):
    with pytest.raises(ModelFileError, match=message):
        decode({"$ref": 0}, objects)
