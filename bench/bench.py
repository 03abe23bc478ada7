"""Measures the gateway and others in turn, over the same files and with the same clients, and prints how they compare."""
import argparse
import contextlib
import http.client
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

import clients
import meter
import plot
import report
import servers
import works

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
KIB, MIB = 1 << 10, 1 << 20
# Label, file name part, length, connections of wrk.
HITS = [
    ("2 KiB", "2k", 2 * KIB, 64), ("64 KiB", "64k", 64 * KIB, 64), ("1 MiB", "1m", MIB, 16), ("20 MiB", "20m", 20 * MIB, 4)]
FOREIGN_LIMIT = 0.08
NAMES = ["start", "hits", "misses", *works.ALL]


class Bench:
    def __init__(self, options):
        self.options = options
        self.folder = tempfile.mkdtemp(prefix="gateway-bench.", dir=options.dir)
        self.processes = servers.Processes()
        self.server_core, self.client_core = options.server_core, options.client_core
        self.nginx_buffers = options.nginx_buffers
        self.launcher = f"{ROOT}/gateway"
        self.patience = options.patience
        self.caches_made = 0
        self.results = report.Results(FOREIGN_LIMIT)

    def say(self, text):
        print(f"bench: {text}", file=sys.stderr, flush=True)

    def save(self):
        os.makedirs(os.path.dirname(os.path.abspath(self.options.json)), exist_ok=True)
        with open(self.options.json, "w") as file:
            json.dump(self.results.as_json(self.options), file, indent=1)

    # ---- one measurement

    def calm(self, prepare, act):
        """Acts until foreign load is small, a few times at most; the values of the calmest try, and its foreign load."""
        best = None
        for _ in range(self.options.tries):
            prepared = prepare()
            self.wait_for_calm()
            watch = meter.Meter()
            values = act(prepared)
            foreign = watch.foreign()
            if best is None or foreign < best[1]:
                best = values, foreign
            if foreign <= FOREIGN_LIMIT:
                break
        return best

    def wait_for_calm(self):
        """Lets others finish, as long as there is patience left for the whole run."""
        while self.patience > 0:
            watch = meter.Meter()
            time.sleep(0.2)
            if watch.foreign() <= FOREIGN_LIMIT:
                return
            self.patience -= 0.2

    def record(self, target, prepare, act, discard=False):
        try:
            values, foreign = self.calm(prepare, act)
        except (clients.Failed, OSError, http.client.HTTPException) as error:
            # A timeout is one of these: a server that does not answer has failed, and the others go on.
            self.say(f"FAILED {target.name}: {error!r}")
            self.results.failed(target.name, repr(error))
            return
        if not discard:
            for (work, metric), value in values.items():
                self.results.add(work, metric, target.name, value, foreign)

    # ---- the works

    def start_up(self, target):
        """To the first 200 on /health with both cores, everything built and the store in place."""
        if not target.prepare():
            self.say(f"{target.name}: no AOT cache was made; starts are measured without")
        for number in range(1 + (2 if self.options.quick else 5)):
            self.record(target, lambda: None, lambda _: {("start-up", "s"): self.start(target)}, number == 0)

    def start(self, target):
        seconds = target.start(f"{self.server_core},{self.client_core}")
        target.stop()
        return seconds

    def hit(self, target, work, path, connections, **wrk):
        before = self.origin.asked()

        def act(_):
            cpu = target.cpu()
            result = clients.wrk(f"http://127.0.0.1:{target.port}{path}", connections, self.options.seconds, **wrk)
            cpu = target.cpu() - cpu
            return {
                (work, "requests/s"): result["requests"] / result["seconds"],
                (work, "p99 ms"): result["p99_us"] / 1000,
                (work, "server CPU us/request"): cpu / result["requests"] * 1e6}

        self.record(target, lambda: None, act)
        if self.origin.asked() != before:
            # Others are silent meanwhile, so it was this one, and these were no hits.
            self.results.failed(target.name, f"asked the origin during: {work}")

    def cold(self, target, work, length, checksum, discard):
        def act(path):
            cpu = target.cpu()
            result = clients.download(target.port, target.prefix + path, length)
            # What goes on behind the client's back, such as the digest under which the store keeps it, counts too.
            cpu = self.settled(target) - cpu
            return {
                (work, "MiB/s"): length / MIB / result["seconds"],
                (work, "server CPU ms/MiB"): cpu * 1000 / (length / MIB)}

        self.record(target, lambda: self.fresh(work.replace(" ", "-").replace(",", ""), length, checksum=checksum), act, discard)

    @staticmethod
    def settled(target):
        """The CPU time once it rises no more."""
        before, now = -1.0, target.cpu()
        while now - before > 0.01:
            time.sleep(0.2)
            before, now = now, target.cpu()
        return now

    def first_byte(self, target, work, length, discard=False):
        """The median of some misses, each with the same download straight from the origin beside it."""
        def prepare():
            return [self.fresh(f"first-{length}", length, keep=True) for _ in range(10)]

        def act(paths):
            through, straight = clients.Reader(target.port), clients.Reader(self.origin.port)
            added = []
            for path in paths:
                alone = straight.get(path)["first"]
                added.append(through.get(target.prefix + path)["first"] - alone)
            through.close()
            straight.close()
            return {(work, "ms added"): statistics.median(added) * 1000}

        self.record(target, prepare, act, discard)

    def warm_misses(self, target):
        """Small misses, then large ones, until their CPU time stops falling."""
        def batch():
            paths = [self.files.fresh("warm", 2 * KIB, keep=True) for _ in range(200)]
            cpu = target.cpu()
            for path in paths:
                clients.download(target.port, target.prefix + path, 2 * KIB)
            return target.cpu() - cpu

        def large():
            cpu = target.cpu()
            for checksum in (False, True):
                path = self.fresh("warm-large", 50 * MIB, checksum=checksum)
                clients.download(target.port, target.prefix + path, 50 * MIB)
            return self.settled(target) - cpu

        with self.hurried(target):
            self.until_steady(batch, 4 if self.options.quick else 20)
            self.until_steady(large, 4 if self.options.quick else 20)

    @contextlib.contextmanager
    def hurried(self, target):
        """Lets a server have all cores: its compiler, which runs beside it in the first minute, then takes less time."""
        servers.pin(target, f"{self.server_core},{self.client_core}")
        try:
            yield
        finally:
            servers.pin(target, target.cores)

    def crowd(self, target, label, length, number, discard):
        work = f"cold {label}, {number} clients at once"

        def act(path):
            result = clients.crowd(target.port, target.prefix + path, length, number)
            return {
                (work, "MiB/s"): number * length / MIB / result["seconds"],
                (work, "slowest first byte ms"): result["first"] * 1000,
                (work, "most upstream GETs"): self.origin.asked(path)}

        self.record(target, lambda: self.fresh("crowd", length), act, discard)

    def fresh(self, label, length, keep=False, checksum=True):
        path = self.files.fresh(label, length, keep, checksum)
        # What earlier downloads left in the page cache is written now, not during the measurement.
        os.sync()
        return path

    # ---- the run

    def run(self):
        self.say(f"files in {self.folder}")
        self.files_root = f"{self.folder}/files"
        self.files = servers.Files(self.files_root)
        self.origin = servers.Origin(self, self.files_root)
        self.origin.start()
        if self.wants("start") or self.wants("hits") or self.wants("misses"):
            self.against_nginx()
        for name, work in works.ALL.items():
            if self.wants(name):
                self.say(name)
                known = set(self.results.samples)
                try:
                    work(self)
                except (clients.Failed, OSError, subprocess.SubprocessError) as error:
                    self.results.failed(name, repr(error))
                self.results.pairs |= set(self.results.samples) - known
                self.save()

    def wants(self, name):
        return not self.options.only or name in self.options.only

    def proxy_cache(self):
        """The same nginx as everywhere, with a cache of its own."""
        self.caches_made += 1
        return servers.proxy_cache(self, self.origin, f"proxy_cache-{self.caches_made}")

    def against_nginx(self):
        """Start-up, hits and misses of single files."""
        paths = {name: self.files.make(f"bench-1.0-{name}.bin", length) for _, name, length, _ in HITS}
        everybody = servers.targets(self, self.origin, self.files_root)
        if self.options.targets:
            everybody = [target for target in everybody if target.name in self.options.targets.split(",")]
        caches = [target for target in everybody if target.caches]
        self.results.targets = [(target.name, target.title) for target in everybody]
        rounds = self.options.rounds

        for target in everybody:
            if self.wants("start"):
                self.say(f"start-up of {target.name}")
                self.start_up(target)
            target.start()
        time.sleep(3)
        for target in everybody:
            self.results.add("idle", "RSS MiB", target.name, meter.rss_mib(target.process.pid), 0)

        for target in caches if self.wants("misses") else []:
            self.first_byte(target, "first byte of a 64 KiB miss, just started", 64 * KIB)
        for target in everybody:
            self.say(f"warming {target.name}")
            for _, name, _, connections in HITS if self.wants("hits") else []:
                self.keep(target, target.prefix + paths[name][0], paths[name][1])
                self.warm_up(target, target.prefix + paths[name][0], connections)
        for number in range(rounds if self.wants("hits") else 0):
            self.say(f"hits, round {number + 1} of {rounds}")
            for label, name, _, connections in HITS:
                for target in everybody:
                    self.hit(target, f"hit {label}", target.prefix + paths[name][0], connections)
            self.save()

        for target in caches if self.wants("misses") else []:
            self.say(f"warming the misses of {target.name}")
            self.warm_misses(target)
        # The first rounds of a work are thrown away: the compiler of a Java program has not seen it yet.
        first = -2 if self.options.quick else -4
        for number in range(first, rounds if self.wants("misses") else first):
            self.say(f"misses, round {number + 1} of {rounds}")
            for target in caches:
                self.cold(target, "cold 200 MiB, nothing to verify", 200 * MIB, False, number < 0)
            for target in caches:
                self.cold(target, "cold 200 MiB, verified", 200 * MIB, True, number < 0)
            for label, length in (("64 KiB", 64 * KIB), ("20 MiB", 20 * MIB)):
                for target in caches:
                    self.first_byte(target, f"first byte of a {label} miss", length, number < 0)
            for target in caches:
                self.crowd(target, "20 MiB", 20 * MIB, 16, number < 0)
            self.save()
        for target in everybody:
            self.results.add("after load", "RSS MiB", target.name, meter.rss_mib(target.process.pid), 0)
            target.stop()

    @staticmethod
    def keep(target, path, sha256=None):
        """Puts a file into the cache and proves that it is right and kept."""
        for _ in range(50):
            status = clients.check(target.port, path, sha256).get("Cache-Status", "hit")
            if "hit" in status:
                break
            # A download is published a moment after its last byte was sent.
            time.sleep(0.1)
        else:
            raise clients.Failed(f"{target.name} does not keep {path}: {status}")

    def warm_up(self, target, path, connections, **wrk):
        """Lets compilers finish, also with connections that come and go: a slice of load begins with some."""
        url = f"http://127.0.0.1:{target.port}{path}"
        passing = {**wrk, "headers": (*wrk.get("headers", ()), "Connection: close")}

        def slice_of_load():
            cpu = target.cpu()
            requests = clients.wrk(url, connections, 2, **wrk)["requests"]
            return (target.cpu() - cpu) / requests

        with self.hurried(target):
            for _ in range(2 if self.options.quick else 5):
                clients.wrk(url, connections, 2, **passing)
            self.until_steady(slice_of_load, 5 if self.options.quick else 15)

    @staticmethod
    def until_steady(cost, most):
        """Repeats until the cost has not fallen by a twentieth for two times."""
        best, idle = cost(), 0
        for _ in range(most - 1):
            now = cost()
            idle = idle + 1 if now > best * 0.95 else 0
            best = min(best, now)
            if idle == 2:
                return


