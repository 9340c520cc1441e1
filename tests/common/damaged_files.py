"""Damaged and forged files of models."""

import hashlib
import io
import json
import zipfile

import numpy as np
from safetensors.numpy import load, save

# What a forger may put in the place of anything.
WILD = [
    *(0, -1, 3, 10**6, 10**9, 2**63, 10**30, 0.5, None, True, "", "x", [], {}),
    {"$ref": 0},
    {"$float": "nan"},
    {"$tuple": []},
    {"$range": [0, 10**12, 1]},
    {"$range_index": [0, 10**12, 1], "names": [None]},
    {"$function": "os.system"},
    {"$type": "subprocess.Popen"},
]


def members_of(path):
    """Content of each file in a zip file."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(members):
    """Content of a zip file whose checksums are right."""
    manifest = json.loads(members["manifest.json"])
    for name in manifest["files"]:
        digest = hashlib.sha256(members[name]).hexdigest()
        manifest["files"][name] = {"sha256": digest, "size": len(members[name])}
    members = {**members, "manifest.json": json.dumps(manifest).encode()}
    return plainly_zipped(members)


def plainly_zipped(members):
    """Content of a zip file, whatever the manifest says."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def forged(members, change):
    """Content of a zip file whose JSON of objects `change` has changed in place."""
    tree = json.loads(members["objects.json"])
    change(tree)
    return zipped({**members, "objects.json": json.dumps(tree).encode()})


def with_arrays(members, change):
    """Content of a zip file whose arrays `change` has changed in place."""
    arrays = {name: values.copy() for name, values in load(members[ARRAYS]).items()}
    change(arrays)
    return zipped({**members, ARRAYS: save(arrays)})


ARRAYS = "model.safetensors"


def damaged(content, rng):
    """Bytes changed, cut out, put in or left out at the end."""
    content, kind = bytearray(content), rng.integers(4)
    place = rng.integers(len(content))
    if kind == 0:
        for place in rng.integers(len(content), size=rng.choice([1, 3, 20])):
            content[place] ^= rng.integers(1, 256)
    elif kind == 1:
        del content[place:]
    elif kind == 2:
        content[place:place] = rng.bytes(rng.integers(1, 50))
    else:
        del content[place : place + rng.integers(1, 2000)]
    return bytes(content)


def randomly_forged(members, rng):
    """JSON or arrays changed at random, with right checksums."""
    if rng.random() < 0.4:
        return with_arrays(members, lambda arrays: _change_array(arrays, rng))
    return forged(members, lambda tree: _change_node(tree, rng))


def _change_array(arrays, rng):
    name = rng.choice(sorted(arrays))
    values = arrays[name].copy()
    if values.size and rng.random() < 0.7:
        wild = rng.choice([0, -1, 1, 100, 2**31 - 1, -(2**31)])
        values.reshape(-1)[rng.integers(values.size)] = np.array(wild).astype(
            values.dtype
        )
        arrays[name] = values
    else:
        arrays[name] = values[:-1] if values.ndim else values.astype("f4")


def _change_node(tree, rng):
    places = []
    _collect(tree, places)
    holder, key = places[rng.integers(len(places))]
    kind = rng.integers(3)
    if kind == 0 and isinstance(holder, dict):
        del holder[key]
    elif kind == 1:
        other, other_key = places[rng.integers(len(places))]
        holder[key] = json.loads(json.dumps(other[other_key]))
    else:
        holder[key] = WILD[rng.integers(len(WILD))]


def _collect(tree, places):
    pairs = tree.items() if isinstance(tree, dict) else enumerate(tree)
    for key, value in list(pairs):
        places.append((tree, key))
        if isinstance(value, dict | list):
            _collect(value, places)
