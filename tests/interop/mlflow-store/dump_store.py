"""Prints as JSON what MLflow's client reads of a store, without what differs by place: numbers of experiments, URIs."""

import json
import sys
import tempfile
from pathlib import Path

from mlflow import MlflowClient
from mlflow.entities import ViewType

client = MlflowClient(sys.argv[1], sys.argv[1])


def artifacts(run_id, path=None):
    found = {}
    for entry in client.list_artifacts(run_id, path):
        if entry.is_dir:
            found.update(artifacts(run_id, entry.path))
        else:
            with tempfile.TemporaryDirectory() as folder:
                found[entry.path] = Path(client.download_artifacts(run_id, entry.path, folder)).read_text()
    return found


def run_of(run):
    info, data = run.info, run.data
    return {
        "name": info.run_name,
        "status": info.status,
        "stage": info.lifecycle_stage,
        "user": info.user_id or "",
        "times": [info.start_time, info.end_time],
        "params": data.params,
        "tags": {key: value for key, value in data.tags.items() if key != "mlflow.user"},
        "metrics": {
            key: sorted([repr(m.value), m.timestamp, m.step] for m in client.get_metric_history(info.run_id, key))
            for key in data.metrics
        },
        "latest": {key: repr(value) for key, value in data.metrics.items()},
        "inputs": [
            {
                "tags": {tag.key: tag.value for tag in given.tags},
                "dataset": [given.dataset.name, given.dataset.digest, given.dataset.source_type, given.dataset.source],
                "more": [given.dataset.schema, given.dataset.profile],
            }
            for given in run.inputs.dataset_inputs
        ],
        "artifacts": artifacts(info.run_id) if info.lifecycle_stage == "active" else {},
    }


def version_of(version):
    return {
        "version": int(version.version),
        "description": version.description or "",
        "tags": version.tags,
        "stage": version.current_stage,
        "run": version.run_id,
        "source": version.source.split("/artifacts", 1)[-1],
    }


def model_of(model):
    return {
        "description": model.description or "",
        "tags": model.tags,
        "aliases": {alias: int(version) for alias, version in model.aliases.items()},
        "versions": sorted(
            (version_of(v) for v in client.search_model_versions(f"name = '{model.name}'")), key=lambda v: v["version"]
        ),
    }


experiments = client.search_experiments(view_type=ViewType.ALL)
runs = client.search_runs([e.experiment_id for e in experiments], run_view_type=ViewType.ALL, max_results=1000)
names = {e.experiment_id: e.name for e in experiments}
json.dump(
    {
        "experiments": {
            e.name: {"stage": e.lifecycle_stage, "tags": e.tags} for e in experiments if e.name != "Default"
        },
        "runs": {run.info.run_id: {"experiment": names[run.info.experiment_id], **run_of(run)} for run in runs},
        "models": {model.name: model_of(model) for model in client.search_registered_models()},
    },
    sys.stdout,
)
