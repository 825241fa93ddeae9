/* Definitions as bytes: nothing is lost on the way, and no byte string can do harm. */
#include <stdint.h>

#include "shape.h"
#include "support_define.h"

static void check_instrument(const struct als_instrument *one)
{
    struct als_buf first, second;
    als_buf_init(&first, ALS_BUF_LARGE);
    als_buf_init(&second, ALS_BUF_LARGE);
    als_instrument_pack(one, &first);
    struct als_instrument *copy = NULL;
    struct als_err err;
    cr_assert_eq(als_instrument_unpack(first.data, first.length, &copy, &err), ALS_OK, "%s: %s",
                 one->code, err.text);
    als_instrument_pack(copy, &second);
    cr_assert_eq(first.length, second.length, "%s", one->code);
    cr_assert_eq(memcmp(first.data, second.data, first.length), 0, "%s", one->code);
    struct als_diag_list list;
    als_diag_list_init(&list, 0);
    const struct als_sink sink = als_diag_list_sink(&list);
    cr_assert_eq(als_instrument_compare(one, copy, &sink), 0);
    cr_assert_eq(list.total, 0, "%s", one->code);
    als_diag_list_release(&list);
    als_instrument_free(copy);
    als_buf_release(&first);
    als_buf_release(&second);
}

static void check_protocol(const struct als_protocol *one, const char *file)
{
    struct als_buf first, second;
    als_buf_init(&first, ALS_BUF_LARGE);
    als_buf_init(&second, ALS_BUF_LARGE);
    als_protocol_pack(one, &first);
    struct als_protocol *copy = NULL;
    struct als_err err;
    cr_assert_eq(als_protocol_unpack(first.data, first.length, &copy, &err), ALS_OK, "%s: %s", file,
                 err.text);
    als_protocol_pack(copy, &second);
    cr_assert_eq(first.length, second.length, "%s", file);
    cr_assert_eq(memcmp(first.data, second.data, first.length), 0, "%s", file);
    struct als_diag_list list;
    als_diag_list_init(&list, 0);
    const struct als_sink sink = als_diag_list_sink(&list);
    cr_assert_eq(als_protocol_compare(one, copy, &sink), 0);
    cr_assert_eq(list.total, 0, "%s", file);
    for (size_t i = 0; i < one->n_visits; i++)
        cr_assert_eq(als_protocol_nominal_day(one, i, NULL),
                     als_protocol_nominal_day(copy, i, NULL));
    als_diag_list_release(&list);
    als_protocol_free(copy);
    als_buf_release(&first);
    als_buf_release(&second);
}

Test(pack, every_shipped_definition_survives)
{
    struct library library;
    library_load(&library);
    for (size_t i = 0; i < library.n; i++)
        check_instrument(library.items[i]);
    each_protocol(&library, check_protocol);
    library_free(&library);
    assert_no_leaks();
}

Test(pack, unpacked_fields_are_those_of_the_file)
{
    struct als_instrument *one = good_instrument(als_builtin_find("alsfrsr")->text), *copy = NULL;
    struct als_buf bytes;
    als_buf_init(&bytes, ALS_BUF_LARGE);
    als_instrument_pack(one, &bytes);
    cr_assert_eq(als_instrument_unpack(bytes.data, bytes.length, &copy, NULL), ALS_OK);
    cr_assert_eq(copy->n_items, one->n_items);
    const struct als_item *cutting = &copy->items[als_instrument_item(copy, "cutting")];
    cr_assert_str_eq(cutting->choices[3].label_b, "gives minimal help");
    cr_assert_eq(cutting->choices[0].number, 4);
    cr_assert_eq(cutting->decimals, -1);
    cr_assert_null(cutting->unit);
    cr_assert_eq(cutting->variant->n_steps, 3);
    cr_assert_eq(copy->scores[0].n_items, 12);
    cr_assert_eq(copy->scores[0].max, 48);
    cr_assert_eq(copy->rules[0].line, one->rules[0].line);
    cr_assert_str_eq(copy->source, one->source);
    als_instrument_free(one);
    als_instrument_free(copy);
    als_buf_release(&bytes);
    assert_no_leaks();
}

