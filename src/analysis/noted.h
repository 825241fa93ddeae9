/*
 * Notes that several analyses write under their tables: patients of whom something is true, how
 * time zero was found.
 */
#ifndef ALSTRACK_ANALYSIS_NOTED_H
#define ALSTRACK_ANALYSIS_NOTED_H

#include "alstrack/analysis/slopes.h"
#include "alstrack/analysis/table.h"
#include "alstrack/analysis/timeline.h"
#include "alstrack/core/buf.h"
#include "alstrack/store/scan.h"

#define ALS_NOTED_PATIENTS 5

/* How many patients something is true of, and the first few of them. */
struct als_noted {
    size_t count;
    const char *patients[ALS_NOTED_PATIENTS]; /* borrowed */
};
void als_noted_add(struct als_noted *noted, const char *patient);

/* "3 patients (001, 007, 012)", at most ALS_NOTED_PATIENTS names, in text, which is cleared. */
const char *als_noted_say(const struct als_noted *noted, struct als_buf *text);

/* Is it the total of ALSFRS-R, whose floor ALS_FLOOR_POINTS (slopes.h) is about? */
bool als_has_floor(const struct als_measure *measure);
/* A warning when low of so many values are that low. */
void als_note_floor(size_t low, size_t of, struct als_table *table);
/* How many visits several raters have rated, unless there are none: see als_series_point. */
void als_note_raters(size_t averaged, struct als_table *table);
/* A warning about patients whose slopes end with their death, unless there are none. */
void als_note_truncated(const struct als_noted *died, struct als_buf *text,
                        struct als_table *table);

/* Which event is time zero, and how many patients have which kind; zero is indexed by enum
 * als_zero. */
void als_note_zero(const struct als_protocol *protocol, const size_t zero[3],
                   struct als_table *table);

#endif
