"""Names in anonymous namespaces that two sources of one target share: they clash where sources are compiled together (unity builds)."""
import re

ATTRIBUTE = re.compile(r"\[\[.*?\]\]", re.S)
TYPE = re.compile(r"\b(?:class|struct|union|enum(?:\s+class|\s+struct)?|concept)\s+(\w+)")
ALIAS = re.compile(r"using\s+\w+\s*=")
NAME = re.compile(r"([A-Za-z_]\w*)\s*(?:\[.*)?$", re.S)
MACRO = re.compile(r"[A-Z][A-Z0-9_]*$")


def without_template(head):
    """The head behind `template <…>` and `requires …`, attributes left out."""
    head = ATTRIBUTE.sub("", head).strip()
    while head.startswith("template"):
        depth = 0
        for at, char in enumerate(head):
            depth += (char == "<") - (char == ">")
            if char == ">" and depth == 0:
                head = re.sub(r"^requires\s+[\w:]+(<[^>]*>)?", "", head[at + 1:].strip()).strip()
                break
        else:
            return ""
    return head


def outside_angles(head):
    """`head` with what stands in angle brackets taken out, so that `f(` is the function's own."""
    last = None
    while last != head:
        last, head = head, re.sub(r"<[^<>()]*>", "", head)
    return head


def declared(head):
    """The name that a declaration of namespace scope declares, or None: using-declarations, members, operators, macros."""
    head = without_template(head)
    if ALIAS.match(head) or not re.match(r"[A-Za-z_:]", head):
        return None  # the same alias may stand twice; else the rest of an initializer
    if re.match(r"(using|namespace|friend|static_assert|extern|return)\b", head):
        return None
    if match := TYPE.match(head):
        return match.group(1)
    head = re.split(r"(?<!operator)=", head, maxsplit=1)[0]
    part = re.split(r"[({]", outside_angles(head), maxsplit=1)[0].strip()
    match = NAME.search(part)
    if not match or "operator" in part or MACRO.match(match.group(1)):
        return None
    before = part[:match.start()].rstrip()
    return match.group(1) if before and not before.endswith("::") else None


def names(code):
    """(enclosing namespace, name, line) of each declaration in an anonymous namespace; `code` without comments and strings."""
    scopes = []  # the name of a namespace, "" an anonymous one, None anything else
    last = parentheses = 0
    for at, char in enumerate(code):
        parentheses += (char == "(") - (char == ")")
        if char not in "{};" or (parentheses and char == ";"):
            continue
        head = code[last:at].strip()
        line = code.count("\n", 0, at - len(code[last:at].lstrip())) + 1
        inside = bool(scopes) and scopes[-1] == ""
        if char == "{":
            space = re.fullmatch(r"(?:inline\s+)?namespace\s*([\w:]*)", head)
            if inside and not space and (name := declared(head)):
                yield "::".join(s for s in scopes if s), name, line
            scopes.append(space.group(1) if space else None)
        elif char == "}":
            scopes = scopes[:-1]
        elif inside and head and (name := declared(head)):
            yield "::".join(s for s in scopes if s), name, line
        last = at + 1


class Targets:
    """Which target compiles a source together with others, by the CMakeLists.txt of its folder."""

    def __init__(self, root):
        self.root, self.folders = root, {}

    def of(self, path):
        """None for what is compiled alone: no library's or program's, or UNITY_BUILD OFF."""
        folder, _, name = path.rpartition("/")
        if not name.endswith(".cc"):
            return None
        if folder not in self.folders:
            lists = self.root / folder / "CMakeLists.txt"
            self.folders[folder] = self.read(lists.read_text() if lists.is_file() else "")
        return self.folders[folder].get(name, self.folders[folder].get("*"))

    @staticmethod
    def read(text):
        alone = {name for group in re.findall(r"set_target_properties\(([^)]*?)PROPERTIES\s+UNITY_BUILD\s+OFF", text) for name in group.split()}
        out = {}
        for body in re.findall(r"daymark_library\(([^)]*)\)", text):
            module, kind = body.split()[0], None
            targets = {"CORE": f"daymark_{module}_core", "SOURCES": f"daymark_{module}", "TESTS": f"{module}_test"}
            for word in body.split()[1:]:
                kind = word if word.isupper() else kind
                if word.endswith(".cc") and targets.get(kind) and targets[kind] not in alone:
                    out[word] = targets[kind]
        for target, body in re.findall(r"add_(?:executable|library)\((\w+)([^)]*)\)", text):
            files = [word for word in body.split() if word.endswith(".cc")] + ["*"] * ("${sources}" in body)
            out.update((file, target) for file in files if target not in alone)
        return out


class Clashes:
    """Takes source after source and tells the names that another of its target has declared."""

    def __init__(self, root):
        self.targets, self.first = Targets(root), {}

    def check(self, path, code):
        target = self.targets.of(path)
        if target is None:
            return
        for space, name, line in names(code):
            other = self.first.setdefault((target, space, name), path)
            if other != path:
                yield line, f"{name} stands in an anonymous namespace of {other}, too"
