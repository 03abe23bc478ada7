"""Other caches of package registries: how each is installed, by its ordinary installer, and started in front of the origin."""
import json
import os
import shutil
import subprocess
import time

import servers

# Verdaccio asks for a tag of node-fetch that not every registry has.
VERDACCIO = {"private": True, "dependencies": {"verdaccio": "6.0.5"}, "overrides": {"node-fetch": "2.6.7"}}
PROXPI = ["proxpi==1.3.1", "gunicorn"]


class Unavailable(Exception):
    """A peer that cannot be installed here; the works that need it are left out."""


def run(command, **more):
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=600, **more)
    if done.returncode:
        raise Unavailable(f"{' '.join(command)}: {(done.stderr or done.stdout).strip()[-500:]}")
    return done.stdout + done.stderr


def debian_package(command, package):
    if shutil.which(command):
        return
    if os.getuid() != 0 or not shutil.which("apt-get"):
        raise Unavailable(f"{command} is missing: install the package {package}, or run this once as root")
    run(["apt-get", "update", "-qq"])
    run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", package], env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"})
    # The package may start a server of its own, which nobody asked for.
    subprocess.run(["service", package, "stop"], capture_output=True, timeout=60)


class Peer:
    """What all of them have in common. A work uses the attribute of its format: the path below which it is served."""

    caches, prefix, npm, pypi, debian, ready, ports = True, "", "", "", "", "/", (0,)

    def __init__(self, bench, origin):
        self.bench, self.origin = bench, origin
        self.folder, self.home = f"{bench.folder}/{self.name}", f"{bench.options.peers}/{self.name}"
        self.cores = bench.server_core

    def start(self, cores=None):
        """Starts it; the seconds until it answered."""
        os.makedirs(self.folder, exist_ok=True)
        self.port = servers.free_port(self.ports)
        began = time.perf_counter()
        self.process = self.bench.processes.start(
            self.name, self.command(), cores or self.cores, f"{self.folder}/log", os.environ | self.env())
        return servers.wait_for(self.process, self.port, self.ready, 60) - began

    def env(self):
        return {}

    stop = servers.Nginx.stop
    cpu = servers.Nginx.cpu


class Verdaccio(Peer):
    name, title, ready = "verdaccio", "verdaccio", "/-/ping"

    def install(self):
        self.program = f"{self.home}/node_modules/verdaccio/bin/verdaccio"
        if not os.path.exists(self.program):
            os.makedirs(self.home, exist_ok=True)
            with open(f"{self.home}/package.json", "w") as file:
                json.dump(VERDACCIO, file)
            run(["npm", "install", "--no-audit", "--no-fund", "--loglevel=error"], cwd=self.home)
        return "verdaccio " + VERDACCIO["dependencies"]["verdaccio"]

    def command(self):
        config = f"{self.folder}/config.yaml"
        with open(config, "w") as file:
            file.write(
                f"storage: {self.folder}/storage\nlog: {{ type: stdout, format: json, level: error }}\n"
                f'uplinks: {{ origin: {{ url: "http://127.0.0.1:{self.origin.port}/npm/", maxage: 1h }} }}\n'
                'packages: { "**": { access: $all, proxy: origin } }\n')
        return ["node", self.program, "--config", config, "--listen", f"127.0.0.1:{self.port}"]

    def env(self):
        return {"NODE_ENV": "production", "HOME": self.folder}


class Proxpi(Peer):
    name, title, ready, pypi = "proxpi", "proxpi", "/health", "/index"

    def install(self):
        if not os.path.exists(f"{self.home}/bin/gunicorn"):
            run(["python3", "-m", "venv", self.home])
            run([f"{self.home}/bin/pip", "install", "-q"] + PROXPI)
        return "proxpi " + PROXPI[0].split("==")[1]

    def command(self):
        return [f"{self.home}/bin/gunicorn", "--bind", f"127.0.0.1:{self.port}", "--workers", "1", "--threads", "8", "proxpi.server:app"]

    def env(self):
        return {
            "PROXPI_INDEX_URL": f"http://127.0.0.1:{self.origin.port}/simple/", "PROXPI_CACHE_DIR": f"{self.folder}/cache",
            "PROXPI_LOGGING_LEVEL": "ERROR"}


class AptCacherNg(Peer):
    name, title, ready, debian = "apt_cacher_ng", "apt-cacher-ng", "/acng-report.html", "/bench"
    # It cannot bind ports from 32768 on.
    ports = range(23142, 32768)

    def install(self):
        debian_package("apt-cacher-ng", "apt-cacher-ng")
        return run(["dpkg-query", "-W", "-f", "${Package} ${Version}", "apt-cacher-ng"])

    def command(self):
        with open(f"{self.folder}/acng.conf", "w") as file:
            file.write(
                f"CacheDir: {self.folder}/cache\nLogDir: {self.folder}/logs\nSupportDir: /usr/lib/apt-cacher-ng\n"
                f"Port: {self.port}\nBindAddress: 127.0.0.1\nForeGround: 1\nReportPage: acng-report.html\n"
                f"Remap-bench: /bench ; http://127.0.0.1:{self.origin.port}/debian\nAllowUserPorts: 0\nUseWrap: 0\n")
        return ["apt-cacher-ng", "-c", self.folder]


class Varnish(Peer):
    name, title, ready, npm, debian = "varnish", "Varnish, in memory", "/health", "/npm", "/debian"

    def install(self):
        debian_package("varnishd", "varnish")
        return run(["varnishd", "-V"]).split(" revision")[0].removeprefix("varnishd (")

    def command(self):
        rules = f"{self.folder}/rules.vcl"
        with open(rules, "w") as file:
            file.write(
                f'vcl 4.1;\nbackend origin {{ .host = "127.0.0.1"; .port = "{self.origin.port}"; }}\n'
                "sub vcl_backend_response { set beresp.ttl = 1h; }\n")
        return [
            "varnishd", "-F", "-j", "none", "-n", f"{self.folder}/work", "-f", rules,
            "-a", f"127.0.0.1:{self.port}", "-s", "malloc,2g"]
