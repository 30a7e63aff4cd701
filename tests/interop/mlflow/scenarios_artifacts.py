"""Files of runs, through the server."""

import os
import pathlib
import subprocess
import sys
import tempfile

import mlflow
import requests
from common import client, new_run, refused_request, unique, url
from mlflow.artifacts import download_artifacts, load_dict, load_text


def written(folder, files):
    for path, content in files.items():
        target = pathlib.Path(folder, path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return folder


def read(folder):
    root = pathlib.Path(folder)
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def scenario_folder_goes_up_and_comes_down():
    files = {"a.txt": b"hello", "deep/er/b.bin": bytes(range(256)) * 5000, "deep/empty": b"", "ü ber.txt": b"odd"}
    run_id = new_run()
    with tempfile.TemporaryDirectory() as folder:
        client.log_artifacts(run_id, written(folder, files), "data")
    listed = client.list_artifacts(run_id, "data")
    assert [(entry.path, entry.is_dir, entry.file_size) for entry in listed if entry.path == "data/a.txt"] == [("data/a.txt", False, 5)]
    assert any(entry.path == "data/deep" and entry.is_dir for entry in listed)
    with tempfile.TemporaryDirectory() as folder:
        assert read(client.download_artifacts(run_id, "data", folder)) == files
    assert client.list_artifacts(run_id, "nothing") == []


def scenario_texts_dicts_and_figures():
    mlflow.set_experiment(unique("files"))
    with mlflow.start_run() as run:
        mlflow.log_text("line\n", "notes/note.txt")
        mlflow.log_dict({"a": [1, 2]}, "config.json")
        mlflow.log_table({"x": [1, 2], "y": ["a", "b"]}, "table.json")
        mlflow.log_table({"x": [3], "y": ["c"]}, "table.json")
    uri = run.info.artifact_uri
    assert load_text(f"{uri}/notes/note.txt") == "line\n"
    assert load_dict(f"{uri}/config.json") == {"a": [1, 2]}
    frame = mlflow.load_table("table.json", run_ids=[run.info.run_id])
    assert list(frame["x"]) == [1, 2, 3]
    assert {entry.path for entry in client.list_artifacts(run.info.run_id)} == {"notes", "config.json", "table.json"}


def scenario_file_is_replaced_whole():
    run_id = new_run()
    for content in ["first", "second and longer", "3"]:
        client.log_text(run_id, content, "state.txt")
        assert load_text(f"runs:/{run_id}/state.txt") == content


def scenario_artifacts_are_deleted():
    run_id = new_run()
    client.log_text(run_id, "1", "keep.txt")
    client.log_text(run_id, "2", "gone/file.txt")
    client.log_text(run_id, "3", "gone/deep/file.txt")
    repository = mlflow.store.artifact.artifact_repository_registry.get_artifact_repository(client.get_run(run_id).info.artifact_uri)
    repository.delete_artifacts("gone")
    assert [entry.path for entry in client.list_artifacts(run_id)] == ["keep.txt"]


def scenario_command_line_downloads():
    run_id = new_run()
    client.log_text(run_id, "by command", "deep/file.txt")
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "mlflow", "artifacts", "download", "-r", run_id, "-a", "deep", "-d", folder]
        subprocess.run(command, check=True, capture_output=True, env=dict(os.environ))
        assert pathlib.Path(folder, "deep", "file.txt").read_text() == "by command"


def scenario_large_file_goes_up_in_parts():
    run_id = new_run()
    content = os.urandom(25 * 1024 * 1024 + 7)
    limits = {
        "MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD": "true",
        "MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE": str(5 * 1024 * 1024),
        "MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE": str(5 * 1024 * 1024),
    }
    os.environ.update(limits)
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "large model.bin")
            path.write_bytes(content)
            client.log_artifact(run_id, str(path), "deep")
    finally:
        for name in limits:
            del os.environ[name]
    assert pathlib.Path(download_artifacts(run_id=run_id, artifact_path="deep/large model.bin")).read_bytes() == content
    assert [entry.path for entry in client.list_artifacts(run_id, "deep")] == ["deep/large model.bin"]


