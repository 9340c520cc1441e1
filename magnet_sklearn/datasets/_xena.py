"""Files of the TCGA hub of UCSC Xena: their names, and how they are read."""

import gzip
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from magnet_sklearn.data import did_you_mean, quoted

HUB = "https://tcga-xena-hub.s3.us-east-1.amazonaws.com/download"

_CODES = (
    "ACC BLCA BRCA CESC CHOL COAD COADREAD DLBC ESCA GBM GBMLGG HNSC KICH KIRC KIRP "
    "LAML LGG LIHC LUAD LUNG LUSC MESO OV PAAD PCPG PRAD READ SARC SKCM STAD TGCT THCA "
    "THYM UCEC UCS UVM"
)
COHORTS = tuple(_CODES.split())

MATRICES = {
    "rna": "HiSeqV2.gz",
    "mirna": "miRNA_HiSeq_gene.gz",
    "methylation": "HumanMethylation450.gz",
    "methylation27": "HumanMethylation27.gz",
    "protein": "RPPA.gz",
    "cnv": "Gistic2_CopyNumber_Gistic2_all_data_by_genes.gz",
}

# Of files that others have downloaded and published the digests of.
CHECKSUMS = {
    ("BRCA", "HiSeqV2.gz"): (
        "263bf67245cc4b9062676583c0ff0306f08471a26aafd5504037e1da22133746"
    ),
    ("BRCA", "BRCA_clinicalMatrix"): (
        "39eb3be0fb86e6a577bd2cc01502a7fa5a271e1e1cba294e9dc644ad99580d7f"
    ),
}

_NO_VALUE = ["[Not Available]", "[Not Applicable]", "[Not Evaluated]", "[Unknown]"]
_NO_VALUE += ["[Discrepancy]", "[Completed]"]


def check_choices(
    cohort: str, modalities: Sequence[str], checksums: Mapping[str, str | None]
) -> None:
    """Refuse cohorts, modalities and names of files that do not exist."""
    names = [*MATRICES, "clinical"]
    if isinstance(modalities, str) or not modalities:
        raise ValueError(
            f"modalities must be a list of some of {quoted(names)}, got {modalities!r}."
        )
    parts = [*names, "survival"]
    files = [remote_path(cohort, part).rpartition("/")[2] for part in parts]
    for what, given, known in (
        ("cohort", [cohort], COHORTS),
        ("modalities", modalities, names),
        ("checksums", checksums, files),
    ):
        for name in given:
            if name not in known:
                raise ValueError(
                    f"{what} has {name!r}, which is none of {quoted(known)}."
                    f"{did_you_mean(name, known)}"
                )


def remote_path(cohort: str, part: str) -> str:
    """Path on the hub of a modality, or of "clinical" or "survival"."""
    if part == "survival":
        return f"survival/{cohort}_survival.txt"
    if part == "clinical":
        return f"TCGA.{cohort}.sampleMap/{cohort}_clinicalMatrix"
    return f"TCGA.{cohort}.sampleMap/{MATRICES[part]}"


def read_matrix(path: Path, sample_type: str) -> pd.DataFrame:
    """Read a matrix of features by samples as (n_patients, n_features), float32."""
    frame = _read(path, dtype=None)
    try:
        values = frame.to_numpy(dtype=np.float32)
    except ValueError as error:
        raise ValueError(f"{path} holds other things than numbers: {error}.") from error
    samples = pd.DataFrame(values.T, index=frame.columns, columns=frame.index.tolist())
    return _of_patients(samples, sample_type, path)


def read_samples(path: Path, sample_type: str | None) -> pd.DataFrame:
    """Read a table with a row per sample as one with a row per patient.

    If `sample_type` is None, of any type: what is said of the patient, as survival.
    """
    return _of_patients(_read(path, dtype=object), sample_type, path)


def _of_patients(
    samples: pd.DataFrame, sample_type: str | None, path: Path
) -> pd.DataFrame:
    """Rows of one sample type, with patients as row labels.

    The barcode of a sample, such as TCGA-A1-A0SB-01, is that of the patient and the
    type of the sample. Of several vials of a type the first in order is taken.
    """
    barcodes = samples.index.astype(str)
    if not barcodes.str.fullmatch(r"TCGA-\w\w-\w{4}-\d\d\w?(-.*)?").all():
        odd = [b for b in barcodes if not b.startswith("TCGA-")] or barcodes.tolist()
        raise ValueError(
            f"{path} has samples that are no TCGA barcodes: {quoted(odd, 5)}. Delete "
            "the file and download it again."
        )
    chosen = samples.sort_index()
    if sample_type is not None:
        types = barcodes.str[13:15]
        if not (types == sample_type).any():
            raise ValueError(
                f"{path} has no samples of type {sample_type!r}. Samples of each type: "
                f"{types.value_counts().to_dict()}. Pass one of these types as "
                "sample_type."
            )
        chosen = samples[types == sample_type].sort_index()
    chosen.index = chosen.index.astype(str).str[:12]
    return chosen[~chosen.index.duplicated()]


def _read(path: Path, dtype: type | None) -> pd.DataFrame:
    """Read a table separated by tabs, whose first column is the row labels."""
    opened = gzip.open if path.suffix == ".gz" else open
    try:
        with opened(path, "rb") as file:
            start = file.read(200)
            file.seek(0)
            if start.lstrip().startswith((b"<", b"{")) or b"\t" not in start:
                raise ValueError(
                    f"{path} is no table separated by tabs; it starts with "
                    f"{start[:40]!r}. Delete it and download it again."
                )
            return pd.read_csv(
                file, sep="\t", index_col=0, dtype=dtype, na_values=_NO_VALUE
            )
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ValueError(
            f"{path} is damaged: {error}. Delete it and download it again."
        ) from error
