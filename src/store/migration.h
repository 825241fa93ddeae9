/*
 * Numbered SQL files of schema/migrations, compiled in; in order of name.
 */
#ifndef ALSTRACK_STORE_MIGRATION_H
#define ALSTRACK_STORE_MIGRATION_H

#include <stddef.h>

struct als_migration {
    const char *name; /* 001_study */
    const char *text;
    size_t length;
};

extern const struct als_migration als_migrations[];
extern const size_t als_migration_count;

#endif
