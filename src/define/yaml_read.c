/* Typed values and maps with known keys, taken from a tree of YAML nodes. */
#include <limits.h>
#include <string.h>

#include "alstrack/core/num.h"
#include "yaml.h"

static bool is_nothing(const struct yaml_node *node)
{
    return node->kind == YAML_SCALAR && !node->quoted &&
           (node->length == 0 || strcmp(node->text, "~") == 0 || strcmp(node->text, "null") == 0);
}

static const char *found(struct yaml_file *file, const struct yaml_node *node)
{
    if (node->kind == YAML_LIST)
        return "a list";
    if (node->kind == YAML_MAP)
        return "a map";
    if (is_nothing(node))
        return "nothing";
    return als_arena_printf(file->arena, "\"%.60s\"", node->text);
}

static void wrong_type(struct yaml_file *file, const struct yaml_node *node, const char *expected)
{
    yaml_error(file, node, "E-TYPE", NULL, "expected %s, found %s", expected, found(file, node));
}

bool yaml_text(struct yaml_file *file, struct als_arena *arena, const struct yaml_node *node,
               const char **out)
{
    if (node->kind != YAML_SCALAR || is_nothing(node)) {
        wrong_type(file, node, "text");
        return false;
    }
    size_t length = node->length;
    while (length > 0 && node->text[length - 1] == '\n')
        length--;
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)node->text[i] < 0x20) {
            wrong_type(file, node, "text on one line without control characters");
            return false;
        }
    *out = als_arena_strndup(arena, node->text, length);
    return true;
}

bool yaml_flag(struct yaml_file *file, const struct yaml_node *node, bool *out)
{
    bool is_true = node->kind == YAML_SCALAR && strcmp(node->text, "true") == 0;
    bool is_false = node->kind == YAML_SCALAR && strcmp(node->text, "false") == 0;
    if (node->quoted || (!is_true && !is_false)) {
        wrong_type(file, node, "true or false");
        return false;
    }
    *out = is_true;
    return true;
}

static bool whole_number(struct yaml_file *file, const struct yaml_node *node, int64_t least,
                         const char *expected, int64_t *out)
{
    if (node->kind != YAML_SCALAR || !als_num_parse_integer(node->text, node->length, out) ||
        *out < least || *out > INT_MAX) {
        wrong_type(file, node, expected);
        return false;
    }
    return true;
}

bool yaml_size(struct yaml_file *file, const struct yaml_node *node, size_t *out)
{
    int64_t value = 0;
    if (!whole_number(file, node, 0, "a whole number from 0", &value))
        return false;
    *out = (size_t)value;
    return true;
}

bool yaml_int(struct yaml_file *file, const struct yaml_node *node, int *out)
{
    int64_t value = 0;
    if (!whole_number(file, node, INT_MIN, "a whole number", &value))
        return false;
    *out = (int)value;
    return true;
}

bool yaml_number(struct yaml_file *file, const struct yaml_node *node, double *out)
{
    double value = 0;
    if (node->kind != YAML_SCALAR || !als_num_parse_double(node->text, node->length, &value)) {
        wrong_type(file, node, "a number");
        return false;
    }
    *out = value;
    return true;
}

bool yaml_is_list(struct yaml_file *file, const struct yaml_node *node)
{
    if (node->kind != YAML_LIST)
        wrong_type(file, node, "a list");
    return node->kind == YAML_LIST;
}

bool yaml_is_map(struct yaml_file *file, const struct yaml_node *node)
{
    if (node->kind != YAML_MAP)
        wrong_type(file, node, "a map");
    return node->kind == YAML_MAP;
}

/* "a, b or c" */
static const char *one_of(struct yaml_file *file, const char *const *words, size_t n)
{
    const char *list = words[0];
    for (size_t i = 1; i < n; i++)
        list = als_arena_printf(file->arena, "%s%s%s", list, i + 1 < n ? ", " : " or ", words[i]);
    return list;
}

bool yaml_word(struct yaml_file *file, const struct yaml_node *node, const char *const *words,
               size_t n, size_t *out)
{
    for (size_t i = 0; i < n && node->kind == YAML_SCALAR; i++)
        if (strcmp(node->text, words[i]) == 0) {
            *out = i;
            return true;
        }
    const char *hint = node->kind == YAML_SCALAR ? yaml_hint(file, node->text, words, n) : NULL;
    yaml_error(file, node, "E-VALUE", hint, "expected %s, found %s", one_of(file, words, n),
               found(file, node));
    return false;
}

