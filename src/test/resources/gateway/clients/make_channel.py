"""Makes a small channel as an indexer makes it: one package in the old form, two in the new."""
import asyncio
import hashlib
import io
import json
import os
import sys
import tarfile
import zipfile
from pathlib import Path
import zstandard
import rattler.index

def files(name, version, depends):
    payload = f"{name} {version}\n".encode() * 50
    path = f"share/{name}.txt"
    index = {"name": name, "version": version, "build": "0", "build_number": 0, "depends": depends, "noarch": "generic", "subdir": "noarch", "timestamp": 1700000000000}
    paths = {"paths_version": 1, "paths": [{"_path": path, "path_type": "hardlink", "sha256": hashlib.sha256(payload).hexdigest(), "size_in_bytes": len(payload)}]}
    info = {"info/index.json": json.dumps(index).encode(), "info/paths.json": json.dumps(paths).encode(), "info/files": (path + "\n").encode()}
    return info, {path: payload}

def tar(members, mode="w"):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:
        for name, data in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return out.getvalue()

def build(folder, name, version, depends, old):
    info, payload = files(name, version, depends)
    stem = f"{name}-{version}-0"
    if old:
        (folder / (stem + ".tar.bz2")).write_bytes(tar({**info, **payload}, "w:bz2"))
        return
    with zipfile.ZipFile(folder / (stem + ".conda"), "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("metadata.json", '{"conda_pkg_format_version": 2}')
        pack = zstandard.ZstdCompressor().compress
        archive.writestr(f"pkg-{stem}.tar.zst", pack(tar(payload)))
        archive.writestr(f"info-{stem}.tar.zst", pack(tar(info)))

channel = Path(sys.argv[1])
folder = channel / "noarch"
folder.mkdir(parents=True)
(channel / "linux-64").mkdir()
build(folder, "leaf", "1.0", [], True)
build(folder, "branch", "2.1", ["leaf >=1"], False)
build(folder, "tree", "3.0", ["branch", "leaf"], False)
asyncio.run(rattler.index.index_fs(channel, write_zst=True, write_shards=True))
# All is written; while the interpreter ends, the library's own threads sometimes crash it.
os._exit(0)
