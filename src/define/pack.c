/*
 * Definitions as bytes, driven by the field lists of shape.h.
 *
 *     "ALSD"  kind ('I' or 'P')  format (2)  fields in order  checksum (8 bytes)
 *
 * Whole numbers are written in groups of seven bits, the lowest first, signed ones zigzag; a text
 * is its length + 1 (0: none) and its bytes; a number its 8 bytes of IEEE 754, lowest first; a
 * condition its source. The checksum is FNV-1a over all that is before it: it finds damage, not
 * intent. A changed field list needs a new format number; the study keeps the YAML text beside the
 * bytes, from which old ones are made anew.
 */
#include <stdint.h>
#include <string.h>

#include "alstrack/core/buf.h"
#include "protocol_parse.h"
#include "shape.h"

#define FORMAT     3
#define HEAD       6
#define CHECKSUM   8
#define MAX_PACKED ((size_t)1 << 24)

static const char magic[4] = {'A', 'L', 'S', 'D'};

static uint64_t checksum(const unsigned char *bytes, size_t length)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ bytes[i]) * 0x100000001b3u;
    return hash;
}

static void put_fixed(struct als_buf *out, uint64_t value)
{
    for (int i = 0; i < 8; i++)
        als_buf_char(out, (char)(unsigned char)(value >> (8 * i)));
}

static void put_count(struct als_buf *out, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        als_buf_char(out, (char)(unsigned char)(value | 0x80));
    als_buf_char(out, (char)(unsigned char)value);
}

static void put_signed(struct als_buf *out, int64_t value)
{
    put_count(out, ((uint64_t)value << 1) ^ (value < 0 ? UINT64_MAX : 0));
}

static void put_text(struct als_buf *out, const char *text)
{
    size_t length = text ? strlen(text) : 0;
    put_count(out, text ? length + 1 : 0);
    if (text)
        als_buf_add(out, text, length);
}

static void put_number(struct als_buf *out, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    put_fixed(out, bits);
}

static void put_struct(struct als_buf *out, const struct shape *shape, const void *base)
{
    for (size_t i = 0; i < shape->n_fields; i++) {
        const struct shape_field *field = &shape->fields[i];
        switch (field->type) {
        case SHAPE_TEXT:
        case SHAPE_OPTION:
            put_text(out, SHAPE_GET(const char *, field, base));
            break;
        case SHAPE_FLAG:
            put_count(out, SHAPE_GET(bool, field, base));
            break;
        case SHAPE_INT:
            put_signed(out, SHAPE_GET(int, field, base));
            break;
        case SHAPE_INT64:
            put_signed(out, SHAPE_GET(int64_t, field, base));
            break;
        case SHAPE_WORD:
            put_count(out, SHAPE_GET(unsigned, field, base));
            break;
        case SHAPE_SIZE:
        case SHAPE_ITEM:
        case SHAPE_VISIT:
        case SHAPE_SCALE:
            put_count(out, SHAPE_GET(size_t, field, base));
            break;
        case SHAPE_NUMBER:
            put_number(out, SHAPE_GET(double, field, base));
            break;
        case SHAPE_EXPR: {
            const struct als_expr *expr = SHAPE_GET(const struct als_expr *, field, base);
            put_text(out, expr ? expr->source : NULL);
            break;
        }
        case SHAPE_STRUCT:
            put_struct(out, field->of, (const char *)base + field->offset);
            break;
        case SHAPE_LIST: {
            const char *element = SHAPE_GET(const char *, field, base);
            size_t n = SHAPE_COUNT(field, base);
            put_count(out, n);
            for (size_t k = 0; k < n; k++)
                put_struct(out, field->of, element + k * field->of->size);
            break;
        }
        }
    }
}

static void pack(struct als_buf *out, char kind, const struct shape *shape, const void *base)
{
    size_t start = out->length;
    als_buf_add(out, magic, sizeof magic);
    als_buf_char(out, kind);
    als_buf_char(out, FORMAT);
    put_struct(out, shape, base);
    if (!out->overflow)
        put_fixed(out, checksum((const unsigned char *)out->data + start, out->length - start));
}

void als_instrument_pack(const struct als_instrument *instrument, struct als_buf *out)
{
    pack(out, 'I', &shape_of_instrument, instrument);
}

void als_protocol_pack(const struct als_protocol *protocol, struct als_buf *out)
{
    pack(out, 'P', &shape_of_protocol, protocol);
}

/* Reading stops at the first thing that cannot be; what was read so far stays harmless zeros. */
struct reader {
    const unsigned char *at, *end;
    struct als_arena *arena;
    bool bad;
};

static size_t left(const struct reader *reader)
{
    return (size_t)(reader->end - reader->at);
}

static uint64_t get_count(struct reader *reader)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && !reader->bad && left(reader) > 0; shift += 7) {
        uint64_t byte = *reader->at++;
        value |= (byte & 0x7f) << shift;
        if (byte < 0x80) {
            /* One value has one form: no bits beyond 64, no needless zero groups. */
            reader->bad = (shift > 0 && byte == 0) || (shift == 63 && byte > 1);
            return reader->bad ? 0 : value;
        }
    }
    reader->bad = true;
    return 0;
}

