#!/usr/bin/env python3
"""Daymark's verifiers from Python, over libdaymark-verify and ctypes alone.

verify.py LIBRARY evidence FILE [--chain PEM] [--rim FILE]… [--ocsp FILE]… [--ocsp-nonce HEX] [--policy FILE] [--nonce HEX] [--key FILE] --as-of UNIX_MS
verify.py LIBRARY tpm FILE [--signature FILE] [--key FILE] [--pcrs FILE] [--reference-pcrs FILE] [--nonce HEX] [--policy FILE] --as-of UNIX_MS
verify.py LIBRARY model FOLDER --bundle FILE [--key FILE | --ca PEM] [--trust-root JSON] [--identity TEXT --issuer TEXT] --as-of UNIX_MS
verify.py LIBRARY bundle FILE [--trust HEX]

Prints the verdict as JSON and ends with 0 where it holds, 1 where it is refused, 2 where nothing was said of whom to trust.
"""
import argparse
import ctypes
import hashlib
import pathlib
import sys


class Bytes(ctypes.Structure):
    _fields_ = [("data", ctypes.c_char_p), ("size", ctypes.c_size_t)]

    @classmethod
    def of(cls, content=b""):
        return cls(content, len(content))


class EvidenceRequest(ctypes.Structure):
    _fields_ = [("struct_size", ctypes.c_size_t), ("evidence", Bytes), ("chain", Bytes), ("references", ctypes.POINTER(Bytes)),
                ("reference_count", ctypes.c_size_t), ("nonce", Bytes), ("key", Bytes), ("as_of_ms", ctypes.c_int64),
                ("answers", ctypes.POINTER(Bytes)), ("answer_count", ctypes.c_size_t), ("answer_nonce", Bytes), ("policy", Bytes)]


class TpmRequest(ctypes.Structure):
    _fields_ = [("struct_size", ctypes.c_size_t)] + [(name, Bytes) for name in (
        "statement", "signature", "key", "pcrs", "event_log", "endorsement", "authorities", "reference_pcrs", "nonce", "policy", "activation")] + [
        ("challenger", ctypes.c_char_p), ("as_of_ms", ctypes.c_int64)]


class ModelFile(ctypes.Structure):
    _fields_ = [("name", ctypes.c_char_p), ("size", ctypes.c_uint64), ("sha256", ctypes.c_ubyte * 32)]

    @classmethod
    def of(cls, folder, path):
        content = path.read_bytes()
        digest = (ctypes.c_ubyte * 32)(*hashlib.sha256(content).digest())
        return cls(str(path.relative_to(folder)).encode(), len(content), digest)


class ModelRequest(ctypes.Structure):
    _fields_ = [("struct_size", ctypes.c_size_t), ("bundle", Bytes), ("key", Bytes), ("authorities", Bytes), ("trust_root", Bytes),
                ("identity", ctypes.c_char_p), ("issuer", ctypes.c_char_p), ("files", ctypes.POINTER(ModelFile)), ("file_count", ctypes.c_size_t),
                ("as_of_ms", ctypes.c_int64)]


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

    def evidence(self, content, as_of_ms, chain=b"", references=(), nonce=b"", key=b"", answers=(), answer_nonce=b"", policy=b""):
        listed = (Bytes * len(references))(*map(Bytes.of, references))
        stapled = (Bytes * len(answers))(*map(Bytes.of, answers))
        request = EvidenceRequest(ctypes.sizeof(EvidenceRequest), Bytes.of(content), Bytes.of(chain), listed, len(references),
                                  Bytes.of(nonce), Bytes.of(key), as_of_ms, stapled, len(answers), Bytes.of(answer_nonce), Bytes.of(policy))
        return self._answer(lambda out: self.library.daymark_verify_evidence(ctypes.byref(request), out))

    def tpm(self, statement, as_of_ms, **parts):
        request = TpmRequest(ctypes.sizeof(TpmRequest), Bytes.of(statement), as_of_ms=as_of_ms)
        for name, content in parts.items():
            setattr(request, name, Bytes.of(content))
        return self._answer(lambda out: self.library.daymark_verify_tpm(ctypes.byref(request), out))

    def model(self, folder, bundle, as_of_ms, identity=None, issuer=None, **parts):
        paths = sorted(path for path in folder.rglob("*") if path.is_file() and path.resolve() != bundle.resolve())
        files = (ModelFile * len(paths))(*[ModelFile.of(folder, path) for path in paths])
        request = ModelRequest(ctypes.sizeof(ModelRequest), Bytes.of(bundle.read_bytes()), files=files, file_count=len(paths), as_of_ms=as_of_ms,
                               identity=identity and identity.encode(), issuer=issuer and issuer.encode())
        for name, content in parts.items():
            setattr(request, name, Bytes.of(content))
        return self._answer(lambda out: self.library.daymark_verify_model(ctypes.byref(request), out))

    def bundle(self, content, fingerprint=None):
        return self._answer(lambda out: self.library.daymark_verify_bundle(Bytes.of(content), fingerprint, out))


def read(path):
    with open(path, "rb") as file:
        return file.read()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("library")
    parser.add_argument("what", choices=["evidence", "tpm", "model", "bundle"])
    parser.add_argument("file")
    parser.add_argument("--chain")
    parser.add_argument("--rim", action="append", default=[])
    parser.add_argument("--nonce", default="")
    parser.add_argument("--key")
    parser.add_argument("--as-of", type=int, default=0)
    parser.add_argument("--trust")
    parser.add_argument("--ocsp", action="append", default=[])
    parser.add_argument("--ocsp-nonce", default="")
    for name in ("--policy", "--signature", "--pcrs", "--reference-pcrs", "--bundle", "--ca", "--trust-root", "--identity", "--issuer"):
        parser.add_argument(name)
    ask = parser.parse_args()
    verifier = Verifier(ask.library)
    given = lambda path: read(path) if path else b""
    if ask.what == "tpm":
        result, json = verifier.tpm(read(ask.file), ask.as_of, signature=given(ask.signature), key=given(ask.key), pcrs=given(ask.pcrs),
                                    reference_pcrs=given(ask.reference_pcrs), nonce=bytes.fromhex(ask.nonce), policy=given(ask.policy))
    elif ask.what == "model":
        result, json = verifier.model(pathlib.Path(ask.file), pathlib.Path(ask.bundle), ask.as_of, ask.identity, ask.issuer, key=given(ask.key),
                                      authorities=given(ask.ca), trust_root=given(ask.trust_root))
    elif ask.what == "bundle":
        result, json = verifier.bundle(read(ask.file), bytes.fromhex(ask.trust) if ask.trust else None)
    else:
        result, json = verifier.evidence(read(ask.file), ask.as_of, read(ask.chain) if ask.chain else b"", [read(rim) for rim in ask.rim],
                                         bytes.fromhex(ask.nonce), given(ask.key), [read(one) for one in ask.ocsp],
                                         bytes.fromhex(ask.ocsp_nonce), given(ask.policy))
    print(json)
    return result


if __name__ == "__main__":
    sys.exit(main())