/* FNV-1a, as pack.c has it, so that damage reaches the fields instead of the checksum. */
static void seal(unsigned char *bytes, size_t length)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < length - 8; i++)
        hash = (hash ^ bytes[i]) * 0x100000001b3u;
    for (size_t i = 0; i < 8; i++)
        bytes[length - 8 + i] = (unsigned char)(hash >> (8 * i));
}

static void unpack_and_free(const unsigned char *bytes, size_t length)
{
    struct als_instrument *instrument = NULL;
    struct als_protocol *protocol = NULL;
    struct als_err err;
    if (als_instrument_unpack(bytes, length, &instrument, &err) != ALS_OK)
        cr_assert_eq(err.status, ALS_DATA);
    if (als_protocol_unpack(bytes, length, &protocol, &err) != ALS_OK)
        cr_assert_eq(err.status, ALS_DATA);
    for (size_t i = 0; protocol && i < protocol->n_visits; i++)
        (void)als_protocol_nominal_day(protocol, i, NULL);
    als_instrument_free(instrument);
    als_protocol_free(protocol);
}

/* A byte string of the exact length, so that reading past its end is seen. */
static void try_bytes(const unsigned char *bytes, size_t length, bool sealed)
{
    unsigned char *copy = malloc(length ? length : 1);
    if (length > 0)
        memcpy(copy, bytes, length);
    if (sealed && length >= 8)
        seal(copy, length);
    unpack_and_free(copy, length);
    free(copy);
}

static void damage(const struct als_buf *whole)
{
    unsigned char *bytes = (unsigned char *)whole->data;
    size_t step = whole->length / 400 + 1;
    for (size_t length = 0; length < whole->length; length += step) {
        try_bytes(bytes, length, false);
        try_bytes(bytes, length, true);
    }
    static const unsigned char values[] = {0x00, 0x01, 0x7f, 0x80, 0xff};
    for (size_t at = 0; at < whole->length; at += step)
        for (size_t v = 0; v < COUNT(values); v++) {
            unsigned char kept = bytes[at];
            bytes[at] = values[v];
            try_bytes(bytes, whole->length, true);
            bytes[at] = kept;
        }
}

Test(pack, damage_is_refused_or_harmless, .timeout = 120)
{
    struct library library;
    library_load(&library);
    struct als_buf bytes;
    als_buf_init(&bytes, ALS_BUF_LARGE);
    als_instrument_pack(library.items[0], &bytes);
    damage(&bytes);
    als_buf_clear(&bytes);
    struct als_protocol *one = load_protocol(&library, "samples/protocols/mayo-nct01609283.yaml");
    als_protocol_pack(one, &bytes);
    damage(&bytes);
    als_protocol_free(one);
    als_buf_release(&bytes);
    library_free(&library);
    assert_no_leaks();
}

Test(pack, says_why_it_refuses)
{
    struct als_instrument *one = good_instrument(als_builtin_find("alsfrsr")->text), *copy = NULL;
    struct als_protocol *protocol = NULL;
    struct als_buf bytes;
    als_buf_init(&bytes, ALS_BUF_LARGE);
    als_instrument_pack(one, &bytes);
    unsigned char *raw = (unsigned char *)bytes.data;
    struct als_err err;
    cr_assert_eq(als_protocol_unpack(raw, bytes.length, &protocol, &err), ALS_DATA);
    cr_assert(strstr(err.text, "something else"), "%s", err.text);
    raw[5]++;
    cr_assert_eq(als_instrument_unpack(raw, bytes.length, &copy, &err), ALS_DATA);
    cr_assert(strstr(err.text, "another version"), "%s", err.text);
    raw[5]--;
    raw[40] ^= 1;
    cr_assert_eq(als_instrument_unpack(raw, bytes.length, &copy, &err), ALS_DATA);
    cr_assert(strstr(err.text, "checksum"), "%s", err.text);
    raw[40] ^= 1;
    cr_assert_eq(als_instrument_unpack(raw, bytes.length - 1, &copy, &err), ALS_DATA);
    cr_assert_eq(als_instrument_unpack(raw, bytes.length, &copy, &err), ALS_OK);
    als_instrument_free(copy);
    als_instrument_free(one);
    als_buf_release(&bytes);
    assert_no_leaks();
}

