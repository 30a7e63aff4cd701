"""Makes the model folders beside this file, as a data scientist's script would, and expected.json with their scores.

Run with the versions that expected.json names: python make_foreign.py
"""

import json
import os

import numpy as np
import onnx
import pandas as pd
import skl2onnx
import sklearn
from skl2onnx import convert_sklearn, to_onnx
from skl2onnx.common.data_types import FloatTensorType, Int64TensorType, StringTensorType
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

HERE = os.path.dirname(os.path.abspath(__file__))


def save(name, model, description=None):
    folder = os.path.join(HERE, name)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "model.onnx"), "wb") as file:
        file.write(model.SerializeToString())
    if description is not None:
        with open(os.path.join(folder, "baton-model.json"), "w") as file:
            json.dump(description, file)


random = np.random.default_rng(0)
X = random.normal(size=(300, 3)).astype("float32")
y = (X[:, 0] - X[:, 1] + random.normal(size=300) > 0).astype(int)
features = {"features": ["a", "b", "c"]}
logistic = LogisticRegression().fit(X, y)
line = LinearRegression().fit(X, 2 * X[:, 0])
save("matrix-zipmap", to_onnx(logistic, X), features)
save("matrix", to_onnx(logistic, X, options={"zipmap": False}), features)
save("matrix-without-order", to_onnx(logistic, X, options={"zipmap": False}))
save("matrix-wrong-order", to_onnx(logistic, X, options={"zipmap": False}), {"features": ["a", "b"]})
save("regression", to_onnx(line, X), features)

frame = pd.DataFrame({"a": X[:, 0], "n": (X[:, 1] * 3).astype("int64"), "s": np.where(X[:, 2] > 0, "hi", "lo")})
steps = ColumnTransformer(
    [("n", StandardScaler(), ["a", "n"]), ("s", OneHotEncoder(handle_unknown="ignore"), ["s"])]
)
columns = Pipeline([("t", steps), ("m", LogisticRegression())]).fit(frame, y)
types = [
    ("a", FloatTensorType([None, 1])),
    ("n", Int64TensorType([None, 1])),
    ("s", StringTensorType([None, 1])),
]
save("columns", convert_sklearn(columns, initial_types=types))

rows = 4
expected = {
    "versions": {"scikit-learn": sklearn.__version__, "skl2onnx": skl2onnx.__version__, "onnx": onnx.__version__},
    "data": {**{name: X[:rows, i].tolist() for i, name in enumerate("abc")}, **frame[["n", "s"]][:rows].to_dict("list")},
    "matrix": logistic.predict_proba(X[:rows])[:, 1].tolist(),
    "regression": line.predict(X[:rows]).tolist(),
    "columns": columns.predict_proba(frame[:rows])[:, 1].tolist(),
}
with open(os.path.join(HERE, "expected.json"), "w") as file:
    json.dump(expected, file, indent=2)
