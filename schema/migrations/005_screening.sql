-- Human decisions on eligibility criteria.

PRAGMA user_version = 5;
