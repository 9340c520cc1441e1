"""fetch_tcga: multimodal cohorts of The Cancer Genome Atlas."""

from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

import pandas as pd
from sklearn.datasets import get_data_home
from sklearn.utils import Bunch

from magnet_sklearn.datasets._download import fetch_file
from magnet_sklearn.datasets._tcga_patients import baseline, outcome, same_patients
from magnet_sklearn.datasets._xena import (
    CHECKSUMS,
    HUB,
    check_choices,
    read_matrix,
    read_samples,
    remote_path,
)


def fetch_tcga(
    cohort: str,
    modalities: Sequence[str] = ("rna", "mirna", "clinical"),
    *,
    target: str = "OS",
    sample_type: str = "01",
    clinical_features: Sequence[str] | None = None,
    data_home: str | PathLike[str] | None = None,
    download_if_missing: bool = True,
    base_url: str = HUB,
    checksums: Mapping[str, str | None] | None = None,
    n_retries: int = 3,
    delay: float = 1.0,
    timeout: float = 30.0,
    return_X_y: bool = True,
) -> Any:
    """Load a cohort of The Cancer Genome Atlas, downloading it if necessary.

    The files are those of the TCGA hub of UCSC Xena [1]_, open to everybody: survival
    times and clinical table of the cohort, and one file per modality. Each is
    downloaded once; an interrupted download goes on where it stopped.

    Parameters
    ----------
    cohort : str
        Study abbreviation, such as "BRCA".
    modalities : sequence of str, default=("rna", "mirna", "clinical")
        Of "rna" (log2 of normalised RSEM counts + 1), "mirna" (log2 of RPM + 1, mature
        strands), "methylation" (beta values, 450k array; 2 GB and more in memory),
        "methylation27" (27k array), "protein" (RPPA), "cnv" (GISTIC2) and "clinical".
        Not every cohort has all.
    target : str, default="OS"
        "OS", "DSS", "DFI" or "PFI" for survival times: overall, disease-specific,
        disease-free, progression-free [2]_. Else a column of the clinical table, such
        as "PAM50Call_RNAseq".
    sample_type : str, default="01"
        Type of the samples that are taken: "01" primary tumour, "03" blood of
        leukaemia (LAML), "06" metastasis (most of SKCM), "11" normal tissue. One type
        at a time, so that tumour and normal tissue are never mixed.
    clinical_features : sequence of str, default=None
        Columns of the clinical table for the modality "clinical". If None, those known
        at diagnosis of a fixed list: age, sex, stage, grade, histology, receptors,
        smoking. The table has columns that tell the outcome; choose with care.
    data_home : str or path, default=None
        Folder of the cache. If None, that of scikit-learn (`~/scikit_learn_data`, or
        the environment variable `SCIKIT_LEARN_DATA`). Files are in `tcga/<cohort>`.
    download_if_missing : bool, default=True
        If False, raise an error where a file is not in the cache.
    base_url : str, default the hub's download folder
        Where the files are, for a mirror.
    checksums : mapping of str to (str or None), default=None
        SHA-256 by file name, beside the two known ones (rna and clinical of BRCA). None
        as a value turns a known one off. A file without a known checksum is verified
        against the one that was recorded when it came.
    n_retries : int, default=3
        How often to try again after a failure that may pass.
    delay : float, default=1.0
        Seconds before the first retry, doubled for each further one.
    timeout : float, default=30.0
        Seconds without a byte after which a try has failed.
    return_X_y : bool, default=True
        If False, return a Bunch instead of (X, y).

    Returns
    -------
    X : MultiModalData of shape (n_patients, n_modalities)
        Patients with a known target and at least one modality; their ids are the first
        twelve characters of the barcodes, sorted.
    y : DataFrame of shape (n_patients, 2) or Series of shape (n_patients,)
        For survival the event (0 or 1) and the time in days, such as `OS` and
        `OS.time`, as estimators and `check_survival` take them. Patients whose data
        were redacted are left out.
    bunch : Bunch
        Only if `return_X_y` is False: `data` and `target`, which are X and y, `sites`
        (tissue source site of each patient, a Series), `clinical` (the whole clinical
        table), `survival` (all endpoints) and `files` (paths by modality).

    Raises
    ------
    OSError
        If a file is not in the cache and cannot be downloaded, with address, cohort
        and the path to save it to by hand; or if it has a wrong checksum.
    ValueError
        If cohort, modality, target, column or sample type does not exist, or a file is
        damaged.

    References
    ----------
    .. [1] Goldman et al. (2020). "Visualizing and interpreting cancer genomics data
       via the Xena platform". Nature Biotechnology 38, 675-678.
    .. [2] Liu et al. (2018). "An Integrated TCGA Pan-Cancer Clinical Data Resource to
       Drive High-Quality Survival Outcome Analytics". Cell 173, 400-416.

    Examples
    --------
    >>> from magnet_sklearn.datasets import fetch_tcga
    >>> X, y = fetch_tcga("BRCA", ["rna", "mirna"])  # doctest: +SKIP
    >>> y.columns.tolist()  # doctest: +SKIP
    ['OS', 'OS.time']
    """
    check_choices(cohort, modalities, checksums or {})
    folder = Path(get_data_home(data_home)) / "tcga" / cohort
    how = {"n_retries": n_retries, "delay": delay, "timeout": timeout}
    how["download"] = download_if_missing
    files = _files(cohort, modalities, folder, base_url, checksums or {}, how)
    clinical = read_samples(files["clinical"], sample_type)
    survival = read_samples(files["survival"], None)
    y = outcome(target, clinical, survival, cohort)
    blocks = {
        name: baseline(clinical, clinical_features, target)
        if name == "clinical"
        else read_matrix(files[name], sample_type)
        for name in modalities
    }
    X, y = same_patients(blocks, y)
    if return_X_y:
        return X, y
    sites = pd.Series(X.index.str[5:7], index=X.index, name="site")
    return Bunch(
        data=X, target=y, sites=sites, clinical=clinical, survival=survival, files=files
    )


def _files(
    cohort: str,
    modalities: Sequence[str],
    folder: Path,
    base_url: str,
    checksums: Mapping[str, str | None],
    how: dict[str, Any],
) -> dict[str, Path]:
    """Return paths of all files of a cohort, downloaded where they are not there."""
    files = {}
    for part in dict.fromkeys([*modalities, "clinical", "survival"]):
        remote = remote_path(cohort, part)
        name = remote.rpartition("/")[2]
        known = {name: CHECKSUMS.get((cohort, name))} | dict(checksums)
        url = f"{base_url.rstrip('/')}/{remote}"
        try:
            files[part] = fetch_file(url, folder / name, sha256=known[name], **how)
        except OSError as error:
            raise OSError(f"{part!r} of TCGA cohort {cohort!r}: {error}") from error
    return files
