"""Trains scikit-learn's HistGradientBoosting on the file that run.ts wrote and prints one JSON line."""

import json
import resource
import sys
import time

import numpy as np
import sklearn
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score

file, rows = sys.argv[1], int(sys.argv[2])
data = np.fromfile(file, dtype=np.float32).reshape(21, rows)
X, y = data[:20].T, data[20].astype(int)
cut = round(rows * 0.8)
model = HistGradientBoostingClassifier(
    learning_rate=0.1,
    max_iter=100,
    max_leaf_nodes=31,
    min_samples_leaf=20,
    l2_regularization=1.0,
    early_stopping=False,
    categorical_features=[index >= 16 for index in range(20)],
    random_state=0,
)
started = time.perf_counter()
model.fit(X[:cut], y[:cut])
seconds = time.perf_counter() - started
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
auc = roc_auc_score(y[cut:], model.predict_proba(X[cut:])[:, 1])
print(json.dumps({"seconds": seconds, "auc": auc, "peakMiB": peak, "version": f"scikit-learn {sklearn.__version__}"}))
