"""Makes scikit-learn.json: what scikit-learn gives on the data of golden/data.ts, which this file generates alike.

Run with the versions that the JSON names: python make_golden.py > scikit-learn.json
Optional argument: the folder of shared real data (tabular/…), for the AUC of HistGradientBoosting.
"""

import csv
import gzip
import json
import os
import sys

import numpy as np
import sklearn
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import roc_auc_score

ROWS = 500
CITIES = ["Oslo", "Rome", "Lima", "Bern"]


def generator(seed):
    state = seed

    def uniform():
        nonlocal state
        state = (state * 1664525 + 1013904223) % 2**32
        return state / 2**32

    return uniform


def golden_data(rows):
    uniform = generator(42)
    normal = lambda: sum(uniform() for _ in range(12)) - 6
    numeric, city, target, number = [], [], [], []
    for _ in range(rows):
        row = [np.float32(normal()), np.float32(3 + 10 * normal()), np.float32(np.floor(5 * uniform()))]
        which = int(np.floor(4 * uniform()))
        score = float(row[0]) - 0.1 * float(row[1]) + 0.3 * float(row[2]) + [0.5, -0.5, 1.0, 0.0][which]
        if uniform() < 0.1:
            row[1] = np.float32(np.nan)
        city.append("" if uniform() < 0.05 else CITIES[which])
        target.append(1 if uniform() < 1 / (1 + np.exp(-score)) else 0)
        number.append(np.float32(score + normal()))
        numeric.append(row)
    return np.array(numeric, dtype=np.float32), city, np.array(target), np.array(number, dtype=np.float32)


def design(numeric, city):
    """Imputed and standardised columns, indicator of column 1, one column per city, one for a missing city."""
    columns, names = [], []
    for index in range(numeric.shape[1]):
        values = numeric[:, index].astype(float)
        missing = np.isnan(values)
        filled = np.where(missing, np.nanmedian(values), values)
        columns.append((filled - filled.mean()) / filled.std())
        names.append(f"n{index}")
        if missing.any():
            columns.append(missing.astype(float))
            names.append(f"n{index} missing")
    for name in [*CITIES, ""]:
        columns.append(np.array([1.0 if value == name else 0.0 for value in city]))
        names.append(f"city {name}".strip())
    return np.array(columns).T, names


def boosting(categorical=None):
    return HistGradientBoostingClassifier(
        learning_rate=0.1,
        max_iter=100,
        l2_regularization=1.0,
        early_stopping=False,
        random_state=0,
        categorical_features=categorical,
    )


def folds_auc(X, y):
    """AUC of the pooled predictions of 5 folds: row i is in fold i % 5."""
    scores = np.zeros(len(y))
    fold = np.arange(len(y)) % 5
    for k in range(5):
        scores[fold == k] = boosting().fit(X[fold != k], y[fold != k]).predict_proba(X[fold == k])[:, 1]
    return roc_auc_score(y, scores)


def breast_cancer(folder):
    with open(os.path.join(folder, "tabular/breast_cancer_sklearn.csv")) as file:
        data = np.array(list(csv.reader(file))[1:], dtype=float)
    return folds_auc(data[:, :-1].astype(np.float32), data[:, -1].astype(int))


def coil2000(folder):
    """Official split: the first 5,822 rows train. A column of texts is categorical."""
    with gzip.open(os.path.join(folder, "tabular/ticdata_coil2000.csv.gz"), "rt") as file:
        _, *rows = list(csv.reader(file))
    columns, categorical = [], []
    for values in zip(*[row[:-1] for row in rows]):
        try:
            columns.append([float(value) for value in values])
            categorical.append(False)
        except ValueError:
            order = {value: code for code, value in enumerate(sorted(set(values)))}
            columns.append([order[value] for value in values])
            categorical.append(True)
    X = np.array(columns, dtype=np.float32).T
    y = np.array([1 if row[-1] == "insurance" else 0 for row in rows])
    model = boosting(categorical).fit(X[:5822], y[:5822])
    return roc_auc_score(y[5822:], model.predict_proba(X[5822:])[:, 1])


def main():
    numeric, city, target, number = golden_data(ROWS)
    X, names = design(numeric, city)
    logistic = LogisticRegression(C=1.0, solver="newton-cholesky", tol=1e-12, max_iter=1000).fit(X, target)
    ridge = Ridge(alpha=1.0, solver="svd").fit(X, number)
    result = {
        "versions": {"scikit-learn": sklearn.__version__, "numpy": np.__version__},
        "logistic": {"intercept": logistic.intercept_[0], **dict(zip(names, logistic.coef_[0]))},
        "ridge": {"intercept": ridge.intercept_, **dict(zip(names, ridge.coef_))},
    }
    many, _, labels, _ = golden_data(4000)
    result["auc"] = {"generated": folds_auc(many, labels)}
    if len(sys.argv) > 1:
        result["auc"]["breastCancer"] = breast_cancer(sys.argv[1])
        result["auc"]["coil2000"] = coil2000(sys.argv[1])
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
