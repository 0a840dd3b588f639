"""The 22 pipelines of every day, on a table with numbers, texts, booleans and gaps."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

NUMBERS, TEXTS = ["age", "income", "home.dest"], ["city", "sepal length (cm)"]
WORDS = ["good", "bad", "näve", "film", "a", "it", "was", "x2", "very", "not", "Über", "story", "plot"]


def people(count: int, *, seed: int) -> pd.DataFrame:
    """Return rows of people with gaps in age and city, a boolean, a review, and the label `yes`."""
    random = np.random.default_rng(seed)
    frame = pd.DataFrame({
        "age": random.integers(18, 90, count).astype(float),
        "income": random.lognormal(10, 1, count).round(2),
        "home.dest": random.normal(size=count).round(1),
        "member": random.integers(0, 2, count).astype(bool),
        "city": random.choice(["Ulm", "Köln", "Bonn", "Hof", "Au"], count, p=[0.4, 0.3, 0.2, 0.07, 0.03]),
        "sepal length (cm)": random.choice(["low", "mid", "high"], count),
        "review": [" ".join(random.choice(WORDS, 6)) for _ in range(count)],
    })  # fmt: skip
    score = (frame["age"] - 50) / 20 + (frame["city"] == "Ulm") - frame["home.dest"]
    frame["yes"] = np.where(
        score + frame["review"].str.count("good") + random.normal(size=count) > 0.8, "yes", "no"
    )
    frame["age"] = frame["age"].mask(random.random(count) < 0.05)
    frame["city"] = frame["city"].astype("object").mask(random.random(count) < 0.05)
    return frame


def pipelines() -> dict[str, tuple[Callable[[], Any], list[str]]]:
    """Return name -> (how it is made, the columns that it takes)."""
    from sklearn import (
        calibration,
        compose,
        decomposition,
        ensemble,
        feature_extraction,
        feature_selection,
        impute,
        linear_model,
        model_selection,
        preprocessing,
        svm,
    )
    from sklearn.pipeline import make_pipeline, make_union

    scale, hot = preprocessing.StandardScaler, preprocessing.OneHotEncoder
    logistic, forest = linear_model.LogisticRegression, ensemble.RandomForestClassifier
    hist, boosting = ensemble.HistGradientBoostingClassifier, ensemble.GradientBoostingClassifier
    words, transformer = feature_extraction.text.TfidfVectorizer, compose.make_column_transformer
    mixed, plain = [*NUMBERS, *TEXTS], ["income", "home.dest"]

    def numbers() -> Any:
        return make_pipeline(impute.SimpleImputer(), scale())

    def table(**how: Any) -> Any:
        return transformer((numbers(), NUMBERS), (hot(handle_unknown="ignore", **how), TEXTS))

    def missing(strategy: str) -> Any:
        texts = make_pipeline(
            impute.SimpleImputer(strategy=strategy, fill_value="none"), hot(handle_unknown="ignore")
        )
        return transformer((numbers(), NUMBERS), (texts, TEXTS))

    def ordinal() -> Any:
        coded = preprocessing.OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
        return transformer((coded, TEXTS), remainder="passthrough")

    def review(**how: Any) -> Any:
        return transformer((words(**how), "review"))

    def voting(how: str) -> Any:
        parts = [("a", logistic()), ("b", forest(20, random_state=0)), ("c", hist(max_iter=20))]
        return ensemble.VotingClassifier(parts, voting=how)

    def stacked() -> Any:
        return ensemble.StackingClassifier([("a", forest(20, random_state=0)), ("b", logistic())], cv=3)

    def searched() -> Any:
        return model_selection.GridSearchCV(
            make_pipeline(table(), logistic()), {"logisticregression__C": [0.1, 1]}, cv=3
        )

    def many() -> Any:
        union = make_union(decomposition.PCA(2), feature_selection.SelectKBest(k=2))
        return make_pipeline(impute.KNNImputer(), preprocessing.PolynomialFeatures(), union, logistic())

    return {
        "StandardScaler, LogisticRegression": (lambda: make_pipeline(scale(), logistic()), plain),
        "columns by name, the rest passed through": (lambda: make_pipeline(
            transformer((scale(), ["income"]), remainder="passthrough"), logistic()), plain),
        "GridSearchCV": (searched, mixed),
        "table, LogisticRegression": (lambda: make_pipeline(table(), logistic()), mixed),
        "table, RandomForest": (lambda: make_pipeline(table(), forest(random_state=0)), mixed),
        "table, HistGradientBoosting": (lambda: make_pipeline(table(), hist()), mixed),
        "ordinal with gaps, HistGradientBoosting": (lambda: make_pipeline(ordinal(), hist()), mixed),
        "table, GradientBoosting": (lambda: make_pipeline(table(), boosting()), mixed),
        "missing texts most frequent": (lambda: make_pipeline(missing("most_frequent"), logistic()), mixed),
        "missing texts constant": (lambda: make_pipeline(missing("constant"), logistic()), mixed),
        "rare categories together": (lambda: make_pipeline(table(min_frequency=0.05), logistic()), mixed),
        "first category dropped": (lambda: make_pipeline(table(drop="first"), logistic()), mixed),
        "TargetEncoder": (lambda: make_pipeline(
            transformer((preprocessing.TargetEncoder(), TEXTS), (numbers(), NUMBERS)), logistic()), mixed),
        "boolean passed through": (lambda: make_pipeline(
            transformer((hot(handle_unknown="ignore"), TEXTS), ("passthrough", ["member"])), forest(20)),
            ["member", *TEXTS]),
        "Tfidf, LogisticRegression": (lambda: make_pipeline(review(), logistic()), ["review"]),
        "Tfidf of pairs of words, LinearSVC": (lambda: make_pipeline(
            review(ngram_range=(1, 2)), svm.LinearSVC()), ["review"]),
        "CalibratedClassifierCV(LinearSVC)": (lambda: calibration.CalibratedClassifierCV(
            make_pipeline(table(), svm.LinearSVC()), cv=3), mixed),
        "CalibratedClassifierCV(RandomForest), isotonic": (lambda: calibration.CalibratedClassifierCV(
            make_pipeline(table(), forest(20)), method="isotonic", cv=3), mixed),
        "VotingClassifier, soft": (lambda: make_pipeline(table(), voting("soft")), mixed),
        "VotingClassifier, hard": (lambda: make_pipeline(table(), voting("hard")), mixed),
        "StackingClassifier": (lambda: make_pipeline(table(), stacked()), mixed),
        "KNNImputer, Polynomial, PCA and SelectKBest": (many, ["income", "home.dest"]),
    }  # fmt: skip


def fitted(name: str) -> tuple[Any, pd.DataFrame]:
    """Return the pipeline, and 10,000 other rows with the column `yes`."""
    make, columns = pipelines()[name]
    rows, others = people(1_000, seed=0), people(10_000, seed=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        estimator = make().fit(rows[columns], rows["yes"])
    return estimator, others[[*columns, "yes"]]
