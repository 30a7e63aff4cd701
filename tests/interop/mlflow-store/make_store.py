"""Fills an MLflow store with what people log: python make-mlflow-store.py TRACKING_URI ARTIFACT_FOLDER"""
import sys
from pathlib import Path
import mlflow, pandas as pd
from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag
uri, folder = sys.argv[1], Path(sys.argv[2])
mlflow.set_tracking_uri(uri); mlflow.set_registry_uri(uri)
client = MlflowClient(uri, uri)
e = client.create_experiment("churn: first", tags={"team": "crm", "mlflow.note.content": "what we tried"})
mlflow.set_experiment(experiment_id=e)
with mlflow.start_run(run_name="tréé 1", tags={"a/b": "nested", "plain": "two\nlines"}) as run:
    mlflow.log_params({"depth": 3, "lr": 0.1, "note": "x: y # z", "empty": ""})
    client.log_batch(run.info.run_id, metrics=[Metric("loss", 1 / (i + 1), 1700000000000 + i, i) for i in range(1200)])
    client.log_batch(run.info.run_id, metrics=[Metric("val/auc", 0.5, 1700000000000, 0), Metric("odd", float("nan"), 1700000000001, 1), Metric("odd", float("inf"), 1700000000002, 2), Metric("odd", float("-inf"), 1700000000003, -3)])
    d = mlflow.data.from_pandas(pd.DataFrame({"x": [1, 2], "y": [0.5, 1.5]}), name="customers", targets="y")
    mlflow.log_input(d, context="training")
    (folder / "tmp").mkdir(parents=True, exist_ok=True)
    (folder / "tmp" / "a b.txt").write_text("hello")
    mlflow.log_artifact(str(folder / "tmp" / "a b.txt")); mlflow.log_artifact(str(folder / "tmp" / "a b.txt"), "deep/er")
    with mlflow.start_run(run_name="child", nested=True) as child:
        mlflow.log_metric("m", 1)
failed = client.create_run(e, run_name="failed"); client.set_terminated(failed.info.run_id, "FAILED")
gone = client.create_run(e, run_name="gone"); client.set_terminated(gone.info.run_id); client.delete_run(gone.info.run_id)
old = client.create_experiment("old"); client.create_run(old, run_name="in old"); client.delete_experiment(old)
client.create_registered_model("churn", tags={"k": "v"}, description="who leaves")
source = f"{run.info.artifact_uri}/deep"
for number in (1, 2, 3):
    client.create_model_version("churn", source, run_id=run.info.run_id, tags={"t": str(number)}, description="it\n is\n\nlong: " + "word " * 40)
client.delete_model_version("churn", "2")
client.set_registered_model_alias("churn", "champion", "3")
