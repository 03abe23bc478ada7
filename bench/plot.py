"""A plot of the samples that bench/run kept, as SVG: `plot.py bench.json > results.svg`.

Each bar is the gateway's rate over the other server's, so 1 is equal; where less is better the ratio is turned round. Bars to
the right of the line are in favour of the gateway. A tick is the aim.
"""
import html
import json
import math
import sys

# For these the larger value is the better one; everything else is a time or a cost.
RATES = {"requests/s", "MiB/s"}
SHOWN = RATES | {"s"}
NAMES = {
    "proxy_cache": "nginx proxy_cache", "static": "nginx static", "open_file_cache": "nginx open_file_cache",
    "apt_cacher_ng": "apt-cacher-ng"}
ROW, LEFT, WIDTH, RIGHT, TOP = 20, 430, 360, 70, 50
# From a quarter to sixteen times, each step twice as much.
LOW, HIGH = -2, 4
STYLE = """
text { font: 12px system-ui, sans-serif; fill: #1f2328 } .quiet { fill: #656d76 } .good { fill: #1a7f37 } .bad { fill: #bc4c00 }
.rough { fill-opacity: .45 } line { stroke: #d0d7de } .one { stroke: #656d76 } .aim { stroke: #0969da; stroke-width: 3 }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 } .quiet { fill: #8b949e } .good { fill: #3fb950 } .bad { fill: #db6d28 } line { stroke: #30363d }
.one { stroke: #8b949e } .aim { stroke: #58a6ff } }
"""


def pairs(document):
    """Each comparison: work, unit, other side, ratio in favour of the gateway, whether both were calm."""
    by_work = {}
    for result in document["results"]:
        by_work.setdefault((result["work"], result["unit"]), {})[result["target"]] = result
    for (work, unit), targets in by_work.items():
        own = targets.get("gateway")
        if unit not in SHOWN or not own or not own["median"] or work == "start-up":
            continue
        for name, other in targets.items():
            if name != "gateway" and other["median"]:
                ratio = own["median"] / other["median"]
                yield work, unit, name, ratio if unit in RATES else 1 / ratio, own["calm"] and other["calm"]


def aims(document):
    """The wished ratio by work, unit and other side, turned as in the plot."""
    return {
        (aim["work"], aim["unit"], aim["against"]): aim["aim"] if aim["unit"] in RATES else 1 / aim["aim"]
        for aim in document.get("aims", []) if aim["against"]}


def place(ratio):
    return LEFT + WIDTH * (min(max(math.log2(ratio), LOW), HIGH) - LOW) / (HIGH - LOW)


def svg(document):
    rows, wished = list(pairs(document)), aims(document)
    height = TOP + ROW * len(rows) + 30
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LEFT + WIDTH + RIGHT} {height}" role="img">',
        "<title>The gateway against other servers</title>", f"<style>{STYLE}</style>",
        '<text x="8" y="20">How many times as fast the gateway is</text>',
        '<text x="8" y="38" class="quiet">pale: the machine was not calm; blue: the aim</text>']
    for step in range(LOW, HIGH + 1):
        x = place(2 ** step)
        kind = ' class="one"' if step == 0 else ""
        out.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{TOP - 6}" y2="{height - 24}"{kind}/>')
        out.append(f'<text x="{x:.1f}" y="{height - 8}" text-anchor="middle" class="quiet">{2 ** step:g}</text>')
    for index, (work, unit, name, ratio, calm) in enumerate(rows):
        y, begin, end = TOP + ROW * index, *sorted((place(1), place(ratio)))
        kind = ("good" if ratio >= 1 else "bad") + ("" if calm else " rough")
        label = html.escape(f"{work} / {NAMES.get(name, name)}")
        out.append(f'<text x="{LEFT - 8}" y="{y + 13}" text-anchor="end">{label}</text>')
        out.append(f'<rect x="{begin:.1f}" y="{y + 3}" width="{max(end - begin, 1):.1f}" height="{ROW - 7}" class="{kind}"/>')
        if (work, unit, name) in wished:
            x = place(wished[work, unit, name])
            out.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{y + 1}" y2="{y + ROW - 2}" class="aim"/>')
        out.append(f'<text x="{LEFT + WIDTH + 8}" y="{y + 13}" class="quiet">{ratio:.2g}</text>')
    return "\n".join([*out, "</svg>", ""])


if __name__ == "__main__":
    with open(sys.argv[1]) as source:
        sys.stdout.write(svg(json.load(source)))
