"""The servers: how each is set up, started and ended, and the files that all of them serve."""
import contextlib
import hashlib
import http.client
import os
import random
import shutil
import signal
import socket
import subprocess
import time

import clients
import meter

VERSION = "/com/example/bench/1.0"


class Processes:
    """Everything that was started here, so that everything can be ended."""

    def __init__(self):
        self.running = []

    def start(self, name, command, cores, log, env=None):
        # The server gets a signal when this program dies in a way that it cannot notice itself.
        full = ["setpriv", "--pdeathsig", "TERM", "taskset", "-c", cores] + command
        with open(log, "ab") as output:
            process = subprocess.Popen(
                full, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=env, start_new_session=True)
        process.name, process.log = name, log
        self.running.append(process)
        return process

    def stop(self, processes, grace=45):
        for process in processes:
            self._signal(process, signal.SIGTERM)
        until = time.monotonic() + grace
        for process in processes:
            try:
                process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                pass
            # Whoever is left of its process group goes as well.
            self._signal(process, signal.SIGKILL)
            process.wait(10)
            self.running.remove(process)

    def stop_all(self, grace):
        self.stop(list(self.running), grace)

    @staticmethod
    def _signal(process, number):
        try:
            os.killpg(process.pid, number)
        except ProcessLookupError:
            pass


def pin(target, cores):
    for pid in meter.tree(target.process.pid):
        subprocess.run(["taskset", "-a", "-p", "-c", cores, str(pid)], check=False, capture_output=True, timeout=30)


def free_port(candidates=(0,)):
    """A port that nobody uses: any, or one of these."""
    for candidate in candidates:
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", candidate))
            return probe.getsockname()[1]
    raise clients.Failed("no free port")


