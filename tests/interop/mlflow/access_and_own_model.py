"""Against a server where one has to sign in, with a model that a pipeline of Baton has registered.

Driven by mlflow-access.test.ts, which gives names and secrets in BATON_TEST (JSON). One JSON line for each scenario.
"""

import contextlib
import json
import os
import pathlib
import sys
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).parent))
given = json.loads(os.environ["BATON_TEST"])
credentials = ("MLFLOW_TRACKING_TOKEN", "MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD")


@contextlib.contextmanager
def signed_in(who, how="token"):
    """MLflow's clients read the variables at each request."""
    user = given["users"].get(who, {})
    values = {
        "token": {"MLFLOW_TRACKING_TOKEN": user.get("token")},
        "password": {"MLFLOW_TRACKING_USERNAME": who, "MLFLOW_TRACKING_PASSWORD": user.get("password")},
        "token as password": {"MLFLOW_TRACKING_USERNAME": who, "MLFLOW_TRACKING_PASSWORD": user.get("token")},
        "nothing": {},
    }[how]
    for name in credentials:
        os.environ.pop(name, None)
    os.environ.update({name: value for name, value in values.items() if value is not None})
    try:
        yield
    finally:
        for name in credentials:
            os.environ.pop(name, None)


def work():
    import mlflow
    import numpy as np
    import pandas as pd
    import requests
    from common import client, refused, unique, url

    model = given["model"]

    def frame():
        table = pd.read_csv(given["input"]).drop(columns=[given["target"]])
        numbers = table.select_dtypes("number").columns
        # MLflow's onnx flavour gives a column's array to onnxruntime as it is, which knows no strings of pandas 3.
        return table.astype({name: "float64" if name in numbers else object for name in table.columns})

    def scenario_nobody_gets_in_without_signing_in():
        with signed_in("nobody", "nothing"):
            refused(lambda: client.search_experiments(), "CUSTOMER_UNAUTHORIZED", "not signed in")
        for path in ("/get-artifact", "/metrics", "/ajax-api/2.0/mlflow/experiments/search", "/api/v1/project"):
            answer = requests.get(url(path), timeout=30)
            assert answer.status_code == 401, (path, answer.status_code)
            assert answer.headers["www-authenticate"] == 'Basic realm="mlflow"'
        assert requests.get(url("/health"), timeout=30).text == "OK"
        assert requests.get(url("/version"), timeout=30).status_code == 200

    def scenario_password_and_token_sign_in_as_clients_send_them():
        for who, how in (("ben", "password"), ("ana", "token"), ("ana", "token as password")):
            with signed_in(who, how):
                assert client.get_experiment("0").name == "Default", (who, how)

    def scenario_wrong_secrets_are_refused():
        for header in ("Bearer baton_wrong", "Bearer ", "Basic !!!", "Digest x"):
            answer = requests.get(url("/api/2.0/mlflow/experiments/get?experiment_id=0"), headers={"Authorization": header}, timeout=30)
            assert answer.status_code == 401, (header, answer.status_code)
        wrong = requests.get(url("/api/v1/project"), auth=("ben", "wrong password"), timeout=30)
        assert wrong.status_code == 401

    def scenario_data_scientist_logs_and_registers_under_her_name():
        with signed_in("ana"):
            run_id = client.create_run("0").info.run_id
            client.log_metric(run_id, "auc", 0.7)
            name = client.create_registered_model(unique("model")).name
            version = client.create_model_version(name, "s3://bucket/x", run_id=run_id)
            assert version.user_id == "ana"
            client.set_registered_model_alias(name, "trial", 1)
            words = "An admin (ben) can grant it: baton users grant ana --role engineer."
            refused(lambda: client.set_registered_model_alias(name, "champion", 1), "PERMISSION_DENIED", words)
            refused(lambda: client.transition_model_version_stage(name, 1, "Production"), "PERMISSION_DENIED")
            refused(lambda: client.rename_registered_model(name, "other"), "PERMISSION_DENIED")
            refused(lambda: client.delete_registered_model(name), "PERMISSION_DENIED")
        with signed_in("eva"):
            client.set_registered_model_alias(name, "champion", 1)
            client.delete_registered_model(name)

    def scenario_viewer_sees_and_changes_nothing():
        with signed_in("vic", "password"):
            assert client.get_registered_model(model).aliases["champion"] == "1"
            assert client.search_runs(["0"]) is not None
            for change in (
                lambda: client.create_experiment("mine"),
                lambda: client.create_run("0"),
                lambda: client.create_registered_model("mine"),
                lambda: client.set_registered_model_tag(model, "a", "b"),
                lambda: client.set_registered_model_alias(model, "trial", 1),
                lambda: client.delete_registered_model_alias(model, "champion"),
            ):
                refused(change, "PERMISSION_DENIED", "vic is a viewer in", "may not")
        token = {"Authorization": f"Bearer {given['users']['vic']['token']}"}
        put = requests.put(url("/api/2.0/mlflow-artifacts/artifacts/0/x/artifacts/a.txt"), data=b"x", headers=token, timeout=30)
        assert put.status_code == 403, put.text
        audit = requests.get(url("/api/v1/audit"), headers=token, timeout=30)
        assert audit.status_code == 403, audit.text

    def scenario_stranger_without_a_role_sees_nothing():
        with signed_in("zoe"):
            refused(lambda: client.search_experiments(), "PERMISSION_DENIED", "zoe has no role in")

    def scenario_own_champion_scores_like_baton_predict():
        with signed_in("vic"):
            loaded = mlflow.pyfunc.load_model(f"models:/{model}@champion")
            got = np.asarray(loaded.predict(frame())["score"]).ravel()
        expected = pd.read_csv(given["scores"])["score"].to_numpy()
        assert len(got) == len(expected) > 1000
        assert np.abs(got - expected).max() <= 1e-6, np.abs(got - expected).max()
        assert got.std() > 0.01

    def scenario_own_version_shows_its_gate_and_its_run():
        with signed_in("vic"):
            version = client.get_model_version(model, "1")
            assert version.tags["baton.contract.holds"] == "true"
            assert version.source.startswith("mlflow-artifacts:/models/")
            found = client.search_model_versions(f"name = '{model}' and tags.`baton.contract.holds` = 'true'")
            assert [v.version for v in found] == ["1"]
            assert client.get_run(version.run_id).info.run_id == version.run_id
            with open(mlflow.artifacts.download_artifacts(f"models:/{model}/1/MLmodel")) as file:
                assert "onnx" in file.read()

    def scenario_folder_of_a_registered_version_cannot_be_changed():
        with signed_in("eva"):
            source = client.get_model_version(model, "1").source.removeprefix("mlflow-artifacts:/")
            headers = {"Authorization": f"Bearer {given['users']['eva']['token']}"}
            place = url(f"/api/2.0/mlflow-artifacts/artifacts/{source}/MLmodel")
            assert requests.put(place, data=b"forged", headers=headers, timeout=30).status_code == 400
            assert requests.delete(place, headers=headers, timeout=30).status_code == 400
            other = url(f"/api/2.0/mlflow-artifacts/artifacts/models/{'0' * 64}/MLmodel")
            assert requests.get(other, headers=headers, timeout=30).status_code == 404

    def scenario_champion_needs_a_gate_where_there_is_a_contract():
        with signed_in("eva"):
            ungated = client.create_model_version(model, "s3://bucket/x")
            assert ungated.version == "2"
            refused(
                lambda: client.set_registered_model_alias(model, "champion", 2),
                "INVALID_PARAMETER_VALUE",
                "without passing its gate",
                "p.register",
            )
            refused(lambda: client.set_model_version_tag(model, "2", "baton.contract.holds", "true"), "INVALID_PARAMETER_VALUE")
            client.set_registered_model_alias(model, "trial", 2)
            assert client.get_registered_model(model).aliases == {"champion": "1", "challenger": "1", "trial": "2"}
            copied = client.copy_model_version(f"models:/{model}/1", unique("copy"))
            client.set_registered_model_alias(copied.name, "champion", 1)
            got = mlflow.pyfunc.load_model(f"models:/{copied.name}@champion").predict(frame().head(3))
            assert len(np.asarray(got["score"]).ravel()) == 3

    def scenario_every_write_is_in_the_audit_log():
        admin = (given["users"]["ben"]["password"] and ("ben", given["users"]["ben"]["password"]))

        def log(**query):
            answer = requests.get(url("/api/v1/audit"), params=query, auth=admin, timeout=30)
            assert answer.status_code == 200, answer.text
            return answer.json()["entries"]

        refused_champion = [e for e in log(who="ana") if e["action"] == "promote_models"]
        assert {e["outcome"] for e in refused_champion} == {"403 access.denied"}
        assert [e["outcome"] for e in log(who="eva", target=f"model {model}@2 alias champion")] == ["400 models.gate_required"]
        created = [e for e in log(who="ana", action="register_models") if e["route"].endswith("/registered-models/create")]
        assert created[0]["outcome"] == "done"
        assert created[0]["target"].startswith("model model-")
        import time

        time.sleep(2)
        metrics = [e for e in log(who="ana", action="write_runs") if e["route"].endswith("/log-metric")]
        assert metrics and metrics[0]["target"].startswith("run ")
        assert {e["who"] for e in log(limit=1000)} >= {"ana", "eva", "vic"}

    def scenario_page_signs_in_with_a_cookie():
        page = requests.Session()
        assert page.get(url("/api/v1/session"), timeout=30).json() == {"required": True, "may": []}
        wrong = page.post(url("/api/v1/session"), json={"user": "eva", "password": "wrong password"}, timeout=30)
        assert wrong.status_code == 401
        signed = page.post(url("/api/v1/session"), json={"user": "eva", "password": given["users"]["eva"]["token"]}, timeout=30)
        assert (signed.json()["user"], signed.json()["role"]) == ("eva", "engineer")
        cookie = signed.headers["set-cookie"]
        assert "HttpOnly" in cookie and "SameSite=Strict" in cookie, cookie
        assert page.get(url("/api/v1/session"), timeout=30).json()["user"] == "eva"
        assert page.get(url("/api/v1/project"), timeout=30).status_code == 200
        foreign = page.post(url("/api/2.0/mlflow/experiments/create"), json={"name": "x"}, headers={"Origin": "https://evil.example"}, timeout=30)
        assert foreign.status_code == 403, foreign.text
        copy = dict(page.cookies)
        page.delete(url("/api/v1/session"), timeout=30)
        assert requests.get(url("/api/v1/project"), cookies=copy, timeout=30).status_code == 401

    for name, scenario in list(locals().items()):
        if not name.startswith("scenario_"):
            continue
        error = None
        try:
            scenario()
        except Exception:
            error = traceback.format_exc()
        yield {"name": name, "error": error}


results = sys.stdout
with contextlib.redirect_stdout(sys.stderr):
    for outcome in work():
        print(json.dumps(outcome), file=results, flush=True)
