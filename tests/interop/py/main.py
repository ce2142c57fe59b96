"""A GossipSub peer on py-libp2p that speaks the line protocol of the interop
tests: commands on standard input, events on standard output, one JSON object a
line. ../README.md describes it."""
import json
import os
import sys

import trio

from events import emit_error
from node import Node
from options import parse_options


async def lines_of(descriptor):
    """The lines that can be read there, until its other end is closed."""
    buffer = b""
    async with trio.lowlevel.FdStream(os.dup(descriptor)) as stream:
        async for data in stream:
            *lines, buffer = (buffer + data).split(b"\n")
            for line in lines:
                yield line


async def serve(node):
    """Answers commands until told to quit or nobody is left to say so."""
    async for line in lines_of(sys.stdin.fileno()):
        try:
            command = json.loads(line)
            if command.get("cmd") == "quit":
                return
            await node.execute(command)
        except Exception as error:
            emit_error(error)


async def run(options):
    async with Node(options).running() as node:
        await serve(node)
        # At once: what the library would do to end is nobody's business here.
        os._exit(0)


if __name__ == "__main__":
    parsed = parse_options(sys.argv[1:])
    try:
        trio.run(run, parsed)
    except Exception as error:
        emit_error(error)
        raise
