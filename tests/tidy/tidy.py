"""The rules of the house that a compiler doesn't know: tidy.py ROOT.

Module order without upward edges or cycles, reserved modules, file <= 600 lines, function <= 60,
nesting <= 3, parameters <= 5, line <= 100 columns, no left-over markers, no absolute machine paths,
no name in anonymous namespaces of two sources of one target.
Prints each breach as FILE:LINE: rule and ends with "N passed, M failed".
"""
import pathlib
import re
import subprocess
import sys

from anonymous import Clashes

FILE_LINES, FUNCTION_LINES, NESTING, PARAMETERS, COLUMNS = 600, 60, 3, 5, 100
MODULES = ("base crypto cbor tlog order ledger ranging governor geo catalog evidence locate usage "
           "bundle report net store token tpm device lanes witness monitor authority beacon agent gate redteam audit twin").split()
MARKERS = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b")
PATHS = re.compile(r"(^|[^\w.$}])/(wor[k]|ho[m]e|roo[t]|Use[r]s)/")
# Modules that only these folders may include: nothing that proves may rest on them.
RESERVED = {"lanes": ("src/daymark/lanes", "src/daymark/authority", "bench", "fuzz")}
# Folders of a module, each using only those before it and what lies beside the folders. Tests may
# use any.
FOLDERS = {"evidence": "pki tokens tpm models nvidia governor".split()}
INCLUDE = re.compile(r'^\s*#\s*include\s+"(daymark/([a-z]+)/[^"]+)"', re.M)
TYPE_HEAD = re.compile(r"^(template\s*<.*>\s*)?(class|struct|union|enum)\b")
BLOCK_BEFORE = re.compile(r"(\)|\belse|\bdo|\btry|[;{}:]|\bmutable|\bnoexcept|\bconst|\boverride|->\s*[\w:<>,\s*&]+)$")


def tracked(root):
    names = subprocess.run(["git", "-C", root, "ls-files", "-co", "--exclude-standard"],
                           capture_output=True, text=True)
    if names.returncode == 0:
        return [n for n in names.stdout.splitlines() if (root / n).is_file()]
    return [str(p.relative_to(root)) for p in root.rglob("*") if p.is_file() and "build" not in p.parts]


def blank(match):
    return re.sub(r"[^\n]", " ", match.group(0))


def stripped(text):
    """The code without comments, strings and preprocessor lines; line numbers stay."""
    token = re.compile(r'//[^\n]*|/\*.*?\*/|R"([^(\s]*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', re.S)
    text = re.sub(r"(?<=[0-9a-fA-F])'(?=[0-9a-fA-F])", "", text)
    text = token.sub(lambda m: blank(m) if m.group(0).startswith("/") else '"' + blank(m)[1:-1] + '"', text)
    return re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", blank, text, flags=re.M)


def parameters(head):
    """Number of parameters of a function head, or 0 where none can be told."""
    start = head.find("(")
    if re.search(r"operator\s*\(\s*\)\s*\(", head):
        start = head.find("(", head.find("(") + 1)
    depth = count = 0
    used = False
    for char in head[start:]:
        depth += char in "([{<"
        depth -= char in ")]}>"
        used |= depth >= 1 and not char.isspace() and char not in "()"
        count += depth == 1 and char == ","
        if depth == 0:
            break
    return count + 1 if used else 0


class Shapes:
    """Finds functions by their braces: a ruler, not a parser."""

    def __init__(self, text):
        self.breaches = []
        self.scopes = []  # (kind, line, depth of nesting, head)
        self.scan(stripped(text))

    def scan(self, code):
        line, last = 1, 0
        for at, char in enumerate(code):
            if char == "\n":
                line += 1
            if char == "{":
                self.open(code[last:at].strip(), line)
                last = at + 1
            elif char == "}":
                self.close(line)
                last = at + 1
            elif char == ";":
                last = at + 1 if not self.in_parentheses(code[last:at]) else last

    @staticmethod
    def in_parentheses(part):
        return part.count("(") > part.count(")")

    def open(self, head, line):
        function = next((s for s in reversed(self.scopes) if s[0] == "function"), None)
        if function:
            block = self.scopes[-1][0] != "braces" and (not head or BLOCK_BEFORE.search(head))
            nesting = self.scopes[-1][2] + 1 if block else self.scopes[-1][2]
            if block and nesting == NESTING + 1:
                self.breaches.append((line, f"nested deeper than {NESTING}"))
            self.scopes.append(("block" if block else "braces", line, nesting, head))
            return
        first_line = line - head.count("\n")
        plain = re.sub(r"\[\[.*?\]\]", "", head)
        if plain.startswith("namespace") or plain.startswith("extern") and "(" not in plain:
            kind = "namespace"
        elif TYPE_HEAD.match(plain) and not plain.endswith(")"):
            kind = "type"
        elif "(" in plain and not re.search(r"=\s*$", plain):
            kind = "function"
            if (count := parameters(plain)) > PARAMETERS:
                self.breaches.append((first_line, f"{count} parameters, limit {PARAMETERS}"))
        else:
            kind = "braces"
        self.scopes.append((kind, first_line, 0, head))

    def close(self, line):
        if not self.scopes:
            return
        kind, first, _, _ = self.scopes.pop()
        if kind == "function" and line - first + 1 > FUNCTION_LINES:
            self.breaches.append((first, f"function of {line - first + 1} lines, limit {FUNCTION_LINES}"))


