#!/usr/bin/env python3
"""Checks deploy/ against the release binary: check_deploy.py [BINARY]

That the systemd unit starts the node as a service is to be and with no more
kinds of sockets than it needs to find the machine's addresses and to tell
systemd how it is, that dashboards and alerts ask for metrics that there are,
that the alerts do what their tests say, and that the unit and the YAML files
are well-formed where this machine has what can tell. The image has a test of its
own (scripts/image_test.sh), and so has the chart (tests/chart/). The port for
vcpkg and the recipe for Conan have the project's version and all its packages.
"""
import ctypes
import json
import pathlib
import platform
import re
import select
import shutil
import socket
import subprocess
import struct
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
UNIT = ROOT / "deploy/systemd/grapevine.service"

# Where the package has them, and the unit finds them.
PROGRAM = "/usr/bin/grapevine"
CONFIGURATION = "/etc/grapevine/grapevine.toml"

# What systemd-analyze says of the unit's sandbox: tenths, of 100 without any.
MOST_EXPOSED = 12

# How long a node may take to start; only waited for when something is broken.
PATIENCE_SECONDS = 20


def run(*command):
    return subprocess.run(command, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)


# -- the unit -----------------------------------------------------------------

# SYS_socket, and the name of the machine in an audit record.
MACHINES = {"x86_64": (41, 0xC000003E), "aarch64": (198, 0xC00000B7)}


def only_families(families):
    """Refuses all other kinds of sockets to this process for good, as systemd
    does for RestrictAddressFamilies."""
    number, machine = MACHINES[platform.machine()]
    allow, refuse = 0x7FFF0000, 0x00050000 | 97  # EAFNOSUPPORT

    def step(code, value, yes=0, no=0):
        return struct.pack("HBBI", code, yes, no, value)

    load, equal, ret = 0x20, 0x15, 0x06
    jumps = [step(equal, family, len(families) - i)
             for i, family in enumerate(families)]
    steps = [step(load, 4), step(equal, machine, 1), step(ret, allow),
             step(load, 0), step(equal, number, 1), step(ret, allow),
             step(load, 16), *jumps, step(ret, refuse), step(ret, allow)]
    code = ctypes.create_string_buffer(b"".join(steps))
    program = struct.pack("HxxxxxxP", len(steps), ctypes.addressof(code))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(38, 1, 0, 0, 0) != 0 or libc.prctl(22, 2, program) != 0:
        raise OSError(ctypes.get_errno(), "no seccomp filter")


def values_of(key):
    """All that the unit has for a key."""
    return re.findall(rf"^{key}=(.*)", UNIT.read_text(), re.MULTILINE)


def allowed_families():
    return [getattr(socket, word)
            for word in values_of("RestrictAddressFamilies")[0].split()]


def check_keys(_):
    """What a service must have that systemctl, systemd and an administrator
    rely on; what the unit says of the node is in its configuration instead."""
    wanted = {"Type": "notify", "WatchdogSec": r"\d+",
              "ExecStart": f"{PROGRAM} run --config {CONFIGURATION}",
              "ExecReload": r"/bin/kill -HUP \$MAINPID",
              "Restart": "on-failure", "RestartPreventExitStatus": "2",
              "StateDirectory": "grapevine",
              "Environment": "XDG_STATE_HOME=%S",
              "RestrictAddressFamilies": r"(?=.*AF_INET6).*AF_NETLINK.*"}
    for key, value in wanted.items():
        found = values_of(key)
        if len(found) != 1 or not re.fullmatch(value, found[0]):
            yield (f"{UNIT.relative_to(ROOT)}: {key} is {found}, but must be "
                   f"once {value}")


def next_datagram(notify):
    """What systemd is told next; empty if nothing."""
    there = select.select([notify], [], [], PATIENCE_SECONDS)[0]
    return notify.recv(4096).decode() if there else ""


