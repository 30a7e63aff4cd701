"""Runs every scenario of this folder in one process, as importing mlflow takes seconds.

A scenario is a function `scenario_<what>` in a file `scenarios_<of_what>.py`; it asserts, and raises when something is
not as it should be. One JSON line for each: its name, whether it held, and what was wrong.
"""

import contextlib
import importlib
import json
import pathlib
import sys
import time
import traceback

here = pathlib.Path(__file__).parent
sys.path.insert(0, str(here))


def main():
    wanted = set(sys.argv[1:])
    # Whatever mlflow prints goes to stderr: stdout is for the results.
    results = sys.stdout
    with contextlib.redirect_stdout(sys.stderr):
        for file in sorted(here.glob("scenarios_*.py")):
            module = importlib.import_module(file.stem)
            for name, scenario in list(vars(module).items()):
                if not name.startswith("scenario_") or (wanted and name not in wanted):
                    continue
                started = time.monotonic()
                error = None
                try:
                    scenario()
                except Exception:
                    error = traceback.format_exc()
                finally:
                    end_runs()
                seconds = round(time.monotonic() - started, 3)
                print(json.dumps({"name": name, "seconds": seconds, "error": error}), file=results, flush=True)


def end_runs():
    """What a scenario that failed has left open would be found by the next one."""
    import mlflow

    mlflow.sklearn.autolog(disable=True)
    while mlflow.active_run() is not None:
        mlflow.end_run()


main()
