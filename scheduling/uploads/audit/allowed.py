"""What an upload may be made of beyond what skops trusts: each type with the loader that builds it.

The loader matters: skops trusts a name wherever it stands, and a list of a trusted function's name calls it.
Whatever C code would follow blindly in one of these types is audited in `audit`.
"""

from collections.abc import Iterator

KERNELS = (
    "Sum Product Exponentiation CompoundKernel ConstantKernel WhiteKernel RBF Matern RationalQuadratic "
    "ExpSineSquared DotProduct PairwiseKernel"
)
METRICS = (
    "BrayCurtis Canberra Chebyshev Dice Euclidean Hamming Haversine Jaccard Mahalanobis Manhattan Minkowski "
    "RogersTanimoto RussellRao SEuclidean SokalSneath"
)
SPLITTERS = (
    "KFold StratifiedKFold GroupKFold StratifiedGroupKFold TimeSeriesSplit LeaveOneOut LeaveOneGroupOut "
    "RepeatedKFold RepeatedStratifiedKFold ShuffleSplit StratifiedShuffleSplit GroupShuffleSplit"
)
OBJECTS = {
    "sklearn._loss.loss": "HalfTweedieLoss HalfTweedieLossIdentity",
    "sklearn.compose._column_transformer": "make_column_selector",
    "sklearn.calibration": "_CalibratedClassifier _SigmoidCalibration _TemperatureScaling",
    "sklearn.ensemble._hist_gradient_boosting.predictor": "TreePredictor",
    "sklearn.gaussian_process._gpc": "_BinaryGaussianProcessClassifierLaplace",
    "sklearn.gaussian_process.kernels": KERNELS,
    "sklearn.impute._iterative": "IterativeImputer",
    "sklearn.metrics._dist_metrics": " ".join(f"{name}Distance64" for name in METRICS.split()),
    "sklearn.metrics._scorer": "_Scorer _CurveScorer _PassthroughScorer",
    "sklearn.model_selection._split": SPLITTERS,
    "sklearn.multiclass": "_ConstantPredictor",
    "sklearn.neighbors._ball_tree": "BallTree",
    "sklearn.neighbors._kd_tree": "KDTree",
    "sklearn.neural_network._stochastic_optimizers": "AdamOptimizer SGDOptimizer",
    "sklearn.utils._metadata_requests": "MetadataRequest MethodMetadataRequest",
    "scipy.interpolate._bsplines": "BSpline",
    "lightgbm.basic": "Booster",
    "lightgbm.sklearn": "LGBMClassifier LGBMRegressor",
    "xgboost.core": "Booster",
    "xgboost.sklearn": "XGBClassifier XGBRegressor XGBRFClassifier XGBRFRegressor",
}
# They compute with what they are given, and do nothing else.
FUNCTIONS = {
    "numpy": "mean median",
    "scipy._lib.array_api_compat.numpy._aliases": "asarray",
    "sklearn.feature_selection._mutual_info": "mutual_info_classif mutual_info_regression",
    "sklearn.feature_selection._univariate_selection": "chi2 f_classif f_regression r_regression",
    "sklearn.metrics._classification": "accuracy_score balanced_accuracy_score brier_score_loss "
    "cohen_kappa_score f1_score fbeta_score jaccard_score log_loss matthews_corrcoef precision_score "
    "recall_score",
    "sklearn.metrics._ranking": "average_precision_score roc_auc_score top_k_accuracy_score",
    "sklearn.utils.validation": "check_array",  # of histogram boosting with categories
    "sklearn.metrics._regression": "explained_variance_score max_error mean_absolute_error "
    "mean_absolute_percentage_error mean_poisson_deviance mean_squared_error mean_squared_log_error "
    "median_absolute_error r2_score root_mean_squared_error root_mean_squared_log_error",
}
OTHERS = {
    "builtins.object": "TypeNode",  # what a column selector chooses by, as the next one
    "numpy.number": "TypeNode",
    "functools.partial": "PartialNode",  # of one of the functions above
    "sklearn.model_selection._split.KFold": "ObjectNode TypeNode",
    "sklearn.model_selection._split.StratifiedKFold": "ObjectNode TypeNode",
    "collections.OrderedDict": "TypeNode",  # what LightGBM's results are kept in
    "numpy.dtype": "DTypeNode",
    "scipy.sparse._csc.csc_array": "SparseMatrixNode",
    "scipy.sparse._csc.csc_matrix": "SparseMatrixNode",
    "scipy.sparse._csr.csr_array": "SparseMatrixNode",
    "scipy.sparse._csr.csr_matrix": "SparseMatrixNode",
    "sklearn.impute._iterative._ImputerTriplet": "TupleNode",
    "sklearn.tree._tree.Tree": "TreeNode",
    "sklearn.utils._bunch.Bunch": "DictNode",
}


def _entries() -> Iterator[tuple[str, str]]:
    for loader, modules in (("ObjectNode", OBJECTS), ("FunctionNode", FUNCTIONS)):
        for module, names in modules.items():
            yield from ((f"{module}.{name}", loader) for name in names.split())
    yield from OTHERS.items()


ALLOWED = {name: set(loaders.split()) for name, loaders in _entries()}
