/*
 * Fuzzes the readers of definitions. Bytes that begin with "ALSD" are taken as packed (and their
 * checksum is mended, or nothing would get past it); all others as YAML of either kind and as a
 * condition. What is accepted must survive packing unchanged.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alstrack/core/buf.h"
#include "alstrack/define/builtin.h"
#include "alstrack/define/instrument.h"
#include "alstrack/define/protocol.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(int condition, const char *what)
{
    if (!condition) {
        fprintf(stderr, "broken promise: %s\n", what);
        abort();
    }
}

static void check_instrument(struct als_instrument *one)
{
    struct als_buf first, second;
    struct als_instrument *copy = NULL;
    als_buf_init(&first, ALS_BUF_LARGE);
    als_buf_init(&second, ALS_BUF_LARGE);
    als_instrument_pack(one, &first);
    demand(als_instrument_unpack(first.data, first.length, &copy, NULL) == ALS_OK,
           "what was packed unpacks");
    als_instrument_pack(copy, &second);
    demand(first.length == second.length && memcmp(first.data, second.data, first.length) == 0,
           "packing twice gives the same bytes");
    demand(als_instrument_compare(one, copy, NULL) == 0, "a copy differs in nothing");
    als_instrument_free(copy);
    als_instrument_free(one);
    als_buf_release(&first);
    als_buf_release(&second);
}

static void check_protocol(struct als_protocol *one)
{
    struct als_buf first, second;
    struct als_protocol *copy = NULL;
    als_buf_init(&first, ALS_BUF_LARGE);
    als_buf_init(&second, ALS_BUF_LARGE);
    als_protocol_pack(one, &first);
    demand(als_protocol_unpack(first.data, first.length, &copy, NULL) == ALS_OK,
           "what was packed unpacks");
    als_protocol_pack(copy, &second);
    demand(first.length == second.length && memcmp(first.data, second.data, first.length) == 0,
           "packing twice gives the same bytes");
    for (size_t c = 0; c < one->n_cohorts; c++)
        for (size_t i = 0; i < one->n_visits; i++)
            demand(als_protocol_nominal_day(one, i, &one->cohorts[c]) ==
                       als_protocol_nominal_day(copy, i, &copy->cohorts[c]),
                   "a copy has the same days");
    als_protocol_free(copy);
    als_protocol_free(one);
    als_buf_release(&first);
    als_buf_release(&second);
}

static void mend_checksum(uint8_t *bytes, size_t length)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < length - 8; i++)
        hash = (hash ^ bytes[i]) * 0x100000001b3u;
    for (size_t i = 0; i < 8; i++)
        bytes[length - 8 + i] = (uint8_t)(hash >> (8 * i));
}

static void fuzz_packed(const uint8_t *data, size_t size)
{
    struct als_instrument *instrument = NULL;
    struct als_protocol *protocol = NULL;
    uint8_t *copy = malloc(size);
    demand(copy != NULL, "memory");
    memcpy(copy, data, size);
    if (size > 8)
        mend_checksum(copy, size);
    if (als_instrument_unpack(copy, size, &instrument, NULL) == ALS_OK)
        check_instrument(instrument);
    if (als_protocol_unpack(copy, size, &protocol, NULL) == ALS_OK)
        check_protocol(protocol);
    free(copy);
}

/* Every instrument that a fuzzed protocol names is this one. */
static const struct als_instrument *any_instrument(const char *code, void *context)
{
    (void)code;
    return context;
}

static struct als_instrument *shared_instrument(void)
{
    static struct als_instrument *one;
    const struct als_builtin *file = als_builtin_find("alsfrsr");
    if (!one && file)
        one = als_instrument_parse(file->name, file->text, file->length, NULL);
    return one;
}

static void fuzz_text(const char *text, size_t size)
{
    struct als_instrument *instrument = als_instrument_parse("fuzz", text, size, NULL);
    if (instrument)
        check_instrument(instrument);
    struct als_protocol *protocol =
        als_protocol_parse("fuzz", text, size, any_instrument, shared_instrument(), NULL);
    if (protocol)
        check_protocol(protocol);
    struct als_arena *arena = als_arena_new();
    size_t at = 0;
    const char *expected = NULL;
    const struct als_expr *expr = als_expr_parse(arena, text, size, &at, &expected);
    demand(expr ? expr->max_depth <= ALS_EXPR_DEPTH : at <= size && expected,
           "an expression has a bounded depth, or a mistake inside the text");
    als_arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size >= 4 && memcmp(data, "ALSD", 4) == 0)
        fuzz_packed(data, size);
    else
        fuzz_text((const char *)data, size);
    return 0;
}
