"""Models that compare a row with those they were fitted on, in 64 bits: support vectors, ridge, labels."""

from __future__ import annotations

from typing import Any

import numpy as np

from predictions.registry.converting.operations import Ops


def convert_svr(scope: Any, operator: Any, container: Any) -> None:
    """SVR and NuSVR: a weighted sum of the kernel with each support vector."""
    ops = Ops(scope, operator, container)
    ops.answer(support_sum(ops, operator.raw_operator))


def support_sum(ops: Ops, model: Any) -> str:
    """Return a weighted sum of the kernel with each support vector, (n, 1)."""
    settings = {"gamma": model._gamma, "coef0": model.coef0, "degree": model.degree}
    near = kernel(ops, ops.matrix(), model.support_vectors_, model.kernel, **settings)
    return ops("Add", ops("MatMul", near, ops.const(model.dual_coef_.T)), ops.const(model.intercept_))


def convert_kernel_ridge(scope: Any, operator: Any, container: Any) -> None:
    """The same with every row that it was fitted on."""
    ops, model = Ops(scope, operator, container), operator.raw_operator
    gamma = 1.0 / model.n_features_in_ if model.gamma is None else model.gamma
    settings = {"gamma": gamma, "coef0": model.coef0, "degree": model.degree}
    near = kernel(ops, ops.matrix(), model.X_fit_, model.kernel, **settings)
    ops.answer(ops("MatMul", near, ops.const(model.dual_coef_.reshape(-1, 1))))


def convert_label_propagation(scope: Any, operator: Any, container: Any) -> None:
    """The labels of the rows that it was fitted on, weighted by nearness."""
    ops, model = Ops(scope, operator, container), operator.raw_operator
    if model.kernel != "rbf":
        raise NotImplementedError("another kernel than rbf")
    near = kernel(ops, ops.matrix(), model.X_, "rbf", gamma=model.gamma)
    weights = ops("MatMul", near, ops.const(model.label_distributions_))
    total = ops("ReduceSum", weights, ops.const([1], np.int64), keepdims=1)
    shares = ops("Div", weights, ops("Where", ops("Equal", total, ops.const(0.0)), ops.const(1.0), total))
    ops.answer(shares, 1)
    ops.label(ops.most(shares), model.classes_)


def kernel(
    ops: Ops, rows: str, known: np.ndarray, kind: Any, *, gamma: float, coef0: float = 0.0, degree: float = 3
) -> str:
    """Return scikit-learn's kernel of each row with each known row, (n, m)."""
    product = ops("MatMul", rows, ops.const(np.asarray(known).T))
    if kind == "linear":
        return product
    if kind == "rbf":
        return ops("Exp", ops("Mul", squared_distances(ops, rows, known, product), ops.const(-gamma)))
    if kind not in ("poly", "polynomial", "sigmoid"):
        raise NotImplementedError("a kernel of one's own")
    moved = ops("Add", ops("Mul", product, ops.const(gamma)), ops.const(coef0))
    return ops("Tanh", moved) if kind == "sigmoid" else ops("Pow", moved, ops.const(float(degree)))


def squared_distances(ops: Ops, rows: str, known: np.ndarray, product: str) -> str:
    """Return them for each row and known row, (n, m), from their products."""
    own = ops("ReduceSumSquare", rows, ops.const([1], np.int64), keepdims=1)
    both = ops("Add", own, ops.const((np.asarray(known) ** 2).sum(axis=1)[None, :]))
    return ops("Max", ops("Sub", both, ops("Mul", product, ops.const(2.0))), ops.const(0.0))


def convert_nearest_centroid(scope: Any, operator: Any, container: Any) -> None:
    """The label whose centre is nearest, and probabilities by the distances."""
    ops, model = Ops(scope, operator, container), operator.raw_operator
    if model.metric != "euclidean":
        raise NotImplementedError("another metric than the Euclidean")
    spread = np.where(model.within_class_std_dev_ != 0, model.within_class_std_dev_, 1.0)
    priors = ops.const(2.0 * np.log(model.class_prior_)[None, :])
    scores = ops("Sub", priors, _from_each(ops, model.centroids_, spread))
    ops.answer(ops("Softmax", scores, axis=1), 1)
    even = np.isclose(model.class_prior_, 1 / len(model.classes_)).all()
    nearest = ops("Neg", _from_each(ops, model.centroids_, np.ones_like(spread))) if even else scores
    ops.label(ops.most(nearest), model.classes_)


def _from_each(ops: Ops, centres: np.ndarray, spread: np.ndarray) -> str:
    """Return the squared distance of each row from each centre, in units of the spread."""
    rows, scaled = ops("Div", ops.matrix(), ops.const(spread)), centres / spread
    return squared_distances(ops, rows, scaled, ops("MatMul", rows, ops.const(scaled.T)))
