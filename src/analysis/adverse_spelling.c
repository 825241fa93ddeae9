/* Terms of adverse events that differ in capital letters or blanks alone are one term. */
#include <stdlib.h>
#include <string.h>

#include "adverse_int.h"
#include "alstrack/core/fold.h"

static int compare(const void *left, const void *right)
{
    const struct als_adverse_event *a = *(struct als_adverse_event *const *)left;
    const struct als_adverse_event *b = *(struct als_adverse_event *const *)right;
    int order = als_fold_compare(a->term, b->term);
    return order ? order : strcmp(a->term, b->term);
}

/* How many from the first on are spelled alike. */
static size_t run_of(struct als_adverse_event *const *items, size_t n)
{
    size_t run = 1;
    while (run < n && strcmp(items[run]->term, items[0]->term) == 0)
        run++;
    return run;
}

/* The protocol's spelling, else the commonest, the first of equally common ones. */
static const char *spelling_of(const struct als_protocol *protocol,
                               struct als_adverse_event *const *items, size_t n)
{
    for (size_t i = 0; i < protocol->n_ae_terms; i++)
        if (als_fold_compare(protocol->ae_terms[i], items[0]->term) == 0)
            return protocol->ae_terms[i];
    const char *commonest = items[0]->term;
    size_t most = 0;
    for (size_t i = 0, run; i < n; i += run) {
        run = run_of(items + i, n - i);
        if (run > most) {
            most = run;
            commonest = items[i]->term;
        }
    }
    return commonest;
}

/* "headache ('Headache' 21, 'headache' 19)" */
static void tell(const char *shown, struct als_adverse_event *const *items, size_t n,
                 struct als_buf *text)
{
    als_buf_printf(text, "%s%s (", text->length ? "; " : "", shown);
    for (size_t i = 0, run; i < n; i += run) {
        run = run_of(items + i, n - i);
        als_buf_printf(text, "%s'%s' %zu", i ? ", " : "", items[i]->term, run);
    }
    als_buf_text(text, ")");
}

void als_adverse_spell(struct als_adverse_data *data)
{
    size_t n = data->adverse.count;
    struct als_adverse_event **items = als_alloc_array(n + 1, sizeof *items);
    struct als_buf text;
    als_buf_init(&text, ALS_BUF_LARGE);
    for (size_t i = 0; i < n; i++)
        items[i] = &data->adverse.items[i];
    if (n)
        qsort(items, n, sizeof(struct als_adverse_event *), compare);
    for (size_t i = 0, same; i < n; i += same) {
        same = 1;
        while (i + same < n && als_fold_compare(items[i]->term, items[i + same]->term) == 0)
            same++;
        const char *shown = spelling_of(data->protocol, items + i, same);
        if (run_of(items + i, same) < same || strcmp(shown, items[i]->term) != 0)
            tell(shown, items + i, same, &text);
        for (size_t k = i; k < i + same; k++)
            items[k]->term = shown;
    }
    data->spellings = text.length ? als_arena_strdup(data->arena, text.data) : NULL;
    als_buf_release(&text);
    free(items);
}

void als_adverse_note_spellings(const struct als_adverse_data *data, struct als_table *table)
{
    if (data->spellings)
        als_table_note(table,
                       "terms that differ in capital letters or blanks alone are one, with so many "
                       "events as spelled: %s",
                       data->spellings);
}