/* Bytes of a structure that no field covers can only be padding: fewer than the alignment. Fields
 * that a definition does not carry with it (its arena) are given as `extra`. */
static void check_cover(const struct shape *shape, size_t extra)
{
    unsigned char *covered = calloc(1, shape->size);
    size_t longest = 0, run = 0;
    for (size_t i = 0; i < shape->n_fields; i++) {
        const struct shape_field *field = &shape->fields[i];
        size_t size = field->size;
        memset(covered + field->offset, 1, size);
        if (field->type == SHAPE_LIST)
            memset(covered + field->count_offset, 1, sizeof(size_t));
        if (field->type == SHAPE_STRUCT)
            cr_assert_eq(size, field->of->size, "%s.%s", shape->noun, field->name);
    }
    for (size_t i = 0; i < shape->size; i++) {
        run = covered[i] ? 0 : run + 1;
        longest = run > longest ? run : longest;
    }
    cr_assert_lt(longest, 8 + extra, "%s has a field that is not listed", shape->noun);
    free(covered);
}

Test(pack, field_lists_cover_their_structures)
{
    static const struct shape *const parts[] = {
        &shape_of_item,     &shape_of_choice,    &shape_of_score, &shape_of_rule,
        &shape_of_index,    &shape_of_text,      &shape_of_visit, &shape_of_visit_item,
        &shape_of_anchor,   &shape_of_cohort,    &shape_of_site,  &shape_of_criterion,
        &shape_of_baseline, &shape_of_responder, &shape_of_grade, &shape_of_value};
    for (size_t i = 0; i < COUNT(parts); i++)
        check_cover(parts[i], 0);
    check_cover(&shape_of_instrument, sizeof(struct als_arena *));
    check_cover(&shape_of_protocol, sizeof(struct als_arena *));
}

/* The type of a field fixes how many bytes it has. */
Test(pack, field_types_fit_their_members)
{
    static const size_t sizes[] = {[SHAPE_TEXT] = sizeof(char *),   [SHAPE_OPTION] = sizeof(char *),
                                   [SHAPE_FLAG] = sizeof(bool),     [SHAPE_INT] = sizeof(int),
                                   [SHAPE_SIZE] = sizeof(size_t),   [SHAPE_INT64] = sizeof(int64_t),
                                   [SHAPE_NUMBER] = sizeof(double), [SHAPE_WORD] = sizeof(unsigned),
                                   [SHAPE_EXPR] = sizeof(void *),   [SHAPE_ITEM] = sizeof(size_t),
                                   [SHAPE_VISIT] = sizeof(size_t),  [SHAPE_SCALE] = sizeof(size_t),
                                   [SHAPE_LIST] = sizeof(void *)};
    static const struct shape *const all[] = {
        &shape_of_instrument, &shape_of_item,       &shape_of_choice,   &shape_of_score,
        &shape_of_rule,       &shape_of_index,      &shape_of_text,     &shape_of_protocol,
        &shape_of_visit,      &shape_of_visit_item, &shape_of_anchor,   &shape_of_cohort,
        &shape_of_site,       &shape_of_criterion,  &shape_of_baseline, &shape_of_responder,
        &shape_of_grade,      &shape_of_value};
    for (size_t i = 0; i < COUNT(all); i++)
        for (size_t k = 0; k < all[i]->n_fields; k++) {
            const struct shape_field *field = &all[i]->fields[k];
            if (field->type != SHAPE_STRUCT)
                cr_assert_eq(field->size, sizes[field->type], "%s.%s", all[i]->noun, field->name);
            cr_assert(field->type != SHAPE_WORD || field->n_words > 1, "%s.%s", all[i]->noun,
                      field->name);
            cr_assert(field->type != SHAPE_LIST || field->count_offset > 0, "%s.%s", all[i]->noun,
                      field->name);
        }
}
