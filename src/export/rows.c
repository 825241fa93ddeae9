/* The cells that open a row of an assessment, and the caches that make them cheap. */
#include "rows.h"

#include <stdlib.h>
#include <string.h>

#include "field.h"
#include "pen.h"

const struct als_field als_opening_fields[] = {
    {.name = "visit", .label = "Visit code", .type = ALS_FIELD_TEXT},
    {.name = "visit_label", .label = "Visit as the protocol calls it", .type = ALS_FIELD_TEXT},
    {.name = "date", .label = "Date", .type = ALS_FIELD_DATE},
    {.name = "day", .label = "Days from time zero", .type = ALS_FIELD_INTEGER, .unit = "days"},
    {.name = "month",
     .label = "Months of 30.4375 days from time zero",
     .type = ALS_FIELD_NUMBER,
     .unit = "months"},
    {.name = NULL}};

enum als_status als_people_load(struct als_store *store, struct als_people *out,
                                struct als_err *err)
{
    *out = (struct als_people){.arena = als_arena_new()};
    enum als_status status = als_patient_load(store, out->arena, &out->list, err);
    if (status == ALS_OK) {
        out->timelines = als_arena_array(out->arena, out->list.count, sizeof *out->timelines);
        status = als_timelines_load(store, &out->list, out->timelines, err);
    }
    if (status != ALS_OK)
        als_people_free(out);
    return status;
}

void als_people_free(struct als_people *people)
{
    als_arena_free(people->arena);
    *people = (struct als_people){0};
}

/* The protocol's own name of a visit, else its code. */
static const char *visit_label(const struct als_store *store, int visit_no)
{
    const struct als_protocol *protocol = als_store_protocol(store);
    const char *code = als_store_visit_code(store, visit_no);
    ptrdiff_t plan = code ? als_protocol_visit(protocol, code) : -1;
    return plan >= 0 && protocol->visits[plan].label ? protocol->visits[plan].label : code;
}

#define DAYS_BEFORE 4096 /* of time zero: months of these are formatted once */
#define DAYS        16384

struct als_opening_cache {
    const struct als_store *store;
    struct als_arena *arena;
    struct als_bytes visits[ALS_KEY_MASK + 1];
    struct als_bytes raters[ALS_KEY_MASK + 1];
    struct {
        char text[ALS_NUM_TEXT + 1]; /* "day,month," */
        unsigned char length;
    } days[DAYS];
    char date[ALS_DATE_TEXT + 3 * ALS_NUM_TEXT];
};

struct als_opening_cache *als_opening_cache_new(const struct als_store *store)
{
    struct als_opening_cache *cache = als_alloc(sizeof *cache);
    cache->store = store;
    cache->arena = als_arena_new();
    return cache;
}

void als_opening_cache_free(struct als_opening_cache *cache)
{
    als_arena_free(cache->arena);
    free(cache);
}

static struct als_bytes keep(struct als_opening_cache *cache, struct als_buf *buf)
{
    struct als_bytes bytes = {als_arena_strndup(cache->arena, buf->data, buf->length), buf->length};
    als_buf_release(buf);
    return bytes;
}

struct als_bytes als_opening_visit(struct als_opening_cache *cache, int visit_no)
{
    struct als_bytes *bytes = &cache->visits[visit_no & ALS_KEY_MASK];
    if (!bytes->text) {
        struct als_buf buf;
        als_buf_init(&buf, ALS_BUF_LARGE);
        als_field_cell_text(&buf, als_store_visit_code(cache->store, visit_no));
        als_field_cell_text(&buf, visit_label(cache->store, visit_no));
        *bytes = keep(cache, &buf);
    }
    return *bytes;
}

struct als_bytes als_opening_rater(struct als_opening_cache *cache, int rater_no)
{
    struct als_bytes *bytes = &cache->raters[rater_no & ALS_KEY_MASK];
    if (!bytes->text) {
        struct als_buf buf;
        als_buf_init(&buf, ALS_BUF_LARGE);
        als_field_cell_text(&buf, rater_no ? als_store_rater(cache->store, rater_no) : NULL);
        *bytes = keep(cache, &buf);
    }
    return *bytes;
}

static char *put_offset(char *at, int days)
{
    at = als_pen_integer(at, days);
    *at++ = ',';
    at += als_num_format(days / ALS_DAYS_PER_MONTH, at);
    *at++ = ',';
    return at;
}

struct als_bytes als_opening_date(struct als_opening_cache *cache,
                                  const struct als_timeline *timeline, int day)
{
    if (day == ALS_NO_DAY)
        return (struct als_bytes){",,,", 3};
    char *at = als_pen_day(cache->date, day);
    *at++ = ',';
    int index = timeline->zero_day == ALS_NO_DAY ? DAYS : day - timeline->zero_day + DAYS_BEFORE;
    if (timeline->zero_day == ALS_NO_DAY) {
        at = als_pen_bytes(at, ",,", 2);
    } else if (index < 0 || index >= DAYS) {
        at = put_offset(at, day - timeline->zero_day);
    } else {
        if (cache->days[index].length == 0) {
            char text[3 * ALS_NUM_TEXT];
            size_t length = (size_t)(put_offset(text, index - DAYS_BEFORE) - text);
            memcpy(cache->days[index].text, text, length);
            cache->days[index].length = (unsigned char)length;
        }
        at = als_pen_bytes(at, cache->days[index].text, cache->days[index].length);
    }
    return (struct als_bytes){cache->date, (size_t)(at - cache->date)};
}