def check_start(binary):
    """Runs a node as the unit does, and listens for what it says."""
    if platform.machine() not in MACHINES:
        return
    families = allowed_families()
    with tempfile.TemporaryDirectory() as folder, \
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
        notify.bind(folder + "/notify")
        configuration = pathlib.Path(folder) / "grapevine.toml"
        configuration.write_text('listen = ["/ip4/0.0.0.0/tcp/0"]\n')
        command = values_of("ExecStart")[0].replace(PROGRAM, str(binary))
        command = command.replace(CONFIGURATION, str(configuration))
        node = subprocess.Popen(
            command.split(), text=True, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={"XDG_STATE_HOME": folder, "NOTIFY_SOCKET": folder + "/notify",
                 "WATCHDOG_USEC": "1000000"},
            preexec_fn=lambda: only_families(families))
        try:
            told = [next_datagram(notify), next_datagram(notify)]
        finally:
            node.terminate()
            lines, said = node.communicate()
        if not (pathlib.Path(folder) / "grapevine/identity.key").exists():
            yield f"{UNIT.relative_to(ROOT)}: the key is not where its state is"
    # There is a line for each address that it found.
    if not lines.startswith("listening /ip4/") or "/0.0.0.0/" in lines:
        yield (f"with the sockets that {UNIT.relative_to(ROOT)} allows, the "
               f"node does not find its addresses: {lines!r}\n{said}")
    for line, wanted in zip(told, ("READY=1", "WATCHDOG=1")):
        if not line.startswith(wanted):
            yield f"systemd is not told {wanted}, but {line!r}\n{said}"


def check_unit(binary):
    if not shutil.which("systemd-analyze"):
        print("*** not checked: the unit, as systemd-analyze is missing")
        return
    with tempfile.TemporaryDirectory() as folder:
        # The program need not be installed for its unit to be right.
        copy = pathlib.Path(folder) / UNIT.name
        copy.write_text(UNIT.read_text().replace(PROGRAM, str(binary)))
        verified = run("systemd-analyze", "verify", "--recursive-errors=no",
                       "--man=no", copy)
        exposed = run("systemd-analyze", "security", "--offline=true",
                      f"--threshold={MOST_EXPOSED}", copy)
    for line in verified.stdout.splitlines():
        if UNIT.name in line:
            yield line.replace(folder + "/", "")
    if exposed.returncode != 0:
        yield exposed.stdout


def check_yaml(_):
    try:
        import yaml
    except ImportError:
        print("*** not checked: the YAML files, as python3-yaml is missing")
        return
    for path in sorted(ROOT.glob("deploy/*/*.yaml")):
        try:
            list(yaml.safe_load_all(path.read_text()))
        except yaml.YAMLError as error:
            yield f"{path.relative_to(ROOT)}: {error}"


# -- monitoring ---------------------------------------------------------------

DASHBOARDS = sorted(ROOT.glob("deploy/grafana/*.json"))
RULES = sorted(ROOT.glob("deploy/prometheus/*.rules.yaml"))

# Of the metrics that a query may name those that Prometheus makes itself.
PROMETHEUS_OWN = {"up"}

# Words of its language that stand where a metric might.
WORDS = {"by", "without", "on", "ignoring", "group_left", "group_right", "and",
         "or", "unless", "bool", "offset", "inf", "nan"}


def known_metrics():
    """All metrics with what histograms have; a test holds the document to the
    program."""
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \|",
                      (ROOT / "docs/metrics.md").read_text(), re.MULTILINE)
    return {name + ending for name, kind in rows for ending in (
        ("_bucket", "_sum", "_count") if kind == "histogram" else ("",))}


def metrics_of(query):
    """The metrics that a query names."""
    query = re.sub(r'"[^"]*"|\{[^}]*\}|\[[^\]]*\]', " ", query)
    query = re.sub(r"\b(by|without|on|ignoring|group_left|group_right)\s*"
                   r"\([^)]*\)", " ", query)
    return {word for word, call in re.findall(
        r"(?<![\w.$])([a-zA-Z_:][\w:]*)\s*(\()?", query)
        if not call and word.lower() not in WORDS}


