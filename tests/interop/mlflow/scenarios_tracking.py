"""Experiments, runs and what runs log, through the client that everybody has."""

import math
import time

import mlflow
import requests
from common import client, new_experiment, new_run, post, refused, refused_request, unique, url
from mlflow.entities import Dataset, DatasetInput, InputTag, Metric, Param, RunStatus, RunTag, ViewType


def scenario_experiment_is_created_and_found():
    name = unique("churn")
    experiment_id = client.create_experiment(name, tags={"team": "crm"})
    by_id = client.get_experiment(experiment_id)
    by_name = client.get_experiment_by_name(name)
    assert by_id.name == name and by_name.experiment_id == experiment_id
    assert by_id.tags == {"team": "crm"}
    assert by_id.artifact_location == f"mlflow-artifacts:/{experiment_id}"
    assert by_id.lifecycle_stage == "active"
    assert abs(by_id.creation_time - time.time() * 1000) < 60_000
    assert client.get_experiment_by_name(unique("nothing")) is None
    refused(lambda: client.get_experiment("987654"), "RESOURCE_DOES_NOT_EXIST", "No Experiment with id=987654 exists")


def scenario_default_experiment_is_there():
    assert client.get_experiment("0").name == "Default"
    run = client.create_run("0")
    assert run.info.experiment_id == "0"


def scenario_experiment_name_is_taken_once():
    name = unique("taken")
    client.create_experiment(name)
    refused(lambda: client.create_experiment(name), "RESOURCE_ALREADY_EXISTS", f"Experiment(name={name}) already exists")
    refused_request(post("experiments/create", {"name": ""}), 400, "INVALID_PARAMETER_VALUE")
    refused_request(
        post("experiments/create", {}), 400, "INVALID_PARAMETER_VALUE", "Missing value for required parameter 'name'."
    )
    refused_request(
        post("experiments/create", {"name": 12}), 400, "INVALID_PARAMETER_VALUE", "Invalid value 12 for parameter 'name'"
    )


def scenario_experiment_is_renamed():
    experiment_id = new_experiment()
    name = unique("renamed")
    client.rename_experiment(experiment_id, name)
    assert client.get_experiment(experiment_id).name == name
    refused(lambda: client.rename_experiment(new_experiment(), name), "RESOURCE_ALREADY_EXISTS")


def scenario_experiment_is_deleted_and_restored_with_its_runs():
    experiment_id = new_experiment()
    run_id = new_run(experiment_id)
    client.delete_experiment(experiment_id)
    assert client.get_experiment(experiment_id).lifecycle_stage == "deleted"
    assert client.get_run(run_id).info.lifecycle_stage == "deleted"
    refused(lambda: client.create_run(experiment_id), "INVALID_PARAMETER_VALUE", "must be in the 'active' state")
    refused(lambda: client.delete_experiment(experiment_id), "RESOURCE_DOES_NOT_EXIST")
    client.restore_experiment(experiment_id)
    assert client.get_experiment(experiment_id).lifecycle_stage == "active"
    assert client.get_run(run_id).info.lifecycle_stage == "active"


def scenario_experiment_tags_are_set_and_removed():
    experiment_id = new_experiment()
    client.set_experiment_tag(experiment_id, "stage", "draft")
    client.set_experiment_tag(experiment_id, "stage", "final")
    client.set_experiment_tag(experiment_id, "long", "x" * 5000)
    assert client.get_experiment(experiment_id).tags == {"stage": "final", "long": "x" * 5000}
    client.delete_experiment_tag(experiment_id, "long")
    assert client.get_experiment(experiment_id).tags == {"stage": "final"}
    refused(lambda: client.delete_experiment_tag(experiment_id, "long"), "RESOURCE_DOES_NOT_EXIST")


