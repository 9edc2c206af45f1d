"""Adds up what the suites counted: count.py RESULTS CTEST_LOG.

GoogleTest suites leave one XML file each, script suites a text file NAME.count with
"passed failed skipped" and one line per skip's reason. A CTest entry that left neither counts as one.
"""
import pathlib
import re
import sys
import xml.etree.ElementTree as xml


def of_gtest(path):
    root = xml.parse(path).getroot()
    skipped = []
    for test in root.iter("testcase"):
        for skip in test.iter("skipped"):
            # The first line says where, the rest why.
            reason = " ".join(skip.get("message", "").splitlines()[1:])
            skipped.append(f'{test.get("classname")}.{test.get("name")}: {reason or "no reason given"}')
    failed = int(root.get("failures")) + int(root.get("errors"))
    return int(root.get("tests")) - failed - len(skipped), failed, skipped


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
        part = of_gtest(path) if path.suffix == ".xml" else of_script(path)
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