def parse():
    parser = argparse.ArgumentParser(prog="bench/run", description="The gateway against nginx and other caches, on this machine's loopback.")
    parser.add_argument("--quick", action="store_true", help="three rounds and short warm-ups: a look, not a result")
    parser.add_argument("--rounds", type=int, help="rounds of each work (8, quick: 3)")
    parser.add_argument("--seconds", type=int, default=1, help="length of one slice of hits (1)")
    parser.add_argument("--tries", type=int, help="times that a slice is tried for calm (4, quick: 2)")
    parser.add_argument("--patience", type=int, help="seconds to wait for calm moments in the whole run (600, quick: 60)")
    parser.add_argument("--only", type=lambda text: text.split(","), help=f"these works alone: {','.join(NAMES)}")
    parser.add_argument("--targets", help="only these, by name: gateway,proxy_cache,static,open_file_cache")
    parser.add_argument("--json", default=f"{ROOT}/target/bench.json", help="where all samples go (target/bench.json)")
    parser.add_argument("--peers", default=f"{ROOT}/target/bench-peers", help="where other caches are installed (target/bench-peers)")
    parser.add_argument("--dir", help="where files and caches are kept meanwhile, some 30 GiB for all works, 8 without the work slow (the system's temporary folder)")
    parser.add_argument("--server-core", default="0", help="the core of the servers (0)")
    parser.add_argument("--client-core", default="1", help="the core of the clients and the origin (1)")
    parser.add_argument("--nginx-buffers", default="8 64k", help="proxy_buffers of nginx proxy_cache (8 64k; nginx's own: 8 8k)")
    parser.add_argument("--minutes", type=int, default=120, help="ends the run after this time, whatever happens (120)")
    options = parser.parse_args()
    if unknown := set(options.only or NAMES) - set(NAMES):
        parser.error(f"--only: unknown: {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    options.rounds = options.rounds or (3 if options.quick else 8)
    if options.patience is None:
        options.patience = 60 if options.quick else 600
    options.tries = options.tries or (2 if options.quick else 4)
    wants_gateway = not options.targets or "gateway" in options.targets.split(",")
    if wants_gateway and not os.access(f"{ROOT}/gateway", os.X_OK):
        parser.error(f"there is no {ROOT}/gateway; nginx alone: --targets proxy_cache,static,open_file_cache")
    if not {int(options.server_core), int(options.client_core)} <= os.sched_getaffinity(0):
        parser.error("servers and clients need a core each; see --server-core and --client-core")
    return options


def leave(number, _frame):
    raise SystemExit(f"bench: ended by {signal.Signals(number).name}")


def main():
    options = parse()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGALRM):
        signal.signal(number, leave)
    signal.alarm(options.minutes * 60)
    bench = Bench(options)
    finished = False
    try:
        if not options.targets or "gateway" in options.targets.split(","):
            # Builds when there is something to build, so that no start-up below includes it.
            bench.results.version = report.output([bench.launcher, "-version"])
        os.sched_setaffinity(0, {int(options.client_core)})
        bench.run()
        finished = True
    except clients.Failed as error:
        # What was measured before is printed all the same, with this below it.
        bench.results.failed("run", repr(error))
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGALRM):
            signal.signal(number, signal.SIG_IGN)
        bench.processes.stop_all(grace=40 if finished else 5)
        shutil.rmtree(bench.folder, ignore_errors=True)
        if not finished:
            bench.results.failed("run", "it ended early; what is above was measured before that")
        bench.save()
        with open(f"{os.path.splitext(options.json)[0]}.svg", "w") as file:
            file.write(plot.svg(bench.results.as_json(options)))
        print(bench.results.markdown(options))
        bench.say(f"all samples in {options.json}")
    return 1 if bench.results.failures else 0


if __name__ == "__main__":
    sys.exit(main())
