"""Every path that a client of the program asks for is listed in docs/data-flows.md: egress.py SOURCE_DIR"""

import pathlib
import re
import sys

# A path in a string: "/orders/", "add-checkpoint", "log/{}/checkpoint".
PATH = re.compile(r'"(/?(?:[a-z][a-z-]*)(?:/[^" ]*)?(?:\?[^" ]*)?)"')
CALL = re.compile(r'\b(?:get|get_json|post|join_url|path)\b')


def sources(root):
    """What speaks HTTP on its own: the clients of the modules and of the commands."""
    modules = root / 'src' / 'daymark'
    files = list((modules / 'authority').glob('client.cc')) + list((modules / 'net').glob('*client.cc'))
    commands = (root / 'cmd' / 'daymark').glob('*.cc')
    return [*files, *(file for file in commands if 'authority/client.h' in file.read_text(encoding='utf-8'))]


def paths(text):
    for line in text.splitlines():
        if CALL.search(line):
            for found in PATH.findall(line):
                if found.startswith('/') or found in ('add-checkpoint', 'checkpoint'):
                    yield '/' + found.lstrip('/').split('/')[0].split('?')[0]


def main():
    root = pathlib.Path(sys.argv[1])
    listed = (root / 'docs' / 'data-flows.md').read_text(encoding='utf-8')
    found = {path: source.name for source in sources(root) for path in paths(source.read_text(encoding='utf-8'))}
    missing = {path: name for path, name in found.items() if f'`{path}`' not in listed}
    for path, name in sorted(missing.items()):
        print(f'{name}: {path} is not listed in docs/data-flows.md')
    if len(found) < 8:
        sys.exit(f'found only {len(found)} paths: the clients are written in another way now')
    print(f'{len(found)} paths, {len(missing)} not listed')
    sys.exit(1 if missing else 0)


main()