bool yaml_texts(struct yaml_file *file, struct als_arena *arena, const struct yaml_node *node,
                const char *const **out, size_t *n)
{
    if (!yaml_is_list(file, node))
        return false;
    const char **texts = als_arena_array(arena, node->count, sizeof *texts);
    size_t filled = 0;
    for (const struct yaml_node *child = node->first; child; child = child->next) {
        if (!yaml_text(file, arena, child, &texts[filled]))
            continue;
        for (size_t i = 0; i < filled; i++)
            if (strcmp(texts[i], texts[filled]) == 0)
                yaml_error(file, child, "E-DUPLICATE", NULL, "\"%.60s\" is listed twice",
                           texts[filled]);
        filled++;
    }
    *out = texts;
    *n = filled;
    return true;
}

bool yaml_code(struct yaml_file *file, const struct yaml_node *node, const char *text,
               const struct yaml_code *code)
{
    size_t length = strlen(text);
    if (length > 0 && length <= code->most && strchr(code->first, text[0]) &&
        strspn(text + 1, code->rest) == length - 1)
        return true;
    yaml_error(file, node, "E-CODE", NULL, "expected %s, found \"%.60s\"", code->pattern, text);
    return false;
}

static void read_value(struct yaml_file *file, struct als_arena *arena,
                       const struct yaml_node *node, const struct yaml_key *key, void *target)
{
    char *at = (char *)target + key->offset;
    switch (key->want) {
    case YAML_TEXT:
        yaml_text(file, arena, node, (const char **)(void *)at);
        break;
    case YAML_FLAG:
        yaml_flag(file, node, (bool *)(void *)at);
        break;
    case YAML_SIZE:
        yaml_size(file, node, (size_t *)(void *)at);
        break;
    case YAML_INT:
        yaml_int(file, node, (int *)(void *)at);
        break;
    case YAML_NUMBER:
        yaml_number(file, node, (double *)(void *)at);
        break;
    case YAML_LATER:
        break;
    }
}

const struct yaml_node *yaml_child(const struct yaml_node *map, const char *key)
{
    for (const struct yaml_node *value = map->kind == YAML_MAP ? map->first : NULL; value;
         value = value->next)
        if (strcmp(value->key->text, key) == 0)
            return value;
    return NULL;
}

const struct yaml_node *yaml_place(const struct yaml_node *map, const char *key)
{
    const struct yaml_node *value = yaml_child(map, key);
    return value ? value : map;
}

static void unknown_key(struct yaml_file *file, const struct yaml_node *key,
                        const struct yaml_key *keys, size_t n)
{
    if (file->errors >= YAML_MAX_FINDINGS) {
        file->errors++;
        return;
    }
    const char **names = als_arena_array(file->arena, n, sizeof *names);
    for (size_t i = 0; i < n; i++)
        names[i] = keys[i].name;
    const char *hint = yaml_hint(file, key->text, names, n);
    if (!hint)
        hint = als_arena_printf(file->arena, "keys here: %s", one_of(file, names, n));
    yaml_error(file, key, "E-KEY-UNKNOWN", hint, "unknown key \"%.60s\"", key->text);
}

bool yaml_read(struct yaml_file *file, struct als_arena *arena, const struct yaml_node *node,
               const struct yaml_key *keys, size_t n, void *target)
{
    if (!yaml_is_map(file, node))
        return false;
    size_t *seen = als_arena_array(file->arena, n, sizeof *seen);
    for (const struct yaml_node *value = node->first; value; value = value->next) {
        size_t i = 0;
        while (i < n && strcmp(keys[i].name, value->key->text) != 0)
            i++;
        if (i == n) {
            unknown_key(file, value->key, keys, n);
        } else if (seen[i]) {
            yaml_error(file, value->key, "E-DUPLICATE", NULL,
                       "key \"%s\" was given before, on line %zu", keys[i].name, seen[i]);
        } else {
            seen[i] = value->key->line;
            read_value(file, arena, value, &keys[i], target);
        }
    }
    for (size_t i = 0; i < n; i++)
        if (keys[i].required && !seen[i])
            yaml_error(file, node, "E-KEY-MISSING", NULL, "the key \"%s\" is missing here",
                       keys[i].name);
    return true;
}
