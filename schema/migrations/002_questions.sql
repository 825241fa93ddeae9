-- Queries about values, and what people said of soft rules.

PRAGMA user_version = 2;
