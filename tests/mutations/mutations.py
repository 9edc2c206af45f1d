"""Plants one fault after the other into the core and says what noticed: mutations.py ROOT BUILD [WORD…].

BUILD is a configured tree in which `explore`, `governor_test` and `base_test` were built. The tree itself stays untouched: each fault
is compiled from a copy of its one source and linked before the libraries. The exploration is asked first, the tests where it saw
nothing. WORDs choose faults by their names; A:B takes the faults from A to before B. Prints a table for docs/exploration.md and the
seconds it took; ends with 1 where a fault went unnoticed.
"""
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile
import time

from faults import FAULTS

EXPLORED = re.compile(r"BROKEN ([^:]+):")
FAILED = re.compile(r"\[  FAILED  \] (\w+\.\w+)")
LIMIT = 240
EXPLORE = ["--stop-at", "1", "--states", "80"]


class Tree:
    def __init__(self, root, build, work):
        self.root, self.build, self.work = root, build, work
        self.commands = {}

    def command(self, target, ending):
        """The last command of a target's build whose output ends so."""
        if target not in self.commands:
            lines = subprocess.run(["ninja", "-C", self.build, "-t", "commands", target], check=True, capture_output=True, text=True)
            self.commands[target] = [line for line in lines.stdout.splitlines() if " -o " in line]
        return [line for line in self.commands[target] if re.search(r"-o \S*" + re.escape(ending) + r"( |$)", line)][-1]

    def compile(self, source):
        command = self.command("governor_test", pathlib.Path(source).name + ".o")
        copy, out = self.work / pathlib.Path(source).name, self.work / "fault.o"
        words = [w for w in shlex.split(command) if w not in ("-MD", "-Werror")]
        words = [w for i, w in enumerate(words) if w not in ("-MT", "-MF") and (i == 0 or words[i - 1] not in ("-MT", "-MF"))]
        words[words.index("-o") + 1] = str(out)
        words[words.index("-c") + 1] = str(copy)
        words.insert(words.index("-c"), f"-I{self.root / 'src/daymark' / pathlib.Path(source).parent}")
        words.insert(words.index("-c"), "-w")
        return subprocess.run(words, cwd=self.build, capture_output=True, text=True)

    def link(self, target):
        """The program with the faulty source in the place of the library's."""
        program = self.work / target
        command = self.command(target, "/" + target)
        words = shlex.split(command.removeprefix(": && ").removesuffix(" && :"))
        words[words.index("-o") + 1] = str(program)
        words.insert(words.index("-o"), str(self.work / "fault.o"))
        return subprocess.run(words, cwd=self.build, capture_output=True, text=True), program


def run(program, arguments):
    try:
        done = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=LIMIT)
    except subprocess.TimeoutExpired:
        return "ran too long", ""
    return ("" if done.returncode == 0 else "stopped"), done.stdout


def noticed(tree, target):
    linked, program = tree.link(target)
    if linked.returncode != 0:
        raise RuntimeError(linked.stderr[-400:])
    if target == "explore":
        ended, text = run(program, EXPLORE)
        return EXPLORED.search(text).group(1) if EXPLORED.search(text) else ended
    ended, text = run(program, ["--gtest_brief=1", "--gtest_fail_fast"])
    return f"`{FAILED.search(text).group(1)}`" if FAILED.search(text) else ended


def plant(tree, fault):
    name, source, old, new = fault
    text = (tree.root / "src/daymark" / source).read_text()
    if text.count(old) < 1:
        raise RuntimeError(f"{source} has not: {old}")
    (tree.work / pathlib.Path(source).name).write_text(text.replace(old, new, 1))
    compiled = tree.compile(source)
    if compiled.returncode != 0:
        raise RuntimeError(compiled.stderr[-600:])
    if source.startswith("base/"):
        return ["", noticed(tree, "base_test")]
    explored = noticed(tree, "explore")
    return [explored, "" if explored else noticed(tree, "governor_test")]


def main(root, build, words):
    start, missed = time.monotonic(), 0
    for program, arguments in (("tests/explore/explore", EXPLORE), ("src/daymark/governor/governor_test", ["--gtest_brief=1"])):
        if run(build / program, arguments)[0]:
            sys.exit(f"{program} fails without any fault")
    chosen = [f for f in FAULTS if not words or any(w in f[0] for w in words)]
    if len(words) == 1 and re.fullmatch(r"\d+:\d+", words[0]):
        chosen = FAULTS[slice(*map(int, words[0].split(":")))]
    print("| planted fault | source | noticed by |\n| --- | --- | --- |")
    for fault in chosen:
        with tempfile.TemporaryDirectory() as folder:
            try:
                said = plant(Tree(root, build, pathlib.Path(folder)), fault)
            except RuntimeError as error:
                said = [f"NOT PLANTED: {error}"]
        missed += not any(said) or "NOT PLANTED" in said[0]
        by = f"exploration: {said[0]}" if said[0] else said[-1] or "**nothing**"
        print(f"| {fault[0]} | `{fault[1]}` | {by} |", flush=True)
    print(f"\nmutations: {len(chosen) - missed} noticed, {missed} not, {time.monotonic() - start:.0f} s")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve(), sys.argv[3:]))
