/*
 * The layout of definitions as data: one list of fields per structure. Packing, unpacking, checking
 * of indexes and comparison of versions all walk these lists, so a field cannot be written and then
 * forgotten on reading, or changed without being reported. Private to this layer.
 */
#ifndef ALSTRACK_SRC_DEFINE_SHAPE_H
#define ALSTRACK_SRC_DEFINE_SHAPE_H

#include <stdbool.h>
#include <stddef.h>

#include "alstrack/core/buf.h"
#include "alstrack/define/instrument.h"
#include "alstrack/define/protocol.h"

enum shape_type {
    SHAPE_TEXT,   /* const char *, never NULL */
    SHAPE_OPTION, /* const char *, may be NULL */
    SHAPE_FLAG,   /* bool */
    SHAPE_INT,    /* int */
    SHAPE_SIZE,   /* size_t */
    SHAPE_INT64,  /* int64_t */
    SHAPE_NUMBER, /* double */
    SHAPE_WORD,   /* an enumeration, whose values are the indexes of `words` */
    SHAPE_EXPR,   /* const struct als_expr *, may be NULL */
    SHAPE_ITEM,   /* size_t, index of an item of the instrument */
    SHAPE_VISIT,  /* size_t, index of a visit of the protocol */
    SHAPE_SCALE,  /* size_t, index of an instrument of the protocol */
    SHAPE_STRUCT, /* a structure in place, see `of` */
    SHAPE_LIST    /* pointer to `of`, number in the size_t at count_offset */
};

/* What a difference between two versions means for stored records. For a list it says what it
 * means that an element is gone. */
enum shape_change {
    CHANGE_SILENT, /* follows from another field, or compared by a hook */
    CHANGE_INFO,   /* allowed */
    CHANGE_SCORES, /* allowed, but what is computed from stored records is another */
    CHANGE_BREAKS  /* stored records would be orphaned or mean something else */
};

/* The definition that a structure belongs to; one of both is NULL. */
struct shape_root {
    const struct als_instrument *instrument;
    const struct als_protocol *protocol;
};

struct shape_field {
    const char *name; /* as people know it: the key in the file */
    enum shape_type type;
    size_t offset, size;
    enum shape_change change;
    const char *const *words; /* SHAPE_WORD */
    size_t n_words;
    const struct shape *of; /* SHAPE_STRUCT, SHAPE_LIST */
    size_t count_offset;    /* SHAPE_LIST */
};

struct shape {
    const char *noun; /* "item", for messages */
    size_t size;
    bool keyed; /* the first field is a code by which elements of two versions are matched */
    const struct shape_field *fields;
    size_t n_fields;
    /* Append the value in words; NULL: field by field. */
    void (*describe)(const void *value, const struct shape_root *root, struct als_buf *out);
};

extern const struct shape shape_of_instrument, shape_of_item, shape_of_choice, shape_of_score,
    shape_of_rule, shape_of_index, shape_of_text;
extern const struct shape shape_of_protocol, shape_of_visit, shape_of_visit_item, shape_of_anchor,
    shape_of_cohort, shape_of_site, shape_of_criterion, shape_of_baseline, shape_of_responder,
    shape_of_grade, shape_of_value;

/* Reading a field of any of the pointer and number types. */
#define SHAPE_GET(type, field, base)                                                               \
    (*(type const *)(const void *)((const char *)(base) + (field)->offset))
#define SHAPE_COUNT(field, base)                                                                   \
    (*(const size_t *)(const void *)((const char *)(base) + (field)->count_offset))

/* For the tables. */
#define SHAPE_AT(structure, member)                                                                \
    .offset = offsetof(struct structure, member), .size = sizeof(((struct structure *)0)->member)
#define SHAPE_FIELDS(array) .fields = (array), .n_fields = sizeof(array) / sizeof((array)[0])
#define SHAPE_WORDS(array)  .words = (array), .n_words = sizeof(array) / sizeof((array)[0])
#define SHAPE_ELEMENTS(shape, structure, count)                                                    \
    .of = &(shape), .count_offset = offsetof(struct structure, count)

#endif
