"""What is wrong with a file."""


class ModelFileError(ValueError):
    """A file of a model is damaged, was changed, or cannot be read by this version.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from magnet_sklearn.io import ModelFileError, load_model
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "model.zip")
    ...     _ = path.write_bytes(b"PK is how a zip file begins")
    ...     try:
    ...         load_model(path)
    ...     except ModelFileError as error:
    ...         print(error)
    'model.zip' is no model file, or only part of one: File is not a zip file.
    """
