-- Users, sessions, locks, signatures, and the log of access.

PRAGMA user_version = 3;
