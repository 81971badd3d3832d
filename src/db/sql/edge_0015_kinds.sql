-- What a peer joined with: identities.origin is 'pin' or 'token' by that. Of invitations, and of peers,
-- from before this it is not known; most were PINs.
ALTER TABLE enrolments ADD COLUMN kind TEXT NOT NULL DEFAULT 'pin'; -- or 'token'
