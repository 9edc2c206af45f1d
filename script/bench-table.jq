# bench.json as an aligned table.
def digits: if . == null then "" elif . >= 100 then (. | round | tostring)
  elif . >= 10 then ((. * 10 | round) / 10 | tostring) else ((. * 1000 | round) / 1000 | tostring) end;
def left(n): . + (" " * ([n - length, 0] | max));
def right(n): (" " * ([n - length, 0] | max)) + .;
def rate: (.unit | startswith("1/s")) or .unit == "ratio";
def measured: if .value != null then .value else .p50 end;
def verdict: if .goal == null then "" elif (if rate then measured >= .goal else measured <= .goal end) then "met" else "missed" end;
"\(.cpu), \(.cores) cores, load \(.load), \(.time)\(if .quick then ", QUICK: too few samples to mean anything" else "" end)",
"",
(("figure" | left(62)) + ("value" | right(9)) + ("p50" | right(9)) + ("p99" | right(9)) + "  " + ("unit" | left(11))
  + ("samples" | right(8)) + ("goal" | right(8)) + "  " + ("" | left(7)) + " command"),
(.figures[] | (.what | left(62)) + (.value | digits | right(9)) + (.p50 | digits | right(9)) + (.p99 | digits | right(9)) + "  "
  + (.unit | left(11)) + (.samples | tostring | right(8)) + (.goal | digits | right(8)) + "  " + (verdict | left(7)) + " " + .command)
