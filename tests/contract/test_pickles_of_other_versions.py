"""Models of a version whose pickles cannot be read are refused, with the way out."""

import gzip
import pickle
import warnings
from pathlib import Path

import pytest
from common.cohorts import make_patients
from common.instances import make_classifier

from magnet_sklearn.data import ModalitySchema

FOLDER = Path(__file__).parent / "pickles"


def load(content):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of scikit-learn, about its own version
        return pickle.loads(content)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.pkl.gz")), ids=lambda p: p.name)
def test_a_model_of_an_earlier_version_is_refused_by_version(path):
    with pytest.raises(ValueError, match=r"another version.*format 1.*Fit it anew"):
        load(gzip.decompress(path.read_bytes()))


@pytest.mark.parametrize(
    "thing", [make_classifier(), ModalitySchema.from_data(make_patients()[0])]
)
def test_what_has_no_format_is_refused(thing):
    content = pickle.dumps(thing).replace(b"_magnet_sklearn_format", b"_" * 22)

    with pytest.raises(ValueError, match="format 1"):
        load(content)
