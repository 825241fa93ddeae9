/*
 * Which column of the file is what: the columns of a kind, a map for other people's headers, and
 * what is wrong with a header.
 */
#ifndef ALSTRACK_INGEST_COLUMNS_H
#define ALSTRACK_INGEST_COLUMNS_H

#include "alstrack/define/instrument.h"
#include "csv_reader.h"
#include "finding.h"

enum als_kind {
    ALS_KIND_PATIENTS,
    ALS_KIND_EVENTS,
    ALS_KIND_VISITS,
    ALS_KIND_AE,
    ALS_KIND_INSTRUMENT
};

/* Numbers of the columns that we know, in the order of als_import_columns. */
enum { ALS_IN_PATIENT = 0 };
enum {
    ALS_PATIENTS_SITE = 1,
    ALS_PATIENTS_SEX,
    ALS_PATIENTS_BIRTH_DATE,
    ALS_PATIENTS_HEIGHT_CM,
    ALS_PATIENTS_ARM,
    ALS_PATIENTS_COHORT,
    ALS_PATIENTS_ONSET_SITE
};
enum { ALS_EVENTS_EVENT = 1, ALS_EVENTS_DATE, ALS_EVENTS_VALUE, ALS_EVENTS_UNIT, ALS_EVENTS_NOTE };
enum {
    ALS_VISITS_VISIT = 1,
    ALS_VISITS_DATE,
    ALS_VISITS_MODE,
    ALS_VISITS_STATUS,
    ALS_VISITS_REASON
};
enum {
    ALS_AE_AE_ID = 1,
    ALS_AE_VISIT,
    ALS_AE_TERM,
    ALS_AE_ONSET,
    ALS_AE_END,
    ALS_AE_GRADE,
    ALS_AE_SERIOUS,
    ALS_AE_RELATION,
    ALS_AE_ACTION,
    ALS_AE_OUTCOME,
    ALS_AE_DLT
};
/* An instrument's: patient, visit, date, the items, these five, then ITEM.reason of every item. */
enum { ALS_IN_VISIT = 1, ALS_IN_DATE, ALS_IN_ITEMS };
enum {
    ALS_AFTER_MODE,
    ALS_AFTER_RATER,
    ALS_AFTER_RESPONDENT,
    ALS_AFTER_STATUS,
    ALS_AFTER_REASON,
    ALS_AFTER_COUNT
};

/* The column that the file of rejects has beside those of its source. */
#define ALS_REJECT_REASON "reject_reason"

struct als_columns {
    enum als_kind kind;
    const struct als_instrument *instrument; /* ALS_KIND_INSTRUMENT */
    const char **names;                      /* of the columns that we know */
    size_t n_names;
    size_t n_keys;           /* the first of them, without which there is no import */
    ptrdiff_t *at;           /* [known column]: field of a record, -1 = not in the file */
    size_t n_fields;         /* of the header: every record has as many */
    ptrdiff_t reject_reason; /* field of the column that rejects have, -1 = not in the file */
    struct als_arena *arena;
};

/* The known column that a column of the store is read from, -1 if none is. */
ptrdiff_t als_columns_stored(const struct als_columns *columns, const char *stored);

/* Columns of a kind; instrument is NULL unless the kind is an instrument. */
void als_columns_init(struct als_columns *columns, enum als_kind kind,
                      const struct als_instrument *instrument);
void als_columns_release(struct als_columns *columns);

static inline size_t als_column_item(size_t item)
{
    return ALS_IN_ITEMS + item;
}
static inline size_t als_column_after(const struct als_columns *columns, size_t which)
{
    return ALS_IN_ITEMS + columns->instrument->n_items + which;
}
static inline size_t als_column_item_reason(const struct als_columns *columns, size_t item)
{
    return als_column_after(columns, ALS_AFTER_COUNT) + item;
}
static inline bool als_column_present(const struct als_columns *columns, size_t column)
{
    return columns->at[column] >= 0;
}

/* Other people's header names; `ours` empty = leave that column out. */
struct als_header_map {
    struct als_header_pair {
        const char *theirs, *ours;
        size_t line;
        bool used;
    } * pairs;
    size_t count;
    struct als_arena *arena;
};
/* Read a map file with the columns theirs,ours. Findings of its content go to findings. */
ALS_CHECKED enum als_status als_header_map_read(const char *path, struct als_header_map *map,
                                                struct als_findings *findings, struct als_err *err);
void als_header_map_release(struct als_header_map *map);

/* Settle which field is which column from the file's first record. Mistakes go to findings. map may
 * be NULL. Marks the pairs of the map that were used. */
void als_columns_read(struct als_columns *columns, const struct als_csv_record *header,
                      struct als_header_map *map, struct als_findings *findings);

#endif