def scenario_experiments_are_searched():
    mark = unique("search")
    ids = [client.create_experiment(f"{mark}-{name}", tags={"mark": mark, "kind": name}) for name in "abcde"]
    client.delete_experiment(ids[4])

    def names(filter_string, **options):
        found = client.search_experiments(filter_string=filter_string, **options)
        return [experiment.name[-1] for experiment in found]

    assert names(f"tags.mark = '{mark}'") == ["d", "c", "b", "a"]
    assert names(f"tags.`mark` = '{mark}'", order_by=["name ASC"]) == ["a", "b", "c", "d"]
    assert names(f"name LIKE '{mark}-%'", order_by=["experiment_id DESC"]) == ["d", "c", "b", "a"]
    assert names(f"name ILIKE '{mark.upper()}-%' AND tags.kind != 'a'", order_by=["name"]) == ["b", "c", "d"]
    assert names(f"attribute.name = '{mark}-b'") == ["b"]
    assert names(f"tags.mark = '{mark}'", view_type=ViewType.DELETED_ONLY) == ["e"]
    assert len(names(f"tags.mark = '{mark}'", view_type=ViewType.ALL)) == 5
    assert names(f"tags.mark = '{mark}' and creation_time > {int(time.time() * 1000) + 60_000}") == []
    first = client.search_experiments(filter_string=f"tags.mark = '{mark}'", order_by=["name"], max_results=3)
    rest = client.search_experiments(
        filter_string=f"tags.mark = '{mark}'", order_by=["name"], max_results=3, page_token=first.token
    )
    assert [experiment.name[-1] for experiment in [*first, *rest]] == ["a", "b", "c", "d"]
    assert not rest.token
    refused(lambda: client.search_experiments(filter_string="metrics.a > 1"), "INVALID_PARAMETER_VALUE", "entity type")
    refused(lambda: client.search_experiments(filter_string="colour = 'x'"), "INVALID_PARAMETER_VALUE", "attribute key")


def scenario_run_with_everything_by_the_fluent_interface():
    mlflow.set_experiment(unique("fluent"))
    with mlflow.start_run(run_name="first", tags={"who": "ann"}, description="a try") as run:
        mlflow.log_param("depth", 3)
        mlflow.log_params({"rate": 0.1, "kind": "gb"})
        mlflow.log_metric("auc", 0.7, step=1)
        mlflow.log_metrics({"loss": 0.3, "acc": 0.9}, step=2)
        mlflow.set_tag("colour", "blue")
        mlflow.set_tags({"a": 1, "b": True})
    found = client.get_run(run.info.run_id)
    assert found.info.status == "FINISHED" and found.info.run_name == "first"
    assert found.info.end_time >= found.info.start_time
    assert found.info.artifact_uri == f"mlflow-artifacts:/{found.info.experiment_id}/{run.info.run_id}/artifacts"
    assert found.data.params == {"depth": "3", "rate": "0.1", "kind": "gb"}
    assert found.data.metrics == {"auc": 0.7, "loss": 0.3, "acc": 0.9}
    tags = found.data.tags
    assert tags["who"] == "ann" and tags["colour"] == "blue" and tags["a"] == "1" and tags["b"] == "True"
    assert tags["mlflow.runName"] == "first" and tags["mlflow.note.content"] == "a try"
    assert tags["mlflow.user"] == found.info.user_id


def scenario_run_that_fails_is_failed():
    mlflow.set_experiment(unique("failing"))
    try:
        with mlflow.start_run() as run:
            raise ValueError("no")
    except ValueError:
        pass
    assert client.get_run(run.info.run_id).info.status == "FAILED"


def scenario_run_without_a_name_gets_one():
    run = client.create_run(new_experiment())
    assert len(run.info.run_name) > 3
    assert run.data.tags["mlflow.runName"] == run.info.run_name
    refused(
        lambda: client.create_run(new_experiment(), run_name="a", tags={"mlflow.runName": "b"}),
        "INVALID_PARAMETER_VALUE",
        "Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values",
    )


def scenario_run_is_renamed_and_keeps_one_name():
    run_id = new_run(run_name="before")
    client.update_run(run_id, name="after")
    assert client.get_run(run_id).info.run_name == "after"
    assert client.get_run(run_id).data.tags["mlflow.runName"] == "after"
    client.set_tag(run_id, "mlflow.runName", "by tag")
    assert client.get_run(run_id).info.run_name == "by tag"


