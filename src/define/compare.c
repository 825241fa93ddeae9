/* Two versions of a definition: what differs, and what that means for stored records. */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "alstrack/core/num.h"
#include "shape.h"

/* A structure in both versions, and its name for messages. */
struct pair {
    const void *old_one, *new_one;
    const char *path; /* "item cutting", or empty for the definition itself */
    const char *code; /* of the innermost element, or NULL */
};

struct comparison {
    struct shape_root old_root, new_root;
    const struct als_sink *sink;
    struct als_arena *scratch;
    size_t breaking;
};

__attribute__((format(printf, 5, 6))) static void report(struct comparison *comparison,
                                                         enum shape_change change, const char *code,
                                                         const struct pair *pair,
                                                         const char *format, ...)
{
    struct als_buf what;
    als_buf_init(&what, 8192);
    if (pair->path[0] != '\0')
        als_buf_printf(&what, "%s: ", pair->path);
    va_list args;
    va_start(args, format);
    als_buf_vprintf(&what, format, args);
    va_end(args);
    static const enum als_severity severities[] = {[CHANGE_SILENT] = ALS_SEVERITY_INFO,
                                                   [CHANGE_INFO] = ALS_SEVERITY_INFO,
                                                   [CHANGE_SCORES] = ALS_SEVERITY_WARNING,
                                                   [CHANGE_BREAKS] = ALS_SEVERITY_ERROR};
    static const char *const hints[] = {[CHANGE_SCORES] = "stored scores change with it",
                                        [CHANGE_BREAKS] = "stored records depend on it"};
    const struct als_diag diag = {.severity = severities[change],
                                  .code = code,
                                  .field = pair->code,
                                  .what = what.data,
                                  .hint = hints[change]};
    als_diag_send(comparison->sink, &diag);
    als_buf_release(&what);
    comparison->breaking += change == CHANGE_BREAKS;
}

static void describe_struct(const struct shape *shape, const void *base,
                            const struct shape_root *root, struct als_buf *out);

static void describe_number(double value, struct als_buf *out)
{
    char text[ALS_NUM_TEXT];
    als_num_format(value, text);
    als_buf_text(out, text);
}

static void describe_list(const struct shape_field *field, const void *base,
                          const struct shape_root *root, struct als_buf *out)
{
    const char *element = SHAPE_GET(const char *, field, base);
    size_t n = SHAPE_COUNT(field, base);
    for (size_t i = 0; i < n; i++) {
        als_buf_text(out, i > 0 ? ", " : "");
        describe_struct(field->of, element + i * field->of->size, root, out);
    }
}

/* Nothing is written for what is absent. */
static void describe_field(const struct shape_field *field, const void *base,
                           const struct shape_root *root, struct als_buf *out)
{
    const struct als_expr *expr;
    const char *text;
    switch (field->type) {
    case SHAPE_TEXT:
    case SHAPE_OPTION:
        text = SHAPE_GET(const char *, field, base);
        als_buf_text(out, text ? text : "");
        break;
    case SHAPE_FLAG:
        als_buf_text(out, SHAPE_GET(bool, field, base) ? "true" : "false");
        break;
    case SHAPE_INT:
        als_buf_printf(out, "%d", SHAPE_GET(int, field, base));
        break;
    case SHAPE_INT64:
        als_buf_printf(out, "%lld", (long long)SHAPE_GET(int64_t, field, base));
        break;
    case SHAPE_SIZE:
        als_buf_printf(out, "%zu", SHAPE_GET(size_t, field, base));
        break;
    case SHAPE_NUMBER:
        describe_number(SHAPE_GET(double, field, base), out);
        break;
    case SHAPE_WORD:
        als_buf_text(out, field->words[SHAPE_GET(unsigned, field, base)]);
        break;
    case SHAPE_EXPR:
        expr = SHAPE_GET(const struct als_expr *, field, base);
        als_buf_text(out, expr ? expr->source : "");
        break;
    case SHAPE_ITEM:
        als_buf_text(out, root->instrument->items[SHAPE_GET(size_t, field, base)].code);
        break;
    case SHAPE_VISIT:
        als_buf_text(out, root->protocol->visits[SHAPE_GET(size_t, field, base)].code);
        break;
    case SHAPE_SCALE:
        als_buf_text(out, root->protocol->instruments[SHAPE_GET(size_t, field, base)]);
        break;
    case SHAPE_STRUCT:
        describe_struct(field->of, (const char *)base + field->offset, root, out);
        break;
    case SHAPE_LIST:
        describe_list(field, base, root, out);
        break;
    }
}

static void describe_struct(const struct shape *shape, const void *base,
                            const struct shape_root *root, struct als_buf *out)
{
    if (shape->describe) {
        shape->describe(base, root, out);
        return;
    }
    for (size_t i = 0; i < shape->n_fields; i++) {
        als_buf_text(out, i > 0 ? " " : "");
        describe_field(&shape->fields[i], base, root, out);
    }
}

/* Allowed, with a look at scores, or not at all. */
static const char *code_of(enum shape_change change, const char *breaking, const char *allowed)
{
    return change == CHANGE_BREAKS ? breaking : change == CHANGE_SCORES ? "W-SCORE" : allowed;
}

static void compare_value(struct comparison *comparison, const struct shape_field *field,
                          const struct pair *pair)
{
    struct als_buf before, after;
    als_buf_init(&before, 1 << 20);
    als_buf_init(&after, 1 << 20);
    describe_field(field, pair->old_one, &comparison->old_root, &before);
    describe_field(field, pair->new_one, &comparison->new_root, &after);
    if (strcmp(before.data, after.data) != 0)
        report(comparison, field->change, code_of(field->change, "E-CHANGED", "I-CHANGED"), pair,
               "%s was %.300s, is now %.300s", field->name, before.length ? before.data : "absent",
               after.length ? after.data : "absent");
    als_buf_release(&before);
    als_buf_release(&after);
}

