/*
 * Why an assessment or an item is missing: the coded reasons, in one place.
 */
#ifndef ALSTRACK_SCORE_REASON_H
#define ALSTRACK_SCORE_REASON_H

#include <stddef.h>
#include <string.h>

/* The codes in order of menus and messages, as one text: "not_done, too_weak, …". */
#define ALS_REASON_LIST                                                                            \
    "not_done, too_weak, phone_visit, equipment, refused, out_of_window, site_error, dead, "       \
    "withdrawn, lost, not_applicable, unknown"

/* All codes; *n says how many. */
static inline const char *const *als_reasons(size_t *n)
{
    static const char *const codes[] = {"not_done",  "too_weak",      "phone_visit",    "equipment",
                                        "refused",   "out_of_window", "site_error",     "dead",
                                        "withdrawn", "lost",          "not_applicable", "unknown"};
    *n = sizeof codes / sizeof *codes;
    return codes;
}

/* The code that text[0..length) spells, or NULL. */
static inline const char *als_reason_find(const char *text, size_t length)
{
    size_t n;
    const char *const *codes = als_reasons(&n);
    for (size_t i = 0; i < n; i++)
        if (strlen(codes[i]) == length && memcmp(codes[i], text, length) == 0)
            return codes[i];
    return NULL;
}

#endif
