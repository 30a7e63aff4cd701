"""The registry of models, and the models that runs log."""

import json
import warnings

import mlflow
import numpy as np
import requests
from common import client, new_experiment, new_run, post, refused, refused_request, unique, url
from mlflow.exceptions import MlflowException
from sklearn.linear_model import LogisticRegression

warnings.filterwarnings("ignore")

rows = np.arange(20, dtype=float).reshape(10, 2)
labels = (rows[:, 0] > 8).astype(int)
expected = LogisticRegression().fit(rows, labels).predict(rows)


def fitted():
    return LogisticRegression().fit(rows, labels)


def logged(**options):
    """A run that has logged a model; the run and what log_model gave."""
    mlflow.set_experiment(unique("experiment"))
    with mlflow.start_run() as run:
        mlflow.log_params({"C": 1, "solver": "lbfgs"})
        mlflow.log_metric("auc", 0.7)
        info = mlflow.sklearn.log_model(fitted(), name="model", **options)
    return run, info


def same(uri):
    assert (mlflow.pyfunc.load_model(uri).predict(rows) == expected).all(), uri


def new_version(name, **options):
    return client.create_model_version(name, f"s3://bucket/{unique('path')}", **options)


def new_model(**options):
    return client.create_registered_model(unique("model"), **options).name


def scenario_log_model_registers_and_loads_by_version_alias_latest_run_and_id():
    name = unique("model")
    run, info = logged(registered_model_name=name)
    assert str(info.registered_model_version) == "1"
    client.set_registered_model_alias(name, "champion", 1)
    for uri in (
        f"models:/{name}/1",
        f"models:/{name}@champion",
        f"models:/{name}/latest",
        info.model_uri,
        f"runs:/{run.info.run_id}/model",
    ):
        same(uri)
    version = client.get_model_version(name, 1)
    assert (version.run_id, version.source, version.status) == (run.info.run_id, info.model_uri, "READY")
    assert version.aliases == ["champion"]
    assert client.get_model_version_download_uri(name, 1).startswith("mlflow-artifacts:/")
    tag = json.loads(client.get_logged_model(info.model_id).tags["mlflow.modelVersions"])
    # The server of MLflow notes it, and its client once more.
    assert {(each["name"], str(each["version"])) for each in tag} == {(name, "1")}, tag


def scenario_register_model_from_a_run_and_twice():
    name = unique("model")
    run, info = logged()
    first = mlflow.register_model(f"runs:/{run.info.run_id}/model", name)
    second = mlflow.register_model(info.model_uri, name, tags={"stage": "trial"})
    assert [str(each.version) for each in (first, second)] == ["1", "2"]
    assert second.tags == {"stage": "trial"}
    same(f"models:/{name}/2")


def scenario_model_logged_without_a_run():
    experiment_id = new_experiment()
    mlflow.set_experiment(experiment_id=experiment_id)
    info = mlflow.sklearn.log_model(fitted(), name="alone", params={"depth": 3}, tags={"team": "crm"})
    mlflow.end_run()
    model = mlflow.get_logged_model(info.model_id)
    assert (model.name, model.params, model.tags["team"]) == ("alone", {"depth": "3"}, "crm")
    same(info.model_uri)


def scenario_logged_model_has_params_metrics_and_status():
    run, info = logged()
    model = mlflow.get_logged_model(info.model_id)
    assert str(model.status) in ("READY", "LoggedModelStatus.READY"), model.status
    assert model.params == {"C": "1", "solver": "lbfgs"}
    assert [(m.key, m.value, m.run_id) for m in model.metrics] == [("auc", 0.7, run.info.run_id)]
    assert model.source_run_id == run.info.run_id
    assert [each.model_id for each in client.get_run(run.info.run_id).outputs.model_outputs] == [info.model_id]
    mlflow.log_metric("later", 0.9, run_id=run.info.run_id, model_id=info.model_id, step=3)
    metrics = {m.key: (m.value, m.step) for m in mlflow.get_logged_model(info.model_id).metrics}
    assert metrics == {"auc": (0.7, 0), "later": (0.9, 3)}