def scenario_run_is_taken_up_again():
    mlflow.set_experiment(unique("again"))
    with mlflow.start_run() as run:
        mlflow.log_metric("m", 1)
    with mlflow.start_run(run_id=run.info.run_id):
        assert client.get_run(run.info.run_id).info.status == "RUNNING"
        mlflow.log_metric("m", 2, step=1)
    again = client.get_run(run.info.run_id)
    assert again.info.status == "FINISHED" and again.data.metrics["m"] == 2


def scenario_run_is_ended_in_every_state():
    for status in ["FINISHED", "FAILED", "KILLED"]:
        run_id = new_run()
        client.set_terminated(run_id, status, end_time=1_800_000_000_000)
        info = client.get_run(run_id).info
        assert info.status == status and info.end_time == 1_800_000_000_000
    run_id = new_run()
    client.update_run(run_id, status="SCHEDULED")
    assert client.get_run(run_id).info.status == "SCHEDULED"
    body = {"run_id": run_id, "status": RunStatus.from_string("FAILED")}
    assert post("runs/update", body).json()["run_info"]["status"] == "FAILED"


def scenario_nested_runs_know_their_parent():
    experiment = mlflow.set_experiment(unique("nested"))
    with mlflow.start_run() as parent:
        children = []
        for depth in range(3):
            with mlflow.start_run(nested=True, run_name=f"child {depth}") as child:
                mlflow.log_param("depth", depth)
                children.append(child.info.run_id)
    found = mlflow.search_runs(
        [experiment.experiment_id],
        filter_string=f"tags.mlflow.parentRunId = '{parent.info.run_id}'",
        output_format="list",
    )
    assert {run.info.run_id for run in found} == set(children)
    assert mlflow.get_parent_run(children[0]).info.run_id == parent.info.run_id


def scenario_run_is_deleted_and_restored():
    experiment_id = new_experiment()
    run_id = new_run(experiment_id)
    client.delete_run(run_id)
    assert client.get_run(run_id).info.lifecycle_stage == "deleted"
    assert client.search_runs([experiment_id]) == []
    assert len(client.search_runs([experiment_id], run_view_type=ViewType.DELETED_ONLY)) == 1
    assert len(client.search_runs([experiment_id], run_view_type=ViewType.ALL)) == 1
    message = f"The run {run_id} must be in the 'active' state. Current state is deleted."
    refused(lambda: client.log_metric(run_id, "m", 1), "INVALID_PARAMETER_VALUE", message)
    refused(lambda: client.log_param(run_id, "p", 1), "INVALID_PARAMETER_VALUE", message)
    refused(lambda: client.set_tag(run_id, "t", 1), "INVALID_PARAMETER_VALUE", message)
    refused(lambda: client.update_run(run_id, "FINISHED"), "INVALID_PARAMETER_VALUE", message)
    client.restore_run(run_id)
    client.log_metric(run_id, "m", 1)
    assert client.get_run(run_id).info.lifecycle_stage == "active"


def scenario_unknown_run_is_not_found():
    missing = "f" * 32
    for work in [
        lambda: client.get_run(missing),
        lambda: client.log_metric(missing, "m", 1),
        lambda: client.log_batch(missing, tags=[RunTag("a", "b")]),
        lambda: client.delete_run(missing),
        lambda: client.restore_run(missing),
        lambda: client.get_metric_history(missing, "m"),
    ]:
        refused(work, "RESOURCE_DOES_NOT_EXIST", f"Run with id={missing} not found")


def scenario_param_is_written_once():
    run_id = new_run()
    client.log_param(run_id, "p", "a")
    client.log_param(run_id, "p", "a")
    words = [
        "Changing param values is not allowed. Param with key='p' was already logged with value='a'",
        "Attempted logging new value 'b'",
    ]
    refused(lambda: client.log_param(run_id, "p", "b"), "INVALID_PARAMETER_VALUE", *words)
    client.log_batch(run_id, params=[Param("p", "a"), Param("q", "")])
    assert client.get_run(run_id).data.params == {"p": "a", "q": ""}
    long = "x" * 7000
    client.log_param(run_id, "long", long)
    assert client.get_run(run_id).data.params["long"] == long[:6000]


