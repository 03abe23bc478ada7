"""What processes cost, and how much of the machine somebody else used meanwhile.

A shared machine is never quiet. The kernel says how busy the cores were and how much of that was ours; the rest is foreign
load, and a measurement with too much of it is thrown away.
"""
import glob
import os
import time

TICK = os.sysconf("SC_CLK_TCK")


def _stat(pid):
    """CPU seconds of a process with the children it has reaped, and its parent's id; None when it is gone."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return sum(int(value) for value in fields[11:15]) / TICK, int(fields[1])


def tree(root):
    """The ids of a process and all its descendants."""
    children = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            stat = _stat(name)
            if stat:
                children.setdefault(stat[1], []).append(int(name))
    found, todo = [], [root]
    while todo:
        pid = todo.pop()
        found.append(pid)
        todo += children.get(pid, [])
    return found


def cpu_seconds(root):
    stats = [_stat(pid) for pid in tree(root)]
    return sum(stat[0] for stat in stats if stat)


def rss_mib(root):
    """Resident memory of a process and its descendants; pages that two of them share count twice."""
    total = 0
    for pid in tree(root):
        try:
            with open(f"/proc/{pid}/status") as file:
                total += sum(int(line.split()[1]) for line in file if line.startswith("VmRSS:"))
        except FileNotFoundError:
            pass
    return total / 1024


def _interrupts_are_apart():
    """Whether the kernel books the time of network interrupts apart from the process that they interrupt."""
    for path in glob.glob(f"/boot/config-{os.uname().release}") + ["/proc/config.gz"]:
        try:
            import gzip

            opener = gzip.open if path.endswith(".gz") else open
            with opener(path, "rt") as file:
                return "CONFIG_IRQ_TIME_ACCOUNTING=y" in file.read()
        except OSError:
            continue
    return True


APART = _interrupts_are_apart()


def _busy():
    """CPU seconds that all cores spent working, time stolen by the host included."""
    with open("/proc/stat") as file:
        user, nice, system, _idle, _wait, irq, softirq, steal = map(int, file.readline().split()[1:9])
    return (user + nice + system + steal + (0 if APART else irq + softirq)) / TICK


def _ksoftirqd():
    """The kernel threads that move our packets when the cores are full."""
    total = 0
    for pid in _KSOFTIRQD:
        stat = _stat(pid)
        total += stat[0] if stat else 0
    return total


def _name(pid):
    try:
        with open(f"/proc/{pid}/comm") as file:
            return file.read()
    except OSError:
        return ""


_KSOFTIRQD = [pid for pid in os.listdir("/proc") if pid.isdigit() and _name(pid).startswith("ksoftirqd")]


class Meter:
    """Measures from its creation on; this program and everything it started are not foreign."""

    def __init__(self):
        self.began = time.monotonic()
        self.before = self._foreign()

    @staticmethod
    def _foreign():
        return _busy() - cpu_seconds(os.getpid()) - _ksoftirqd()

    def foreign(self):
        """The share of all cores that others used: 0.1 is a tenth of the machine."""
        seconds = (time.monotonic() - self.began) * os.cpu_count()
        return max(0.0, (self._foreign() - self.before) / seconds)