def scenario_logged_model_params_tags_finalize_and_delete():
    experiment_id = new_experiment()
    model = client.create_logged_model(experiment_id, name="m", params={f"p{i}": str(i) for i in range(250)}, tags={"a": "1"})
    assert len(client.get_logged_model(model.model_id).params) == 250
    assert str(model.status).endswith("PENDING")
    client.set_logged_model_tags(model.model_id, {"b": "2", "a": "3"})
    client.delete_logged_model_tag(model.model_id, "b")
    refused(lambda: client.delete_logged_model_tag(model.model_id, "b"), "RESOURCE_DOES_NOT_EXIST", "No tag with key")
    assert client.get_logged_model(model.model_id).tags == {"a": "3"}
    assert str(client.finalize_logged_model(model.model_id, "FAILED").status).endswith("FAILED")
    client.delete_logged_model(model.model_id)
    refused(lambda: client.get_logged_model(model.model_id), "RESOURCE_DOES_NOT_EXIST", "not found")
    found = requests.get(url(f"/api/2.0/mlflow/logged-models/{model.model_id}"), params={"allow_deleted": "true"}, timeout=30)
    assert found.json()["model"]["info"]["model_id"] == model.model_id
    refused(lambda: client.create_logged_model(experiment_id, name="a/b"), "INVALID_PARAMETER_VALUE", "Invalid model name")
    refused(lambda: client.create_logged_model("424242"), "RESOURCE_DOES_NOT_EXIST")


def scenario_search_logged_models():
    experiment_id = new_experiment()
    ids = []
    for i, (kind, auc) in enumerate([("tree", 0.6), ("tree", 0.8), ("linear", 0.7), ("linear", None)]):
        model = client.create_logged_model(experiment_id, name=f"model-{i}", model_type=kind, params={"i": str(i)}, tags={"even": str(i % 2 == 0)})
        ids.append(model.model_id)
        if auc is not None:
            run_id = new_run(experiment_id)
            client.log_metric(run_id, "auc", auc, model_id=model.model_id, dataset_name="test", dataset_digest=f"d{i % 2}")

    def found(**options):
        return [ids.index(each.model_id) for each in client.search_logged_models([experiment_id], **options)]

    assert sorted(found()) == [0, 1, 2, 3]
    assert found()[0] == 3
    assert sorted(found(filter_string="metrics.auc > 0.65")) == [1, 2]
    assert found(filter_string="metrics.auc > 0.65 AND model_type = 'tree'") == [1]
    assert found(filter_string="params.i = '2'") == [2]
    assert sorted(found(filter_string="tags.even = 'True'")) == [0, 2]
    assert sorted(found(filter_string="name LIKE 'model-%' AND name != 'model-0'")) == [1, 2, 3]
    assert found(filter_string="name ILIKE 'MODEL-3'") == [3]
    assert sorted(found(filter_string="name IN ('model-1', 'model-2')")) == [1, 2]
    assert sorted(found(filter_string="creation_timestamp > 0")) == [0, 1, 2, 3]
    assert sorted(found(datasets=[{"dataset_name": "test", "dataset_digest": "d0"}])) == [0, 2]
    assert found(filter_string="metrics.auc > 0", datasets=[{"dataset_name": "test", "dataset_digest": "d1"}]) == [1]
    assert found(order_by=[{"field_name": "metrics.auc", "ascending": False}]) == [1, 2, 0, 3]
    assert found(order_by=[{"field_name": "metrics.auc", "ascending": True}]) == [0, 2, 1, 3]
    assert found(order_by=[{"field_name": "name", "ascending": True}]) == [0, 1, 2, 3]
    for bad in ("metrics.auc > 'x'", "nothing = 'x'", "datasets.name = 'x'", "name = 'a' garbage"):
        refused(lambda bad=bad: found(filter_string=bad), "INVALID_PARAMETER_VALUE")
    first = client.search_logged_models([experiment_id], max_results=3)
    rest = client.search_logged_models([experiment_id], max_results=3, page_token=first.token)
    assert (len(first), len(rest), rest.token) == (3, 1, None)
    refused(lambda: client.search_logged_models([experiment_id], page_token="nonsense"), "INVALID_PARAMETER_VALUE")