def scenario_metric_history_keeps_every_value():
    run_id = new_run()
    now = int(time.time() * 1000)
    for step in range(5):
        client.log_metric(run_id, "loss", 1 / (step + 1), timestamp=now + step, step=step)
    client.log_metric(run_id, "loss", 9, timestamp=now, step=-3)
    history = client.get_metric_history(run_id, "loss")
    assert [metric.step for metric in sorted(history, key=lambda metric: metric.step)] == [-3, 0, 1, 2, 3, 4]
    assert {metric.timestamp for metric in history} == {now + step for step in range(5)}
    assert client.get_run(run_id).data.metrics["loss"] == 0.2
    assert client.get_metric_history(run_id, "nothing") == []


def scenario_metric_of_special_values():
    run_id = new_run()
    values = {"nan": math.nan, "plus": math.inf, "minus": -math.inf, "tiny": 5e-324, "big": 1.7976931348623157e308}
    for key, value in values.items():
        client.log_metric(run_id, key, value)
    client.log_batch(run_id, metrics=[Metric("batch", math.nan, 1, 0)])
    metrics = client.get_run(run_id).data.metrics
    assert math.isnan(metrics.pop("nan")) and math.isnan(metrics.pop("batch"))
    assert metrics == {key: value for key, value in values.items() if key != "nan"}
    assert math.isnan(client.get_metric_history(run_id, "nan")[0].value)


def scenario_latest_metric_is_by_step_then_time():
    run_id = new_run()
    client.log_metric(run_id, "m", 1, timestamp=5000, step=2)
    client.log_metric(run_id, "m", 2, timestamp=9000, step=1)
    assert client.get_run(run_id).data.metrics["m"] == 1
    client.log_metric(run_id, "m", 3, timestamp=5001, step=2)
    assert client.get_run(run_id).data.metrics["m"] == 3
    client.log_metric(run_id, "m", 3, timestamp=5001, step=2)
    assert len(client.get_metric_history(run_id, "m")) == 3


def scenario_batch_of_a_thousand_metrics():
    run_id = new_run()
    metrics = [Metric(f"m{index % 10}", index, 1000 + index, index) for index in range(900)]
    params = [Param(f"p{index}", str(index)) for index in range(60)]
    tags = [RunTag(f"t{index}", str(index)) for index in range(40)]
    client.log_batch(run_id, metrics=metrics, params=params, tags=tags)
    run = client.get_run(run_id)
    assert run.data.metrics == {f"m{key}": 890 + key for key in range(10)}
    assert len(run.data.params) == 60 and run.data.tags["t39"] == "39"
    assert len(client.get_metric_history(run_id, "m3")) == 90


def scenario_batch_is_all_or_nothing():
    run_id = new_run()
    client.log_param(run_id, "p", "old")
    batch = {
        "run_id": run_id,
        "metrics": [{"key": "m", "value": 1, "timestamp": 1, "step": 0}],
        "params": [{"key": "fresh", "value": "1"}, {"key": "p", "value": "new"}],
        "tags": [{"key": "t", "value": "1"}],
    }
    refused_request(post("runs/log-batch", batch), 400, "INVALID_PARAMETER_VALUE", "Changing param values")
    data = client.get_run(run_id).data
    assert data.params == {"p": "old"} and data.metrics == {} and "t" not in data.tags


def scenario_batch_limits():
    run_id = new_run()
    metric = {"key": "m", "value": 1, "timestamp": 1, "step": 0}
    too_many = "A batch logging request can contain at most {0} {1}. Got {2} {1}. Please split up {1} across multiple requests"
    cases = [
        ({"metrics": [metric] * 1001}, too_many.format(1000, "metrics", 1001)),
        ({"params": [{"key": f"p{i}", "value": "1"} for i in range(101)]}, too_many.format(100, "params", 101)),
        ({"tags": [{"key": f"t{i}", "value": "1"} for i in range(101)]}, too_many.format(100, "tags", 101)),
        (
            {"metrics": [metric] * 950, "params": [{"key": f"p{i}", "value": "1"} for i in range(51)]},
            too_many.format(1000, "metrics, params, and tags", 1001),
        ),
        (
            {"params": [{"key": "a", "value": "1"}, {"key": "a", "value": "2"}]},
            "Duplicate parameter keys have been submitted: ['a']",
        ),
        ({"metrics": [{**metric, "key": "../up"}]}, "for parameter 'metrics[0].name' supplied"),
        ({"metrics": [{"key": "m", "timestamp": 1}]}, "Missing value for required parameter 'metrics[0].value'"),
        ({"metrics": [{**metric, "timestamp": -1}]}, "nonnegative"),
        ({"metrics": "many"}, "Invalid value \"many\" for parameter 'metrics' supplied"),
    ]
    for batch, words in cases:
        refused_request(post("runs/log-batch", {"run_id": run_id, **batch}), 400, "INVALID_PARAMETER_VALUE", words)


