#!/bin/bash
# Ten thousand evidences in one call: one JSON document, and less than 100 MB of memory.
#   many_evidences.sh SOURCE_DIR PROGRAM_DIR
set -euo pipefail
cd "$1"
python3 - "$2/daymark" <<'PY'
import json, resource, subprocess, sys
h100 = "data/evidence/nvidia/h100-550.90.07"
count, most_kib = 10_000, 100_000_000 // 1024
command = [sys.argv[1], "evidence", "verify", "--json", "--chain", h100 + "/chain.pem", "--as-of", "2025-08-21T12:00:00Z"]
done = subprocess.run(command + [h100 + "/report.hex"] * count, stdout=subprocess.PIPE, check=False)
used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
items = json.loads(done.stdout)["items"]
good = done.returncode == 0 and len(items) == count and all(one["verdict"] == "genuine" for one in items)
print(f"many evidences: {len(items)} verdicts, {used} KiB at most")
sys.exit(0 if good and used < most_kib else 1)
PY
