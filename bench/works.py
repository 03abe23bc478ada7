"""The works beyond hits and misses of one file: peers, many files, many clients, whole package managers."""
import contextlib
import gzip
import os
import re
import shutil
import subprocess
import threading
import time

import clients
import meter
import peers
import readers
import registries
import servers

KIB, MIB = 1 << 10, 1 << 20
GZIP, ANY = ("Accept-Encoding: gzip",), ("Accept: */*",)


@contextlib.contextmanager
def running(targets):
    """These servers, from here to the end of the block."""
    started = []
    try:
        for target in targets:
            target.start()
            started.append(target)
        yield
    finally:
        for target in started:
            target.stop()


def available(bench, kind):
    """The peer in a list; an empty list, and a line in the report, when it cannot be had here."""
    peer = kind(bench, bench.origin)
    try:
        version = peer.install()
        if version not in bench.results.versions:
            bench.results.versions.append(version)
        return [peer]
    except (peers.Unavailable, OSError, subprocess.TimeoutExpired) as error:
        bench.say(f"without {peer.name}: {error}")
        bench.results.left_out.append(peer.name)
        return []


def gateway(bench, folder):
    return servers.Gateway(bench, bench.origin, folder)


def static(bench):
    """Files straight from an nginx on the servers' core: what the client alone can do."""
    root = bench.files_root
    plain = servers.Nginx(bench, "static", "nginx static", "", f"root {root};", more=servers.npm(root))
    plain.npm, plain.debian = "/npm", "/debian"
    return plain


def hits(bench, work, asks, connections=64, **wrk):
    """The same load on each (target, path), in turn, after all are warm."""
    for target, path in asks:
        bench.keep(target, path)
        bench.warm_up(target, path, connections, **wrk)
    for _ in range(bench.options.rounds):
        for target, path in asks:
            bench.hit(target, work, path, connections, **wrk)
    bench.save()


# ---- hits against peers


def varnish(bench):
    """Varnish stands for caches that know no format."""
    paths = [(label, bench.files.make(f"bench-1.0-peer-{length}.bin", length)[0])
             for label, length in (("2 KiB", 2 * KIB), ("64 KiB", 64 * KIB), ("1 MiB", MIB))]
    own = gateway(bench, "varnish-gateway")
    for other in available(bench, peers.Varnish):
        with running([own, other]):
            for label, path in paths:
                hits(bench, f"hit {label}, against a generic cache", [(own, own.prefix + path), (other, path)])


def verdaccio(bench):
    npm = registries.Npm(bench.files_root, bench.origin.port)
    npm.package("tarball", 64 * KIB)
    npm.packument("packument", 200)
    own = gateway(bench, "verdaccio-gateway")
    for other in available(bench, peers.Verdaccio):
        both = [own, other]
        with running(both):
            # Few connections: with more of them verdaccio answers none within the slice.
            asks = [(it, f"{it.npm}/packument") for it in both]
            hits(bench, "hit npm packument, 200 versions, gzip", asks, 4, headers=GZIP)
            for it in both:
                bench.keep(it, f"{it.npm}/tarball")
            tarball = f"/tarball/-/tarball-{registries.VERSION}.tgz"
            hits(bench, "hit npm tarball 64 KiB", [(it, it.npm + tarball) for it in both])


def apt_cacher_ng(bench):
    registries.debian(bench.files_root, 200, 100 * KIB)
    own = gateway(bench, "apt-gateway")
    for other in available(bench, peers.AptCacherNg):
        with running([own, other]):
            deb = "/pool/main/b/bench-0000/bench-0000_1.0_all.deb"
            hits(bench, "hit .deb 100 KiB", [(it, it.debian + deb) for it in (own, other)])


def proxpi(bench):
    registries.pypi(bench.files_root, bench.origin.port, "wheel", 64 * KIB)
    own = gateway(bench, "pypi-gateway")
    for other in available(bench, peers.Proxpi):
        with running([own, other]):
            pages = [(own, f"{own.pypi}/simple/wheel/"), (other, f"{other.pypi}/wheel/")]
            hits(bench, "hit PyPI project page", pages, 16, headers=ANY)
            hits(bench, "hit wheel 64 KiB", [(it, linked(it, page)) for it, page in pages], 16, headers=ANY)


def linked(target, page):
    """The path of the first link on a page."""
    html = clients.get(target.port, page)
    html = gzip.decompress(html) if html.startswith(b"\x1f\x8b") else html
    link = re.search(r'href="([^"#]+)', html.decode())[1]
    parts = page.strip("/").split("/")
    while link.startswith("../"):
        link, parts = link[3:], parts[:-1]
    return link if link.startswith("/") else "/" + "/".join(parts + [link])


