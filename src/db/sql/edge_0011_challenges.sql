-- Whoever asks for many challenges loses their own oldest ones, and nobody else's.
ALTER TABLE passkey_challenges ADD COLUMN asked_by TEXT NOT NULL DEFAULT ''; -- a network or a user
CREATE INDEX passkey_challenges_by_asker ON passkey_challenges (asked_by, expires_at);
