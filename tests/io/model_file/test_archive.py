"""Files and their checksums: what is damaged or changed is refused by name."""

import json
import zipfile

import numpy as np
import pytest
from common.damaged_files import damaged, members_of, plainly_zipped, zipped

from magnet_sklearn.io import ModelFileError, describe_model, load_model, save_model


def written(path, content):
    path.write_bytes(content)
    return path


def test_missing_file_is_not_found(tmp_path):
    with pytest.raises(FileNotFoundError):
        load_model(tmp_path / "model.zip")


@pytest.mark.parametrize("content", [b"", b"PK", b"\x80\x04pickle", b"{}" * 99])
def test_something_else_is_no_model(content, tmp_path):
    with pytest.raises(ModelFileError, match=r"'m.zip' is no model file"):
        load_model(written(tmp_path / "m.zip", content))


def test_truncated_file_is_refused(file, tmp_path):
    content = file.read_bytes()

    with pytest.raises(ModelFileError, match="or only part of one"):
        load_model(written(tmp_path / "m.zip", content[: len(content) // 2]))


@pytest.mark.parametrize(
    "name", ["README.md", "config.json", "objects.json", "model.safetensors"]
)
def test_changed_member_is_named(name, file, tmp_path):
    members = members_of(file)
    members[name] = members[name][:-1] + b" "

    with pytest.raises(ModelFileError, match=f"{name} in 'm.zip' is not what"):
        load_model(written(tmp_path / "m.zip", plainly_zipped(members)))


def test_file_of_a_later_format_is_refused_with_both_formats(file, tmp_path):
    members = members_of(file)
    manifest = json.loads(members["manifest.json"])
    members["manifest.json"] = json.dumps({**manifest, "version": 2}).encode()
    path = written(tmp_path / "m.zip", plainly_zipped(members))

    for read in (load_model, describe_model):
        with pytest.raises(ModelFileError, match="has format 2.* reads format 1"):
            read(path)


def test_member_that_nobody_wrote_is_refused(file, tmp_path):
    members = {**members_of(file), "../evil.py": b"import os"}

    with pytest.raises(ModelFileError, match="evil"):
        load_model(written(tmp_path / "m.zip", plainly_zipped(members)))
    assert not (tmp_path.parent / "evil.py").exists()


def test_zip_bomb_is_refused_before_it_is_unpacked(file, tmp_path):
    members = {**members_of(file), "objects.json": b" " * 60_000_000}

    with pytest.raises(ModelFileError, match="unpacks to"):
        load_model(written(tmp_path / "m.zip", zipped(members)))


def test_declared_size_that_is_a_lie_is_refused(file, tmp_path):
    content = bytearray(zipped({**members_of(file), "objects.json": b" " * 10**6}))
    # sizes in the central directory and in the local header
    for signature, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        place = content.index(b"objects.json") - {24: 46, 22: 30}[offset]
        if signature == b"PK\x01\x02":
            place = content.rindex(b"objects.json") - 46
        content[place + offset : place + offset + 4] = (1000).to_bytes(4, "little")

    with pytest.raises(ModelFileError):
        load_model(written(tmp_path / "m.zip", bytes(content)))


@pytest.mark.parametrize("seed", range(70))
def test_damaged_file_is_refused_or_harmless(seed, file, tmp_path, classifier):
    content = damaged(file.read_bytes(), np.random.default_rng(seed))
    path = written(tmp_path / "m.zip", content)

    try:
        loaded = load_model(path)
    except ModelFileError:
        return
    # a byte of the zip's own that does not matter
    assert loaded.get_params() == classifier.get_params()


def test_time_of_writing_is_not_in_the_file(file):
    with zipfile.ZipFile(file) as archive:
        assert {info.date_time[0] for info in archive.infolist()} == {1980}


def test_folder_lacks_a_file(file, tmp_path):
    for name, content in members_of(file).items():
        (tmp_path / name).write_bytes(content)
    assert load_model(tmp_path).classes_.tolist() == [0, 1]
    (tmp_path / "model.safetensors").unlink()

    with pytest.raises(ModelFileError, match=r"lacks model.safetensors"):
        load_model(tmp_path)


def test_place_that_there_is_not_is_named(classifier, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no folder .*nowhere"):
        save_model(classifier, tmp_path / "nowhere" / "model.zip")
    with pytest.raises(IsADirectoryError, match="layout='folder'"):
        save_model(classifier, tmp_path)


def test_failed_write_leaves_the_earlier_file(file, tmp_path, classifier):
    from magnet_sklearn.io._model_file._archive import write_members

    path = written(tmp_path / "model.zip", b"earlier")

    with pytest.raises(TypeError):
        write_members({"README.md": "no bytes"}, path, as_folder=False)
    assert path.read_bytes() == b"earlier"
    assert list(tmp_path.iterdir()) == [path]