def scenario_keys_are_checked():
    run_id = new_run()
    for key in ["a/b", "a b", "a:b", "a.b-c_d", "größe", "x" * 250]:
        client.log_metric(run_id, key, 1)
        client.log_param(run_id, key, 1)
        client.set_tag(run_id, key, 1)
    for key in ["", "a//b", "/a", "..", "a/../b", "a?", "x" * 251]:
        for path, body in [
            ("runs/log-metric", {"value": 1, "timestamp": 1}),
            ("runs/log-parameter", {"value": "1"}),
            ("runs/set-tag", {"value": "1"}),
        ]:
            response = post(path, {"run_id": run_id, "key": key, **body})
            refused_request(response, 400, "INVALID_PARAMETER_VALUE")


def scenario_tags_are_set_and_removed():
    run_id = new_run()
    client.set_tag(run_id, "t", "1")
    client.set_tag(run_id, "t", "2")
    client.set_tag(run_id, "long", "y" * 9000)
    tags = client.get_run(run_id).data.tags
    assert tags["t"] == "2" and tags["long"] == "y" * 8000
    client.delete_tag(run_id, "t")
    assert "t" not in client.get_run(run_id).data.tags
    refused(lambda: client.delete_tag(run_id, "t"), "RESOURCE_DOES_NOT_EXIST", f"No tag with name: t in run with id {run_id}")
    client.set_tag(run_id, "mlflow.note.content", "# What I learned")
    client.delete_tag(run_id, "mlflow.note.content")
    assert "mlflow.note.content" not in client.get_run(run_id).data.tags


def scenario_runs_are_searched_by_metric_param_tag_and_attribute():
    experiment_id = new_experiment()
    runs = {}
    for index in range(6):
        run_id = new_run(experiment_id, start_time=1_000_000 + index, run_name=f"Run {index}", tags={"kind": "odd" if index % 2 else "even"})
        client.log_batch(
            run_id,
            metrics=[Metric("auc", index / 10, 1, 0), Metric("val loss", 1 - index / 10, 1, 0)],
            params=[Param("depth", str(index)), Param("model.kind", "gb" if index < 3 else "lr")],
        )
        runs[run_id] = index
    client.set_terminated(list(runs)[5], "FAILED", end_time=2_000_000)
    client.log_metric(list(runs)[0], "only", math.nan)

    def found(filter_string, **options):
        return [runs[run.info.run_id] for run in client.search_runs([experiment_id], filter_string, **options)]

    assert found("") == [5, 4, 3, 2, 1, 0]
    cases = {
        "metrics.auc > 0.3": [5, 4],
        "metric.auc >= 0.3 and metrics.`val loss` > 0.55": [4, 3],
        "metrics.auc != 0.3": [5, 4, 2, 1, 0],
        "metrics.nothing != 1": [],
        "params.depth = '3'": [3],
        "parameters.depth != '3'": [5, 4, 2, 1, 0],
        "params.model.kind LIKE 'g%'": [2, 1, 0],
        "param.`model.kind` ILIKE 'G_'": [2, 1, 0],
        "params.model.kind LIKE 'G%'": [],
        "tags.kind = 'odd' and params.depth = '5'": [5],
        "tag.`kind` != 'odd'": [4, 2, 0],
        'attributes.run_name = "Run 2"': [2],
        "run_name ILIKE 'run 3'": [3],
        "attribute.status = 'FAILED'": [5],
        "status != 'FAILED'": [4, 3, 2, 1, 0],
        "attributes.start_time > 1000003": [5, 4],
        "start_time <= 1000001": [1, 0],
        "end_time >= 2000000": [5],
        f"run_id = '{list(runs)[2]}'": [2],
        f"attributes.run_id IN ('{list(runs)[2]}', '{list(runs)[4]}')": [4, 2],
        f"run_id NOT IN ('{list(runs)[2]}', '{list(runs)[4]}')": [5, 3, 1, 0],
        f"artifact_uri LIKE '%{list(runs)[1]}/artifacts'": [1],
        "user_id LIKE '%'": [5, 4, 3, 2, 1, 0],
    }
    for filter_string, expected in cases.items():
        assert found(filter_string) == expected, f"{filter_string}: {found(filter_string)} instead of {expected}"
    assert found("", order_by=["metrics.auc ASC"]) == [0, 1, 2, 3, 4, 5]
    assert found("", order_by=["metrics.`val loss` DESC"], max_results=2) == [0, 1]
    assert found("", order_by=["params.`model.kind` DESC", "params.depth ASC"]) == [3, 4, 5, 0, 1, 2]
    assert found("", order_by=["tags.kind", "attributes.start_time DESC"]) == [4, 2, 0, 5, 3, 1]
    assert found("", order_by=["metrics.only DESC"]) == [0, 5, 4, 3, 2, 1]
    assert found("", order_by=["end_time"])[0] == 5
    assert found("params.depth = '1' or params.depth = '2'") == [2, 1]
    assert found("(tags.kind = 'odd' OR params.depth = '2') and metrics.auc < 0.4") == [3, 2, 1]


