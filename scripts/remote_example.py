#!/usr/bin/env python3
"""Runs examples/remote against a node's gateway: remote_example.py REMOTE GRAPEVINE

It is attached to `grapevine run --gateway` by TLS, through a relay. When that is
cut it says so, attaches again by itself and says how many messages it missed;
when the node is killed and comes back, what it has subscribed holds again.
"""
import contextlib
import os
import pathlib
import queue
import re
import socket
import subprocess
import sys
import tempfile
import threading
import urllib.request

TOPIC = "news"

# For whatever is waited for; only broken things take so long.
PATIENCE_SECONDS = 60


def make_certificates(place):
    """A root, and certificates of it for the node and for applications."""
    new = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
           "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
    wanted = [("root", [])] + [
        (name, ["-addext", "basicConstraints=CA:FALSE", "-CA",
                f"{place}/root.pem", "-CAkey", f"{place}/root.key"])
        for name in ("node", "application")]
    for name, more in wanted:
        subprocess.run(new + ["-subj", f"/CN={name}", "-keyout",
                              f"{place}/{name}.key", "-out",
                              f"{place}/{name}.pem"] + more,
                       check=True, capture_output=True)


class Lines:
    """What a program says on one of its outputs."""

    def __init__(self, name, pipe):
        self.name = name
        self.pipe = pipe
        self.said = []
        self.lines = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.pipe:
            self.lines.put(line.rstrip("\n"))
        self.lines.put(None)

    def expect(self, pattern):
        """Waits for a line with the pattern, and returns what matches."""
        while True:
            try:
                line = self.lines.get(timeout=PATIENCE_SECONDS)
            except queue.Empty:
                line = None
            if line is None:
                said = "".join(f"\n  {one}" for one in self.said)
                sys.exit(f"{self.name} does not say \"{pattern}\", but:{said}")
            self.said.append(line)
            if found := re.search(pattern, line):
                return found


class Program:
    """A program, its input and what it says."""

    def __init__(self, name, command, place):
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(
            command, text=True, stdin=pipe, stdout=pipe, stderr=pipe,
            env=os.environ | {"XDG_STATE_HOME": place})
        self.out = Lines(name, self.process.stdout)
        self.log = Lines(f"{name}'s log", self.process.stderr)

    def say(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def kill(self):
        self.process.kill()
        self.process.wait()

    def end(self):
        """By the end of its input."""
        self.process.stdin.close()
        if status := self.process.wait(timeout=PATIENCE_SECONDS):
            sys.exit(f"it ends with {status}")


class Relay:
    """Passes bytes on to a port, until it is cut; then again when mended."""

    def __init__(self, to):
        self.to = to
        self.port = 0
        self.mend()

    def mend(self):
        self.ends = []
        self.listener = socket.create_server(("127.0.0.1", self.port))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, args=[self.listener],
                         daemon=True).start()

    def cut(self):
        for one in [self.listener, *self.ends]:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _accept(self, listener):
        with contextlib.suppress(OSError):
            while True:
                near, _ = listener.accept()
                try:
                    far = socket.create_connection(("127.0.0.1", self.to))
                except OSError:
                    near.close()
                    continue
                self.ends += [near, far]
                for ends in (near, far), (far, near):
                    threading.Thread(target=self._pass_on, args=ends,
                                     daemon=True).start()

    def _pass_on(self, source, sink):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        for one in source, sink:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


def main(example, grapevine):
    with tempfile.TemporaryDirectory() as place, contextlib.ExitStack() as ended:
        make_certificates(place)

        def start(name, *command):
            program = Program(name, command, place)
            ended.callback(program.kill)
            return program

        def start_node(port):
            return start(
                "the node", grapevine, "run", "--listen", "/ip4/127.0.0.1/tcp/0",
                "--api", "127.0.0.1:0", "--gateway", f"127.0.0.1:{port}",
                "--gateway-ca", f"{place}/root.pem", "--gateway-certificate",
                f"{place}/node.pem", "--gateway-key", f"{place}/node.key")

        node = start_node(0)
        api = node.log.expect("HTTP API is at (.*)")[1]
        port = int(node.log.expect(r"gateway is at .*:(\d+) by TLS")[1])
        relay = Relay(port)
        remote = start("the example", example, "127.0.0.1", str(relay.port),
                       TOPIC, f"{place}/root.pem", f"{place}/application.pem",
                       f"{place}/application.key")
        remote.log.expect("^attached$")

        def publish(text):
            url = f"{api}/api/v1/publish?topic={TOPIC}"
            urllib.request.urlopen(url, text.encode(), PATIENCE_SECONDS).close()

        # It has subscribed before it publishes.
        remote.say("one")
        remote.log.expect("^went to 0 peers$")
        remote.out.expect("^one$")
        publish("two")
        remote.out.expect("^two$")

        relay.cut()
        remote.log.expect("connection to the gateway is lost")
        publish("three")
        publish("four")
        relay.mend()
        remote.log.expect("^attached again after ")
        remote.say("five")
        # Of "two" it may not have been said in time that it had arrived.
        remote.out.expect("^missed [23] messages$")
        remote.out.expect("^five$")
        remote.log.expect("^went to 0 peers$")
        print("ok: the connection was cut and is back")

        node.kill()
        remote.log.expect("connection to the gateway is lost")
        remote.say("nobody hears it")
        remote.log.expect("^not published: not attached to the gateway: ")
        start_node(port)
        remote.log.expect("^attached again after ")
        remote.say("six")
        remote.out.expect("^six$")
        print("ok: the node was killed and is back")

        remote.end()


if len(sys.argv) != 3:
    sys.exit(__doc__.splitlines()[0])
main(*(str(pathlib.Path(one).resolve()) for one in sys.argv[1:]))
