"""Changes a store that make_store.py has filled: one run logs more and gets another name."""

import sys

from mlflow import MlflowClient

client = MlflowClient(sys.argv[1], sys.argv[1])
experiment = client.get_experiment_by_name("churn: first")
run = client.search_runs([experiment.experiment_id], "attributes.run_name = 'child'")[0].info.run_id
client.log_metric(run, "m", 0.25, timestamp=1800000000000, step=7)
client.log_param(run, "late", "yes")
client.set_tag(run, "mlflow.runName", "child, renamed")
client.set_tag(run, "plain", "new")
