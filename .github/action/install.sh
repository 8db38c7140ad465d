#!/usr/bin/env bash
# Installs this copy of ctpat-policy into an environment of its own below $RUNNER_TEMP, never what
# the checkout holds: -I keeps a pip.py or yaml.py beside the documents from being imported.
set -euo pipefail

folder="$(mktemp -d "$RUNNER_TEMP/ctpat-policy-XXXXXX")"
python3 -I -m venv "$folder"
"$folder/bin/python" -I -m pip install --quiet --disable-pip-version-check "$ACTION_PATH"
echo "command=$folder/bin/ctpat-policy" >> "$GITHUB_OUTPUT"
