/* Findings: sending, keeping, printing, and the nearest word for a hint. */
#include "alstrack/core/diag.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "alstrack/core/alloc.h"
#include "alstrack/core/buf.h"

void als_diag_send(const struct als_sink *sink, const struct als_diag *diag)
{
    if (sink && sink->receive)
        sink->receive(diag, sink->context);
}

void als_diag_list_init(struct als_diag_list *list, size_t limit)
{
    *list = (struct als_diag_list){.limit = limit};
}

static void free_copy(struct als_diag *diag)
{
    const char *texts[] = {diag->code, diag->file, diag->field,
                           diag->what, diag->hint, diag->source};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        free((void *)(uintptr_t)texts[i]);
}

void als_diag_list_release(struct als_diag_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free_copy(&list->items[i]);
    free(list->items);
    *list = (struct als_diag_list){0};
}

static void keep(const struct als_diag *diag, void *context)
{
    struct als_diag_list *list = context;
    list->total++;
    list->errors += diag->severity == ALS_SEVERITY_ERROR;
    if (list->limit && list->count == list->limit)
        return;
    if ((list->count & (list->count - 1)) == 0)
        list->items =
            als_realloc_array(list->items, list->count ? 2 * list->count : 1, sizeof *list->items);
    struct als_diag *copy = &list->items[list->count++];
    *copy = *diag;
    copy->code = als_strdup(diag->code);
    copy->file = als_strdup(diag->file);
    copy->field = als_strdup(diag->field);
    copy->what = als_strdup(diag->what);
    copy->hint = als_strdup(diag->hint);
    copy->source = als_strdup(diag->source);
}

struct als_sink als_diag_list_sink(struct als_diag_list *list)
{
    return (struct als_sink){keep, list};
}

#define CONTEXT_BYTES 76 /* of the source line that are shown */

/* The source line around the column, and a caret under it. Tabs become blanks and other control
 * characters '?', so that the caret stays below its byte. UTF-8 continuation bytes take no column.
 */
static void add_source(struct als_buf *out, const struct als_diag *diag)
{
    size_t length = strlen(diag->source);
    size_t at = diag->column ? diag->column - 1 : 0;
    if (at > length)
        at = length;
    size_t from = at > CONTEXT_BYTES * 3 / 4 ? at - CONTEXT_BYTES * 3 / 4 : 0;
    while (from && ((unsigned char)diag->source[from] & 0xC0) == 0x80)
        from--;
    size_t to = from + CONTEXT_BYTES < length ? from + CONTEXT_BYTES : length;
    while (to < length && ((unsigned char)diag->source[to] & 0xC0) == 0x80)
        to++;
    als_buf_text(out, "    ");
    for (size_t i = from; i < to; i++) {
        unsigned char c = (unsigned char)diag->source[i];
        als_buf_char(out, c == '\t' ? ' ' : c < 0x20 || c == 0x7F ? '?' : diag->source[i]);
    }
    als_buf_char(out, '\n');
    if (diag->column == 0)
        return;
    als_buf_text(out, "    ");
    for (size_t i = from; i < at; i++)
        if (((unsigned char)diag->source[i] & 0xC0) != 0x80)
            als_buf_char(out, ' ');
    als_buf_text(out, "^\n");
}

static void add_diag(struct als_buf *out, const struct als_diag *diag, int colour)
{
    static const char *const names[] = {"error", "warning", "info"};
    static const char *const colours[] = {"\033[1;31m", "\033[1;33m", "\033[1;36m"};
    if (diag->file) {
        als_buf_printf(out, "%s:", diag->file);
        if (diag->line)
            als_buf_printf(out, "%zu:", diag->line);
        if (diag->line && diag->column)
            als_buf_printf(out, "%zu:", diag->column);
        als_buf_char(out, ' ');
    }
    als_buf_printf(out, "%s%s%s: ", colour ? colours[diag->severity] : "", names[diag->severity],
                   colour ? "\033[0m" : "");
    if (diag->field)
        als_buf_printf(out, "%s: ", diag->field);
    als_buf_text(out, diag->what);
    if (diag->code && diag->code[0])
        als_buf_printf(out, " [%s]", diag->code);
    als_buf_char(out, '\n');
    if (diag->source)
        add_source(out, diag);
    if (diag->hint && diag->hint[0])
        als_buf_printf(out, "hint: %s\n", diag->hint);
}

/* In one piece: stderr is not buffered, and would be written byte by byte. */
void als_diag_print(FILE *out, const struct als_diag *diag, int colour)
{
    struct als_buf text;
    als_buf_init(&text, ALS_BUF_LARGE);
    add_diag(&text, diag, colour);
    fwrite(text.data, 1, text.length, out);
    als_buf_release(&text);
}

#define LONGEST_WORD 63

/* Edits (insert, delete, replace, swap of neighbours) between two words of at most LONGEST_WORD;
 * Damerau 1964 in the restricted form. */
static size_t edits(const char *a, const char *b)
{
    size_t rows[3][LONGEST_WORD + 2];
    size_t n = strlen(b);
    for (size_t j = 0; j <= n; j++)
        rows[0][j] = j;
    size_t *before = rows[2], *above = rows[0], *row = rows[1];
    for (size_t i = 1; a[i - 1]; i++) {
        row[0] = i;
        for (size_t j = 1; j <= n; j++) {
            size_t best = above[j - 1] + (a[i - 1] != b[j - 1]);
            if (above[j] + 1 < best)
                best = above[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                before[j - 2] + 1 < best)
                best = before[j - 2] + 1;
            row[j] = best;
        }
        size_t *spare = before;
        before = above;
        above = row;
        row = spare;
    }
    return above[n];
}

const char *als_nearest(const char *word, const char *const *candidates, size_t n)
{
    size_t length = strlen(word);
    if (length > LONGEST_WORD)
        return NULL;
    const char *nearest = NULL;
    size_t least = 3 < length ? 3 : length;
    for (size_t i = 0; i < n; i++) {
        if (strlen(candidates[i]) > LONGEST_WORD)
            continue;
        size_t distance = edits(word, candidates[i]);
        if (distance < least) {
            least = distance;
            nearest = candidates[i];
        }
    }
    return nearest;
}
