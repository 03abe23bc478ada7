"""From samples to medians, ratios and a table."""
import datetime
import fnmatch
import os
import platform
import statistics
import subprocess

# The largest sample of a count is shown, and the spread of a difference in its own unit; ratios of either say nothing.
COUNTS = {"most upstream GETs"}
DIFFERENCES = {"ms added"}
# Who is left of the ratio in each row, and how the columns are called.
OWN = "gateway"
TITLES = {
    "proxy_cache": "nginx proxy_cache", "static": "nginx static", "open_file_cache": "nginx static, open_file_cache",
    "varnish": "Varnish, in memory", "apt_cacher_ng": "apt-cacher-ng"}
# Work, unit, the other side (None: an absolute value), and the aim. A ratio is the gateway's over the other's.
AIMS = [
    ("hit 2 KiB", "requests/s", "proxy_cache", ">=", 1.8), ("hit 2 KiB", "requests/s", "open_file_cache", ">=", 0.9),
    ("hit npm packument, * KB of gzip", "requests/s", "static", ">=", 1.0), ("hit 64 KiB", "requests/s", "static", ">=", 0.95),
    ("hit 1 MiB", "requests/s", "static", ">=", 0.95), ("hit 20 MiB", "requests/s", "static", ">=", 0.95),
    ("hits over *", "requests/s", "proxy_cache", ">=", 1.0), ("hit 2 KiB with a token", "share of without", None, ">=", 0.8),
    ("cold 200 MiB, nothing to verify", "MiB/s", "proxy_cache", ">=", 1.25),
    ("cold 20 MiB, 16 clients at once", "MiB/s", "proxy_cache", ">=", 2.0),
    ("cold 20 MiB, 16 clients at once", "slowest first byte ms", None, "<=", 100),
    ("500 clients*", "most upstream GETs", None, "<=", 1), ("500 clients*", "growth of live heap MiB", None, "<=", 64),
    ("64 clients*", "direct memory MiB", None, "<=", 150), ("first byte of a 64 KiB miss", "ms added", None, "<=", 20),
    ("hit 64 KiB beside*", "share of alone", None, ">=", 0.8), ("hit 64 KiB beside*", "RSS MiB", None, "<=", 512),
    ("npm ci*", "s", "verdaccio", "<=", 0.5), ("apt-get download*", "s", "apt_cacher_ng", "<=", 1.0),
    ("start-up", "s", None, "<=", 1.6), ("idle", "RSS MiB", None, "<=", 220)]


