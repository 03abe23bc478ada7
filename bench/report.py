"""From samples to medians, ratios and a table."""
import datetime
import os
import platform
import statistics
import subprocess

# The largest sample of a count is shown, and the spread of a difference in its own unit; ratios of either say nothing.
COUNTS = {"most upstream GETs"}
DIFFERENCES = {"ms added"}


def output(command):
    """What a command prints, for the list of versions."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, stdin=subprocess.DEVNULL)
    return (done.stdout + done.stderr).strip()


class Results:
    def __init__(self, foreign_limit):
        self.foreign_limit = foreign_limit
        self.targets = []
        self.samples = {}
        self.failures = []
        self.version = ""

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
        if not self.targets:
            return "Nothing was measured."
        reference, *others = self.targets
        head = ["work", "unit"] + [title for _, title in self.targets]
        head += [f"{reference[0]} / {name}" for name, _ in others]
        lines = ["| " + " | ".join(head) + " |", "| --- | --- |" + " ---: |" * (len(head) - 2)]
        for work, metric in self.samples:
            own = self.summary(work, metric, reference[0])
            summaries = [self.summary(work, metric, name) for name, _ in others]
            row = [work, metric, self.cell(metric, own)] + [self.cell(metric, summary) for summary in summaries]
            for summary in summaries:
                fits = own and summary and summary["median"] > 0 and metric not in DIFFERENCES | COUNTS
                row.append(f"{own['median'] / summary['median']:.2f}" if fits else "")
            lines.append("| " + " | ".join(row) + " |")
        lines += ["", self.environment(options)]
        lines += [f"\nFAILED {failure}" for failure in self.failures]
        return "\n".join(lines)

    def environment(self, options):
        with open("/proc/cpuinfo") as file:
            model = next((line.split(":")[1].strip() for line in file if line.startswith("model name")), platform.machine())
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30)
        versions = [self.version.splitlines()[0] if self.version else "", output(["nginx", "-v"]).split(": ")[-1],
                    output(["wrk", "-v"]).split(" [")[0], f"Python {platform.python_version()}"]
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
                for (work, metric), by_target in self.samples.items() for target, samples in by_target.items()]}


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