def queries_of(dashboard):
    """Each query of a dashboard, with the panel's title."""
    content = json.loads(dashboard.read_text())
    for panel in content["panels"]:
        for target in panel.get("targets", []):
            yield panel["title"], target["expr"]
    for variable in content["templating"]["list"]:
        if asked := re.match(r"label_values\((.*), *\w+\)$",
                             variable.get("definition", "")):
            yield "$" + variable["name"], asked.group(1)


def check_queries(_):
    known = known_metrics() | PROMETHEUS_OWN
    asked = [(path, title, query) for path in DASHBOARDS
             for title, query in queries_of(path)]
    asked += [(path, "", query) for path in RULES for query in re.findall(
        r"^ *expr: (.*)", path.read_text(), re.MULTILINE)]
    for path, title, query in asked:
        names = metrics_of(query)
        if not names:
            yield f"{path.relative_to(ROOT)} {title}: no metric in {query}"
        for name in names - known:
            yield (f"{path.relative_to(ROOT)} {title}: there is no metric "
                   f"{name} (docs/metrics.md)")


def check_rules(_):
    """What promtool says of the alerts and of their tests."""
    tool = ROOT / "scripts/promtool.sh"
    for command in (("check", "config", "--syntax-only"), ("test", "rules")):
        pattern = "*/prometheus.yaml" if command[0] == "check" else "*/*_test.yaml"
        for path in sorted(ROOT.glob("deploy/" + pattern)):
            done = run(tool, *command, path)
            if done.returncode == 77:
                print("*** not checked: the alerts, as promtool is missing")
                return
            if done.returncode != 0:
                yield done.stdout


# -- packages of others -------------------------------------------------------

# What those call the packages of cmake/packages.cmake that have another name
# there; Conan has no secp256k1 of its own.
PORT = ROOT / "deploy/vcpkg/ports/grapevine"
RECIPE = ROOT / "deploy/conan/conanfile.py"
THEIR_NAMES = {"cares": "c-ares", "crypto": "openssl", "expected": "tl-expected",
               "sodium": "libsodium", "sqlite": "sqlite3", "ssl": "openssl"}


def check_ports(_):
    version = re.search(r"project\(grapevine VERSION ([\d.]+)",
                        (ROOT / "CMakeLists.txt").read_text()).group(1)
    wanted = {THEIR_NAMES.get(name, name).split("_")[0]
              for name in re.findall(r"^grapevine_package\((\w+)",
                                     (ROOT / "cmake/packages.cmake").read_text(),
                                     re.MULTILINE)}
    port = json.loads((PORT / "vcpkg.json").read_text())
    ports = {one if isinstance(one, str) else one["name"]
             for one in port["dependencies"]}
    recipe = RECIPE.read_text()
    recipes = set(re.findall(r'"([\w-]+)/\[', recipe)) | {
        "secp256k1" for _ in re.findall("libsecp256k1-dev", recipe)}
    for path, found in ((PORT, ports), (RECIPE, recipes)):
        for name in sorted(wanted - found):
            yield f"{path.relative_to(ROOT)} lacks {name} (cmake/packages.cmake)"
    layers = re.findall(r"^add_subdirectory\((\w+)\)",
                        (ROOT / "CMakeLists.txt").read_text(), re.MULTILINE)
    for layer in layers:
        if f'"{layer}/*"' not in recipe:
            yield f"{RECIPE.relative_to(ROOT)} does not export {layer}/"
    for path, found in ((PORT, port["version"]), (RECIPE, re.search(
            r'version = "(.*)"', recipe).group(1))):
        if found != version:
            yield f"{path.relative_to(ROOT)}: version {found}, not {version}"


def main():
    binary = pathlib.Path(sys.argv[1] if len(sys.argv) > 1
                          else ROOT / "build/release/app/grapevine").resolve()
    errors = [error for check in (check_keys, check_start, check_unit,
                                  check_yaml, check_queries, check_rules,
                                  check_ports)
              for error in check(binary)]
    for error in errors:
        print(error, file=sys.stderr)
    print(f"deploy/: {len(errors)} errors")
    sys.exit(bool(errors))


main()
