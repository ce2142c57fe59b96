"""Writes the report: Markdown with tables, and the charts beside it."""
import charts
import growth_tables
import tables

# Shown one above the other.
CHARTS = {
    "deliveries": "Deliveries per CPU second of four implementations in each "
                  "case, and of the limit",
    "rate": "Highest rate without loss of four implementations in each case",
    "latency": "Latency of four implementations at six rates",
    "growth": "Memory, CPU and latency with more peers, topics, subscribers and "
              "larger messages",
    "node": "Memory, connections per second and idle CPU",
    "mesh": "Latency and CPU in meshes of 20 and 50 nodes",
}

HOW_TO_READ = """\
Each figure is the median of all runs, with the least and the most below it; of latencies it is the percentile of all
runs' deliveries together. The implementations take turns within each run, so that what else the machine does hits all of
them. Differences within the spread are noise.

- **One load for all.** The same generator, ours, drives every relay over TCP, Noise and yamux: one publisher, so many
  subscribers, all in the relay's mesh. The relays are small programs on published versions, with the same message ids,
  signing policy and mesh parameters, and with queues that do not drop; [relays/](../tests/bench/relays/README.md) says what
  was set in each and why. We know our own implementation best: whoever finds a fairer setting for another one, send it.
- **One core for the node, another for the load**, pinned, on the same machine: the kernel's share of both sides of a
  loopback connection is in the figures. A rate marked ≥ was limited by the load's core, not by the node.
- **Deliveries per CPU second** are what one core could deliver if it did nothing else, from the scheduler's accounting
  of the node's threads, under full load. A node under full load does more at once; at low rates each message costs more.
- **Highest rate without loss**: searched for, in steps of some 6 %. A rate passes if everything is delivered within
  0.1 s of the end of the attempt and the p99 stays below 250 ms.
- **Latency** is from when a message was due, by the load's clock, until the load has read it from the subscriber's socket,
  over all subscribers, at rates that are the same for all, for 5 s in each run. Runs are added up delivery by delivery, in
  buckets 1 % wide, and the number below the percentiles is that of the deliveries; a percentile with fewer than ten
  messages beyond it is not told. A dash is a rate that an implementation does not reach.
- **The limit** is a program without GossipSub and actors, driven by the same load: it reads, decrypts, checks the
  signature where there is one, encrypts for everybody else and writes, and remembers nothing. It uses Grapevine's
  libraries for Noise and yamux, on one thread. **The bare loop** does without connections, multiplexer and RPCs, too: the
  same work with records and system calls as full as they can be, its peers' reading not counted. Neither is a law of
  nature: another cryptographic library may be faster.
- **Memory** is resident memory (RSS) after 2 s of rest, and its growth with 1,000 peers divided by 1,000. A collected
  heap keeps garbage for a while, and that is resident, too. PSS counts shared pages in parts.
- **Idle CPU** of Rust is next to nothing because its heartbeat rests, too: the library's timer is not asked for its next
  tick until something else wakes the node (gossipsub 0.50.1; seen as no wake-up in ten seconds). The target compares with
  the best of those whose heartbeat beats.
- **Connections** are TCP, Noise, yamux, identify both ways and the pubsub hello; 32 are being set up at any time.
- **Growth** is Grapevine's alone, with three runs of each size. The exponent is that of the least squares of the
  logarithms over the upper half of the sizes: 1 is proportional, 0 does not grow. Lines a + b x are by the least squares
  of the relative errors over all sizes.
- **The mesh** runs all its nodes on all cores of one machine: its latencies show how much work there is more than how
  fast a network would be. Bytes are those of the loopback interface, TCP and IP headers included.
"""


BROKERS = """\
What one would take if all peers trusted one server: the same case and the same loops that publish and count, with small
clients of ours for NATS's protocol and for MQTT with QoS 0. Clients check the server's certificate, TLS is 1.3, on one core
as the relays. What drops messages or delays them is off as it is in the relays: `max_pending` of NATS is 1 GB, of
Mosquitto `max_queued_messages` is 0 and `set_tcp_nodelay` on; all else is by default. A broker's messages have no
signature; who published them is what the broker says.
"""


def header(data):
    machine = data.get("machine", {})
    versions = data.get("versions", {})
    rows = [("machine", f"{machine.get('processor', '?')}, "
             f"{machine.get('cores', '?')} cores, "
             f"{machine.get('memory_gib', '?')} GiB, Linux "
             f"{machine.get('kernel', '?')}; load before: "
             f"{machine.get('load_before', '?')}"),
            *commands(data.get("measured", {})),
            *((tables.NAMES[name], version)
              for name, version in versions.items())]
    return tables.markdown(("", ""), rows)


def commands(measured):
    """How and when; parts that were measured together in one row."""
    parts = {}
    for part, how in measured.items():
        parts.setdefault((how["command"], how["date"]), []).append(part)
    return [("command" if len(parts) == 1 else ", ".join(names),
             f"`{command}`, {date}")
            for (command, date), names in parts.items()]


def picture(name, drawn):
    return f"![{CHARTS[name]}](benchmarks/{name}.svg)\n" * (name in drawn)


def section(title, *parts):
    body = "\n".join(part for part in parts if part)
    return f"## {title}\n\n{body}\n" if body else ""


def folded(title, body):
    return (f"<details><summary>{title}</summary>\n\n{body}\n</details>\n"
            if body else "")


def render(results, drawn):
    """The whole page."""
    table = tables.brokers(results)
    sections = [
        "# Benchmarks: Grapevine, Go, Rust and JavaScript side by side\n",
        "Made by `make bench`; [how it is measured](../tests/bench/README.md)."
        "\n",
        header(results.data),
        section("What was aimed at", "At 1 KiB, 8 subscribers, 1 topic; the "
                "factor is Grapevine's figure by the best other one's.\n",
                tables.targets(results)),
        section("How to read it", HOW_TO_READ),
        section("Deliveries per CPU second", picture("deliveries", drawn),
                tables.relay(results, "deliveries_per_cpu_s")),
        section("Highest rate without loss",
                "Messages per second, the node on one core.\n",
                picture("rate", drawn), tables.relay(results, "highest_rate"),
                tables.both_cores(results)),
        section("Latency", picture("latency", drawn), tables.latencies(
            results, charts.RATES), folded(
                "at 10 %, 50 % and 90 % of each one's own highest rate, in "
                "short windows", tables.latencies(results, charts.OWN_RATES))),
        section("Memory, connections, idling", picture("node", drawn),
                tables.connections(results)),
        section("Growth", picture("growth", drawn),
                growth_tables.growth(results)),
        section("Beside brokers", BROKERS * bool(table),
                table),
        section("Mesh", picture("mesh", drawn), tables.mesh(results)),
        section("Single steps", folded(
            "Grapevine's, in nanoseconds of CPU time", tables.micro(results))),
        section("Losses, duplicates, failures", tables.accidents(results)),
        section("What else the machine did", tables.others(results)),
    ]
    return "\n".join(part for part in sections if part)


def write(results, folder):
    """benchmarks.md in the folder, charts in its folder benchmarks."""
    drawn = charts.all_charts(results)
    (folder / "benchmarks").mkdir(parents=True, exist_ok=True)
    for name, svg in drawn.items():
        (folder / "benchmarks" / f"{name}.svg").write_text(svg, "utf-8")
    page = folder / "benchmarks.md"
    page.write_text(render(results, drawn), encoding="utf-8")
    return page
