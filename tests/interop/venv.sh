#!/bin/sh
# Makes the virtual environment with the real Python packages that the interop tests compare with.
set -eu
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
root=$here/../..
venv=$root/.venv-interop
wanted=$(cksum <"$here/requirements.txt")
[ -f "$venv/.installed" ] && [ "$(cat "$venv/.installed")" = "$wanted" ] && exit 0
python3 -m venv "$venv"
"$venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt"
echo "$wanted" >"$venv/.installed"
