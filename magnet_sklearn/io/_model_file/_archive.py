"""The files of a model, in one zip file or in a folder, with their checksums."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from magnet_sklearn.io._model_file._errors import ModelFileError

# Raised whenever files of this version cannot be read by earlier ones.
FORMAT = 1

MANIFEST = "manifest.json"
CARD, CONFIG, OBJECTS, ARRAYS = (
    "README.md",
    "config.json",
    "objects.json",
    "model.safetensors",
)
MEMBERS = (CARD, CONFIG, OBJECTS, ARRAYS)
_LARGEST_MANIFEST = 100_000  # bytes
_LARGEST_CARD = 10_000_000
# Members are no larger than so many times the file, unless they are small anyway.
_MOST_COMPRESSED = 200
_SMALL = 50_000_000
# Of no moment, so that equal models are equal files.
_NO_TIME = (1980, 1, 1, 0, 0, 0)


def write_members(
    members: Mapping[str, bytes], path: str | os.PathLike, *, as_folder: bool
) -> None:
    """Write the files of a model and their checksums.

    Parameters
    ----------
    members : dict of str to bytes
        Content of each file.
    path : str or path-like
        Where to. What is there is replaced, in one step where it is a file.
    as_folder : bool
        Whether `path` is a folder.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    checked = {**members, MANIFEST: _manifest(members)}
    path = Path(path)
    if path.is_dir() and not as_folder:
        raise IsADirectoryError(
            f"{str(path)!r} is a folder. Pass layout='folder', or the name of a file."
        )
    if not path.parent.is_dir():
        raise FileNotFoundError(f"There is no folder {str(path.parent)!r}.")
    if as_folder:
        path.mkdir(exist_ok=True)
        for name, content in checked.items():
            _replace(path / name, lambda file, content=content: file.write(content))
    else:
        _replace(path, lambda file: _write_zip(checked, file))


def _manifest(members):
    files = {
        name: {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
        for name, content in members.items()
    }
    manifest = {"format": "magnet_sklearn", "version": FORMAT, "files": files}
    return json.dumps(manifest, indent=1).encode()


def _replace(path: Path, write: Callable) -> None:
    """Write beside a file first, so that half a file never has its name."""
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        try:
            write(file)
            file.close()
            os.chmod(file.name, 0o666 & ~_umask())
            os.replace(file.name, path)
        except BaseException:
            file.close()
            os.unlink(file.name)
            raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _write_zip(members, file):
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name, _NO_TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, content)


def read_members(
    path: str | os.PathLike, names: tuple[str, ...] = MEMBERS
) -> dict[str, bytes]:
    """Read files of a model, and compare them with their checksums.

    Parameters
    ----------
    path : str or path-like
        Zip file or folder.
    names : tuple of str
        Files to read.

    Returns
    -------
    members : dict of str to bytes
        Content of each file.

    Raises
    ------
    FileNotFoundError
        If there is neither file nor folder.
    ModelFileError
        If files are missing, damaged, changed or of a later format.
    """
    path = Path(path)
    if path.is_dir():
        return _checked(names, lambda name, size: _read_file(path, name, size), path)
    try:
        with zipfile.ZipFile(path) as archive:
            _check_sizes(archive, path)
            return _checked(names, lambda name, _: _read(archive, name), path)
    except (FileNotFoundError, ModelFileError):
        raise
    # of a damaged zip file, zipfile and zlib raise errors of a dozen kinds
    except Exception as error:
        reason = str(error).rstrip(".") or type(error).__name__
        raise ModelFileError(
            f"{path.name!r} is no model file, or only part of one: {reason}."
        ) from error


def _check_sizes(archive: zipfile.ZipFile, path: Path) -> None:
    """Refuse members that nobody wrote, and those that unpack to far more."""
    infos = archive.infolist()
    found = sorted(info.filename for info in infos)
    expected = sorted([*MEMBERS, MANIFEST])
    if found != expected:
        raise ModelFileError(
            f"{path.name!r} is no model file: it holds {found[:5]} where a model has "
            f"{expected}."
        )
    most = max(_SMALL, _MOST_COMPRESSED * path.stat().st_size)
    if (total := sum(info.file_size for info in infos)) > most:
        raise ModelFileError(
            f"{path.name!r} unpacks to {total} bytes, which is more than any model "
            f"in a file of its size ({most}); it was not written by save_model."
        )


def _read(archive, name):
    info = archive.getinfo(name)
    with archive.open(info) as member:
        return member.read(info.file_size + 1)


def _read_file(folder, name, size):
    file = folder / name
    if not file.is_file():
        raise ModelFileError(f"The folder {str(folder)!r} lacks {name}.")
    if (found := file.stat().st_size) > size:
        raise ModelFileError(f"{name} has {found} bytes, at most {size} are expected.")
    return file.read_bytes()


def _checked(names, read: Callable[[str, int], bytes], path) -> dict[str, bytes]:
    files = _files_of(read(MANIFEST, _LARGEST_MANIFEST), path)
    is_folder = path.is_dir()
    if is_folder:
        # in a folder, which may be a repository, people complete the card
        files[CARD] = {"size": _LARGEST_CARD}
    members = {name: read(name, files[name]["size"]) for name in names}
    for name, content in members.items():
        if is_folder and name == CARD:
            continue
        if hashlib.sha256(content).hexdigest() != files[name]["sha256"]:
            raise ModelFileError(
                f"{name} in {path.name!r} is not what save_model wrote (its checksum "
                "differs): the file is damaged or was changed."
            )
    return members


def _files_of(content: bytes, path: Path) -> dict[str, Any]:
    """Sizes and checksums that a manifest tells."""
    manifest = parsed(content, MANIFEST)
    if not isinstance(manifest, dict) or manifest.get("format") != "magnet_sklearn":
        raise ModelFileError(f"{path.name!r} is no file of a magnet_sklearn model.")
    version = manifest.get("version")
    if version != FORMAT:
        raise ModelFileError(
            f"{path.name!r} has format {version!r}; this version of magnet_sklearn "
            f"reads format {FORMAT}. Use the version that wrote it, or a later one."
        )
    files = manifest.get("files")
    if not isinstance(files, dict):
        raise ModelFileError(f"The manifest of {path.name!r} tells no files.")
    for name in MEMBERS:
        told = files.get(name)
        if not isinstance(told, dict) or not isinstance(told.get("size"), int):
            raise ModelFileError(f"The manifest of {path.name!r} does not tell {name}.")
        if not isinstance(told.get("sha256"), str):
            raise ModelFileError(f"The manifest of {path.name!r} lacks a checksum.")
    return files


def parsed(content: bytes, name: str) -> Any:
    """Parse strict JSON."""
    try:
        return json.loads(content.decode(), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise ModelFileError(f"{name} is no JSON: {error}.") from error


def _no_constant(name):
    raise ValueError(f"{name} is no number of JSON")
