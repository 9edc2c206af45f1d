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


LISTS = "daymark_library(base CORE c.cc d.cc SOURCES a.cc b.cc TESTS a_test.cc b_test.cc)\n"
ONE = """namespace daymark {
namespace {
template <class T>
std::array<T, 3> twice(T x) {
  return {x, x, x};
}
constexpr std::size_t most = std::size_t{1} << 20U;
struct Case {
  int number() const { return 1; }
};
using Json = int;
}
int open();
}
"""
# What another source may declare beside ONE, and what it may not.
BESIDE = {
    "int inside() {\n  int most = 1;\n  return most;\n}\n": "",
    "using Json = int;\n": "",
    "using other::most;\n": "",
    "bool operator==(Other a, Other b) {\n  return true;\n}\n": "",
    "int most(int x) {\n  return x;\n}\n": "most",
    "constexpr std::array<int, 2> most{1, 2};\n": "most",
    "const auto most = [](int x) { return x; };\n": "most",
    "[[maybe_unused]] std::map<int, std::vector<int>> twice(int x);\n": "twice",
    "class Case {\n};\n": "Case",
    "enum class Case : int { one };\n": "Case",
}


def clash(paths, declaration, lists=LISTS):
    """What tidy.py says where the first path holds ONE and the second one declares something."""
    other = "namespace daymark {\nnamespace {\n" + declaration + "}\n}\n"
    with tempfile.TemporaryDirectory() as folder:
        base = pathlib.Path(folder) / "src/daymark/base"
        base.mkdir(parents=True)
        (base / "CMakeLists.txt").write_text(lists)
        for path, text in zip(paths, (ONE, other)):
            (base / path).write_text(text)
        tidy = pathlib.Path(__file__).with_name("tidy.py")
        return subprocess.run([sys.executable, tidy, folder], capture_output=True, text=True).stdout


def clashes():
    """(cases, failures) of names in anonymous namespaces."""
    most = "int most(int x) {\n  return x;\n}\n"
    alone = LISTS + "set_target_properties(daymark_base other PROPERTIES UNITY_BUILD OFF)\n"
    cases = [(("a.cc", "b.cc"), text, LISTS, name) for text, name in BESIDE.items()]
    cases += [(("a_test.cc", "b_test.cc"), most, LISTS, "most"), (("c.cc", "d.cc"), most, LISTS, "most"),
              (("a.cc", "c.cc"), most, LISTS, ""), (("a.cc", "a_test.cc"), most, LISTS, ""),
              (("a.cc", "b.cc"), most, alone, ""), (("a.cc", "unlisted.cc"), most, LISTS, "")]
    failed = []
    for paths, declaration, lists, name in cases:
        out = clash(paths, declaration, lists)
        right = f": {name} stands in an anonymous namespace of src/daymark/base/" in out if name else "stands in" not in out
        if not right:
            failed.append(f"{paths} with {declaration}: {out}")
    return len(cases), failed


def main():
    cases, failed = clashes()
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
    print(f"{len(PLANTED) + cases + 3 - len(failed)} passed, {len(failed)} failed")
    sys.exit(bool(failed))


main()