def scenario_search_pages_hold_every_run_once():
    experiment_id = new_experiment()
    ids = [new_run(experiment_id, start_time=7) for _ in range(25)]
    for order in [[], ["metrics.none DESC"], ["attributes.start_time ASC"], ["run_name"]]:
        seen, token = [], None
        while True:
            page = client.search_runs([experiment_id], order_by=order, max_results=10, page_token=token)
            seen += [run.info.run_id for run in page]
            token = page.token
            if not token:
                break
        assert sorted(seen) == sorted(ids), order
    frame = mlflow.search_runs([experiment_id])
    assert len(frame) == 25 and set(frame["run_id"]) == set(ids)
    refused(lambda: client.search_runs([experiment_id], page_token="nonsense"), "INVALID_PARAMETER_VALUE")


def scenario_wrong_searches_are_refused():
    experiment_id = new_experiment()
    cases = {
        "metrics.a = 'x'": "",
        "params.a = 1": "",
        "metrics.a LIKE 1": "",
        "nothing = 'x'": "Invalid attribute key 'nothing' specified. Valid keys are",
        "colour.a = 'x'": "Invalid entity type 'colour'",
        "metrics.a > ": "Invalid clause(s) in filter string",
        "metrics.a >> 1": "Invalid clause(s) in filter string",
        "params.a = 'x": "",
        "params.a <> 'x'": "",
        "params.a = 'x'; drop table runs": "",
        "'a' = 'b'": "",
    }
    for filter_string, words in cases.items():
        refused(lambda: client.search_runs([experiment_id], filter_string), "INVALID_PARAMETER_VALUE", words)
    refused(lambda: client.search_runs([experiment_id], order_by=["metrics.a SIDEWAYS"]), "INVALID_PARAMETER_VALUE")
    refused(
        lambda: client.search_runs([experiment_id], max_results=123456789),
        "INVALID_PARAMETER_VALUE",
        "Invalid value 123456789 for parameter 'max_results' supplied",
    )
    refused_request(post("runs/search", {"experiment_ids": [experiment_id], "max_results": 0}), 400, "INVALID_PARAMETER_VALUE")


