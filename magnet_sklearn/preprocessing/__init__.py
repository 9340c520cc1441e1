"""scikit-learn transformers that work modality by modality."""

# Not in `__all__`: for the estimators and federated training, private to the project.
from magnet_sklearn.preprocessing._blocks import (
    ArrayBlock,
    TableBlock,
    numeric_values,
    sorted_categories,
    split_columns,
    table_block,
)
from magnet_sklearn.preprocessing._combat import ComBat
from magnet_sklearn.preprocessing._default import DefaultPreprocessor
from magnet_sklearn.preprocessing._expression_filter import ExpressionFilter
from magnet_sklearn.preprocessing._features import FeatureTables, fit_feature_tables
from magnet_sklearn.preprocessing._modality_transformer import ModalityTransformer
from magnet_sklearn.preprocessing._side_by_side import (
    SideBySidePreprocessor,
    select_modalities,
)

__all__ = ["ComBat", "DefaultPreprocessor", "ExpressionFilter", "ModalityTransformer"]
