-- What else the grant of a play is bound to: so an edge that was started anew renews it.
ALTER TABLE grants ADD COLUMN peer_catalog_id TEXT; -- what the peer calls the title; NULL: from before this
ALTER TABLE grants ADD COLUMN offer TEXT; -- SHA-256 of the viewer's SDP, base64url; NULL: from before this