/* The bounds that an item had must lie inside those it gets. */
static void compare_range(struct comparison *comparison, const struct pair *pair)
{
    const struct als_item *a = pair->old_one, *b = pair->new_one;
    const struct {
        const char *name;
        double before, after; /* larger is wider; INFINITY is open */
        double sign;
    } ends[] = {
        {"min", a->has_min ? -a->min : INFINITY, b->has_min ? -b->min : INFINITY, -1},
        {"max", a->has_max ? a->max : INFINITY, b->has_max ? b->max : INFINITY, 1},
        {"decimals", a->decimals < 0 ? (double)INFINITY : a->decimals,
         b->decimals < 0 ? (double)INFINITY : b->decimals, 1},
    };
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        char before[ALS_NUM_TEXT] = "open", after[ALS_NUM_TEXT] = "open";
        if (isfinite(ends[i].before))
            als_num_format(ends[i].sign * ends[i].before, before);
        if (isfinite(ends[i].after))
            als_num_format(ends[i].sign * ends[i].after, after);
        if (ends[i].after < ends[i].before)
            report(comparison, CHANGE_BREAKS, "E-NARROWER", pair, "%s was %s, is now %s: narrower",
                   ends[i].name, before, after);
        else if (ends[i].after > ends[i].before)
            report(comparison, CHANGE_INFO, "I-CHANGED", pair, "%s was %s, is now %s", ends[i].name,
                   before, after);
    }
}

static void compare_struct(struct comparison *comparison, const struct shape *shape,
                           const struct pair *pair);

/* A list of keyed elements in one version. */
struct elements {
    const char *first;
    size_t n, size;
};

static struct elements elements_of(const struct shape_field *field, const void *base)
{
    return (struct elements){SHAPE_GET(const char *, field, base), SHAPE_COUNT(field, base),
                             field->of->size};
}

static const void *element_at(const struct elements *list, size_t i)
{
    return list->first + i * list->size;
}

static const char *key_of(const void *element)
{
    return *(const char *const *)element;
}

static ptrdiff_t find(const struct elements *list, const char *key)
{
    for (size_t i = 0; i < list->n; i++)
        if (strcmp(key_of(element_at(list, i)), key) == 0)
            return (ptrdiff_t)i;
    return -1;
}

/* "visit MN3", "procedures mri", inside the path of the structure that holds the list. */
static struct pair element_pair(struct comparison *comparison, const struct shape_field *field,
                                const struct pair *outer, const char *key)
{
    const char *noun = field->of == &shape_of_text ? field->name : field->of->noun;
    return (struct pair){.code = key,
                         .path = als_arena_printf(comparison->scratch, "%s%s%s %s", outer->path,
                                                  outer->path[0] ? ", " : "", noun, key)};
}

static void compare_elements(struct comparison *comparison, const struct shape_field *field,
                             const struct pair *pair)
{
    const struct elements before = elements_of(field, pair->old_one);
    const struct elements after = elements_of(field, pair->new_one);
    ptrdiff_t last = -1;
    bool moved = false;
    for (size_t i = 0; i < before.n; i++) {
        const char *key = key_of(element_at(&before, i));
        ptrdiff_t found = find(&after, key);
        struct pair element = element_pair(comparison, field, pair, key);
        if (found < 0) {
            report(comparison, field->change, code_of(field->change, "E-REMOVED", "I-REMOVED"),
                   &element, "removed");
            continue;
        }
        moved = moved || found < last;
        last = found;
        element.old_one = element_at(&before, i);
        element.new_one = element_at(&after, (size_t)found);
        compare_struct(comparison, field->of, &element);
    }
    for (size_t i = 0; i < after.n; i++) {
        const char *key = key_of(element_at(&after, i));
        if (find(&before, key) < 0) {
            const struct pair element = element_pair(comparison, field, pair, key);
            report(comparison, CHANGE_INFO, "I-ADDED", &element, "added");
        }
    }
    if (moved)
        report(comparison, CHANGE_INFO, "I-ORDER", pair, "%s are in another order", field->name);
}

static void compare_struct(struct comparison *comparison, const struct shape *shape,
                           const struct pair *pair)
{
    if (shape == &shape_of_item)
        compare_range(comparison, pair);
    for (size_t i = 0; i < shape->n_fields; i++) {
        const struct shape_field *field = &shape->fields[i];
        if (field->change == CHANGE_SILENT)
            continue;
        if (field->type == SHAPE_LIST && field->of->keyed)
            compare_elements(comparison, field, pair);
        else
            compare_value(comparison, field, pair);
    }
}

static size_t compare(struct comparison *comparison, const struct shape *shape, const void *old_one,
                      const void *new_one)
{
    comparison->scratch = als_arena_new();
    const struct pair pair = {.old_one = old_one, .new_one = new_one, .path = ""};
    compare_struct(comparison, shape, &pair);
    als_arena_free(comparison->scratch);
    return comparison->breaking;
}

size_t als_instrument_compare(const struct als_instrument *old_one,
                              const struct als_instrument *new_one, const struct als_sink *sink)
{
    struct comparison comparison = {
        .old_root = {.instrument = old_one}, .new_root = {.instrument = new_one}, .sink = sink};
    return compare(&comparison, &shape_of_instrument, old_one, new_one);
}

size_t als_protocol_compare(const struct als_protocol *old_one, const struct als_protocol *new_one,
                            const struct als_sink *sink)
{
    struct comparison comparison = {
        .old_root = {.protocol = old_one}, .new_root = {.protocol = new_one}, .sink = sink};
    return compare(&comparison, &shape_of_protocol, old_one, new_one);
}
