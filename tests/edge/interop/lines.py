"""What both programs say and hear: JSON, one thing a line."""
import json
import sys
import threading

from google.protobuf import json_format

_lock = threading.Lock()


def say(event, **facts):
    with _lock:
        sys.stdout.write(json.dumps({"event": event, **facts}) + "\n")
        sys.stdout.flush()


def heard():
    for line in sys.stdin:
        yield json.loads(line)


def to_message(cls, plain):
    """The message, or with {"hex": …} bytes that need be none."""
    if "hex" in plain:
        return bytes.fromhex(plain["hex"])
    return json_format.ParseDict(plain, cls())


def to_plain(message):
    return json_format.MessageToDict(message, preserving_proto_field_name=True)
