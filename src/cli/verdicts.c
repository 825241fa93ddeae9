/* Verdicts as lines on standard error. */
#include "verdicts.h"

#include <string.h>

void als_cli_tell_verdict(struct als_cli *cli, const char *where, const char *item,
                          const struct als_verdict *verdict)
{
    static const char *const words[] = {"error", "warning", "info"};
    als_cli_tell(cli, "%s: %s%s%s%s%s [%s]", words[verdict->level], where ? where : "",
                 where ? ": " : "", item ? item : "", item ? ": " : "", verdict->message,
                 verdict->code);
    if (verdict->hint)
        als_cli_tell(cli, "hint: %s", verdict->hint);
}

static const char *queries(const struct als_cli *cli, size_t n)
{
    return als_arena_printf(cli->arena, "%zu %s", n, n == 1 ? "query" : "queries");
}

void als_cli_tell_queries(struct als_cli *cli, const char *patient, size_t opened, size_t refreshed,
                          size_t gone)
{
    if (opened)
        als_cli_tell(cli, "  %s opened%s%s", queries(cli, opened),
                     patient ? ": alstrack query list --patient " : "", patient ? patient : "");
    if (refreshed)
        als_cli_tell(cli, "  %s open again with another value", queries(cli, refreshed));
    if (gone)
        als_cli_tell(cli, "  %s no longer found, for a person to close", queries(cli, gone));
}

struct following {
    struct als_cli *cli;
    const char *record, *item;
    int visit_no;
};

static bool is_meant(const struct following *following, const struct als_check_row *row)
{
    if (strcmp(row->record, following->record) != 0)
        return false;
    if (following->visit_no && following->visit_no != row->visit_no)
        return false;
    return !following->item || (row->item && strcmp(row->item, following->item) == 0);
}

static void receive(const struct als_check_row *row, void *context)
{
    const struct following *following = context;
    struct als_cli *cli = following->cli;
    const char *where = NULL;
    const bool meant = is_meant(following, row);
    if (!meant && !row->fresh)
        return;
    if (!meant)
        where =
            als_arena_printf(cli->arena, "%s%s%s",
                             row->visit_no ? als_store_visit_code(cli->store, row->visit_no) : "",
                             row->visit_no ? " " : "", row->record);
    als_cli_tell_verdict(cli, where, meant ? NULL : row->item, &row->verdict);
}

enum als_status als_cli_follow(struct als_cli *cli, const struct als_patient *patient,
                               const char *record, const char *item, int visit_no,
                               struct als_err *err)
{
    struct als_check_options options = {.patient_id = patient->id, .queries = true};
    struct following following = {.cli = cli, .record = record, .item = item, .visit_no = visit_no};
    struct als_check_counts counts = {.hard = 0};
    enum als_status status = als_cli_today(cli, &options.today, err);
    if (!status)
        status = als_check(cli->store, &options, receive, &following, &counts, err);
    if (!status)
        als_cli_tell_queries(cli, patient->patient, counts.opened, counts.refreshed, counts.gone);
    return status;
}