def check_shape(name, text):
    lines = text.splitlines()
    if len(lines) > FILE_LINES:
        yield len(lines), f"file of {len(lines)} lines, limit {FILE_LINES}"
    for number, line in enumerate(lines, 1):
        if len(line) > COLUMNS and "http" not in line:
            yield number, f"line of {len(line)} columns, limit {COLUMNS}"
    yield from Shapes(text).breaches


def check_order(name, text):
    parts = name.split("/")
    if parts[:2] != ["src", "daymark"]:
        return
    rank = MODULES.index(parts[2])
    for match in INCLUDE.finditer(text):
        if MODULES.index(match.group(2)) > rank:
            line = text.count("\n", 0, match.start()) + 1
            yield line, f"module {parts[2]} includes {match.group(1)}, which stands below it"


def check_folders(name, text):
    parts = name.split("/")
    ranks = FOLDERS.get(parts[2] if parts[:2] == ["src", "daymark"] else "", [])
    if len(parts) < 5 or name.endswith("_test.cc") or parts[3] not in ranks:
        return
    for match in INCLUDE.finditer(text):
        other = match.group(1).split("/")
        if other[1] == parts[2] and other[2] in ranks and ranks.index(other[2]) > ranks.index(parts[3]):
            line = text.count("\n", 0, match.start()) + 1
            yield line, f"folder {parts[3]} includes {match.group(1)}, whose folder comes after it"


def check_reserved(name, text):
    for match in INCLUDE.finditer(text):
        folders = RESERVED.get(match.group(2))
        if folders and not any(name.startswith(folder + "/") for folder in folders):
            line = text.count("\n", 0, match.start()) + 1
            yield line, f"{match.group(1)} is reserved for {', '.join(folders)}"


def check_words(name, text):
    for number, line in enumerate(text.splitlines(), 1):
        if MARKERS.search(line):
            yield number, "left-over marker"
        if PATHS.search(line):
            yield number, "absolute machine path"


def cycles(graph):
    """One include cycle as a list of files, or None."""
    state = {}

    def visit(node, trail):
        state[node] = "open"
        for other in graph.get(node, ()):
            if state.get(other) == "open":
                return trail[trail.index(other):] + [other] if other in trail else [node, other]
            if other not in state and (found := visit(other, trail + [other])):
                return found
        state[node] = "done"
        return None

    for node in list(graph):
        if node not in state and (found := visit(node, [node])):
            return found
    return None


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    failed = passed = 0
    graph, clashes = {}, Clashes(root)
    for name in tracked(root):
        if name.startswith(("build/", "out/", "data/", "tests/vectors/")):
            continue
        try:
            text = (root / name).read_text()
        except UnicodeDecodeError:
            continue
        code = name.endswith((".h", ".cc", ".c"))
        breaches = list(check_words(name, text))
        if code:
            breaches += list(check_shape(name, text)) + list(check_order(name, text)) + list(check_folders(name, text)) + list(check_reserved(name, text))
            breaches += list(clashes.check(name, stripped(text)))
            graph[name] = ["src/" + m.group(1) for m in INCLUDE.finditer(text)]
        for line, rule in breaches:
            print(f"{name}:{line}: {rule}")
        failed += len(breaches)
        passed += not breaches
    if cycle := cycles(graph):
        print("include cycle: " + " -> ".join(cycle))
        failed += 1
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed > 0)


main()
