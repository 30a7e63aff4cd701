"""Two services for scikit-learn-models.test.ts.

score FOLDER: reads a JSON table from standard input and prints the scores of the MLflow model in FOLDER.
save FOLDER: saves a fitted scikit-learn pipeline as an MLflow model and prints a JSON table with its scores.
"""

import json
import sys

import mlflow
import numpy as np
import pandas as pd


def score(folder):
    import onnx

    onnx.checker.check_model(f"{folder}/model.onnx", full_check=True)
    frame = pd.DataFrame(json.load(sys.stdin))
    numbers = frame.select_dtypes("number").columns
    # MLflow's onnx flavour gives a column's array to onnxruntime as it is, which knows no strings of pandas 3.
    frame = frame.astype({name: "float64" if name in numbers else object for name in frame.columns})
    return mlflow.pyfunc.load_model(folder).predict(frame)["score"].tolist()


def save(folder):
    from mlflow.models import infer_signature
    from sklearn.compose import ColumnTransformer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    random = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "x": random.normal(size=200),
            "whole": random.integers(0, 9, size=200),
            "flag": random.random(200) < 0.5,
            "city": random.choice(["Köln", "Łódź", "a,b"], size=200),
        }
    )
    labels = (frame["x"] + frame["flag"] + random.normal(size=200) > 0.5).astype(int)
    columns = ColumnTransformer(
        [("n", StandardScaler(), ["x", "whole", "flag"]), ("c", OneHotEncoder(handle_unknown="ignore"), ["city"])]
    )
    model = Pipeline([("columns", columns), ("model", LogisticRegression())]).fit(frame, labels)
    scores = model.predict_proba(frame)
    signature = infer_signature(frame, scores)
    mlflow.sklearn.save_model(
        model, folder, signature=signature, pyfunc_predict_fn="predict_proba", serialization_format="cloudpickle"
    )
    return {"data": frame.to_dict("list"), "scores": scores[:, 1].tolist()}


print(json.dumps({"score": score, "save": save}[sys.argv[1]](sys.argv[2])))
