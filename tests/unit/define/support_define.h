/* What the tests of definitions share: the shipped instruments and protocols, and findings. */
#ifndef ALSTRACK_TEST_DEFINE_H
#define ALSTRACK_TEST_DEFINE_H

#include <dirent.h>

#include "als_test.h"
#include "alstrack/core/alloc.h"
#include "alstrack/core/buf.h"
#include "alstrack/core/diag.h"
#include "alstrack/core/file.h"
#include "alstrack/define/builtin.h"
#include "alstrack/define/instrument.h"
#include "alstrack/define/protocol.h"

static inline void print_findings(const struct als_diag_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        als_diag_print(stderr, &list->items[i], 0);
}

/* Built-in instruments, each parsed when it is first asked for; library_load asks for all. */
struct library {
    struct als_instrument *items[64];
    size_t n;
};

static inline const struct als_instrument *library_find(const char *code, void *context)
{
    struct library *library = context;
    for (size_t i = 0; i < library->n; i++)
        if (strcmp(library->items[i]->code, code) == 0)
            return library->items[i];
    const struct als_builtin *file = als_builtin_find(code);
    if (!file)
        return NULL;
    struct als_diag_list list;
    als_diag_list_init(&list, 0);
    const struct als_sink sink = als_diag_list_sink(&list);
    struct als_instrument *one = als_instrument_parse(file->name, file->text, file->length, &sink);
    print_findings(&list);
    cr_assert_not_null(one, "%s does not load", file->name);
    cr_assert_eq(list.total, 0, "%s has findings", file->name);
    als_diag_list_release(&list);
    cr_assert_lt(library->n, COUNT(library->items));
    return library->items[library->n++] = one;
}

static inline void library_load(struct library *library)
{
    library->n = 0;
    for (size_t i = 0; i < als_builtin_instrument_count; i++)
        cr_assert_not_null(library_find(als_builtin_instruments[i].name, library));
}

static inline void library_free(struct library *library)
{
    for (size_t i = 0; i < library->n; i++)
        als_instrument_free(library->items[i]);
}

/* A shipped protocol by path below the project's root; asserts that it has no finding. */
static inline struct als_protocol *load_protocol(struct library *library, const char *path)
{
    const char *root = getenv("ALSTRACK_ROOT");
    char *whole = als_asprintf("%s/%s", root ? root : ".", path);
    struct als_buf text;
    als_buf_init(&text, 1 << 20);
    struct als_err err;
    cr_assert_eq(als_file_read(whole, &text, &err), ALS_OK, "%s", whole);
    free(whole);
    struct als_diag_list list;
    als_diag_list_init(&list, 0);
    const struct als_sink sink = als_diag_list_sink(&list);
    struct als_protocol *one =
        als_protocol_parse(path, text.data, text.length, library_find, library, &sink);
    print_findings(&list);
    cr_assert_not_null(one, "%s does not load", path);
    cr_assert_eq(list.total, 0, "%s has findings", path);
    als_diag_list_release(&list);
    als_buf_release(&text);
    return one;
}

/* Calls visit for every protocol below samples/protocols and gives their number. */
static inline size_t each_protocol(struct library *library,
                                   void (*visit)(const struct als_protocol *, const char *))
{
    const char *root = getenv("ALSTRACK_ROOT");
    char folder[512], path[1024];
    snprintf(folder, sizeof folder, "%s/samples/protocols", root ? root : ".");
    DIR *dir = opendir(folder);
    cr_assert_not_null(dir, "%s", folder);
    size_t n = 0;
    for (struct dirent *entry; (entry = readdir(dir));) {
        if (!strstr(entry->d_name, ".yaml"))
            continue;
        snprintf(path, sizeof path, "samples/protocols/%s", entry->d_name);
        struct als_protocol *one = load_protocol(library, path);
        visit(one, entry->d_name);
        als_protocol_free(one);
        n++;
    }
    closedir(dir);
    return n;
}

/* Read a text that ought to be right. */
static inline struct als_instrument *good_instrument(const char *text)
{
    struct als_diag_list list;
    als_diag_list_init(&list, 0);
    const struct als_sink sink = als_diag_list_sink(&list);
    struct als_instrument *one = als_instrument_parse("good.yaml", text, strlen(text), &sink);
    print_findings(&list);
    cr_assert_not_null(one);
    als_diag_list_release(&list);
    return one;
}

static inline struct als_protocol *good_protocol(const char *text, struct library *library)
{
    struct als_diag_list list;
    als_diag_list_init(&list, 0);
    const struct als_sink sink = als_diag_list_sink(&list);
    struct als_protocol *one =
        als_protocol_parse("good.yaml", text, strlen(text), library_find, library, &sink);
    print_findings(&list);
    cr_assert_not_null(one);
    als_diag_list_release(&list);
    return one;
}

/* The finding with that code at that place, or NULL. */
static inline const struct als_diag *finding_at(const struct als_diag_list *list, const char *code,
                                                size_t line, size_t column)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->items[i].code, code) == 0 && list->items[i].line == line &&
            list->items[i].column == column)
            return &list->items[i];
    return NULL;
}

/* `text` with the first `old` replaced by `new`; the caller frees it. */
static inline char *with(const char *text, const char *old, const char *new)
{
    const char *at = strstr(text, old);
    cr_assert_not_null(at, "no \"%s\" in the text", old);
    size_t room = strlen(text) + strlen(new) + 1;
    char *copy = malloc(room);
    snprintf(copy, room, "%.*s%s%s", (int)(at - text), text, new, at + strlen(old));
    return copy;
}

#endif
