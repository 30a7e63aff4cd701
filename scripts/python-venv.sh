#!/bin/sh
# Makes a virtual environment from a list of requirements, once: python-venv.sh .venv-interop tests/interop/requirements.txt
set -eu
root=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
venv=$root/$1
requirements=$root/$2
wanted=$(cksum <"$requirements")
[ -f "$venv/.installed" ] && [ "$(cat "$venv/.installed")" = "$wanted" ] && exit 0
python3 -m venv "$venv"
"$venv/bin/pip" install --quiet --disable-pip-version-check -r "$requirements" >&2
echo "$wanted" >"$venv/.installed"
