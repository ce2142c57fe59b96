"""What else the machine does: before anything is measured, and meanwhile."""
import dataclasses
import os
import pathlib
import resource
import time

# Cores that others may use; a core that is shared for so little time does not
# show in a median, more is a figure of them rather than of ours.
MOST_CORES = 0.15

# How long the machine is looked at before the first run.
WATCHED_SECONDS = 3

TICKS = os.sysconf("SC_CLK_TCK")

# The fields of /proc/stat's first line that are work: user, nice, system, and
# what the host gave to another machine. Not interrupts: those of the loopback
# interface are of what is measured.
WORK = (0, 1, 2, 7)


@dataclasses.dataclass(frozen=True)
class Glance:
    """What had been used of CPU at one time, all in seconds."""

    time: float
    # By everybody, and by the programs that we had started, and ourselves.
    all: float
    own: float
    # By process: (name, seconds).
    processes: dict = dataclasses.field(default_factory=dict)


def work_of(stat):
    """Seconds of work, of /proc/stat's text."""
    fields = [int(word) for word in stat.split("\n", 1)[0].split()[1:]]
    return sum(fields[i] for i in WORK) / TICKS


def own_work():
    return sum(used.ru_utime + used.ru_stime for used in
               map(resource.getrusage, (resource.RUSAGE_SELF,
                                        resource.RUSAGE_CHILDREN)))


def process_of(stat):
    """(name, seconds) of a process, of its stat's text."""
    name, rest = stat.split("(", 1)[1].rsplit(")", 1)
    fields = rest.split()
    return name, (int(fields[11]) + int(fields[12])) / TICKS


def all_processes():
    """By number, but for this one; those that end meanwhile are left out."""
    found = {}
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            text = (folder / "stat").read_text("utf-8", "replace")
        except OSError:
            continue
        if int(folder.name) != os.getpid():
            found[int(folder.name)] = process_of(text)
    return found


def glance(processes=False):
    return Glance(time.monotonic(),
                  work_of(pathlib.Path("/proc/stat").read_text("ascii")),
                  own_work(), all_processes() if processes else {})


def others_cores(before, after):
    """How many cores were at work for others, as a mean."""
    work = (after.all - before.all) - (after.own - before.own)
    return max(work, 0) / (after.time - before.time)


def busiest(before, after, most=3):
    """(name, cores) of who used most meanwhile."""
    span = after.time - before.time
    none = (None, 0)
    used = [(name, (spent - before.processes.get(pid, none)[1]) / span)
            for pid, (name, spent) in after.processes.items()]
    used = [one for one in used if one[1] >= 0.01]
    return sorted(used, key=lambda one: -one[1])[:most]


def complaint(cores, all_cores, average, programs, allowed=MOST_CORES):
    """Why nothing should be measured now, and what to do; None if it may."""
    if cores <= allowed:
        return None
    seen = ", ".join(f"{name} {share:.2f}" for name, share in programs)
    if sum(share for _, share in programs) < cores / 2:
        seen += ", " * bool(seen) + "mostly what has ended meanwhile or is " \
            "another machine on this host"
    return (f"this machine is loaded: others use {cores:.2f} of its {all_cores} "
            f"cores ({seen}), at most {allowed:.2f} are "
            f"none's trouble; its load average is {average:.2f}.\n"
            "Wait until it is calm, or end what runs; --loaded measures "
            "nevertheless, and the results say so.")


def look():
    """The complaint of this machine now, or None."""
    before = glance(processes=True)
    time.sleep(WATCHED_SECONDS)
    after = glance(processes=True)
    return complaint(others_cores(before, after), os.cpu_count(),
                     os.getloadavg()[0], busiest(before, after))


def note(before, after):
    """What stands with a run's figures."""
    return {"others_cores": round(others_cores(before, after), 3),
            "load_average": round(os.getloadavg()[0], 2)}