def scenario_datasets_are_logged_and_found():
    import pandas as pd

    experiment = mlflow.set_experiment(unique("datasets"))
    frame = pd.DataFrame({"age": [31, 45], "churned": [0, 1]})
    with mlflow.start_run() as run:
        train = mlflow.data.from_pandas(frame, source="s3://bucket/train.csv", name="customers", targets="churned")
        mlflow.log_input(train, context="training", tags={"month": "may"})
        mlflow.log_input(train, context="training", tags={"month": "may"})
        mlflow.log_input(mlflow.data.from_pandas(frame, name="holdout"), context="test")
    inputs = client.get_run(run.info.run_id).inputs.dataset_inputs
    by_name = {given.dataset.name: given for given in inputs}
    assert set(by_name) == {"customers", "holdout"} and len(inputs) == 2
    customers = by_name["customers"]
    assert customers.dataset.digest == train.digest
    assert {tag.key: tag.value for tag in customers.tags} == {"mlflow.data.context": "training", "month": "may"}
    assert "age" in customers.dataset.schema and "num_rows" in customers.dataset.profile
    assert mlflow.data.get_source(customers.dataset).to_dict()["uri"] == "s3://bucket/train.csv"
    for filter_string in [
        "datasets.name = 'customers'",
        f"dataset.digest = '{train.digest}' and datasets.context = 'training'",
        "datasets.name LIKE 'cust%'",
        "datasets.name IN ('customers', 'other')",
    ]:
        found = client.search_runs([experiment.experiment_id], filter_string)
        assert [found_run.info.run_id for found_run in found] == [run.info.run_id], filter_string
    assert client.search_runs([experiment.experiment_id], "datasets.name = 'other'") == []
    summaries = post("experiments/search-datasets", {"experiment_ids": [experiment.experiment_id]}).json()
    assert {(one["name"], one["context"]) for one in summaries["dataset_summaries"]} == {
        ("customers", "training"),
        ("holdout", "test"),
    }
    refused_request(post("experiments/search-datasets", {}), 400, "INVALID_PARAMETER_VALUE", "at least one experiment_id")


def scenario_inputs_by_the_client():
    run_id = new_run()
    dataset = Dataset(name="d", digest="1234", source_type="local", source='{"uri": "/data"}')
    client.log_inputs(run_id, [DatasetInput(dataset, [InputTag("mlflow.data.context", "eval")])])
    (given,) = client.get_run(run_id).inputs.dataset_inputs
    assert given.dataset.to_dictionary()["name"] == "d" and given.dataset.source == '{"uri": "/data"}'
    too_long = {"dataset": {"name": "n" * 501, "digest": "1", "source_type": "x", "source": "y"}}
    refused_request(post("runs/log-inputs", {"run_id": run_id, "datasets": [too_long]}), 400, "INVALID_PARAMETER_VALUE")


def scenario_metric_of_a_dataset():
    run_id = new_run()
    body = {"run_id": run_id, "key": "auc", "value": 0.7, "timestamp": 1, "step": 0}
    assert post("runs/log-metric", {**body, "dataset_name": "test", "dataset_digest": "abc"}).json() == {}
    (metric,) = client.get_metric_history(run_id, "auc")
    assert (metric.dataset_name, metric.dataset_digest) == ("test", "abc")


def scenario_long_history_comes_in_pages():
    run_id = new_run()
    for start in range(0, 3000, 1000):
        client.log_batch(run_id, metrics=[Metric("m", i, 1_000_000 + i, i) for i in range(start, start + 1000)])
    assert [metric.value for metric in client.get_metric_history(run_id, "m")] == list(range(3000))
    ask = {"run_id": run_id, "metric_key": "m", "max_results": 1300}
    seen, token = [], None
    while True:
        params = {**ask, **({"page_token": token} if token else {})}
        page = requests.get(url("/api/2.0/mlflow/metrics/get-history"), params=params, timeout=30).json()
        seen += [metric["step"] for metric in page["metrics"]]
        token = page.get("next_page_token")
        if not token:
            break
    assert seen == list(range(3000))


