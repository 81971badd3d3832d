"""An edge as others would write it, which says nothing unless told to, no headers either; and the
service that takes screenshots. What they do is told by lines; what they see is said by lines."""
import email.parser
import email.policy
import http.server
import queue
import threading
from concurrent import futures

import grpc

from lines import heard, say, to_message, to_plain
from messages import (SERVICE, EdgeMessage, EdgeWebRTCMessage, PeerMessage, PeerWebRTCMessage,
                      encode)

streams = []


class Stream:
    def __init__(self):
        self.out = queue.SimpleQueue()
        self.end = None


def operations(requests, context):
    metadata = context.invocation_metadata()
    keys = [it.key for it in metadata if not it.key.startswith(("user-agent", "grpc-"))]
    stream = Stream()
    streams.append(stream)
    say("peer", peer_id=dict(metadata).get("peer_id"), keys=keys)

    def read():
        try:
            for message in requests:
                say("message", message=to_plain(message), unknown=len(message.UnknownFields()))
        except Exception:
            pass
        say("ended")
        stream.out.put(None)

    threading.Thread(target=read, daemon=True).start()
    while (message := stream.out.get()) is not None:
        yield message
    if stream.end:
        context.abort(getattr(grpc.StatusCode, stream.end["code"]), stream.end["details"])


def webrtc(request, _context):
    say("webrtc", message=to_plain(request))
    raise TypeError("None has type NoneType, but expected one of: bytes")  # as the original does


class Uploads(http.server.BaseHTTPRequestHandler):
    used = set()

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
        form = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + body)
        parts = [
            {"name": part.get_param("name", header="content-disposition"),
             "type": part.get_content_type(), "begin": part.get_payload(decode=True)[:3].hex()}
            for part in form.iter_parts()
        ]
        scheme, _, token = self.headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer" or token in self.used:
            status = 401
        elif not parts or any(part["name"] != "files" for part in parts):
            status = 422
        else:
            status = 200
            self.used.add(token)
        say("upload", path=self.path, token=token, parts=parts, status=status)
        self.send_response(status)
        self.end_headers()

    def log_message(self, *_):
        pass


server = grpc.server(futures.ThreadPoolExecutor(max_workers=32))
server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE.strip("/"), {
    "AsyncOperations": grpc.stream_stream_rpc_method_handler(
        operations, PeerMessage.FromString, encode),
    "WebRTCOperations": grpc.unary_unary_rpc_method_handler(
        webrtc, EdgeWebRTCMessage.FromString, PeerWebRTCMessage.SerializeToString),
}),))
uploads = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Uploads)
threading.Thread(target=uploads.serve_forever, daemon=True).start()
port = server.add_insecure_port("127.0.0.1:0")
server.start()
say("listening", port=port, uploads=uploads.server_port)

for it in heard():
    if it["do"] == "say":
        message = it["message"]
        if "hex" not in message:
            message = {"edge_id": "theirs", **message}
        streams[-1].out.put(to_message(EdgeMessage, message))
    elif it["do"] == "end":
        streams[-1].end = it.get("status")
        streams[-1].out.put(None)
server.stop(0)
