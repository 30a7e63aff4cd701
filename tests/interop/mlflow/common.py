"""What the scenarios share."""

import itertools
import os
import uuid

import mlflow
import requests
from mlflow.exceptions import MlflowException

client = mlflow.MlflowClient()
_numbers = itertools.count()


def unique(what="name"):
    return f"{what}-{next(_numbers)}-{uuid.uuid4().hex[:8]}"


def new_experiment(**options):
    return client.create_experiment(unique("experiment"), **options)


def new_run(experiment_id=None, **options):
    return client.create_run(experiment_id or new_experiment(), **options).info.run_id


def url(path):
    return os.environ["MLFLOW_TRACKING_URI"] + path


def post(path, body):
    """A request without the client, which would refuse some of them itself."""
    return requests.post(url(f"/api/2.0/mlflow/{path}"), json=body, timeout=30)


def refused(work, code, *words):
    """The work must fail with this code of MLflow and a message that holds these words."""
    try:
        result = work()
    except MlflowException as error:
        assert error.error_code == code, f"{error.error_code} instead of {code}: {error}"
        for word in words:
            assert word in str(error), f"{word!r} is not in {error}"
        return error
    raise AssertionError(f"nothing was refused; the result is {result}")


def refused_request(response, status, code, *words):
    assert response.status_code == status, f"{response.status_code}: {response.text}"
    body = response.json()
    assert body["error_code"] == code, body
    for word in words:
        assert word in body["message"], f"{word!r} is not in {body}"
