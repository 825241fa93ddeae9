/*
 * Definition files compiled into the program: schema/instruments/NAME.yaml, and the migrations of
 * schema/migrations. The table is made at build time from the folder, in order of file names.
 */
#ifndef ALSTRACK_DEFINE_BUILTIN_H
#define ALSTRACK_DEFINE_BUILTIN_H

#include <stddef.h>

struct als_builtin {
    const char *name; /* file name without folder and ending: alsfrsr */
    const char *text; /* NUL-terminated */
    size_t length;
};

extern const struct als_builtin als_builtin_instruments[];
extern const size_t als_builtin_instrument_count;

/* The built-in file of that name, or NULL. */
const struct als_builtin *als_builtin_find(const char *name);

#endif