static uint64_t get_limited(struct reader *reader, uint64_t below)
{
    uint64_t value = get_count(reader);
    if (value >= below)
        reader->bad = true;
    return reader->bad ? 0 : value;
}

static int64_t get_signed(struct reader *reader, int64_t least, int64_t most)
{
    uint64_t folded = get_count(reader);
    int64_t value = (int64_t)(folded >> 1) ^ -(int64_t)(folded & 1);
    if (value < least || value > most)
        reader->bad = true;
    return reader->bad ? 0 : value;
}

static const char *get_text(struct reader *reader, bool optional)
{
    uint64_t length = get_limited(reader, (uint64_t)left(reader) + 1);
    if (reader->bad || length == 0) {
        reader->bad = reader->bad || !optional;
        return NULL;
    }
    length--;
    const char *text = (const char *)reader->at;
    if (memchr(text, '\0', length)) {
        reader->bad = true;
        return NULL;
    }
    reader->at += length;
    return als_arena_strndup(reader->arena, text, length);
}

static double get_number(struct reader *reader)
{
    uint64_t bits = 0;
    double value = 0;
    if (left(reader) < 8) {
        reader->bad = true;
        return 0;
    }
    for (int i = 0; i < 8; i++)
        bits |= (uint64_t)reader->at[i] << (8 * i);
    reader->at += 8;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static const struct als_expr *get_expr(struct reader *reader)
{
    size_t at;
    const char *expected;
    const char *source = get_text(reader, true);
    if (!source)
        return NULL;
    const struct als_expr *expr =
        als_expr_parse(reader->arena, source, strlen(source), &at, &expected);
    if (!expr)
        reader->bad = true;
    return expr;
}

static void get_struct(struct reader *reader, const struct shape *shape, void *base);

/* Each field takes at least a byte, which bounds what a wrong count can make us allocate. */
static void get_list(struct reader *reader, const struct shape_field *field, void *base)
{
    const struct shape *of = field->of;
    size_t n = (size_t)get_limited(reader, (uint64_t)(left(reader) / of->n_fields) + 1);
    char *elements = als_arena_array(reader->arena, n, of->size);
    for (size_t i = 0; i < n && !reader->bad; i++)
        get_struct(reader, of, elements + i * of->size);
    *(char **)(void *)((char *)base + field->offset) = elements;
    *(size_t *)(void *)((char *)base + field->count_offset) = n;
}

static void get_struct(struct reader *reader, const struct shape *shape, void *base)
{
    for (size_t i = 0; i < shape->n_fields && !reader->bad; i++) {
        const struct shape_field *field = &shape->fields[i];
        void *to = (char *)base + field->offset;
        switch (field->type) {
        case SHAPE_TEXT:
        case SHAPE_OPTION:
            *(const char **)to = get_text(reader, field->type == SHAPE_OPTION);
            break;
        case SHAPE_FLAG:
            *(bool *)to = get_limited(reader, 2) == 1;
            break;
        case SHAPE_INT:
            *(int *)to = (int)get_signed(reader, INT32_MIN, INT32_MAX);
            break;
        case SHAPE_INT64:
            *(int64_t *)to = get_signed(reader, INT64_MIN, INT64_MAX);
            break;
        case SHAPE_WORD:
            *(unsigned *)to = (unsigned)get_limited(reader, field->n_words);
            break;
        case SHAPE_SIZE:
        case SHAPE_ITEM:
        case SHAPE_VISIT:
        case SHAPE_SCALE:
            *(size_t *)to = (size_t)get_limited(reader, INT32_MAX);
            break;
        case SHAPE_NUMBER:
            *(double *)to = get_number(reader);
            break;
        case SHAPE_EXPR:
            *(const struct als_expr **)to = get_expr(reader);
            break;
        case SHAPE_STRUCT:
            get_struct(reader, field->of, to);
            break;
        case SHAPE_LIST:
            get_list(reader, field, base);
            break;
        }
    }
}

/* Do all indexes below base point at something? */
static bool indexes_hold(const struct shape *shape, const void *base, const struct shape_root *root)
{
    for (size_t i = 0; i < shape->n_fields; i++) {
        const struct shape_field *field = &shape->fields[i];
        const char *element = NULL;
        size_t n = 0;
        if (field->type == SHAPE_ITEM &&
            SHAPE_GET(size_t, field, base) >= root->instrument->n_items)
            return false;
        if (field->type == SHAPE_VISIT &&
            SHAPE_GET(size_t, field, base) >= root->protocol->n_visits)
            return false;
        if (field->type == SHAPE_SCALE &&
            SHAPE_GET(size_t, field, base) >= root->protocol->n_instruments)
            return false;
        if (field->type == SHAPE_STRUCT) {
            element = (const char *)base + field->offset;
            n = 1;
        } else if (field->type == SHAPE_LIST) {
            element = SHAPE_GET(const char *, field, base);
            n = SHAPE_COUNT(field, base);
        }
        for (size_t k = 0; k < n; k++)
            if (!indexes_hold(field->of, element + k * field->of->size, root))
                return false;
    }
    return true;
}

static enum als_status refuse(struct als_err *err, const char *what)
{
    return als_fail(err, ALS_DATA, "E-PACK", "the stored definition cannot be read: %s", what);
}

/* Unpack into a zeroed structure from the arena, or say why not. */
static enum als_status unpack(const void *bytes, size_t length, char kind,
                              const struct shape *shape, struct als_arena *arena, void *base,
                              struct als_err *err)
{
    const unsigned char *from = bytes;
    if (length < HEAD + CHECKSUM || length > MAX_PACKED || memcmp(from, magic, sizeof magic) != 0 ||
        from[4] != (unsigned char)kind)
        return refuse(err, "these bytes are something else");
    if (from[5] != FORMAT)
        return refuse(err, "its format belongs to another version of the program");
    struct reader sum = {.at = from + length - CHECKSUM, .end = from + length};
    uint64_t expected = checksum(from, length - CHECKSUM), found = 0;
    for (int i = 0; i < CHECKSUM; i++)
        found |= (uint64_t)sum.at[i] << (8 * i);
    if (expected != found)
        return refuse(err, "its checksum is wrong");
    struct reader reader = {.at = from + HEAD, .end = from + length - CHECKSUM, .arena = arena};
    get_struct(&reader, shape, base);
    if (reader.bad || reader.at != reader.end)
        return refuse(err, "its fields do not add up");
    return ALS_OK;
}

static bool is_sound_instrument(const struct als_instrument *one)
{
    static const size_t least[] = {[ALS_SCORE_SUM] = 1,          [ALS_SCORE_MEAN] = 1,
                                   [ALS_SCORE_COPY] = 1,         [ALS_SCORE_PERCENT_NHANES3] = 1,
                                   [ALS_SCORE_PERCENT_ECSC] = 1, [ALS_SCORE_PERCENT_PROTOCOL] = 2};
    const struct shape_root root = {.instrument = one};
    for (size_t i = 0; i < one->n_scores; i++)
        if (one->scores[i].n_items < least[one->scores[i].kind])
            return false;
    for (size_t i = 0; i < one->n_rules; i++)
        if (!one->rules[i].when)
            return false;
    return one->n_items > 0 && indexes_hold(&shape_of_instrument, one, &root);
}

static bool is_sound_anchor(const struct als_anchor *anchor)
{
    return (anchor->kind != ALS_ANCHOR_EVENT || anchor->event) &&
           (anchor->kind != ALS_ANCHOR_INFUSION || anchor->number > 0);
}

static bool is_sound_protocol(const struct als_protocol *one)
{
    const struct shape_root root = {.protocol = one};
    if (one->n_cohorts == 0 || one->n_visits == 0 ||
        !indexes_hold(&shape_of_protocol, one, &root) || !is_sound_anchor(&one->time_zero))
        return false;
    for (size_t i = 0; i < one->n_criteria; i++)
        if (one->criteria[i].n_values == 0)
            return false;
    for (size_t i = 0; i < one->n_visits; i++)
        if (!is_sound_anchor(&one->visits[i].anchor) || one->visits[i].before_days < 0 ||
            one->visits[i].after_days < 0)
            return false;
    for (size_t c = 0; c < one->n_cohorts; c++) {
        if (one->cohorts[c].n_doses == 0)
            return false;
        for (size_t i = 0; i < one->n_visits; i++)
            if (!anchors_end(one, i, &one->cohorts[c]))
                return false;
    }
    return true;
}

enum als_status als_instrument_unpack(const void *bytes, size_t length, struct als_instrument **out,
                                      struct als_err *err)
{
    struct als_arena *arena = als_arena_new();
    struct als_instrument *one = als_arena_take(arena, sizeof *one);
    enum als_status status = unpack(bytes, length, 'I', &shape_of_instrument, arena, one, err);
    if (status == ALS_OK && !is_sound_instrument(one))
        status = refuse(err, "it refers to parts that it does not have");
    if (status != ALS_OK) {
        als_arena_free(arena);
        return status;
    }
    one->arena = arena;
    *out = one;
    return ALS_OK;
}

enum als_status als_protocol_unpack(const void *bytes, size_t length, struct als_protocol **out,
                                    struct als_err *err)
{
    struct als_arena *arena = als_arena_new();
    struct als_protocol *one = als_arena_take(arena, sizeof *one);
    enum als_status status = unpack(bytes, length, 'P', &shape_of_protocol, arena, one, err);
    if (status == ALS_OK && !is_sound_protocol(one))
        status = refuse(err, "it refers to parts that it does not have");
    if (status != ALS_OK) {
        als_arena_free(arena);
        return status;
    }
    one->arena = arena;
    *out = one;
    return ALS_OK;
}