def scenario_registered_model_create_get_update_tag_delete():
    name = unique("model with spaces and ümlaut")
    created = client.create_registered_model(name, {"team": "crm"}, "first words")
    assert (created.name, created.tags, created.description) == (name, {"team": "crm"}, "first words")
    assert created.creation_timestamp == created.last_updated_timestamp > 1_600_000_000_000
    client.update_registered_model(name, "other words")
    client.set_registered_model_tag(name, "team", "sales")
    client.set_registered_model_tag(name, "odd key/with-all:of_it", "")
    client.delete_registered_model_tag(name, "nothing")
    found = client.get_registered_model(name)
    assert found.description == "other words"
    assert found.tags == {"team": "sales", "odd key/with-all:of_it": ""}
    client.delete_registered_model_tag(name, "team")
    assert client.get_registered_model(name).tags == {"odd key/with-all:of_it": ""}
    client.delete_registered_model(name)
    refused(lambda: client.get_registered_model(name), "RESOURCE_DOES_NOT_EXIST", f"Registered Model with name={name} not found")
    assert client.create_registered_model(name).tags == {}


def scenario_registry_refuses_what_is_wrong():
    name = new_model()
    refused(lambda: client.create_registered_model(name), "RESOURCE_ALREADY_EXISTS", "already exists")
    refused(lambda: client.create_registered_model("a/b"), "INVALID_PARAMETER_VALUE", "Invalid model name")
    refused_request(post("registered-models/create", {}), 400, "INVALID_PARAMETER_VALUE", "Missing value for required parameter 'name'")
    refused_request(post("registered-models/create", {"name": 5}), 400, "INVALID_PARAMETER_VALUE", "Invalid value 5 for parameter 'name'")
    refused(lambda: client.get_model_version(name, 1), "RESOURCE_DOES_NOT_EXIST", f"Model Version (name={name}, version=1) not found")
    refused_request(
        requests.get(url("/api/2.0/mlflow/model-versions/get"), params={"name": name, "version": "x"}, timeout=30),
        400,
        "INVALID_PARAMETER_VALUE",
        "must be an integer",
    )
    refused(lambda: client.get_model_version_by_alias(name, "nobody"), "INVALID_PARAMETER_VALUE", "Registered model alias nobody not found.")
    refused(lambda: client.set_registered_model_alias(name, "a", 9), "RESOURCE_DOES_NOT_EXIST")
    new_version(name)
    for alias in ("latest", "LATEST", "v1", "V22", "a b", ""):
        refused_request(post("registered-models/alias", {"name": name, "alias": alias, "version": "1"}), 400, "INVALID_PARAMETER_VALUE")
    refused(lambda: client.transition_model_version_stage(name, 1, "Live"), "INVALID_PARAMETER_VALUE", "Invalid Model Version stage: Live")
    refused(lambda: client.set_model_version_tag(name, 1, "baton.contract.holds", "true"), "INVALID_PARAMETER_VALUE", "gate of Baton")
    refused(lambda: new_version("nothing-like-that"), "RESOURCE_DOES_NOT_EXIST")