# ---- many files


def zipf(bench):
    """A hundred thousand artifacts, the n-th asked for 1/n as often as the first."""
    number = 10_000 if bench.options.quick else 100_000
    work = f"hits over {number // 1000} 000 artifacts of 4 KiB, zipf"
    bench.say(f"{work}: making files")
    paths = registries.small_files(bench.files_root, number, 4 * KIB)
    own, nginx = gateway(bench, "zipf"), bench.proxy_cache()
    with running([own, nginx]):
        for target in (own, nginx):
            bench.say(f"{work}: filling {target.name}")
            listed = f"{bench.folder}/paths-{target.name}"
            with open(listed, "w") as file:
                file.writelines(f"{target.prefix}{path}\n" for path in paths)
            # Filling is no measurement: it may have both cores.
            began = time.monotonic()
            with bench.hurried(target):
                clients.fill(target.port, listed, 1800)
            bench.say(f"{work}: {target.name} filled in {time.monotonic() - began:.0f} s")
        load = {target: {"script": "zipf.lua", "arguments": (f"{bench.folder}/paths-{target.name}",)} for target in (own, nginx)}
        for target in (own, nginx):
            bench.warm_up(target, "/", 64, **load[target])
        for _ in range(bench.options.rounds):
            for target in (own, nginx):
                bench.hit(target, work, "/", 64, **load[target])


# ---- many clients


def crowd(bench):
    """Five hundred clients want the same cold file at the same moment."""
    work = "500 clients at once on one cold 100 MiB artifact"
    own = gateway(bench, "crowd")

    def act(path):
        before = heap(own, collect=True)
        many = readers.Readers(own.port, [own.prefix + path] * 500)
        with sampled(lambda: heap(own, collect=True), 1) as live:
            began = time.perf_counter()
            many.ask()
            try:
                many.drain(240)
            finally:
                many.close()
            seconds = time.perf_counter() - began
        return {
            (work, "MiB/s"): 500 * 100 / seconds,
            (work, "slowest first byte ms"): max(it.first for it in many.all) * 1000,
            (work, "most upstream GETs"): bench.origin.asked(path),
            (work, "growth of live heap MiB"): max(live) - before,
            (work, "RSS MiB"): meter.rss_mib(own.process.pid)}

    with running([own]):
        bench.warm_misses(own)
        for _ in range(1 if bench.options.quick else 3):
            bench.record(own, lambda: bench.fresh("crowd-100", 100 * MIB), act)


def slow(bench):
    """Sixty-four clients that read slowly what comes fast."""
    work = "64 clients at 1 MiB/s on distinct cold 200 MiB bodies"
    paths = registries.sparse(bench.files_root, "slow", 64, 200 * MIB)
    own = gateway(bench, "slow")

    def act(_):
        many = readers.Readers(own.port, [own.prefix + path for path in paths], small=True)
        with sampled(lambda: (direct(own), heap(own)), 0.5) as seen:
            many.ask()
            try:
                got = many.trickle(MIB, 10 if bench.options.quick else 40)
            finally:
                many.close()
        return {
            (work, "direct memory MiB"): max(it[0] for it in seen),
            (work, "used heap MiB"): max(it[1] for it in seen),
            (work, "MiB that clients got"): got / MIB,
            (work, "RSS MiB"): meter.rss_mib(own.process.pid)}

    with running([own]):
        bench.warm_misses(own)
        bench.record(own, lambda: None, act)
    shutil.rmtree(own.folder, ignore_errors=True)
    for path in paths:
        os.unlink(bench.files_root + path)


def slow_readers(bench):
    """A thousand clients that read 10 KB/s each, beside a load of hits."""
    work = "hit 64 KiB beside 1 000 readers of 10 KB/s"
    hit, _ = bench.files.make("bench-1.0-beside.bin", 64 * KIB)
    long, _ = bench.files.make("bench-1.0-long.bin", 20 * MIB)
    for own in (gateway(bench, "readers"), bench.proxy_cache()):
        with running([own]):
            url = f"http://127.0.0.1:{own.port}{own.prefix}{hit}"
            for path in (hit, long):
                bench.keep(own, own.prefix + path)
            bench.warm_up(own, own.prefix + hit, 64)

            def act(_, own=own, url=url):
                alone = clients.wrk(url, 64, 3)
                many = readers.Readers(own.port, [own.prefix + long] * 1000, small=True)
                over, failed = threading.Event(), []

                def read():
                    try:
                        many.trickle(10_000, 60, pause=1, stop=over.is_set)
                    except (clients.Failed, OSError) as error:
                        failed.append(error)

                many.ask()
                thread = threading.Thread(target=read, daemon=True)
                thread.start()
                try:
                    time.sleep(3)
                    beside = clients.wrk(url, 64, 3)
                    resident = meter.rss_mib(own.process.pid)
                finally:
                    over.set()
                    thread.join(10)
                    many.close()
                if failed or min(it.received for it in many.all) < 10_000:
                    raise clients.Failed(f"readers: {failed[:1]}, least {min(it.received for it in many.all)} bytes")
                return {
                    (work, "requests/s"): beside["requests"] / beside["seconds"],
                    (work, "share of alone"): beside["requests"] / beside["seconds"] / (alone["requests"] / alone["seconds"]),
                    (work, "RSS MiB"): resident}

            for _ in range(2 if bench.options.quick else 4):
                bench.record(own, lambda: None, act)