def output(command):
    """What a command prints, for the list of versions."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, stdin=subprocess.DEVNULL)
    return (done.stdout + done.stderr).strip()


class Results:
    def __init__(self, foreign_limit):
        self.foreign_limit = foreign_limit
        self.targets = []
        self.samples = {}
        # Works that have a row for each other side, since it is not the same for all of them.
        self.pairs = set()
        self.failures = []
        self.left_out = []
        self.version = ""
        self.versions = []

    def add(self, work, metric, target, value, foreign):
        self.samples.setdefault((work, metric), {}).setdefault(target, []).append((value, foreign))

    def failed(self, target, text):
        self.failures.append(f"{target}: {text}")

    def summary(self, work, metric, target):
        """Median, half the distance between the quartiles, and whether enough samples were calm."""
        samples = self.samples[work, metric].get(target)
        if not samples:
            return None
        calm = [value for value, foreign in samples if foreign <= self.foreign_limit]
        enough = 2 * len(calm) >= len(samples)
        values = calm if enough else [value for value, _ in samples]
        # A count is an upper bound that must hold each time; all others are typical values.
        middle = max(values) if metric in COUNTS else statistics.median(values)
        low, high = middle, middle
        if len(values) > 1:
            low, _, high = statistics.quantiles(values, n=4, method="inclusive")
        return {"median": middle, "spread": (high - low) / 2, "calm": enough, "used": len(values), "of": len(samples)}

    def cell(self, metric, summary):
        if summary is None:
            return ""
        text = number(summary["median"])
        if summary["of"] > 1 and metric not in COUNTS:
            share = summary["spread"] / summary["median"] if summary["median"] and metric not in DIFFERENCES else None
            text += f" ±{number(summary['spread'])}" if share is None else f" ±{share:.0%}"
        return text if summary["calm"] else text + " ~"

    def markdown(self, options):
        if not self.samples:
            return "Nothing was measured."
        lines = self.matrix() + self.rows() + self.aims() + [self.environment(options)]
        lines += [f"\nNot to be had here, so left out: {', '.join(self.left_out)}."] if self.left_out else []
        lines += [f"\nFAILED {failure}" for failure in self.failures]
        return "\n".join(lines)

    def matrix(self):
        """The works that the same servers did: a column each."""
        works = [work for work in self.samples if work not in self.pairs]
        if not works or not self.targets:
            return []
        reference, *others = self.targets
        head = ["work", "unit"] + [title for _, title in self.targets]
        head += [f"{reference[0]} / {name}" for name, _ in others]
        lines = header(head)
        for work, metric in works:
            own = self.summary(work, metric, reference[0])
            summaries = [self.summary(work, metric, name) for name, _ in others]
            row = [work, metric, self.cell(metric, own)] + [self.cell(metric, summary) for summary in summaries]
            row += [ratio(metric, own, summary) for summary in summaries]
            lines.append("| " + " | ".join(row) + " |")
        return lines + [""]

    def rows(self):
        """All other works: a row for each server beside the gateway."""
        lines = header(["work", "unit", "gateway", "another", "its name", "gateway / other"])
        for work, metric in self.samples:
            if (work, metric) not in self.pairs:
                continue
            own = self.summary(work, metric, OWN)
            for name in [name for name in self.samples[work, metric] if name != OWN] or [""]:
                other = self.summary(work, metric, name)
                row = [work, metric, self.cell(metric, own), self.cell(metric, other), TITLES.get(name, name), ratio(metric, own, other)]
                lines.append("| " + " | ".join(row) + " |")
        return lines + [""] if len(lines) > 2 else []

    def reached(self):
        """Each aim whose work was measured: work, unit, other side, what was reached, the aim, and whether it was."""
        for pattern, metric, name, sign, aim in AIMS:
            for work, unit in self.samples:
                if unit != metric or not fnmatch.fnmatchcase(work, pattern):
                    continue
                own = self.summary(work, unit, OWN)
                other = self.summary(work, unit, name) if name else None
                if own and (other and other["median"] or not name):
                    value = own["median"] / other["median"] if name else own["median"]
                    calm = own["calm"] and (not other or other["calm"])
                    yield work, unit, name, value, sign, aim, value >= aim if sign == ">=" else value <= aim, calm

    def aims(self):
        lines = header(["work", "unit", "against", "reached", "aim", ""])
        for work, unit, name, value, sign, aim, good, calm in self.reached():
            against = TITLES.get(name, name) if name else "-"
            row = [work, unit, against, number(value) + ("" if calm else " ~"), f"{sign} {aim}", "yes" if good else "**no**"]
            lines.append("| " + " | ".join(row) + " |")
        return lines + [""] if len(lines) > 2 else []

    def environment(self, options):
        with open("/proc/cpuinfo") as file:
            model = next((line.split(":")[1].strip() for line in file if line.startswith("model name")), platform.machine())
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30)
        versions = [self.version.splitlines()[0] if self.version else "", output(["nginx", "-v"]).split(": ")[-1],
                    output(["wrk", "-v"]).split(" [")[0], f"Python {platform.python_version()}"]
        versions += self.versions
        return (
            f"{datetime.date.today()}; {os.cpu_count()} x {model}, {memory:.0f} GiB, Linux {platform.release()}; "
            + ", ".join(version for version in versions if version)
            + f". {options.rounds} rounds, slices of {options.seconds} s. Medians ± half the distance between the quartiles; "
            + f"`~`: fewer than half of the samples had less than {self.foreign_limit:.0%} foreign load, so all were used.")

    def as_json(self, options):
        return {
            "options": vars(options),
            "environment": self.environment(options),
            "failures": self.failures,
            "results": [
                {"work": work, "unit": metric, "target": target, **self.summary(work, metric, target),
                 "samples": [{"value": value, "foreign": round(foreign, 4)} for value, foreign in samples]}
                for (work, metric), by_target in self.samples.items() for target, samples in by_target.items()],
            "aims": [
                {"work": work, "unit": unit, "against": name, "value": value, "sign": sign, "aim": aim, "reached": good, "calm": calm}
                for work, unit, name, value, sign, aim, good, calm in self.reached()]}


def header(words):
    return ["| " + " | ".join(words) + " |", "| --- | --- |" + " ---: |" * (len(words) - 2)]


def ratio(metric, own, other):
    fits = own and other and other["median"] > 0 and metric not in DIFFERENCES | COUNTS
    return f"{own['median'] / other['median']:.2f}" if fits else ""


def number(value):
    """Three figures, as people write them."""
    if abs(value) >= 1000:
        return f"{value:,.0f}".replace(",", " ")
    if abs(value) >= 100:
        return f"{value:.0f}"
    if value == int(value):
        return f"{value:.0f}"
    if abs(value) >= 10:
        return f"{value:.1f}"
    return f"{value:.2f}"