def scenario_versions_count_without_gaps_and_numbers_are_not_used_twice():
    name = new_model()
    assert [str(new_version(name).version) for _ in range(3)] == ["1", "2", "3"]
    client.delete_model_version(name, 3)
    refused(lambda: client.get_model_version(name, 3), "RESOURCE_DOES_NOT_EXIST")
    refused(lambda: client.delete_model_version(name, 3), "RESOURCE_DOES_NOT_EXIST")
    assert str(new_version(name).version) == "4"
    assert sorted(int(v.version) for v in client.search_model_versions(f"name = '{name}'")) == [1, 2, 4]


def scenario_version_description_tags_and_link():
    name = new_model()
    run_id = new_run()
    version = client.create_model_version(
        name, "s3://bucket/x", run_id=run_id, tags={"a": "1"}, run_link="https://else.example/run", description="words"
    )
    assert (version.tags, version.run_link, version.description) == ({"a": "1"}, "https://else.example/run", "words")
    client.update_model_version(name, 1, "better words")
    client.set_model_version_tag(name, 1, "b", "x" * 20_000)
    client.delete_model_version_tag(name, 1, "a")
    found = client.get_model_version(name, 1)
    assert (found.description, found.tags, found.run_id) == ("better words", {"b": "x" * 20_000}, run_id)
    assert found.last_updated_timestamp >= found.creation_timestamp
    assert client.get_model_version_download_uri(name, 1) == "s3://bucket/x"


def scenario_stages_and_latest_versions():
    name = new_model()
    for _ in range(4):
        new_version(name)
    assert client.transition_model_version_stage(name, 1, "production").current_stage == "Production"
    client.transition_model_version_stage(name, 2, "Staging")
    client.transition_model_version_stage(name, 3, "Production", archive_existing_versions=True)
    stages = {int(v.version): v.current_stage for v in client.search_model_versions(f"name = '{name}'")}
    assert stages == {1: "Archived", 2: "Staging", 3: "Production", 4: "None"}

    def latest(*names):
        return {v.current_stage: int(v.version) for v in client.get_latest_versions(name, list(names) or None)}

    assert latest() == {"Archived": 1, "Staging": 2, "Production": 3, "None": 4}
    assert latest("Production") == {"Production": 3}
    assert {int(v.version) for v in client.get_registered_model(name).latest_versions} == {1, 2, 3, 4}
    refused(
        lambda: client.transition_model_version_stage(name, 4, "Archived", archive_existing_versions=True),
        "INVALID_PARAMETER_VALUE",
        "not an Active stage",
    )


def scenario_aliases():
    name = new_model()
    for _ in range(2):
        new_version(name)
    client.set_registered_model_alias(name, "Challenger_EU-1", 1)
    client.set_registered_model_alias(name, "champion", 1)
    client.set_registered_model_alias(name, "champion", 2)
    assert client.get_registered_model(name).aliases == {"Challenger_EU-1": "1", "champion": "2"}
    assert str(client.get_model_version_by_alias(name, "champion").version) == "2"
    assert client.get_model_version(name, 1).aliases == ["Challenger_EU-1"]
    client.delete_registered_model_alias(name, "champion")
    client.delete_registered_model_alias(name, "champion")
    refused(lambda: client.get_model_version_by_alias(name, "champion"), "INVALID_PARAMETER_VALUE")
    client.delete_model_version(name, 1)
    assert client.get_registered_model(name).aliases == {}


def scenario_rename_keeps_versions_aliases_and_tags():
    name, other = new_model(tags={"a": "1"}), unique("renamed")
    new_version(name, tags={"b": "2"})
    client.set_registered_model_alias(name, "champion", 1)
    client.rename_registered_model(name, other)
    refused(lambda: client.get_registered_model(name), "RESOURCE_DOES_NOT_EXIST")
    found = client.get_registered_model(other)
    assert (found.tags, found.aliases) == ({"a": "1"}, {"champion": "1"})
    assert client.get_model_version_by_alias(other, "champion").tags == {"b": "2"}
    refused(lambda: client.rename_registered_model(other, new_model()), "RESOURCE_ALREADY_EXISTS")
    refused(lambda: client.rename_registered_model(other, "a/b"), "INVALID_PARAMETER_VALUE")
    assert str(new_version(other).version) == "2"


