"""From a path to decompressed documents: plain, gzip, zstd or ZIP, told by the first bytes alone."""

import io
import shutil
import subprocess
import sys
import zipfile
import zlib

BOM = b"\xef\xbb\xbf"
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"


class InputError(Exception):
    """An input that cannot be opened or unpacked: no position inside a document."""

    def __init__(self, name, code):
        super().__init__(f"{name}: {code}")
        self.name = name
        self.code = code


class Document:
    """One decompressed text and where it came from."""

    def __init__(self, name, entry, data):
        self.name = name
        self.entry = entry
        self.data = data


def documents(name, warnings, allow_empty=False):
    """Every document of the input called `name`, in order."""
    data = read(name)
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return zip_documents(name, data, warnings, allow_empty)
    return [Document(name, None, unpack(name, data))]


def read(name):
    if name == "-":
        return sys.stdin.buffer.read()
    try:
        with open(name, "rb") as file:
            return file.read()
    except OSError as error:
        raise InputError(name, error.strerror) from error


def unpack(name, data):
    if data.startswith(b"\x1f\x8b"):
        return gunzip(name, data)
    if data.startswith(ZSTD_MAGIC):
        if not shutil.which("zstd"):
            raise InputError(name, "no zstd command to read this with")
        done = subprocess.run(["zstd", "-dcq"], input=data, capture_output=True)
        if done.returncode != 0:
            raise InputError(name, "damaged zstd data")
        return done.stdout
    return data


def gunzip(name, data):
    """All members of a gzip stream; what follows the last member must be nothing."""
    out = b""
    while data:
        member = zlib.decompressobj(wbits=31)
        try:
            out += member.decompress(data)
        except zlib.error as error:
            raise InputError(name, "damaged gzip data") from error
        if not member.eof:
            raise InputError(name, "truncated gzip data")
        data = member.unused_data
    return out


def zip_documents(name, data, warnings, allow_empty):
    """The entries in file order that look like JSON."""
    found = []
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        entries = sorted(archive.infolist(), key=lambda info: info.header_offset)
        for info in entries:
            content = b"" if info.is_dir() else archive.read(info)
            if info.is_dir() or info.filename.startswith("__MACOSX/"):
                warnings.append(f"skipped entry {info.filename}")
            elif is_empty(content):
                if not allow_empty:
                    raise InputError(name, "empty-input")
                found.append(Document(name, info.filename, content))
            elif not looks_like_json(content):
                warnings.append(f"skipped entry {info.filename}")
            else:
                found.append(Document(name, info.filename, content))
    except (zipfile.BadZipFile, zlib.error) as error:
        raise InputError(name, "damaged ZIP data") from error
    if not found:
        raise InputError(name, "no JSON in this ZIP")
    return found


def is_empty(content):
    """Whether there is nothing, or nothing but white space behind a byte order mark."""
    return not without_mark(content).strip(b" \t\n\r")


def without_mark(content):
    return content[len(BOM):] if content.startswith(BOM) else content


def looks_like_json(content):
    text = without_mark(content)
    return text.lstrip(b" \t\n\r")[:1] in (b"[", b"{")
