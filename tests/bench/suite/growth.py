"""The sizes at which growth is measured, and whether this machine has room."""
import dataclasses
import pathlib
import resource
import sys

from cases import size_text
from numbers_text import count_text

PEERS = (100, 200, 500, 1000, 2000, 5000, 10_000, 20_000)
TOPICS = (1, 4, 16, 64, 250, 1000, 4000)
SUBSCRIBERS = (1, 3, 10, 30, 100, 300, 1000)
SIZES = (100, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576)

# Of a busy topic: what the load can take of the largest of them.
PAIR_RATE = 200
TOPICS_RATE = 1000
SUBSCRIBERS_RATE = 100
SIZES_RATE = 20

# Messages on their way, whatever the subscribers: what goes out together costs
# less, and a window in deliveries would be one message for many.
SUBSCRIBERS_WINDOW = 64

# Enough of each point where a curve has so many.
MOST_RUNS = 3

# What a program has open besides its connections, and what Grapevine keeps for
# other things and for peers that it dials itself.
OTHER_FILES = 1500

PORTS = pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range")


@dataclasses.dataclass(frozen=True)
class Axis:
    """What grows; its cells are named NAME-NUMBER."""

    name: str
    title: str
    values: tuple
    text: object = count_text
    # Of a chart's axis, if not powers of ten.
    marks: tuple = ()

    def cell(self, value):
        return f"{self.name}-{value}"

    def measured(self, results):
        """The values that there are results of, in order."""
        cells = results.data.get("growth", {})
        return sorted(int(cell.rsplit("-", 1)[1]) for cell in cells
                      if cell.rsplit("-", 1)[0] == self.name)


AXES = {axis.name: axis for axis in (
    Axis("peers", "peers", PEERS),
    Axis("topics", "topics", TOPICS),
    Axis("subscribers", "subscribers in the mesh", SUBSCRIBERS),
    Axis("size", "size", SIZES, size_text, SIZES[1::2]))}


def allow_files(wanted):
    """How many files a program may have open; raises the limit where it may,
    for those that are started, too."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < wanted:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, wanted))
            return wanted
        except (ValueError, OSError):
            return hard
    return wanted if hard == resource.RLIM_INFINITY else hard


def local_ports():
    """How many connections there can be from one address to one port."""
    first, last = map(int, PORTS.read_text("ascii").split())
    return last - first + 1


def reachable(values, files, ports):
    """Those of `values`, in peers, that the limits let be, and in place of larger
    ones the most that there may be, in thousands; and why others are left out."""
    room = min(files - OTHER_FILES, ports)
    fitting = [value for value in values if value <= room]
    left_out = [value for value in values if value > room]
    if not left_out:
        return tuple(fitting), []
    most = room // 1000 * 1000
    is_new = most >= 1.5 * max(fitting, default=0) and most > 0
    if is_new:
        fitting.append(most)
    why = (f"there are {ports} local ports; widen {PORTS}" if room == ports else
           f"a program may open {files} files; raise ulimit -n (hard)")
    instead = f"; {count_text(most)} are measured in their place" if is_new else ""
    return tuple(fitting), [f"{count_text(value)} PEERS ARE LEFT OUT: {why}"
                            f"{instead}" for value in left_out]


def peers_here():
    """The sizes of a crowd that this machine has room for; those that it has
    not are told loudly."""
    fitting, missing = reachable(PEERS, allow_files(max(PEERS) + OTHER_FILES),
                                 local_ports())
    for why in missing:
        print("***", why, file=sys.stderr)
    return fitting
