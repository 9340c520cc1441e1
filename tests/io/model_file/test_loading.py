"""Forged files, whose checksums are right, end in an error and run nothing."""

import sys

import numpy as np
import pytest
from common.damaged_files import forged, members_of, randomly_forged, with_arrays
from common.instances import target_for

from magnet_sklearn.io import ModelFileError, describe_model, load_model

# What no loading of a model does.
FORBIDDEN = {
    "os.system",
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.remove",
    "os.rename",
    "pickle.find_class",
    "socket.connect",
    "subprocess.Popen",
}
_seen: list[str] = []
_watching = [False]


def _watch(event, arguments):
    if _watching[0] and event in FORBIDDEN:
        _seen.append(event)


@pytest.fixture(scope="module", autouse=True)
def _hook():
    sys.addaudithook(_watch)


@pytest.fixture(scope="module")
def members(file):
    return members_of(file)


def loaded(content, path):
    path.write_bytes(content)
    _watching[0] = True
    try:
        return load_model(path)
    finally:
        _watching[0] = False


def place_of(tree, name):
    """State of the first object of a class."""
    return next(own["state"] for own in tree["objects"] if own["class"] == name)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("seed", range(30))
def test_forged_file_is_refused_or_is_a_model(seed, members, tmp_path):
    content = randomly_forged(members, np.random.default_rng(seed))
    _seen.clear()

    try:
        model = loaded(content, tmp_path / "m.zip")
    except ModelFileError:
        assert _seen == []
        return
    assert _seen == []
    X, _ = target_for(model)
    assert len(model.predict(X)) == len(X)


def _name_of(members, end):
    from safetensors.numpy import load

    return next(n for n in load(members["model.safetensors"]) if n.endswith(end))


@pytest.mark.parametrize(
    ("end", "value", "message"),
    [
        ("trees_.children", 10**6, "Children of trees lead out"),
        ("trees_.children", 0, "no later node"),
        ("trees_.feature", 5000, "splits a column beyond"),
        ("trees_.leaf", 10**6, "Leaves of trees lead out"),
        ("trees_.roots", 10**6, "Roots of trees lead out"),
        ("nodes.left", 10**6, "no later node"),
        ("nodes.right", 0, "no later node"),
        ("nodes.feature_idx", 5000, "splits a column beyond"),
        ("nodes.feature_idx", -1, "splits a column beyond"),
        ("training_graph_.neighbors", 10**6, "Neighbours lead out"),
        ("references_", -1, "References lead out"),
        ("standardization.columns", 10**6, "lead out|out of bounds"),
        ("numeric", -3, "lead out"),
    ],
)
def test_index_out_of_bounds_is_refused(end, value, message, members, tmp_path):
    def change(arrays):
        name = _name_of(members, end)
        # of trees, the root of the first; leaves say nothing of children
        arrays[name].reshape(-1)[...] = value

    with pytest.raises(ModelFileError, match=message):
        loaded(with_arrays(members, change), tmp_path / "m.zip")


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("Trees", {"depth": 10**12}, "Trees are deeper"),
        ("BoostingClassifier", {"n_trees": 10**9}, "lacks trees"),
        ("PatientGraphBuilder", {"n_neighbors": 10**12}, "too many"),
        ("PatientGraphBuilder", {"chunk_size": 0}, "chunk_size"),
        ("BlockSchema", {"shape": {"$tuple": [10**12]}}, "more values than memory"),
        ("Architecture", {"hidden_dim": 10**8}, "more than the .* weights"),
        ("Architecture", {"n_layers": 10**8}, "more than the .* weights"),
        ("Architecture", {"fusion": "os.system"}, "fusion"),
        ("ExpertOffset", {"loss": None}, "no model that works"),
        ("MagnetClassifier", {"hidden_dim": -1}, "hidden_dim"),
        ("MagnetClassifier", {"predict": 1}, "no attribute 'predict'"),
        ("MagnetClassifier", {"_model": {"$ref": 0}}, "part of itself"),
        ("ClassTarget", {"classes_": [0]}, "Classes and outputs differ"),
        ("Landmarks", {"squares": []}, "Landmarks lack lengths"),
    ],
)
def test_impossible_state_is_refused(name, change, message, members, tmp_path):
    content = forged(members, lambda tree: place_of(tree, name).update(change))

    with pytest.raises(ModelFileError, match=message):
        loaded(content, tmp_path / "m.zip")


@pytest.mark.parametrize(
    "name",
    ["subprocess.Popen", "builtins.eval", "torch.nn.os", "torch.nn.Parameter", 7],
)
def test_class_that_is_not_listed_is_refused(name, members, tmp_path):
    def change(tree):
        tree["objects"][3]["class"] = name

    with pytest.raises(ModelFileError):
        loaded(forged(members, change), tmp_path / "m.zip")


def test_model_that_says_something_else_is_told(members, tmp_path):
    def change(arrays):
        arrays["dry_run"] += 1.0

    with pytest.warns(UserWarning, match="predicts other numbers than when"):
        loaded(with_arrays(members, change), tmp_path / "m.zip")


def test_loading_runs_nothing(file, tmp_path):
    _seen.clear()

    assert loaded(file.read_bytes(), tmp_path / "m.zip").classes_.tolist() == [0, 1]
    assert _seen == []


def test_description_tells_the_schema_and_the_contents(file, classifier):
    description = describe_model(file)

    assert description.estimator == "MagnetClassifier"
    rows = description.schema.set_index(["modality", "column"])
    assert rows.loc[("clinical", "stage")].tolist() == ["category", "I, II, III", ""]
    assert rows.loc[("clinical", "age"), "type"] == "number"
    assert len(rows) == 12
    assert any("Rows of up to" in line for line in description.contents)
    assert str(description).startswith("---\nlibrary_name: magnet-sklearn")
    assert description.config["versions"]["torch"]
