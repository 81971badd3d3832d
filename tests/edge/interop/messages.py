"""The published messages as Google's own protobuf library has them, from a table typed from the
published texts; no file of this project is read."""
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

PACKAGE = "giggityflix_grpc_peer"
SERVICE = f"/{PACKAGE}.PeerEdgeService"

# name: [(number, name, type)]; "*" is repeated, "?" has explicit presence, "|" is in the oneof.
TABLE = {
    "CatalogAnnouncementRequest": [],
    "CatalogAnnouncementResponse": [(1, "catalog_ids", "*string")],
    "FileInfo": [(1, "relative_path", "string"), (2, "size_bytes", "int64")],
    "FileOfferRequest": [(1, "files", "*FileInfo")],
    "CatalogedInfo": [(1, "relative_path", "string"), (2, "catalog_id", "string")],
    "FileOfferResponse": [(1, "files", "*CatalogedInfo")],
    "FileDeleteRequest": [(1, "catalog_ids", "*string")],
    "FileDeleteResponse": [
        (1, "catalog_id", "string"), (2, "success", "bool"), (3, "error", "?enum")],
    "FileHashRequest": [(1, "catalog_id", "string"), (2, "hash_types", "*string")],
    "FileHashResponse": [
        (1, "catalog_id", "string"), (2, "hashes", "map"), (3, "success", "bool"),
        (4, "error", "?enum")],
    "FileRemapRequest": [(1, "old_catalog_id", "string"), (2, "new_catalog_id", "string")],
    "ScreenshotCaptureRequest": [
        (1, "catalog_id", "string"), (2, "quantity", "int32"), (3, "upload_token", "string"),
        (4, "upload_endpoint", "string")],
    "StreamSessionRequest": [
        (1, "catalog_id", "string"), (2, "session_id", "string"),
        (3, "max_bitrate_kbps", "?int32"), (4, "preferred_codec", "?string")],
    "StreamSessionResponse": [
        (1, "catalog_id", "string"), (2, "session_id", "string"), (3, "success", "bool"),
        (4, "error", "?enum")],
    "SDPOffer": [(1, "session_id", "string"), (2, "sdp", "string")],
    "SDPAnswer": [(1, "session_id", "string"), (2, "sdp", "string")],
    "ICECandidate": [
        (1, "session_id", "string"), (2, "candidate", "string"), (3, "sdp_mid", "string"),
        (4, "sdp_m_line_index", "int32")],
    "EdgeMessage": [
        (1, "request_id", "string"), (2, "edge_id", "string"),
        (3, "file_delete_request", "|FileDeleteRequest"),
        (4, "file_hash_request", "|FileHashRequest"),
        (5, "file_remap_request", "|FileRemapRequest"),
        (6, "batch_file_offer_response", "|FileOfferResponse"),
        (7, "catalog_announcement_request", "|CatalogAnnouncementRequest"),
        (8, "screenshot_capture_request", "|ScreenshotCaptureRequest")],
    "PeerMessage": [
        (1, "request_id", "string"),
        (2, "file_delete_response", "|FileDeleteResponse"),
        (3, "file_hash_response", "|FileHashResponse"),
        (4, "catalog_announcement", "|CatalogAnnouncementResponse"),
        (5, "batch_file_offer", "|FileOfferRequest")],
    "EdgeWebRTCMessage": [
        (1, "request_id", "string"),
        (2, "stream_session_request", "|StreamSessionRequest"),
        (3, "sdp_answer", "|SDPAnswer"), (4, "ice_candidate", "|ICECandidate")],
    "PeerWebRTCMessage": [
        (1, "request_id", "string"),
        (2, "stream_session_response", "|StreamSessionResponse"),
        (3, "sdp_offer", "|SDPOffer"), (4, "ice_candidate", "|ICECandidate")],
}

FIELD = descriptor_pb2.FieldDescriptorProto
SCALARS = {
    "string": FIELD.TYPE_STRING, "int64": FIELD.TYPE_INT64, "int32": FIELD.TYPE_INT32,
    "bool": FIELD.TYPE_BOOL,
}


def _describe():
    file = descriptor_pb2.FileDescriptorProto(
        name="published.proto", package=PACKAGE, syntax="proto3")
    reasons = file.enum_type.add(name="CatalogErrorReason")
    for number, name in enumerate(("BAD_CATALOG_ID", "FILE_GONE", "PERMISSION_DENIED")):
        reasons.value.add(name=name, number=number)
    for name, fields in TABLE.items():
        _describe_message(file.message_type.add(name=name), fields)
    return file


def _describe_message(message, fields):
    if any(kind.startswith("|") for _, _, kind in fields):
        message.oneof_decl.add(name="payload")
    for number, name, kind in fields:
        field = message.field.add(name=name, number=number, label=FIELD.LABEL_OPTIONAL)
        mark, plain = (kind[0], kind[1:]) if kind[0] in "*?|" else ("", kind)
        if mark == "*":
            field.label = FIELD.LABEL_REPEATED
        elif mark == "|":
            field.oneof_index = 0
        if plain == "map":
            entry = message.nested_type.add(name="HashesEntry")
            entry.options.map_entry = True
            for at, half in ((1, "key"), (2, "value")):
                entry.field.add(
                    name=half, number=at, label=FIELD.LABEL_OPTIONAL, type=FIELD.TYPE_STRING)
            field.label = FIELD.LABEL_REPEATED
            field.type = FIELD.TYPE_MESSAGE
            field.type_name = f".{PACKAGE}.{message.name}.HashesEntry"
        elif plain == "enum":
            field.type = FIELD.TYPE_ENUM
            field.type_name = f".{PACKAGE}.CatalogErrorReason"
        elif plain in SCALARS:
            field.type = SCALARS[plain]
        else:
            field.type = FIELD.TYPE_MESSAGE
            field.type_name = f".{PACKAGE}.{plain}"
    for field, (_, name, kind) in zip(message.field, fields):
        if kind[0] == "?":
            field.proto3_optional = True
            field.oneof_index = len(message.oneof_decl)
            message.oneof_decl.add(name=f"_{name}")


_pool = descriptor_pool.DescriptorPool()
_pool.Add(_describe())


def message_class(name):
    found = _pool.FindMessageTypeByName(f"{PACKAGE}.{name}")
    if hasattr(message_factory, "GetMessageClass"):
        return message_factory.GetMessageClass(found)
    return message_factory.MessageFactory(_pool).GetPrototype(found)


EdgeMessage = message_class("EdgeMessage")
PeerMessage = message_class("PeerMessage")
EdgeWebRTCMessage = message_class("EdgeWebRTCMessage")
PeerWebRTCMessage = message_class("PeerWebRTCMessage")


def encode(message):
    """A message, or bytes as they are, which need be none."""
    return message if isinstance(message, bytes) else message.SerializeToString()
