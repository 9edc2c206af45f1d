#!/usr/bin/env python3
"""Daymark's verifiers from Python, over libdaymark-verify and ctypes alone.

verify.py LIBRARY evidence FILE [--chain PEM] [--rim FILE]… [--nonce HEX] [--key FILE] --as-of UNIX_MS
verify.py LIBRARY bundle FILE [--trust HEX]

Prints the verdict as JSON and ends with 0 where it holds, 1 where it is refused, 2 where nothing was said of whom to trust.
"""
import argparse
import ctypes
import sys


class Bytes(ctypes.Structure):
    _fields_ = [("data", ctypes.c_char_p), ("size", ctypes.c_size_t)]

    @classmethod
    def of(cls, content=b""):
        return cls(content, len(content))


class EvidenceRequest(ctypes.Structure):
    _fields_ = [("struct_size", ctypes.c_size_t), ("evidence", Bytes), ("chain", Bytes), ("references", ctypes.POINTER(Bytes)),
                ("reference_count", ctypes.c_size_t), ("nonce", Bytes), ("key", Bytes), ("as_of_ms", ctypes.c_int64)]


class Verifier:
    def __init__(self, library):
        self.library = ctypes.CDLL(library)
        self.library.daymark_version.restype = ctypes.c_char_p
        self.library.daymark_free.argtypes = [ctypes.c_void_p]
        self.library.daymark_verify_bundle.argtypes = [Bytes, ctypes.c_char_p, ctypes.c_void_p]

    def _answer(self, call):
        text = ctypes.c_void_p()
        result = call(ctypes.byref(text))
        json = ctypes.string_at(text).decode() if text else ""
        self.library.daymark_free(text)
        return result, json

    def evidence(self, content, as_of_ms, chain=b"", references=(), nonce=b"", key=b""):
        listed = (Bytes * len(references))(*map(Bytes.of, references))
        request = EvidenceRequest(ctypes.sizeof(EvidenceRequest), Bytes.of(content), Bytes.of(chain), listed, len(references),
                                  Bytes.of(nonce), Bytes.of(key), as_of_ms)
        return self._answer(lambda out: self.library.daymark_verify_evidence(ctypes.byref(request), out))

    def bundle(self, content, fingerprint=None):
        return self._answer(lambda out: self.library.daymark_verify_bundle(Bytes.of(content), fingerprint, out))


def read(path):
    with open(path, "rb") as file:
        return file.read()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("library")
    parser.add_argument("what", choices=["evidence", "bundle"])
    parser.add_argument("file")
    parser.add_argument("--chain")
    parser.add_argument("--rim", action="append", default=[])
    parser.add_argument("--nonce", default="")
    parser.add_argument("--key")
    parser.add_argument("--as-of", type=int, default=0)
    parser.add_argument("--trust")
    ask = parser.parse_args()
    verifier = Verifier(ask.library)
    if ask.what == "bundle":
        result, json = verifier.bundle(read(ask.file), bytes.fromhex(ask.trust) if ask.trust else None)
    else:
        result, json = verifier.evidence(read(ask.file), ask.as_of, read(ask.chain) if ask.chain else b"", [read(rim) for rim in ask.rim],
                                         bytes.fromhex(ask.nonce), read(ask.key) if ask.key else b"")
    print(json)
    return result


if __name__ == "__main__":
    sys.exit(main())
