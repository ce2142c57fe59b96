"""A node that runs, for as long as it is tested."""
import contextlib
import re
import subprocess
import tempfile

import requests


def url_in(lines):
    """Where the API is, which the node says on standard error."""
    heard = ""
    for line in lines:
        heard += line
        if found := re.search(r"API is at (http:\S+)", line):
            return found.group(1)
    raise RuntimeError("the node does not say where its API is: " + heard)


@contextlib.contextmanager
def running(grapevine):
    """Starts a node; gives its API's URL, and ends with the node in order."""
    with tempfile.TemporaryDirectory() as folder:
        with open(folder + "/log", "w+", encoding="utf-8") as log:
            program = subprocess.Popen(
                [grapevine, "run", "--listen", "/ip4/127.0.0.1/tcp/0",
                 "--api", "127.0.0.1:0", "--dial-timeout", "500ms"],
                env={"XDG_STATE_HOME": folder}, text=True, stderr=log,
                stdout=subprocess.PIPE)
            try:
                # It listens; the API follows at once, or the program ends.
                program.stdout.readline()
                yield wait_for_url(program, folder + "/log")
            finally:
                program.terminate()
                status = program.wait(30)
            if status != 0:
                log.seek(0)
                raise RuntimeError(f"the node ended with {status}: {log.read()}")


def wait_for_url(program, log):
    """Follows the log until it names the URL."""
    follow = subprocess.Popen(
        ["tail", f"--pid={program.pid}", "--lines=+1", "--follow", log],
        text=True, stdout=subprocess.PIPE)
    try:
        return url_in(follow.stdout)
    finally:
        follow.terminate()
        follow.wait()


def is_well(url):
    """Whether it still does what it is there for."""
    answer = requests.get(url + "/healthz", timeout=20)
    return answer.status_code == 200
