"""Peers as others would write them: grpcio and the published messages. What they do is told by lines;
what they see is said by lines."""
import queue
import threading

import grpc

from lines import heard, say, to_message, to_plain
from messages import (SERVICE, EdgeMessage, EdgeWebRTCMessage, PeerMessage, PeerWebRTCMessage,
                      encode)


class Peer:
    def __init__(self, name, address, peer_id, options, metadata):
        self.name = name
        # Of its own: else two peers of one program would share a connection.
        options = [("grpc.use_local_subchannel_pool", 1), *options.items()]
        self.channel = grpc.insecure_channel(address, options)
        self.metadata = () if peer_id is None else (("peer_id", peer_id),)
        self.metadata += tuple(metadata.items())
        self.requests = queue.SimpleQueue()

    def open(self):
        operations = self.channel.stream_stream(
            f"{SERVICE}/AsyncOperations", encode, EdgeMessage.FromString)
        self.call = operations(iter(self.requests.get, None), metadata=self.metadata)
        threading.Thread(target=self._headers, daemon=True).start()
        threading.Thread(target=self._read, daemon=True).start()

    def _headers(self):
        try:
            self.call.initial_metadata()
            say("headers", of=self.name)
        except grpc.RpcError:
            pass

    def _read(self):
        try:
            for message in self.call:
                say("message", of=self.name, message=to_plain(message))
        except grpc.RpcError:
            pass
        say("status", of=self.name, code=self.call.code().name, details=self.call.details())

    def unary(self, plain):
        method = self.channel.unary_unary(
            f"{SERVICE}/WebRTCOperations", encode, PeerWebRTCMessage.FromString)
        try:
            message = to_message(EdgeWebRTCMessage, plain)
            answer = method(message, metadata=self.metadata, timeout=10)
            say("answer", of=self.name, message=to_plain(answer))
        except grpc.RpcError as error:
            say("refused", of=self.name, code=error.code().name, details=error.details())


peers = {}
for it in heard():
    name, do = it["of"], it["do"]
    if do == "open":
        peer = peers[name] = Peer(name, it["address"], it.get("peer_id"), it.get("options", {}),
                                  it.get("metadata", {}))
        peer.open()
    elif do == "send":
        peers[name].requests.put(to_message(PeerMessage, it["message"]))
    elif do == "half_close":
        peers[name].requests.put(None)
    elif do == "cancel":
        peers[name].call.cancel()
        peers[name].channel.close()
    elif do == "unary":
        peers[name].unary(it["message"])