# ---- documents and package managers


def protected(bench):
    """Hits of one file in a repository that wants a token, against the same file in one that wants none, in one process."""
    own = gateway(bench, "protected")
    own.token = "a-token-for-the-benchmark"
    headers = (f"Private-Token: {own.token}",)
    path, _ = bench.files.make("bench-1.0-protected.bin", 2 * KIB)
    work = "hit 2 KiB with a token"
    with running([own]):
        for _ in range(5):
            clients.get(own.port, own.guarded + path, {"Private-Token": own.token})
            time.sleep(0.2)
        bench.keep(own, own.prefix + path)
        for prefix in (own.prefix, own.guarded):
            bench.warm_up(own, prefix + path, 64, headers=headers)

        def act(_):
            rates = {}
            for prefix in (own.prefix, own.guarded):
                cpu = own.cpu()
                result = clients.wrk(f"http://127.0.0.1:{own.port}{prefix}{path}", 64, 3, headers=headers)
                rates[prefix] = result["requests"] / result["seconds"]
            return {
                (work, "requests/s"): rates[own.guarded],
                (work, "server CPU us/request"): (own.cpu() - cpu) / result["requests"] * 1e6,
                (work, "share of without"): rates[own.guarded] / rates[own.prefix]}

        for _ in range(bench.options.rounds):
            bench.record(own, lambda: None, act)
        bench.save()


def packument(bench):
    """A large packument that the gateway has rewritten, against nginx with the very bytes that the gateway sends."""
    registries.Npm(bench.files_root, bench.origin.port).packument("large", 6000)
    own, nginx = gateway(bench, "packument"), static(bench)
    with running([own]):
        path = f"{own.npm}/large"
        for _ in range(2):
            stored = clients.get(own.port, path)
        nginx.more = (
            "location = /large { default_type application/json; add_header Content-Encoding gzip;"
            f" alias {bench.folder}/large.json.gz; }}")
        registries.write(f"{bench.folder}/large.json.gz", stored)
        work = f"hit npm packument, {len(stored) // 1000} KB of gzip"
        with running([nginx]):
            hits(bench, work, [(own, path), (nginx, "/large")], 16, headers=GZIP)


def npm_ci(bench):
    """A whole `npm ci`, with an empty cache of its own, against warm servers; nginx shows what npm alone takes."""
    number = 100 if bench.options.quick else 600
    work = f"npm ci of {number} packages"
    npm = registries.Npm(bench.files_root, bench.origin.port)
    integrities = {f"part-{index}": npm.package(f"part-{index}", 8 * KIB + index * 64) for index in range(number)}
    targets = [gateway(bench, "npm-ci"), *available(bench, peers.Verdaccio), static(bench)]

    def act(target):
        project, home = f"{bench.folder}/project-{target.name}", f"{bench.folder}/npm-home"
        shutil.rmtree(home, ignore_errors=True)
        shutil.rmtree(f"{project}/node_modules", ignore_errors=True)
        began, cpu = time.perf_counter(), target.cpu()
        command(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], project, {
            "HOME": home, "npm_config_cache": f"{home}/cache", "npm_config_update_notifier": "false"})
        seconds = time.perf_counter() - began
        if len(os.listdir(f"{project}/node_modules")) < number:
            raise clients.Failed(f"{target.name}: packages are missing")
        return {(work, "s"): seconds, (work, "server CPU s"): target.cpu() - cpu}

    with running(targets):
        for target in targets:
            registry = f"http://127.0.0.1:{target.port}{target.npm}"
            registries.npm_project(f"{bench.folder}/project-{target.name}", registry, integrities)
        whole_clients(bench, targets, act)


