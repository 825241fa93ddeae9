/* Every definition that is shipped loads without a finding. */
#include <dirent.h>

#include "als_test.h"
#include "alstrack/define/builtin.h"
#include "support_define.h"

static void print_all(const struct als_diag_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        als_diag_print(stderr, &list->items[i], 0);
}

/* All built-in instruments, parsed once. */
struct library {
    struct als_instrument *items[64];
    size_t n;
};

static void library_load(struct library *library)
{
    struct als_diag_list list;
    als_diag_list_init(&list, 0);
    const struct als_sink sink = als_diag_list_sink(&list);
    cr_assert_leq(als_builtin_instrument_count, COUNT(library->items));
    library->n = 0;
    for (size_t i = 0; i < als_builtin_instrument_count; i++) {
        const struct als_builtin *file = &als_builtin_instruments[i];
        struct als_instrument *one =
            als_instrument_parse(file->name, file->text, file->length, &sink);
        print_all(&list);
        cr_assert_not_null(one, "%s does not load", file->name);
        cr_assert_str_eq(one->code, file->name, "a file is called as its instrument");
        library->items[library->n++] = one;
    }
    cr_assert_eq(list.total, 0);
    als_diag_list_release(&list);
}

static void library_free(struct library *library)
{
    for (size_t i = 0; i < library->n; i++)
        als_instrument_free(library->items[i]);
}

static const struct als_instrument *library_find(const char *code, void *context)
{
    const struct library *library = context;
    for (size_t i = 0; i < library->n; i++)
        if (strcmp(library->items[i]->code, code) == 0)
            return library->items[i];
    return NULL;
}

Test(shipped, instruments_load_without_findings)
{
    struct library library;
    library_load(&library);
    cr_assert_geq(library.n, 15);
    library_free(&library);
    assert_no_leaks();
}

Test(shipped, exchange_codes_are_short_and_labels_are_there)
{
    struct library library;
    library_load(&library);
    for (size_t i = 0; i < library.n; i++) {
        const struct als_instrument *one = library.items[i];
        cr_assert(one->title[0] && one->version[0] && one->licence && one->citation, "%s",
                  one->code);
        for (size_t k = 0; k < one->n_items; k++) {
            const struct als_item *item = &one->items[k];
            cr_assert(item->label[0], "%s.%s", one->code, item->code);
            cr_assert(!item->testcd || strlen(item->testcd) <= 8, "%s.%s", one->code, item->code);
            for (size_t m = 0; m < k; m++)
                cr_assert(!item->testcd || !one->items[m].testcd ||
                              strcmp(item->testcd, one->items[m].testcd) != 0,
                          "%s.%s", one->code, item->code);
        }
    }
    library_free(&library);
    assert_no_leaks();
}

/* Called for every protocol below samples/protocols. */
static size_t each_protocol(struct library *library,
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
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        struct als_buf text;
        als_buf_init(&text, 1 << 20);
        struct als_err err;
        cr_assert_eq(als_file_read(path, &text, &err), ALS_OK);
        struct als_diag_list list;
        als_diag_list_init(&list, 0);
        const struct als_sink sink = als_diag_list_sink(&list);
        struct als_protocol *one =
            als_protocol_parse(entry->d_name, text.data, text.length, library_find, library, &sink);
        print_all(&list);
        cr_assert_not_null(one, "%s does not load", entry->d_name);
        cr_assert_eq(list.total, 0, "%s has findings", entry->d_name);
        visit(one, entry->d_name);
        als_protocol_free(one);
        als_diag_list_release(&list);
        als_buf_release(&text);
        n++;
    }
    closedir(dir);
    return n;
}

static void check_protocol(const struct als_protocol *one, const char *file)
{
    cr_assert_eq(strncmp(file, one->code, strlen(one->code)), 0, "%s is called %s", file,
                 one->code);
    ptrdiff_t zero = -1;
    for (size_t i = 0; i < one->n_visits; i++)
        if (one->visits[i].infusion_number == 1)
            zero = (ptrdiff_t)i;
    cr_assert_geq(zero, 0, "%s", file);
    cr_assert_eq(als_protocol_nominal_day(one, (size_t)zero, NULL), 0, "%s", file);
}

Test(shipped, protocols_load_without_findings)
{
    struct library library;
    library_load(&library);
    cr_assert_geq(each_protocol(&library, check_protocol), 5);
    library_free(&library);
    assert_no_leaks();
}