def wait_for(process, port, path, seconds):
    """Waits for the first 200; the moment it came."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", path)
            response = connection.getresponse()
            response.read()
            if response.status == 200:
                return time.perf_counter()
        except (OSError, http.client.HTTPException):
            pass
        finally:
            connection.close()
        time.sleep(0.005)
    with open(process.log, errors="replace") as log:
        raise clients.Failed(f"{process.name} did not start:\n{log.read()[-2000:]}")


class Files:
    """The tree of the origin: fixed files for hits, and files with bytes of their own under new names for misses."""

    def __init__(self, root):
        self.folder = root + VERSION
        os.makedirs(self.folder)
        self.counter = 0
        self.cold = {}

    def make(self, name, length):
        """A file of pseudo-random bytes with the sibling checksum that a real registry has; its path and SHA-256."""
        path = f"{self.folder}/{name}"
        source = random.Random(length)
        sha1, sha256 = hashlib.sha1(), hashlib.sha256()
        with open(path, "wb") as file:
            for begin in range(0, length, 1 << 20):
                block = source.randbytes(min(1 << 20, length - begin))
                file.write(block)
                sha1.update(block)
                sha256.update(block)
        self._sibling(path, sha1.hexdigest())
        return f"{VERSION}/{name}", sha256.hexdigest()

    def fresh(self, label, length, keep=False, checksum=True):
        """A path that nobody has asked for yet, whose bytes nobody has seen yet; unless kept, the one before it goes."""
        self.counter += 1
        new = f"{self.folder}/bench-1.0-{label}-{self.counter}.bin"
        old = self.cold.get(label)
        if old is None:
            self.make(os.path.basename(new), length)
        elif keep:
            shutil.copyfile(old, new)
        else:
            if os.path.exists(f"{old}.sha1"):
                os.unlink(f"{old}.sha1")
            os.rename(old, new)
        with open(new, "r+b") as file:
            file.write(self.counter.to_bytes(16, "big"))
        with open(new, "rb") as file:
            self._sibling(new, hashlib.file_digest(file, "sha1").hexdigest())
        if not checksum:
            os.unlink(f"{new}.sha1")
        self.cold[label] = new
        return f"{VERSION}/{os.path.basename(new)}"

    @staticmethod
    def _sibling(path, digest):
        with open(f"{path}.sha1", "w") as file:
            file.write(digest)


NGINX = """
{user}
worker_processes 1;
pid nginx.pid;
error_log stderr warn;
events {{ worker_connections 8192; }}
http {{
  default_type application/octet-stream;
  client_body_temp_path tmp; proxy_temp_path tmp; fastcgi_temp_path tmp; uwsgi_temp_path tmp; scgi_temp_path tmp;
  sendfile on;
  keepalive_requests 100000000;
  log_format asked '$request_method $uri';
  access_log {log};
  {http}
  server {{
    listen 127.0.0.1:{port};
    location = /health {{ return 200 "ok"; }}
    location / {{ {location} }}
    {more}
  }}
}}
"""


class Nginx:
    """One nginx with one worker."""

    def __init__(self, bench, name, title, http, location, caches=False, cores=None, log="off", more=""):
        self.bench, self.name, self.title, self.caches = bench, name, title, caches
        self.http, self.location, self.more, self.prefix, self.log = http, location, more, "", log
        self.cores = cores or bench.server_core
        self.folder = f"{bench.folder}/{name}"

    def start(self, cores=None):
        """Starts it; the seconds until it answered."""
        os.makedirs(f"{self.folder}/tmp", exist_ok=True)
        self.port = free_port()
        with open(f"{self.folder}/nginx.conf", "w") as file:
            file.write(NGINX.format(
                user="user root;" if os.getuid() == 0 else "", http=self.http, log=self.log,
                port=self.port, location=self.location, more=self.more))
        began = time.perf_counter()
        self.process = self.bench.processes.start(
            self.name,
            ["nginx", "-p", self.folder, "-e", "stderr", "-c", "nginx.conf", "-g", "daemon off;"],
            cores or self.cores, f"{self.folder}/log")
        return wait_for(self.process, self.port, "/health", 20) - began

    def prepare(self):
        return True

    def stop(self):
        self.bench.processes.stop([self.process])

    def cpu(self):
        return meter.cpu_seconds(self.process.pid)


class Origin(Nginx):
    """The upstream of everybody; its log tells what was asked of it."""

    def __init__(self, bench, root):
        super().__init__(
            bench, "origin", "origin",
            "tcp_nopush on;", f"root {root};", cores=bench.client_core, log="asked asked", more=npm(root))

    def asked(self, path=None):
        """How often that file was asked for; without a path, how many requests there were."""
        with open(f"{self.folder}/asked") as file:
            return sum(path is None or line.rstrip("\n") == f"GET {path}" for line in file)


def npm(root):
    """Packuments have no ending: /npm/NAME is the file index.json of that folder."""
    return (
        "location /npm/ { default_type application/json; types { application/octet-stream tgz; }"
        f" root {root}; try_files $uri/index.json $uri =404; }}")


class Gateway:
    """The product, started as a newcomer starts it; everything that is not set here has its default value."""

    name, title, caches, prefix = "gateway", "gateway", True, "/bench"
    npm, pypi, debian, guarded = "/bench-npm", "/bench-pypi", "/bench-debian", "/bench-guarded"
    #: Opens the mount that wants a token, when there is one.
    token = None

    def __init__(self, bench, origin, folder="gateway"):
        self.bench, self.origin = bench, origin
        self.folder = f"{bench.folder}/{folder}"
        self.cores = bench.server_core
        self.env = {key: value for key, value in os.environ.items() if not key.startswith("PROXY_")}

    def start(self, cores=None):
        os.makedirs(self.folder, exist_ok=True)
        self.port = free_port()
        config = f"{self.folder}/gateway.yaml"
        url = f"http://127.0.0.1:{self.origin.port}"
        mounts = [
            (self.prefix, "maven", f'url: "{url}"'), (self.npm, "npm", f'url: "{url}/npm"'),
            (self.pypi, "pypi", f'url: "{url}", hosts: {{ files: "{url}" }}'), (self.debian, "debian", f'url: "{url}/debian"')]
        with open(config, "w") as file:
            file.write("repositories:\n")
            for path, form, upstream in mounts:
                file.write(f"  - {{ path: {path}, format: {form}, upstream: {{ {upstream} }} }}\n")
            if self.token:
                file.write(f"  - {{ path: {self.guarded}, format: maven, upstream: {{ url: \"{url}\" }}, access: token }}\n")
                file.write(f"admin: {{ token: {self.token} }}\n")
        began = time.perf_counter()
        self.process = self.bench.processes.start(
            self.name,
            [self.bench.launcher, "serve", "-config", config,
             "-listen", f"127.0.0.1:{self.port}", "-base-url", f"http://127.0.0.1:{self.port}",
             "-storage", f"{self.folder}/artifacts", "-database", f"{self.folder}/proxy.db"],
            cores or self.cores, f"{self.folder}/log", self.env)
        return wait_for(self.process, self.port, "/health", 120) - began

    def prepare(self):
        """Starts once and waits until the launcher has made what later starts profit from."""
        cache = f"{os.path.dirname(self.bench.launcher)}/target/app/gateway.aot"
        both = f"{self.bench.server_core},{self.bench.client_core}"
        if not os.path.exists(cache):
            self.start(both)
            until = time.monotonic() + 180
            while not os.path.exists(cache) and time.monotonic() < until:
                time.sleep(1)
            self.stop()
        return os.path.exists(cache)

    stop = Nginx.stop
    cpu = Nginx.cpu


def proxy_cache(bench, origin, name="proxy_cache"):
    """nginx as a caching proxy."""
    cache = (
        f"proxy_cache_path {bench.folder}/{name}/cache levels=1:2 keys_zone=cache:64m max_size=20g inactive=1h"
        " use_temp_path=off;"
        f" upstream origin {{ server 127.0.0.1:{origin.port}; keepalive 16; }}")
    proxy = (
        'proxy_pass http://origin; proxy_http_version 1.1; proxy_set_header Connection "";'
        " proxy_cache cache; proxy_cache_key $uri; proxy_cache_valid 200 1h;"
        " proxy_cache_lock on; proxy_cache_lock_timeout 60s; proxy_cache_lock_age 60s;"
        f" proxy_buffers {bench.nginx_buffers}; proxy_buffer_size {bench.nginx_buffers.split()[1]};"
        f" proxy_busy_buffers_size {bench.nginx_buffers.split()[1]};")
    # Without tcp_nopush: with it, hits of 64 KiB wait 40 ms for their last packet.
    made = Nginx(bench, name, "nginx proxy_cache", "tcp_nopush off; " + cache, proxy, caches=True)
    made.name = "proxy_cache"
    return made


def targets(bench, origin, root):
    """Everybody that start-up, hits and misses are measured of. The first is the one that the others are compared with."""
    kept = " open_file_cache max=1000 inactive=1h; open_file_cache_valid 1h; open_file_cache_min_uses 1;"
    return [
        Gateway(bench, origin),
        proxy_cache(bench, origin),
        Nginx(bench, "static", "nginx static", "", f"root {root};"),
        Nginx(bench, "open_file_cache", "nginx static, open_file_cache", kept.strip(), f"root {root};"),
    ]
