"""Small registries of every kind, made for the run: what the origin serves as npm, PyPI and Debian."""
import base64
import gzip
import hashlib
import io
import json
import os
import random
import tarfile

VERSION = "1.0.0"


def write(path, content):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(content)


def tar_gz(files):
    """A gzipped tar of {name: bytes} that is equal in every run."""
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb", mtime=0, compresslevel=1) as packed:
        with tarfile.open(fileobj=packed, mode="w") as tar:
            for name, content in files.items():
                info = tarfile.TarInfo(name)
                info.size, info.mode = len(content), 0o644
                tar.addfile(info, io.BytesIO(content))
    return out.getvalue()


class Npm:
    """Packages below /npm/: a packument each, and the tarballs that it names."""

    def __init__(self, root, port):
        self.root, self.url = f"{root}/npm", f"http://127.0.0.1:{port}/npm"

    def package(self, name, length):
        """One package with one version of about that length; its integrity."""
        manifest = {"name": name, "version": VERSION, "main": "index.js", "license": "MIT"}
        tarball = tar_gz({
            "package/package.json": json.dumps(manifest).encode(),
            "package/index.js": b"module.exports = 1;\n",
            "package/data.bin": random.Random(name).randbytes(length)})
        write(f"{self.root}/{name}/-/{name}-{VERSION}.tgz", tarball)
        dist = {
            "tarball": f"{self.url}/{name}/-/{name}-{VERSION}.tgz",
            "shasum": hashlib.sha1(tarball).hexdigest(),
            "integrity": "sha512-" + base64.b64encode(hashlib.sha512(tarball).digest()).decode()}
        self._packument(name, {VERSION: manifest | {"dist": dist}})
        return dist["integrity"]

    def packument(self, name, versions):
        """A package of many versions, as a busy one of the public registry looks; nobody asks for its tarballs."""
        source = random.Random(name)
        listed = {}
        for number in range(versions):
            version = f"{number // 100}.{number % 100}.0"
            listed[version] = {
                "name": name, "version": version, "description": "A package with a long history",
                "main": "index.js", "license": "MIT", "scripts": {"test": "node test.js", "build": "tsc -p ."},
                "repository": {"type": "git", "url": f"git+https://git.example/{name}.git"},
                "dependencies": {f"dependency-{source.randrange(900)}": f"^{source.randrange(9)}.0.0" for _ in range(4)},
                "devDependencies": {f"tool-{source.randrange(900)}": f"~{source.randrange(9)}.1.0" for _ in range(4)},
                "engines": {"node": ">=18"}, "_npmUser": {"name": "somebody", "email": "somebody@git.example"},
                "dist": {
                    "tarball": f"{self.url}/{name}/-/{name}-{version}.tgz", "fileCount": source.randrange(90),
                    "unpackedSize": source.randrange(900_000), "shasum": source.randbytes(20).hex(),
                    "integrity": "sha512-" + base64.b64encode(source.randbytes(64)).decode()}}
        self._packument(name, listed)

    def _packument(self, name, versions):
        document = {
            "_id": name, "name": name, "dist-tags": {"latest": list(versions)[-1]}, "versions": versions,
            "time": {version: "2024-01-01T00:00:00.000Z" for version in versions}}
        write(f"{self.root}/{name}/index.json", json.dumps(document).encode())


def npm_project(folder, registry, integrities):
    """A project that needs all these packages, locked to that registry."""
    dependencies = {name: VERSION for name in integrities}
    package = {"name": "project", "version": "1.0.0", "private": True, "dependencies": dependencies}
    locked = {"": package} | {
        f"node_modules/{name}": {
            "version": VERSION, "resolved": f"{registry}/{name}/-/{name}-{VERSION}.tgz", "integrity": integrity}
        for name, integrity in integrities.items()}
    lock = {"name": "project", "version": "1.0.0", "lockfileVersion": 3, "requires": True, "packages": locked}
    write(f"{folder}/package.json", json.dumps(package).encode())
    write(f"{folder}/package-lock.json", json.dumps(lock).encode())
    write(f"{folder}/.npmrc", f"registry={registry}/\n".encode())


def pypi(root, port, project, length):
    """A project with one wheel: /simple/NAME/ and the file that it links to."""
    wheel = random.Random(project).randbytes(length)
    name = f"{project}-{VERSION}-py3-none-any.whl"
    write(f"{root}/packages/aa/bb/{name}", wheel)
    link = f"http://127.0.0.1:{port}/packages/aa/bb/{name}#sha256={hashlib.sha256(wheel).hexdigest()}"
    page = f'<!DOCTYPE html><html><body><h1>{project}</h1><a href="{link}">{name}</a></body></html>'
    write(f"{root}/simple/{project}/index.html", page.encode())


def debian(root, packages, length):
    """An archive below /debian/ of that many packages; their names. Unsigned, so clients have to trust it."""
    folder, names, stanzas = f"{root}/debian", [], []
    for number in range(packages):
        name = f"bench-{number:04d}"
        control = f"Package: {name}\nVersion: 1.0\nArchitecture: all\nMaintainer: Bench <bench@git.example>\n" \
                  f"Description: package {number} of a measurement\n"
        content = ar({
            "debian-binary": b"2.0\n",
            "control.tar.gz": tar_gz({"./control": control.encode()}),
            "data.tar.gz": tar_gz({f"./usr/share/{name}": random.Random(name).randbytes(length)})})
        path = f"pool/main/b/{name}/{name}_1.0_all.deb"
        write(f"{folder}/{path}", content)
        names.append(name)
        stanzas.append(
            f"{control}Filename: {path}\nSize: {len(content)}\nSHA256: {hashlib.sha256(content).hexdigest()}\n")
    listing = "\n".join(stanzas).encode()
    members = {"Packages": listing, "Packages.gz": gzip.compress(listing, mtime=0)}
    sums = ""
    for arch in ("all", "amd64", "arm64"):
        for name, content in members.items():
            write(f"{folder}/dists/stable/main/binary-{arch}/{name}", content)
            sums += f" {hashlib.sha256(content).hexdigest()} {len(content)} main/binary-{arch}/{name}\n"
    release = "Origin: Bench\nSuite: stable\nCodename: stable\nArchitectures: all amd64 arm64\nComponents: main\n" \
              "Date: Thu, 01 Jan 2026 00:00:00 UTC\nSHA256:\n" + sums
    write(f"{folder}/dists/stable/Release", release.encode())
    return names


def ar(members):
    out = b"!<arch>\n"
    for name, content in members.items():
        out += f"{name:<16}{0:<12}{0:<6}{0:<6}{100644:<8}{len(content):<10}`\n".encode() + content
        out += b"\n" if len(content) % 2 else b""
    return out


def small_files(root, number, length):
    """Many files of one length below /com/example/many/, a thousand to a folder; their paths."""
    source, paths = random.Random(number), []
    for index in range(number):
        path = f"/com/example/many/{index // 1000}/many-{index // 1000}-{index}.bin"
        write(root + path, source.randbytes(length))
        paths.append(path)
    return paths


def sparse(root, label, number, length):
    """Files that take no room here but differ, below /com/example/bench/1.0/; their paths."""
    paths = []
    for index in range(number):
        path = f"/com/example/bench/1.0/bench-1.0-{label}-{index}.bin"
        write(root + path, f"{label} {index}\n".encode())
        os.truncate(root + path, length)
        paths.append(path)
    return paths
