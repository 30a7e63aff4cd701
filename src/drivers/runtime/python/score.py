"""Scores batches for Baton with mlflow.pyfunc. Speaks over its standard streams; models are opened here, and only here.

A message is one line of JSON, followed by as many bytes as its "bytes" field says. Numbers are float64, little-endian;
text columns are a JSON list.
"""

import json
import os
import sys


def main() -> int:
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # What a model prints must not mix with the answers.
    requests = sys.stdin.buffer

    def answer(message, payload=b""):
        message["bytes"] = len(payload)
        answers.write(json.dumps(message).encode() + b"\n" + payload)
        answers.flush()

    try:
        import mlflow.pyfunc
        import numpy
        import pandas
    except ImportError as error:
        answer({"error": "import", "message": str(error)})
        return 1
    try:
        model = mlflow.pyfunc.load_model(sys.argv[1])
    except Exception as error:
        answer({"error": "load", "message": f"{type(error).__name__}: {error}"})
        return 1
    schema = model.metadata.get_input_schema()
    inputs = None
    if schema is not None and schema.has_input_names():
        inputs = [
            {"name": column.name, "type": getattr(column.type, "name", str(column.type)), "required": getattr(column, "required", True)}
            for column in schema.inputs
        ]
    answer({"ready": True, "inputs": inputs})

    while line := requests.readline():
        request = json.loads(line)
        columns = {}
        for column in request["columns"]:
            payload = requests.read(column["bytes"])
            if column["kind"] == "text":
                columns[column["name"]] = json.loads(payload)
            else:
                values = numpy.frombuffer(payload, dtype="<f8")
                kind = column["kind"]
                if kind in ("integer", "long") and not numpy.isnan(values).any():
                    values = values.astype("int32" if kind == "integer" else "int64")
                elif kind == "boolean" and not numpy.isnan(values).any():
                    values = values.astype(bool)
                elif kind == "float":
                    values = values.astype("float32")
                elif kind == "datetime":
                    values = pandas.to_datetime(values, unit="s")
                columns[column["name"]] = values
        try:
            frame = pandas.DataFrame(columns)
            scores = to_scores(model.predict(frame), numpy)
            if scores.shape != (request["rows"],):
                raise ValueError(f"the model gave an answer of shape {scores.shape} for {request['rows']} rows")
            answer({"ok": True}, scores.tobytes())
        except Exception as error:
            answer({"error": "predict", "message": f"{type(error).__name__}: {error}"})
    return 0


def to_scores(result, numpy):
    """One float per row: a vector, or the last column of a matrix with a probability for each class."""
    if isinstance(result, dict):
        result = next(iter(result.values()))
    values = numpy.asarray(getattr(result, "values", result), dtype="<f8")
    return values[:, -1].copy() if values.ndim == 2 else values


if __name__ == "__main__":
    sys.exit(main())
