/* Bytes from a browser: each decoder takes all of them, and what comes out keeps its promises. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/web/fields.h"
#include "../../src/web/request.h"
#include "../../src/web/route.h"
#include "alstrack/core/alloc.h"
#include "alstrack/core/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int condition)
{
    if (!condition)
        abort();
}

/* UTF-8 without control characters but tab and line end. */
static void require_clean(const char *text)
{
    require(als_text_check(text, strlen(text)) == strlen(text));
    for (; *text; text++)
        require((unsigned char)*text >= 0x20 || *text == '\t' || *text == '\n');
}

static void form(struct als_arena *arena, const char *text, size_t size)
{
    struct als_fields fields;
    const char *why = NULL;
    if (!als_fields_parse(arena, text, size, &fields, &why)) {
        require(why != NULL);
        return;
    }
    require(fields.count <= ALS_FIELDS_MOST);
    for (size_t i = 0; i < fields.count; i++) {
        require_clean(fields.items[i].name);
        require_clean(fields.items[i].value);
    }
}

/* A path that is accepted says the same when its parts are encoded again. */
static void path(struct als_arena *arena, const char *text)
{
    struct als_path parsed, again;
    struct als_fields parts;
    const struct als_route *route;
    const char *why = NULL;
    if (!als_path_parse(arena, text, &parsed, &why)) {
        require(why != NULL);
        return;
    }
    for (size_t i = 0; i < parsed.count; i++) {
        require_clean(parsed.parts[i]);
        require(parsed.parts[i][0] && strcmp(parsed.parts[i], "..") != 0);
        require(als_path_parse(arena, als_url(arena, "/{}", parsed.parts[i]), &again, &why));
        require(again.count == 1 && strcmp(again.parts[0], parsed.parts[i]) == 0);
    }
    (void)als_route_find(arena, ALS_GET, &parsed, &route, &parts);
}

static void cookies(struct als_arena *arena, const char *text)
{
    struct als_fields pairs;
    als_cookies_parse(arena, text, &pairs);
    for (size_t i = 0; i < pairs.count; i++)
        require(pairs.items[i].name[0] && !strpbrk(pairs.items[i].value, " ;,\"\\\r\n"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct als_arena *arena = als_arena_new();
    char *text = als_strndup((const char *)data, size);
    form(arena, (const char *)data, size);
    path(arena, text);
    cookies(arena, text);
    free(text);
    als_arena_free(arena);
    return 0;
}