def scenario_copy_model_version():
    name, other = unique("model"), unique("copy")
    logged(registered_model_name=name)
    client.set_registered_model_alias(name, "champion", 1)
    copied = client.copy_model_version(f"models:/{name}@champion", other)
    assert (copied.name, str(copied.version), copied.source) == (other, "1", f"models:/{name}/1")
    same(f"models:/{other}/1")
    client.delete_registered_model(name)
    same(f"models:/{other}/1")


def scenario_search_registered_models():
    mark = unique("mark")
    names = [f"{mark}-{suffix}" for suffix in ("Apple", "banana", "cherry")]
    for i, name in enumerate(names):
        client.create_registered_model(name, tags={"mark": mark, "odd": str(i % 2), "says": "it's o'clock"})

    def found(filter_string, **options):
        return [names.index(m.name) for m in client.search_registered_models(filter_string, **options)]

    assert found(f"name = '{names[0]}'") == [0]
    assert found(f"name LIKE '{mark}-%'") == [0, 1, 2]
    assert found(f"name LIKE '{mark}-apple'") == []
    assert found(f"name ILIKE '%{mark}-APPLE'") == [0]
    assert found(f"name != '{names[1]}' and tags.mark = '{mark}'") == [0, 2]
    assert found(f"tags.mark = '{mark}' AND tags.odd = '1'") == [1]
    assert found(f"tags.`mark` = \"{mark}\" and tag.odd != '1'") == [0, 2]
    assert found(f"name IN ('{names[0]}', '{names[2]}')") == [0, 2]
    assert found(f"tags.mark = '{mark}' and tags.says = \"it's o'clock\"") == [0, 1, 2]
    assert found(f"tags.mark = '{mark}'", order_by=["name DESC"]) == [2, 1, 0]
    client.update_registered_model(names[1], "touched")
    assert found(f"tags.mark = '{mark}'", order_by=["last_updated_timestamp DESC"])[0] == 1
    assert found(f"tags.mark = '{mark}'", order_by=["timestamp DESC", "name ASC"])[0] == 1
    first = client.search_registered_models(f"tags.mark = '{mark}'", max_results=2)
    rest = client.search_registered_models(f"tags.mark = '{mark}'", max_results=2, page_token=first.token)
    assert [m.name for m in [*first, *rest]] == names
    assert not rest.token
    for bad in ("name > 'a'", "run_id = 'a'", "metrics.a > 1", "name = 'a' or", "name = 'a' xor name = 'b'", "name", "name = a", "name = 'a"):
        refused(lambda bad=bad: client.search_registered_models(bad), "INVALID_PARAMETER_VALUE")
    refused(lambda: client.search_registered_models(order_by=["version ASC"]), "INVALID_PARAMETER_VALUE")
    refused(lambda: client.search_registered_models(order_by=["name", "name DESC"]), "INVALID_PARAMETER_VALUE")
    refused(lambda: client.search_registered_models(page_token="nonsense"), "INVALID_PARAMETER_VALUE")
    refused_request(
        requests.get(url("/api/2.0/mlflow/registered-models/search"), params={"max_results": 1001}, timeout=30),
        400,
        "INVALID_PARAMETER_VALUE",
        "Invalid value 1001 for parameter 'max_results' supplied",
    )


