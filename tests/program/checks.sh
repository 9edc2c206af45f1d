# What the scripts over the real binary count and how they end. Sourced; `work` is the script's folder, with its clock in it.
passed=0
failed=0
finish() { # [SKIP REASON…] : a count of its own, beside the unit tests of a module of the same name
  local name
  name=$(basename "$0" .sh)
  [ -z "${DAYMARK_RESULTS:-}" ] || printf '%s\n' "$passed $failed $#" "$@" >"$DAYMARK_RESULTS/$name.count"
  echo "$passed passed, $failed failed"
  [ "$failed" = 0 ]
}
json() { # STATUS FILTER COMMAND… : exit status, and one JSON document for which the filter holds
  local want=$1 filter=$2 got
  shift 2
  daymark --clock-file "$work/clock" "$@" --json >"$work/answer" 2>"$work/err"
  got=$?
  if [ "$got" = "$want" ] && jq -es "length == 1 and (.[0] | $filter)" "$work/answer" >/dev/null 2>&1; then passed=$((passed + 1)); else
    failed=$((failed + 1))
    echo "daymark $*: exit $got, expected $want: $(head -c 300 "$work/answer")"
    head -3 "$work/err"
  fi
}
refused() { json 3 ".error.name == \"$1\"" "${@:2}"; } # ERROR COMMAND…