def scenario_histories_of_several_runs_for_a_chart():
    experiment_id = new_experiment()
    ids = [new_run(experiment_id) for _ in range(2)]
    for run_id in ids:
        client.log_batch(run_id, metrics=[Metric("m", i * i, 1000 + i, i) for i in range(1000)])
    bulk = requests.get(
        url("/ajax-api/2.0/mlflow/metrics/get-history-bulk"),
        params={"run_id": ids, "metric_key": "m", "max_results": 1500},
        timeout=30,
    ).json()["metrics"]
    assert len(bulk) == 1500 and {metric["run_id"] for metric in bulk} == set(ids)
    interval = url("/ajax-api/2.0/mlflow/metrics/get-history-bulk-interval")
    params = {"run_ids": ids, "metric_key": "m", "max_results": 100}
    sampled = requests.get(interval, params=params, timeout=30).json()["metrics"]
    for run_id in ids:
        steps = [metric["step"] for metric in sampled if metric["run_id"] == run_id]
        assert len(steps) == 100 and steps[0] == 0 and steps[-1] == 999 and steps == sorted(set(steps))
    part = requests.get(interval, params={**params, "start_step": 10, "end_step": 19}, timeout=30).json()["metrics"]
    assert [metric["step"] for metric in part if metric["run_id"] == ids[0]] == list(range(10, 20))
    wrong = requests.get(interval, params={**params, "start_step": 10}, timeout=30)
    refused_request(wrong, 400, "INVALID_PARAMETER_VALUE", "both must be specified")
    wrong = requests.get(interval, params={**params, "max_results": 2501}, timeout=30)
    refused_request(wrong, 400, "INVALID_PARAMETER_VALUE", "max_results must be between 1 and 2500")


def scenario_asynchronous_logging_arrives():
    mlflow.set_experiment(unique("async"))
    with mlflow.start_run() as run:
        for step in range(200):
            mlflow.log_metric("loss", step, step=step, synchronous=False)
        mlflow.log_params({"a": 1}, synchronous=False)
    mlflow.flush_async_logging()
    assert len(client.get_metric_history(run.info.run_id, "loss")) == 200
    assert client.get_run(run.info.run_id).data.params == {"a": "1"}


def scenario_model_recorded_in_the_old_way():
    run_id = new_run()
    model = {"artifact_path": "model", "flavors": {}, "utc_time_created": "2026-01-01", "run_id": run_id}
    import json

    assert post("runs/log-model", {"run_id": run_id, "model_json": json.dumps(model)}).status_code == 200
    history = json.loads(client.get_run(run_id).data.tags["mlflow.log-model.history"])
    assert [one["artifact_path"] for one in history] == ["model"]
    refused_request(
        post("runs/log-model", {"run_id": run_id, "model_json": "{"}), 400, "INVALID_PARAMETER_VALUE", "is not a valid JSON"
    )
    refused_request(
        post("runs/log-model", {"run_id": run_id, "model_json": "{}"}), 400, "INVALID_PARAMETER_VALUE", "missing mandatory fields"
    )


def scenario_old_and_odd_requests_are_understood():
    run_id = new_run()
    assert post("runs/log-metric", {"run_uuid": run_id, "key": "m", "value": "0.5", "timestamp": "17", "step": "3"}).status_code == 200
    (metric,) = client.get_metric_history(run_id, "m")
    assert (metric.value, metric.timestamp, metric.step) == (0.5, 17, 3)
    unknown = post("runs/set-tag", {"run_id": run_id, "key": "k", "value": "v", "colour": {"any": 1}})
    assert unknown.status_code == 200 and unknown.json() == {}
    import json

    twice = requests.post(url("/api/2.0/mlflow/runs/set-tag"), json=json.dumps({"run_id": run_id, "key": "twice", "value": "1"}), timeout=30)
    assert twice.status_code == 200, twice.text
    refused_request(requests.post(url("/api/2.0/mlflow/runs/set-tag"), data="{", headers={"Content-Type": "application/json"}, timeout=30), 400, "BAD_REQUEST")
    missing = requests.get(url("/api/2.0/mlflow/nothing/here"), timeout=30)
    refused_request(missing, 404, "ENDPOINT_NOT_FOUND")
    assert requests.get(url("/health"), timeout=30).text == "OK"
    assert requests.get(url("/version"), timeout=30).text.startswith("3.")
    info = requests.get(url("/api/3.0/mlflow/server-info"), timeout=30).json()
    assert info["workspaces_enabled"] is False
