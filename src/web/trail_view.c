/* Lists of the trail. */
#include "trail_view.h"

#include <stdio.h>
#include <string.h>

#include "alstrack/core/date.h"
#include "alstrack/core/num.h"
#include "alstrack/store/people.h"
#include "alstrack/store/record.h"

#define ROWS_OF_PAGE 100

struct entry {
    int64_t number, rows;
    const char *at_utc, *user, *what, *why, *source;
    bool authenticated;
};

/* The newest entries that the filter lets through, oldest first while they come in. */
struct newest {
    struct als_arena *arena;
    const char *user, *from, *to; /* NULL: all */
    int64_t before;
    struct entry entries[ROWS_OF_PAGE]; /* a ring */
    size_t next, count, passed;
};

static const char *kept(struct newest *newest, const char *text)
{
    return text ? als_arena_strdup(newest->arena, text) : NULL;
}

/* Times are ISO 8601, so days compare as texts do. */
static bool passes(const struct newest *newest, const struct entry *entry)
{
    return entry->number < newest->before &&
           (!newest->user || strcmp(entry->user, newest->user) == 0) &&
           (!newest->from || strncmp(entry->at_utc, newest->from, 10) >= 0) &&
           (!newest->to || strncmp(entry->at_utc, newest->to, 10) <= 0);
}

static void keep(struct newest *newest, const struct entry *entry)
{
    if (!passes(newest, entry))
        return;
    newest->passed++;
    struct entry *place = &newest->entries[newest->next];
    *place = *entry;
    place->at_utc = kept(newest, entry->at_utc);
    place->user = kept(newest, entry->user);
    place->what = kept(newest, entry->what);
    place->why = kept(newest, entry->why);
    place->source = kept(newest, entry->source);
    newest->next = (newest->next + 1) % ROWS_OF_PAGE;
    newest->count += newest->count < ROWS_OF_PAGE;
}

static void keep_change(const struct als_audit_row *row, void *context)
{
    keep(context, &(struct entry){.number = row->change_id,
                                  .rows = row->row_count,
                                  .at_utc = row->at_utc,
                                  .user = row->user,
                                  .what = row->command,
                                  .why = row->reason,
                                  .source = row->source_name,
                                  .authenticated = row->authenticated});
}

static void keep_access(const struct als_access_row *row, void *context)
{
    keep(context, &(struct entry){.number = row->access_id,
                                  .at_utc = row->at_utc,
                                  .user = row->user,
                                  .what = row->what,
                                  .why = row->detail,
                                  .authenticated = row->authenticated});
}

static void write_filter(struct als_html *page, const struct newest *newest, const char *path)
{
    als_html_filter(page, path);
    als_input_text(page,
                   &(struct als_input){.name = "user", .label = "User", .value = newest->user});
    als_input_date(
        page, &(struct als_input){.name = "from", .label = "From", .value = newest->from}, false);
    als_input_date(page, &(struct als_input){.name = "to", .label = "To", .value = newest->to},
                   false);
    als_html_buttons(page);
    als_input_button(page, "Show", NULL, NULL);
    als_html_buttons_end(page);
    als_html_form_end(page);
}

static void write_entries(struct als_html *page, const struct newest *newest, bool access)
{
    struct als_arena *arena = page->request->arena;
    if (access)
        als_html_table(page, "Access, the newest first", "#Entry", "When (UTC)", "User", "What",
                       "Detail");
    else
        als_html_table(page, "Change sets, the newest first", "#Change", "When (UTC)", "User",
                       "What was done", "Why", "#Rows", "Source");
    for (size_t i = 0; i < newest->count; i++) {
        const struct entry *entry =
            &newest->entries[(newest->next + 2 * ROWS_OF_PAGE - 1 - i) % ROWS_OF_PAGE];
        als_html_row(page);
        als_html_number(page, als_arena_printf(arena, "%lld", (long long)entry->number));
        als_html_cell(page,
                      als_arena_printf(arena, "%.10s %.8s", entry->at_utc, entry->at_utc + 11));
        als_html_cell(page, entry->authenticated
                                ? entry->user
                                : als_arena_printf(arena, "%s (not authenticated)", entry->user));
        als_html_cell(page, entry->what);
        als_html_cell(page, entry->why);
        if (access)
            continue;
        als_html_number(page, als_arena_printf(arena, "%lld", (long long)entry->rows));
        als_html_cell(page, entry->source);
    }
    als_html_table_end(page);
}

static void write_older(struct als_html *page, const struct newest *newest, const char *path)
{
    if (newest->passed <= newest->count)
        return;
    struct als_arena *arena = page->request->arena;
    const char *number = als_arena_printf(
        arena, "%lld", (long long)newest->entries[newest->next % ROWS_OF_PAGE].number);
    als_html_open(page, "p", NULL);
    als_html_link(
        page,
        als_arena_printf(arena, "%s%s", path,
                         als_url(arena, "?before={}&user={}&from={}&to={}", number,
                                 newest->user ? newest->user : "", newest->from ? newest->from : "",
                                 newest->to ? newest->to : "")),
        "Older");
    als_html_close(page, "p");
}

static enum als_status read_day(const struct als_request *request, const char *name,
                                const char **day, struct als_err *err)
{
    const char *text = als_request_chosen(request, name);
    int found;
    *day = text;
    if (text && !als_date_parse_full(text, strlen(text), &found))
        return als_fail(err, ALS_USAGE, "E-DATE", "'%s' is no day: YYYY-MM-DD", text);
    return ALS_OK;
}

static enum als_status read_filter(const struct als_request *request, struct newest *newest,
                                   struct als_err *err)
{
    const char *before = als_request_chosen(request, "before");
    newest->arena = request->arena;
    newest->user = als_request_chosen(request, "user");
    newest->before = INT64_MAX;
    if (before && !als_num_parse_integer(before, strlen(before), &newest->before))
        return als_fail(err, ALS_USAGE, "E-NUMBER", "'%s' is no number of an entry", before);
    enum als_status status = read_day(request, "from", &newest->from, err);
    return status ? status : read_day(request, "to", &newest->to, err);
}

enum als_status als_trail_view(struct als_html *page, bool access, struct als_err *err)
{
    struct als_request *request = page->request;
    const char *path = access ? "/audit/access" : "/audit";
    struct newest *newest = als_arena_take(request->arena, sizeof *newest);
    enum als_status status = read_filter(request, newest, err);
    if (!status)
        status = access ? als_access_each(request->store, keep_access, newest, err)
                        : als_audit_each(request->store, keep_change, newest, err);
    if (status)
        return status;
    write_filter(page, newest, path);
    write_entries(page, newest, access);
    write_older(page, newest, path);
    return ALS_OK;
}
