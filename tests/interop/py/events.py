"""One JSON object a line on standard output."""
import hashlib
import json
import os
import sys

from libp2p.peer.id import ID

# Up to this size a message event carries the data itself.
LARGEST_TEXT = 1024


def emit(event, **fields):
    """Writes one event at once: their order is that of what happened."""
    line = json.dumps({"event": event, **fields}, ensure_ascii=False) + "\n"
    try:
        sys.stdout.buffer.write(line.encode())
        sys.stdout.buffer.flush()
    except OSError:
        os._exit(1)  # nobody reads any more


def emit_error(error):
    emit("error", error=f"{type(error).__name__}: {error}")


def emit_message(topic, message):
    text = {}
    if len(message.data) <= LARGEST_TEXT:
        try:
            text = {"text": message.data.decode()}
        except UnicodeDecodeError:
            pass
    emit("message", topic=topic, seqno=message.seqno.hex(),
         size=len(message.data), sha256=hashlib.sha256(message.data).hexdigest(),
         **{"from": str(ID(message.from_id))}, **text)
