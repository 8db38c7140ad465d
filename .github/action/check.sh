#!/usr/bin/env bash
# What action.yml runs: judges, writes annotations, the job summary, reports and outputs, and ends
# with the exit code of the check. Every value comes by the environment; documents are data only.
set -euo pipefail

# GitHub refuses a whole summary above 1 MiB, and does not say so in the log.
REPORT_BYTES=600000
DIFF_BYTES=300000

folder="$(mktemp -d "$RUNNER_TEMP/ctpat-policy-reports-XXXXXX")"
options=("--fail-on=$FAIL_ON")
# A cache that other jobs of the machine can write could forge a verdict: this one is new.
CTPAT_POLICY_CACHE="$(mktemp -d "$RUNNER_TEMP/ctpat-policy-cache-XXXXXX")/judged.sqlite"
export CTPAT_POLICY_CACHE

main() {
  local code=0
  # `=` keeps a value that begins with a dash a value.
  if [[ -n "$TODAY" ]]; then options+=("--today=$TODAY"); fi
  if [[ -n "$SINCE" ]]; then options+=("--since=$SINCE"); fi
  if [[ -n "$TRUST" ]]; then options+=("--trust=$TRUST"); fi
  targets
  "$CTPAT_POLICY" check "${options[@]}" -- "$POLICY_PATH" 2> "$folder/errors.txt" || code=$?
  show "$folder/errors.txt" "Messages"
  show "$folder/report.txt" "Report"
  summary "$code"
  if [[ -n "$SINCE" ]]; then difference; fi
  outputs "$code"
  return "$code"
}

# Annotations go to standard output, all other reports into the folder.
targets() {
  local wanted format file
  options+=("--report=github" "--report=text=$folder/report.txt"
    "--report=markdown=$folder/report.md" "--report=json=$folder/report.json"
    "--report=junit=$folder/report.xml")
  while read -r wanted; do # which takes the blanks around it away
    if [[ -n "$wanted" ]]; then
      read -r format <<< "${wanted%%=*}"
      read -r file <<< "${wanted#*=}"
      # Without a file it ends in a slash, which is refused.
      options+=("--report=$format=$folder/$(basename -- "${file:-}")")
    fi
  done <<< "${REPORTS//$'\r'/}"
}

# Text in the log, where the runner must not take a word of it for a command.
show() {
  local token
  if [[ -s "$1" ]]; then
    token="$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')"
    printf '::group::%s\n::stop-commands::%s\n' "$2" "$token"
    cat "$1"
    printf '\n::%s::\n::endgroup::\n' "$token"
  fi
}

summary() {
  if [[ -f "$folder/report.md" ]]; then
    cut_at "$REPORT_BYTES" "$folder/report.md" >> "$GITHUB_STEP_SUMMARY"
  else
    printf '## ctpat-policy\n\nNo judgement (exit %s): see the log of this step.\n' "$1" \
      >> "$GITHUB_STEP_SUMMARY"
    printf '::error title=ctpat-policy::no judgement (exit %s), see the log of this step\n' "$1"
  fi
}

# What the change does to compliance. It only informs: `check --since` has failed the step or not.
difference() {
  local asked=("--root=$POLICY_PATH" "--report=markdown=$folder/diff.md")
  if [[ -n "$TODAY" ]]; then asked+=("--today=$TODAY"); fi
  "$CTPAT_POLICY" diff "${asked[@]}" -- "$SINCE" 2> "$folder/errors.txt" || true
  show "$folder/errors.txt" "Messages of the comparison"
  if [[ -f "$folder/diff.md" ]]; then
    {
      echo
      cut_at "$DIFF_BYTES" "$folder/diff.md"
    } >> "$GITHUB_STEP_SUMMARY"
  fi
}

# A file, or its first lines and a word on the rest.
cut_at() {
  if (($(wc -c < "$2") <= $1)); then
    cat "$2"
  else
    head -c "$1" "$2" | sed '$d'
    printf '\n\nCut here; the reports of this run have all of it.\n'
  fi
}

outputs() {
  {
    echo "exit-code=$1"
    echo "must-gaps=$(must_gaps)"
    echo "reports=$folder"
    echo "junit=$folder/report.xml"
    echo "json=$folder/report.json"
    echo "markdown=$folder/report.md"
  } >> "$GITHUB_OUTPUT"
}

must_gaps() {
  if [[ -f "$folder/report.json" ]]; then
    "$(dirname "$CTPAT_POLICY")/python" -I - "$folder/report.json" << 'PYTHON'
import json
import sys
from pathlib import Path

rows = json.loads(Path(sys.argv[1]).read_text("ascii"))["rows"]
print(sum(row["level"] == "must" and row["outcome"] in ("failure", "error") for row in rows))
PYTHON
  fi
}

main
