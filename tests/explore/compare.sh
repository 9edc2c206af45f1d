#!/usr/bin/env bash
# What ideal signatures show is what Ed25519 shows: compare.sh EXPLORE EXPLORE_REAL. Fingerprints of all transitions are compared.
set -euo pipefail
for profile in enrolment:8 licences:4 late:4 custody:4; do
  arguments=(--profile "${profile%:*}" --states "${profile#*:}")
  ideal=$("$1" "${arguments[@]}" | grep -oE '[0-9a-f]{16}$')
  real=$("$2" "${arguments[@]}" | grep -oE '[0-9a-f]{16}$')
  [ "$ideal" = "$real" ] || { echo "${profile%:*}: ideal $ideal, real $real"; exit 1; }
  echo "${profile%:*}: $real"
done
