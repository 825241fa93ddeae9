/*
 * Counted nouns for people: "1 patient", "2 patients", "3 queries".
 */
#ifndef ALSTRACK_CORE_COUNT_H
#define ALSTRACK_CORE_COUNT_H

#include <stddef.h>

/* Lives to the end of the expression that asks for it, so that it can stand among the arguments of
 * a printf: als_counted(n, "patient").text. */
struct als_counted {
    char text[64];
};
struct als_counted als_counted(size_t n, const char *one); /* one: a noun of at most 40 bytes */

#endif
