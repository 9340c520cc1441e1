import numpy as np
import pandas as pd
from scipy import sparse

from magnet_sklearn.data import MultiModalData


def test_repr_is_one_line_in_total_and_one_aligned_line_per_modality():
    X = MultiModalData(
        {
            "rna": [[1.0, 2.0], [np.nan, np.nan], [1.0, np.nan]],
            "clinical": pd.DataFrame({"sex": ["f", "m", "f"]}),
            "mutation": sparse.csr_array((3, 12)),
            "mri": np.zeros((3, 8, 8), dtype=np.float32),
        }
    )

    assert repr(X).splitlines() == [
        "MultiModalData: 3 patients, 4 modalities, 92% of blocks observed, "
        "2 missingness patterns",
        "  rna        2 features   67% observed  array float64",
        "  clinical    1 feature  100% observed  frame, 1 categorical",
        "  mutation  12 features  100% observed  sparse float64",
        "  mri             8 x 8  100% observed  array float32",
    ]


def test_repr_of_no_patients_says_so(make_data):
    X = make_data(rna=[[1.0]])[[]]

    assert repr(X).startswith("MultiModalData: 0 patients, 1 modality, 0% of blocks")
