"""A node's HTTP API at a Unix socket, which is reached from outside the node's
network.
"""
import asyncio
import json

# A line of a stream is at most a message and what is said of it.
LINE = 4 << 20


class Refused(Exception):
    """The node answered, and not as it was asked for."""


async def head(reader):
    """The status of an answer, and its headers."""
    text = (await reader.readuntil(b"\r\n\r\n")).decode()
    first, *rest = text.splitlines()
    fields = dict(line.lower().split(": ", 1) for line in rest if line)
    return int(first.split()[1]), fields


class Connection:
    """For one request after the other."""

    def __init__(self, path):
        self._path = path
        self._streams = None
        self._turn = asyncio.Lock()

    async def ask(self, method, target, body=b""):
        """What the node answers; OSError or EOFError if it is not there."""
        async with self._turn:
            try:
                return await self._ask(method, target, body)
            except BaseException:
                self.close()
                raise

    def close(self):
        if self._streams:
            self._streams[1].close()
            self._streams = None

    async def _ask(self, method, target, body):
        if not self._streams:
            self._streams = await asyncio.open_unix_connection(self._path)
        reader, writer = self._streams
        writer.write(f"{method} {target} HTTP/1.1\r\nHost: localhost\r\n"
                     f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
        status, fields = await head(reader)
        answer = await reader.readexactly(int(fields.get("content-length", 0)))
        if fields.get("connection") == "close":
            self.close()
        if status != 200:
            raise Refused(f"{method} {target}: {status} {answer.decode()}")
        return json.loads(answer)


async def lines(path, topic, opened):
    """The messages of a topic, as they come; opened is called when they begin
    to. Ends with the connection."""
    reader, writer = await asyncio.open_unix_connection(path, limit=LINE)
    try:
        writer.write(f"GET /api/v1/subscribe?topic={topic} HTTP/1.1\r\n"
                     "Host: localhost\r\nAccept: application/x-ndjson\r\n\r\n"
                     .encode())
        status, _ = await head(reader)
        if status != 200:
            raise Refused(f"subscribe: {status}")
        opened()
        rest = b""
        # Chunked: each with its length before it and an empty line behind it.
        while size := int(await reader.readuntil(b"\r\n"), 16):
            rest += (await reader.readexactly(size + 2))[:-2]
            *whole, rest = rest.split(b"\n")
            for line in whole:
                yield json.loads(line)
    finally:
        writer.close()
