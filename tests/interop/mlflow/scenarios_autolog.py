"""What scikit-learn's autologging asks of the server."""

import mlflow
from common import client, unique
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, train_test_split


def data():
    rows, labels = make_classification(n_samples=200, n_features=5, random_state=1)
    return train_test_split(rows, labels, random_state=1)


def scenario_autolog_records_params_metrics_and_pictures():
    mlflow.set_experiment(unique("autolog"))
    mlflow.sklearn.autolog(log_models=False)
    train, test, train_labels, test_labels = data()
    with mlflow.start_run() as run:
        model = LogisticRegression(C=0.5).fit(train, train_labels)
        model.score(test, test_labels)
    found = client.get_run(run.info.run_id)
    assert found.data.params["C"] == "0.5"
    assert 0.5 < found.data.metrics["training_accuracy_score"] <= 1
    assert any(key.startswith("LogisticRegression_score") for key in found.data.metrics)
    assert found.data.tags["estimator_name"] == "LogisticRegression"
    paths = {entry.path for entry in client.list_artifacts(run.info.run_id)}
    assert {"training_confusion_matrix.png", "estimator.html", "metric_info.json"} <= paths
    contexts = {tag.value for given in found.inputs.dataset_inputs for tag in given.tags}
    assert "train" in contexts


def scenario_autolog_of_a_grid_search_makes_child_runs():
    experiment = mlflow.set_experiment(unique("grid"))
    mlflow.sklearn.autolog(log_models=False, max_tuning_runs=2)
    train, _, labels, _ = data()
    with mlflow.start_run() as run:
        GridSearchCV(LogisticRegression(), {"C": [0.1, 1, 10]}, cv=2).fit(train, labels)
    children = client.search_runs([experiment.experiment_id], f"tags.mlflow.parentRunId = '{run.info.run_id}'")
    assert len(children) == 2
    assert "best_cv_score" in client.get_run(run.info.run_id).data.metrics
    assert "cv_results.csv" in {entry.path for entry in client.list_artifacts(run.info.run_id)}


def scenario_autolog_of_many_runs_without_a_name():
    experiment = mlflow.set_experiment(unique("many"))
    mlflow.sklearn.autolog(log_models=False, log_datasets=False)
    train, _, labels, _ = data()
    for strength in [0.1, 1.0, 10.0]:
        LogisticRegression(C=strength).fit(train, labels)
    frame = mlflow.search_runs([experiment.experiment_id], order_by=["params.C ASC"])
    assert list(frame["params.C"]) == ["0.1", "1.0", "10.0"]
    assert set(frame["status"]) == {"FINISHED"}
