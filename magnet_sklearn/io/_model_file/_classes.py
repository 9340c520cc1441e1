"""Classes that may occur in a file: a closed list, one line each.

The name on the left is what files say; it stays when a class moves. A class that is not
here is refused when a model is saved and when one is loaded. Scikit-learn's are those
whose fitted attributes are numbers, texts and objects of this list.
"""

from __future__ import annotations

# Modules of this package -> classes, each with its own name.
OWN: dict[str, str] = {
    "_estimators._classifier": "MagnetClassifier",
    "_estimators._frozen_encoders": "FrozenEncoders",
    "_estimators._inputs": "InputPipeline",
    "_estimators._model": "FittedModel",
    "_estimators._multi_task": "MagnetMultiTask",
    "_estimators._regressor": "MultiModalGNNRegressor",
    "_estimators._survival": "MagnetSurvivalAnalysis",
    "_estimators._wide_blocks": (
        "BlockComponents ModelPreprocessor WideBlockProjection"
    ),
    "_targets._classes": "ClassTarget",
    "_targets._experts": "TargetExperts",
    "_targets._hazards": "BreslowBaseline DiscreteHazard",
    "_targets._labels": "LabelsTarget",
    "_targets._numbers": "NumberTarget",
    "_targets._residuals": "ResidualQuantiles",
    "_targets._scaling": "TargetScaler",
    "_targets._several": "SeveralTargets",
    "_targets._survival": "SurvivalTarget",
    "_training._compaction": "ClosedEnsemble",
    "_training._config": "EnsembleConfig Optimisation",
    "_training._ensemble": "NetworkEnsemble",
    "_training._holdout": "HoldoutHistory _Fit",
    "_utils._centred_sparse": "CentredSparse",
    "_utils._scaling": "Standardization",
    "data._schema": "BlockSchema ModalitySchema",
    "experts._boosting": "BoostingClassifier BoostingCox BoostingRegressor",
    "experts._combination": "ExpertCombination",
    "experts._elastic_net": "SparseCox SparseLogistic SparseNumbers",
    "experts._evidence": "ClassEvidence Evidence NumberEvidence SurvivalEvidence",
    "experts._forest": "ForestExpert NumberForestExpert _Trees",
    "experts._landmarks": "Landmarks",
    "experts._modality_experts": "ModalityExperts",
    "experts._offset": "ExpertOffset",
    "experts._ridge": "RidgeCV",
    "experts._ridge_cox": "RidgeCox",
    "experts._ridge_logistic": "RidgeLogisticCV",
    "experts._spreading": "SpreadingExpert",
    "experts._survival_forest": "SurvivalForestExpert",
    "experts._task_links": "TaskLinks",
    "experts.families._boosting": "Bins BoostingFamily",
    "experts.families._family": "Features",
    "experts.families._forest": "Columns ForestFamily",
    "experts.families._kernel": "KernelFamily RadialBasis",
    "experts.families._linear": "LinearFamily Span",
    "experts.families._own": "OwnFamily",
    "experts.families._sparse": "ColumnByColumn SparseFamily",
    "experts.families._spreading": "Spread SpreadingFamily",
    "federated._fourier": "FourierFamily FourierFeatures",
    "graph._builder": "PatientGraphBuilder",
    "graph._candidates": "Cells",
    "graph._feature_graph": "FeatureGraph",
    "graph._patient_graph": "PatientGraph",
    "graph._projection": "BlockProjection PatientSpace",
    "losses._classes": "ClassLoss",
    "losses._cox": "CoxLoss",
    "losses._discrete_time": "DiscreteTimeLoss",
    "losses._multi_task": "MultiTaskLoss",
    "losses._numbers": (
        "AbsoluteError HuberError NumberLoss QuantileError SquaredError"
    ),
    "nn._architecture": "Architecture",
    "nn._dropout": "Dropout",
    "nn.encoders._categorical": "CategoricalEncoder",
    "nn.encoders._cnn": "CNNEncoder PixelScale",
    "nn.encoders._mlp": "MLPEncoder",
    "nn.encoders._series": "SeriesEncoder",
    "nn.encoders._set": "AttentionPooling SetEncoder",
    "preprocessing._blocks": "ArrayBlock TableBlock",
    "preprocessing._combat": "ComBat",
    "preprocessing._default": "DefaultPreprocessor",
    "preprocessing._expression_filter": "ExpressionFilter",
    "preprocessing._features": "BlockFeatures FeatureTables",
    "preprocessing._harmonised_blocks": "HarmonisedBlock",
    "preprocessing._location_scale": "LocationScale",
    "preprocessing._modality_transformer": "ModalityTransformer",
    "preprocessing._places": "PlacesScaling",
    "preprocessing._series": "SeriesBlock",
    "preprocessing._sets": "SetBlock",
    "preprocessing._side_by_side": "SideBySidePreprocessor",
    "preprocessing._site_columns": "CovariateDesign",
    "preprocessing._text": "TextBlock",
}

SKLEARN: dict[str, str] = {
    "compose": "ColumnTransformer TransformedTargetRegressor",
    "decomposition": "PCA FastICA NMF TruncatedSVD",
    "discriminant_analysis": "LinearDiscriminantAnalysis",
    "dummy": "DummyClassifier DummyRegressor",
    "ensemble": (
        "ExtraTreesClassifier ExtraTreesRegressor HistGradientBoostingClassifier "
        "HistGradientBoostingRegressor RandomForestClassifier RandomForestRegressor"
    ),
    "ensemble._hist_gradient_boosting.binning": "_BinMapper",
    "feature_extraction.text": "CountVectorizer TfidfTransformer TfidfVectorizer",
    "feature_selection": (
        "SelectFpr SelectFromModel SelectKBest SelectPercentile VarianceThreshold"
    ),
    "impute": "MissingIndicator SimpleImputer",
    "linear_model": (
        "BayesianRidge ElasticNet ElasticNetCV HuberRegressor Lasso LassoCV "
        "LinearRegression LogisticRegression LogisticRegressionCV "
        "Ridge RidgeCV RidgeClassifier RidgeClassifierCV"
    ),
    "naive_bayes": "BernoulliNB GaussianNB",
    "pipeline": "FeatureUnion Pipeline",
    "preprocessing": (
        "FunctionTransformer KBinsDiscretizer LabelBinarizer LabelEncoder MaxAbsScaler "
        "MinMaxScaler Normalizer OneHotEncoder OrdinalEncoder PolynomialFeatures "
        "PowerTransformer QuantileTransformer RobustScaler StandardScaler"
    ),
    "tree": (
        "DecisionTreeClassifier DecisionTreeRegressor ExtraTreeClassifier "
        "ExtraTreeRegressor"
    ),
    "tree._tree": "Tree",
}

# Functions that may be parameters or attributes.
FUNCTIONS: dict[str, str] = {
    "numpy": "abs exp expm1 log log10 log1p log2 sqrt square",
    "sklearn.feature_selection": "chi2 f_classif f_regression",
    "sklearn.utils": "check_array",
    "torch": "relu sigmoid tanh",
    "torch.nn.functional": "elu gelu leaky_relu relu silu softplus",
}
