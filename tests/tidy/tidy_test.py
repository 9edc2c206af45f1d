"""That tidy.py catches what it promises: each planted breach must be named, the clean file must not."""
import pathlib
import subprocess
import sys
import tempfile

CLEAN = '''#include "daymark/base/bytes.h"
namespace daymark {
int f(int a) {
  if (a > 0) {
    return 1;
  }
  return 0;
}
}
'''
DEEP = "int f(int a) {\n" + "if (a) {\n" * 4 + "}\n" * 4 + "}\n"
PLANTED = {
    "upward": ("src/daymark/base/x.cc", '#include "daymark/order/order.h"\n', "stands below"),
    "folder": ("src/daymark/evidence/pki/x.cc", '#include "daymark/evidence/tpm/tpm_key.h"\n', "comes after it"),
    "reserved": ("src/daymark/monitor/x.cc", '#include "daymark/lanes/verifier.h"\n', "is reserved for"),
    "long file": ("src/daymark/base/x.cc", "\n" * 601, "file of"),
    "long function": ("src/daymark/base/x.cc", "int f() {\n" + "a();\n" * 61 + "}\n", "function of"),
    "nesting": ("src/daymark/base/x.cc", DEEP, "nested deeper"),
    "parameters": ("src/daymark/base/x.cc", "int f(int a, int b, int c, int d, int e, int g) {\n}\n", "6 parameters"),
    "columns": ("src/daymark/base/x.cc", "int a = " + "1" * 100 + ";\n", "columns"),
    "marker": ("src/daymark/base/x.cc", "// TO" "DO later\n", "left-over"),
    "path": ("script/x", "cd /wor" "k/main\n", "machine path"),
}


def run(name, content):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / name
        path.parent.mkdir(parents=True)
        path.write_text(content)
        tidy = pathlib.Path(__file__).with_name("tidy.py")
        done = subprocess.run([sys.executable, tidy, folder], capture_output=True, text=True)
        return done.returncode, done.stdout


def main():
    failed = []
    code, out = run("src/daymark/order/x.cc", CLEAN)
    if code != 0:
        failed.append(f"clean file refused: {out}")
    code, out = run("src/daymark/authority/x.cc", '#include "daymark/lanes/verifier.h"\n')
    if code != 0:
        failed.append(f"authority may not use lanes: {out}")
    for what, (name, content, expected) in PLANTED.items():
        code, out = run(name, content)
        if code == 0 or expected not in out:
            failed.append(f"{what} not caught: {out}")
    cycle = 'include cycle'
    with tempfile.TemporaryDirectory() as folder:
        base = pathlib.Path(folder) / "src/daymark/base"
        base.mkdir(parents=True)
        (base / "a.h").write_text('#include "daymark/base/b.h"\n')
        (base / "b.h").write_text('#include "daymark/base/a.h"\n')
        tidy = pathlib.Path(__file__).with_name("tidy.py")
        if cycle not in subprocess.run([sys.executable, tidy, folder], capture_output=True, text=True).stdout:
            failed.append("cycle not caught")
    for line in failed:
        print(line)
    print(f"{len(PLANTED) + 3 - len(failed)} passed, {len(failed)} failed")
    sys.exit(bool(failed))


main()
