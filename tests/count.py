"""Adds up what the suites counted: count.py RESULTS CTEST_LOG.

GoogleTest suites leave one JSON file each, script suites a text file NAME.count with
"passed failed skipped" and one line per skip's reason. A CTest entry that left neither counts as one.
"""
import json
import pathlib
import re
import sys


def of_gtest(path):
    data = json.loads(path.read_text())
    skipped = []
    for suite in data["testsuites"]:
        for test in suite["testsuite"]:
            if test.get("result") == "SKIPPED":
                reason = "; ".join(s.get("message", "").strip() for s in test.get("skipped", []))
                skipped.append(f'{suite["name"]}.{test["name"]}: {reason or "no reason given"}')
    failed = data["failures"] + data.get("errors", 0)
    return data["tests"] - failed - len(skipped), failed, skipped


def of_script(path):
    first, *reasons = path.read_text().splitlines()
    passed, failed, _ = (int(n) for n in first.split())
    return passed, failed, reasons


def main(results, log):
    results = pathlib.Path(results)
    passed = failed = 0
    skips = []
    counted = set()
    for path in sorted(results.iterdir()):
        part = of_gtest(path) if path.suffix == ".json" else of_script(path)
        passed, failed = passed + part[0], failed + part[1]
        skips += part[2]
        counted.add(path.stem.removesuffix("_test"))
    entry = re.compile(r"Test\s+#\d+: (\S+) \.+\s*(?:\*\*\*)?\s*(\w+)")
    for name, verdict in entry.findall(pathlib.Path(log).read_text(errors="replace")):
        if name in counted and verdict in ("Passed", "Failed"):
            continue
        passed, failed = passed + (verdict == "Passed"), failed + (verdict != "Passed")
    for skip in skips:
        print(f"skipped {skip}")
    print(f"{passed} passed, {failed} failed, {len(skips)} skipped")


main(*sys.argv[1:])
