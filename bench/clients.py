"""The two clients: wrk for many requests on warm connections, a plain reader for single downloads."""
import hashlib
import http.client
import json
import os
import subprocess
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
# Some servers refuse clients that accept nothing, or nothing but plain bytes.
HEADERS = {"User-Agent": "gateway-bench", "Accept": "*/*", "Accept-Encoding": "gzip"}


class Failed(Exception):
    """A request did not get what it should; a number made from it would mean nothing."""


def wrk(url, connections, seconds, script="report.lua", headers=(), arguments=()):
    """One run of wrk as a dictionary (see report.lua); any error or foreign status spoils it."""
    more = [word for header in headers for word in ("-H", header)]
    done = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "-s", f"{HERE}/{script}", *more, url, *arguments],
        capture_output=True, text=True, timeout=seconds + 30)
    lines = [line[7:] for line in done.stdout.splitlines() if line.startswith("RESULT ")]
    if done.returncode or not lines:
        raise Failed(f"wrk on {url}: {done.stderr or done.stdout}")
    result = json.loads(lines[0])
    if result["errors"] or not result["requests"]:
        raise Failed(f"wrk on {url}: {result['errors']} errors in {result['requests']} requests")
    result["seconds"] = result["duration_us"] / 1e6
    return result


def fill(port, listed, seconds):
    """Downloads each path of a file once, 32 at a time, by wrk, which says when it is through but does not end by itself."""
    process = subprocess.Popen(
        ["wrk", "-t1", "-c32", f"-d{seconds}s", "--timeout", "60s", "-s", f"{HERE}/fill.lua", f"http://127.0.0.1:{port}/", listed],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        output = ""
        for line in process.stdout:
            if line.startswith("DONE "):
                if line != "DONE 0\n":
                    raise Failed(f"filling from {listed}: {line}")
                return
            output += line
        raise Failed(f"filling from {listed}: {output[-500:]}")
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def get(port, path, headers=None):
    """The body as it was sent."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", path, headers=HEADERS | (headers or {}))
        response = connection.getresponse()
        body = response.read()
        if response.status != 200:
            raise Failed(f"{path}: status {response.status}")
        return body
    finally:
        connection.close()


class Reader:
    """One keep-alive connection that downloads, notes times and throws the bytes away."""

    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.connection.connect()
        self.buffer = memoryview(bytearray(256 * 1024))

    def get(self, path, digest=None):
        """Downloads once: seconds to the first byte of the body, seconds in all, length and headers."""
        began = time.perf_counter()
        self.connection.request("GET", path, headers=HEADERS)
        response = self.connection.getresponse()
        length, first = 0, None
        while count := response.readinto(self.buffer if length else self.buffer[:1]):
            first = first or time.perf_counter()
            length += count
            if digest:
                digest.update(self.buffer[:count])
        ended = time.perf_counter()
        if response.status != 200:
            raise Failed(f"{path}: status {response.status}")
        return {"first": first - began, "seconds": ended - began, "length": length, "headers": response.headers}

    def close(self):
        self.connection.close()


def download(port, path, length):
    """One download on a connection of its own."""
    reader = Reader(port)
    try:
        result = reader.get(path)
    except (OSError, http.client.HTTPException) as error:
        raise Failed(f"{path}: {error!r}") from error
    finally:
        reader.close()
    if result["length"] != length:
        raise Failed(f"{path}: {result['length']} bytes instead of {length}")
    return result


def check(port, path, sha256=None):
    """Proves that a server gives the right bytes, or any; the headers of that answer."""
    digest = hashlib.sha256()
    reader = Reader(port)
    result = reader.get(path, digest)
    reader.close()
    if sha256 and digest.hexdigest() != sha256:
        raise Failed(f"{path}: wrong bytes")
    return result["headers"]


def crowd(port, path, length, clients):
    """Many clients ask for one artifact at once: seconds until the last has it all, and the slowest first byte."""
    gate = threading.Barrier(clients + 1)
    results, errors = [], []

    def one():
        try:
            reader = Reader(port)
            gate.wait(30)
            result = reader.get(path)
            reader.close()
            if result["length"] != length:
                raise Failed(f"{path}: {result['length']} bytes instead of {length}")
            results.append(result)
        except Exception as error:  # handed to the caller
            errors.append(error)

    threads = [threading.Thread(target=one, daemon=True) for _ in range(clients)]
    for thread in threads:
        thread.start()
    gate.wait(30)
    began = time.perf_counter()
    for thread in threads:
        thread.join(120)
    seconds = time.perf_counter() - began
    if errors or len(results) < clients:
        raise Failed(f"{path}: {len(results)} of {clients} clients served; {errors[:1]}")
    return {"seconds": seconds, "first": max(result["first"] for result in results)}