def apt_get(bench):
    """`apt-get download` of many packages against warm servers; nginx shows what apt alone takes."""
    names = registries.debian(bench.files_root, 200, 100 * KIB)
    work = "apt-get download of 200 packages"
    targets = [gateway(bench, "apt-get"), *available(bench, peers.AptCacherNg), static(bench)]

    def act(target):
        home, into = f"{bench.folder}/apt-{target.name}", f"{bench.folder}/debs"
        shutil.rmtree(into, ignore_errors=True)
        os.makedirs(into)
        began, cpu = time.perf_counter(), target.cpu()
        command(["apt-get", "-qq", "download", *names], into, {"APT_CONFIG": f"{home}/apt.conf"})
        seconds = time.perf_counter() - began
        if len(os.listdir(into)) != len(names):
            raise clients.Failed(f"{target.name}: packages are missing")
        return {(work, "s"): seconds, (work, "server CPU s"): target.cpu() - cpu}

    with running(targets):
        for target in targets:
            home = f"{bench.folder}/apt-{target.name}"
            url = f"http://127.0.0.1:{target.port}{target.debian}"
            registries.write(f"{home}/etc/apt/sources.list", f"deb [trusted=yes] {url} stable main\n".encode())
            registries.write(f"{home}/var/lib/dpkg/status", b"")
            for folder in ("etc/apt/preferences.d", "etc/apt/apt.conf.d", "var/lib/apt/lists/partial", "var/cache/apt/archives/partial"):
                os.makedirs(f"{home}/{folder}")
            registries.write(f"{home}/apt.conf", (
                f'Dir "{home}/";\nDir::State::status "{home}/var/lib/dpkg/status";\nAPT::Sandbox::User "root";\n'
                'APT::Update::Error-Mode "any";\nAcquire::Languages "none";\nAcquire::Retries "0";\n').encode())
            command(["apt-get", "-qq", "update"], home, {"APT_CONFIG": f"{home}/apt.conf"})
        whole_clients(bench, targets, act)


def whole_clients(bench, targets, act):
    """One run that fills and two that warm each server, then all in turn."""
    for target in targets:
        bench.say(f"filling and warming {target.name}")
        for _ in range(3):
            bench.record(target, lambda: None, lambda _, it=target: act(it), discard=True)
    for _ in range(bench.options.rounds):
        for target in targets:
            bench.record(target, lambda: None, lambda _, it=target: act(it))
    bench.save()


def command(words, folder, more):
    env = {key: value for key, value in os.environ.items() if "proxy" not in key.lower() and not key.startswith("npm_")}
    done = subprocess.run(
        words, cwd=folder, env=env | more, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300)
    if done.returncode:
        raise clients.Failed(f"{words[0]}: {(done.stderr or done.stdout)[-500:]}")


# ---- what the JVM says of itself


def metric(target, name, label=""):
    """The sum of a metric's lines that hold the label, in MiB."""
    text = clients.get(target.port, "/metrics", {"Accept-Encoding": "identity"}).decode()
    values = [float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if line.startswith(name + "{") and label in line]
    if not values:
        raise clients.Failed(f"no metric {name} with {label}")
    return sum(values) / MIB


def heap(target, collect=False):
    if collect:
        subprocess.run([f"{java_home()}/bin/jcmd", str(target.process.pid), "GC.run"], capture_output=True, timeout=60, check=True)
    return metric(target, "jvm_memory_used_bytes", 'area="heap"')


def direct(target):
    """The buffers that the JVM counts, and Netty's."""
    own = metric(target, "netty_allocator_memory_used", 'memory_type="direct"')
    return own + metric(target, "jvm_buffer_memory_used_bytes", 'id="direct"')


def java_home():
    """The JDK that the launcher finds."""
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    script = f'home="{root}"; . "$home/.mvn/find-jdk.sh" && echo "$JAVA_HOME"'
    return subprocess.run(["sh", "-c", script], capture_output=True, text=True, timeout=60, check=True).stdout.strip()


@contextlib.contextmanager
def sampled(value, pause):
    """Collects a value again and again while the block runs, at least once."""
    values, over = [], threading.Event()

    def collect():
        while True:
            try:
                values.append(value())
            except (OSError, clients.Failed, subprocess.SubprocessError):
                # A server under full load may not answer in time; the next sample counts.
                pass
            if over.wait(pause):
                return

    thread = threading.Thread(target=collect, daemon=True)
    thread.start()
    try:
        yield values
    finally:
        over.set()
        thread.join(90)
    if not values:
        raise clients.Failed("nothing could be sampled")


ALL = {
    "varnish": varnish, "verdaccio": verdaccio, "apt-cacher-ng": apt_cacher_ng, "proxpi": proxpi, "zipf": zipf, "crowd": crowd, "slow": slow, "readers": slow_readers, "packument": packument,
    "protected": protected,
    "npm-ci": npm_ci, "apt-get": apt_get}
