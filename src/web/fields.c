/* Percent-encoding, forms, queries, cookies, paths. */
#include "fields.h"

#include <string.h>

#include "alstrack/core/text.h"

const char *als_fields_get(const struct als_fields *fields, const char *name)
{
    size_t position = 0;
    return als_fields_next(fields, name, &position);
}

const char *als_fields_next(const struct als_fields *fields, const char *name, size_t *position)
{
    while (*position < fields->count) {
        const struct als_pair *pair = &fields->items[(*position)++];
        if (strcmp(pair->name, name) == 0)
            return pair->value;
    }
    return NULL;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

static bool is_control(char c)
{
    return ((unsigned char)c < 0x20 && c != '\t' && c != '\n') || c == 0x7F;
}

/* CR LF to LF, in place; returns the new length. */
static size_t unify_lines(char *text, size_t length)
{
    size_t to = 0;
    for (size_t i = 0; i < length; i++)
        if (text[i] != '\r' || i + 1 == length || text[i + 1] != '\n')
            text[to++] = text[i];
    text[to] = '\0';
    return to;
}

char *als_percent_decode(struct als_arena *arena, const char *text, size_t length, bool plus,
                         const char **why)
{
    char *out = als_arena_take(arena, length + 1);
    size_t n = 0;
    for (size_t i = 0; i < length; i++) {
        if (text[i] != '%') {
            out[n++] = plus && text[i] == '+' ? ' ' : text[i];
            continue;
        }
        int high = i + 2 < length ? hex_digit(text[i + 1]) : -1;
        int low = high >= 0 ? hex_digit(text[i + 2]) : -1;
        if (low < 0) {
            *why = "a % without two hexadecimal digits";
            return NULL;
        }
        out[n++] = (char)(high * 16 + low);
        i += 2;
    }
    if (als_text_check(out, n) != n) {
        *why = "a text that is not UTF-8, or with a NUL";
        return NULL;
    }
    n = unify_lines(out, n);
    for (size_t i = 0; i < n; i++) {
        if (is_control(out[i])) {
            *why = "a text with control characters";
            return NULL;
        }
    }
    return out;
}

/* ---- Forms ---- */

static size_t count_char(const char *text, size_t length, char c)
{
    size_t n = 0;
    for (size_t i = 0; i < length; i++)
        n += text[i] == c;
    return n;
}

static bool parse_pair(struct als_arena *arena, const char *text, size_t length,
                       struct als_pair *out, const char **why)
{
    const char *equals = memchr(text, '=', length);
    size_t name = equals ? (size_t)(equals - text) : length;
    out->name = als_percent_decode(arena, text, name, true, why);
    out->value = equals ? als_percent_decode(arena, equals + 1, length - name - 1, true, why) : "";
    return out->name && out->value;
}

bool als_fields_parse(struct als_arena *arena, const char *text, size_t length,
                      struct als_fields *out, const char **why)
{
    size_t most = count_char(text, length, '&') + 1, n = 0, at = 0;
    if (most > ALS_FIELDS_MOST) {
        *why = "too many fields";
        return false;
    }
    struct als_pair *pairs = als_arena_array(arena, most, sizeof *pairs);
    while (at < length) {
        const char *end = memchr(text + at, '&', length - at);
        size_t size = end ? (size_t)(end - text) - at : length - at;
        if (size && !parse_pair(arena, text + at, size, &pairs[n++], why))
            return false;
        at += size + 1;
    }
    *out = (struct als_fields){pairs, n};
    return true;
}

/* ---- Cookies ---- */

static bool is_cookie_char(char c)
{
    return c > 0x20 && c < 0x7F && c != '"' && c != ',' && c != ';' && c != '\\';
}

static bool all_cookie_chars(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (!is_cookie_char(text[i]))
            return false;
    return true;
}

void als_cookies_parse(struct als_arena *arena, const char *text, struct als_fields *out)
{
    size_t most = count_char(text, strlen(text), ';') + 1, n = 0;
    if (most > ALS_FIELDS_MOST)
        most = ALS_FIELDS_MOST;
    struct als_pair *pairs = als_arena_array(arena, most, sizeof *pairs);
    while (*text && n < most) {
        text += strspn(text, " \t;");
        size_t size = strcspn(text, ";"), name = strcspn(text, "=;");
        if (name && name < size && all_cookie_chars(text, size))
            pairs[n++] =
                (struct als_pair){als_arena_strndup(arena, text, name),
                                  als_arena_strndup(arena, text + name + 1, size - name - 1)};
        text += size;
    }
    *out = (struct als_fields){pairs, n};
}

/* ---- Paths ---- */

static bool parse_part(struct als_arena *arena, const char *text, size_t length, const char **part,
                       const char **why)
{
    const char *decoded = als_percent_decode(arena, text, length, false, why);
    if (!decoded)
        return false;
    if (!*decoded || strcmp(decoded, ".") == 0 || strcmp(decoded, "..") == 0) {
        *why = "a path with an empty part, . or ..";
        return false;
    }
    if (strpbrk(decoded, "\t\n")) {
        *why = "a path with control characters";
        return false;
    }
    *part = decoded;
    return true;
}

bool als_path_parse(struct als_arena *arena, const char *target, struct als_path *out,
                    const char **why)
{
    size_t length = strcspn(target, "?");
    if (target[0] != '/' || strchr(target, '#')) {
        *why = "a target that is not a path";
        return false;
    }
    const char **parts = als_arena_array(arena, count_char(target, length, '/'), sizeof *parts);
    size_t n = 0, at = 1;
    while (at < length) {
        const char *end = memchr(target + at, '/', length - at);
        size_t size = end ? (size_t)(end - target) - at : length - at;
        if (!parse_part(arena, target + at, size, &parts[n++], why))
            return false;
        at += size + 1;
        if (end && at == length) {
            *why = "a path with an empty part, . or ..";
            return false;
        }
    }
    *out = (struct als_path){parts, n, target[length] ? target + length + 1 : ""};
    return true;
}