def scenario_search_model_versions():
    name, other = new_model(), new_model()
    runs = [new_run(), new_run()]
    client.create_model_version(name, "s3://bucket/a", run_id=runs[0], tags={"kind": "x"})
    client.create_model_version(name, "s3://bucket/b", run_id=runs[1], tags={"kind": "y"})
    client.create_model_version(name, "s3://other/c", tags={"kind": "y"})
    client.create_model_version(other, "s3://other/d", run_id=runs[0])

    def found(filter_string, **options):
        return [(v.name, int(v.version)) for v in client.search_model_versions(filter_string, **options)]

    assert sorted(found(f"name = '{name}'")) == [(name, 1), (name, 2), (name, 3)]
    assert sorted(found(f"run_id = '{runs[0]}'")) == sorted([(name, 1), (other, 1)])
    assert sorted(found(f"run_id IN ('{runs[0]}', '{runs[1]}') and name = '{name}'")) == [(name, 1), (name, 2)]
    assert found(f"name = '{name}' and source_path LIKE 's3://bucket/%'", order_by=["version_number ASC"]) == [(name, 1), (name, 2)]
    assert found(f"name = '{name}' and tags.kind = 'y' and version_number > 2") == [(name, 3)]
    assert found(f"name = '{name}'", order_by=["version_number DESC"]) == [(name, 3), (name, 2), (name, 1)]
    client.update_model_version(name, 1, "touched")
    assert found(f"name = '{name}'")[0] == (name, 1)
    first = client.search_model_versions(f"name = '{name}'", max_results=2, order_by=["creation_timestamp ASC", "version_number ASC"])
    rest = client.search_model_versions(
        f"name = '{name}'", max_results=2, order_by=["creation_timestamp ASC", "version_number ASC"], page_token=first.token
    )
    assert [int(v.version) for v in [*first, *rest]] == [1, 2, 3]
    assert found("name = 'nothing-like-that'") == []
    for bad in ("version = 1", "version_number = 'a'", "source_path IN ('a')", "params.a = '1'"):
        refused(lambda bad=bad: client.search_model_versions(bad), "INVALID_PARAMETER_VALUE")
    refused(lambda: client.search_model_versions(max_results=0), "INVALID_PARAMETER_VALUE")


def scenario_sources_must_belong_to_their_run_or_model():
    name = new_model()
    experiment_id = new_experiment()
    mine, other = new_run(experiment_id), new_run(experiment_id)
    inside = f"{client.get_run(mine).info.artifact_uri}/model"
    assert client.create_model_version(name, inside, run_id=mine).source == inside
    for source, run_id in (
        (inside, other),
        (inside, None),
        (inside.replace("/model", "/../../x"), mine),
        (inside.replace("/model", "/%2e%2e/x"), mine),
        (inside.replace("/model", "/%252e%252e/x"), mine),
        (inside + "%00", mine),
        (inside.replace(mine, mine + "0"), mine),
        ("/etc/passwd", mine),
        ("file:///etc/passwd", mine),
        ("etc", mine),
        (url("/api/2.0/mlflow-artifacts/artifacts/1/x"), mine),
        (f"runs:/{other}/model", mine),
        ("models:/m-00000000000000000000000000000000", None),
        ("models:/nothing/1", None),
        ("models:/", None),
    ):
        body = {"name": name, "source": source, **({} if run_id is None else {"run_id": run_id})}
        answer = post("model-versions/create", body)
        assert answer.status_code in (400, 404), (source, answer.status_code, answer.text)
    assert len(client.search_model_versions(f"name = '{name}'")) == 1


def scenario_prompts_are_hidden_from_models():
    name = unique("prompt")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        mlflow.genai.register_prompt(name=name, template="Say {{word}}")
    assert mlflow.genai.load_prompt(f"prompts:/{name}/1").format(word="hello") == "Say hello"
    assert client.search_registered_models(f"name = '{name}'") == []
    assert [p.name for p in mlflow.genai.search_prompts(f"name = '{name}'")] == [name]
    try:
        client.get_registered_model(name)
    except MlflowException:
        pass


def scenario_registry_writes_at_once_leave_no_gaps():
    from concurrent.futures import ThreadPoolExecutor

    name = new_model()
    with ThreadPoolExecutor(8) as pool:
        versions = list(pool.map(lambda _: int(new_version(name).version), range(40)))
    assert sorted(versions) == list(range(1, 41))
