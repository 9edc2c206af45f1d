"""Every path that a client of the program asks for, and every source that opens a socket, is listed in
docs/data-flows.md: egress.py SOURCE_DIR"""

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


# What makes a socket: the system's calls, and Asio's, which stand for them.
SOCKET = re.compile(r'::socket\(|\btcp_stream\b|\btcp::(?:socket|acceptor|resolver)\b')


def socket_sources(root):
    """Sources of the program that open one, by their name below src/daymark; local ones have a socket's path."""
    modules = root / 'src' / 'daymark'
    for file in sorted(modules.rglob('*.cc')):
        if file.stem.endswith(('_test', '_testing')) or file.stem.startswith('unix_'):
            continue
        if SOCKET.search(file.read_text(encoding='utf-8')):
            yield file.relative_to(modules).as_posix()


def main():
    root = pathlib.Path(sys.argv[1])
    listed = (root / 'docs' / 'data-flows.md').read_text(encoding='utf-8')
    found = {path: source.name for source in sources(root) for path in paths(source.read_text(encoding='utf-8'))}
    missing = {path: name for path, name in found.items() if f'`{path}`' not in listed}
    for path, name in sorted(missing.items()):
        print(f'{name}: {path} is not listed in docs/data-flows.md')
    if len(found) < 8:
        sys.exit(f'found only {len(found)} paths: the clients are written in another way now')
    openers = list(socket_sources(root))
    unknown = [name for name in openers if f'`{name}`' not in listed]
    for name in unknown:
        print(f'{name} opens a socket and is not listed in docs/data-flows.md')
    if len(openers) < 4:
        sys.exit(f'found only {len(openers)} sources with sockets: they are opened in another way now')
    print(f'{len(found)} paths, {len(missing)} not listed; {len(openers)} sources with sockets, {len(unknown)} not listed')
    sys.exit(1 if missing or unknown else 0)


main()