def scenario_part_upload_by_a_stranger_is_refused():
    run_id = new_run()
    root = client.get_run(run_id).info.artifact_uri.removeprefix("mlflow-artifacts:/")
    base = url("/api/2.0/mlflow-artifacts/mpu")
    upload = requests.post(f"{base}/create/{root}", json={"path": "f.bin", "num_parts": 1}, timeout=30).json()
    wrong = requests.put(
        f"{base}/part/{root}/other.bin", params={"upload_id": upload["upload_id"], "part_number": 1}, data=b"x", timeout=30
    )
    refused_request(wrong, 400, "INVALID_PARAMETER_VALUE", "no such upload")
    done = requests.post(
        f"{base}/complete/{root}",
        json={"path": "f.bin", "upload_id": upload["upload_id"], "parts": [{"part_number": 1, "etag": "0" * 64}]},
        timeout=30,
    )
    refused_request(done, 400, "INVALID_PARAMETER_VALUE", "part 1 is not there")
    for _ in range(2):
        assert requests.post(f"{base}/abort/{root}", json={"path": "f.bin", "upload_id": upload["upload_id"]}, timeout=30).status_code == 200
    assert client.list_artifacts(run_id) == []


def scenario_paths_out_of_the_store_are_refused():
    base = url("/api/2.0/mlflow-artifacts/artifacts")
    session = requests.Session()
    for path in ["..%2f..%2fetc%2fpasswd", "a%2f..%2f..%2fb", "%2fetc%2fpasswd", "a%5c..%5cb", "a%00b", "a%2f%2fb", "%2e%2e%2fx"]:
        for method in ["GET", "PUT", "DELETE"]:
            request = requests.Request(method, f"{base}/x", data=b"x" if method == "PUT" else None).prepare()
            request.url = f"{base}/{path}"
            response = session.send(request, timeout=30)
            assert response.status_code in (400, 404), f"{method} {path}: {response.status_code}"
            assert response.json()["error_code"] in ("INVALID_PARAMETER_VALUE", "RESOURCE_DOES_NOT_EXIST", "BAD_REQUEST"), response.text
    refused_request(requests.get(base, params={"path": "../.."}, timeout=30), 400, "INVALID_PARAMETER_VALUE", "Invalid path")
    run_id = new_run()
    listed = requests.get(url("/api/2.0/mlflow/artifacts/list"), params={"run_id": run_id, "path": "../../.."}, timeout=30)
    refused_request(listed, 400, "INVALID_PARAMETER_VALUE", "Invalid path")
    got = requests.get(url("/get-artifact"), params={"run_id": run_id, "path": "../../../baton.db"}, timeout=30)
    refused_request(got, 400, "INVALID_PARAMETER_VALUE", "Invalid path")


def scenario_downloads_are_never_pages():
    run_id = new_run()
    client.log_text(run_id, "<script>alert(1)</script>", "page.html")
    got = requests.get(url("/get-artifact"), params={"run_id": run_id, "path": "page.html"}, timeout=30)
    assert got.text.startswith("<script>")
    assert got.headers["Content-Disposition"].startswith("attachment; filename=")
    assert got.headers["X-Content-Type-Options"] == "nosniff" and got.headers["Content-Type"].startswith("text/html")
    part = requests.get(url("/get-artifact"), params={"run_id": run_id, "path": "page.html"}, headers={"Range": "bytes=1-6"}, timeout=30)
    assert part.status_code == 206 and part.text == "script" and part.headers["Content-Range"] == "bytes 1-6/25"
    missing = requests.get(url("/get-artifact"), params={"run_id": run_id, "path": "no.html"}, timeout=30)
    refused_request(missing, 404, "RESOURCE_DOES_NOT_EXIST")
    listed = requests.get(url("/api/2.0/mlflow/artifacts/list"), params={"run_id": run_id}, timeout=30).json()
    assert listed["files"] == [{"path": "page.html", "is_dir": False, "file_size": 25}]
    assert listed["root_uri"] == client.get_run(run_id).info.artifact_uri


def scenario_folder_is_no_file():
    run_id = new_run()
    client.log_text(run_id, "1", "folder/file.txt")
    root = client.get_run(run_id).info.artifact_uri.removeprefix("mlflow-artifacts:/")
    base = url(f"/api/2.0/mlflow-artifacts/artifacts/{root}")
    refused_request(requests.get(f"{base}/folder", timeout=30), 400, "INVALID_PARAMETER_VALUE", "is a folder")
    refused_request(requests.put(f"{base}/folder", data=b"x", timeout=30), 409, "RESOURCE_CONFLICT")
    refused_request(requests.put(f"{base}/folder/file.txt/deeper", data=b"x", timeout=30), 409, "RESOURCE_CONFLICT")
    refused_request(requests.get(f"{base}/nothing", timeout=30), 404, "RESOURCE_DOES_NOT_EXIST")
