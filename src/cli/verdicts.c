/* Verdicts as lines on standard error. */
#include "verdicts.h"

#include <string.h>

#include "alstrack/core/count.h"
#include "ask.h"
#include "names.h"
#include "tty.h"

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

void als_cli_tell_news(struct als_cli *cli, const struct als_news *news)
{
    for (size_t i = 0; i < news->count; i++) {
        const struct als_check_row *row = &news->items[i];
        const char *visit = row->visit_no ? als_store_visit_code(cli->store, row->visit_no) : "";
        als_cli_tell_verdict(
            cli, als_arena_printf(cli->arena, "%s%s%s", visit, *visit ? " " : "", row->record),
            row->item, &row->verdict);
    }
}

static const char *queries(const struct als_cli *cli, size_t n)
{
    return als_arena_strdup(cli->arena, als_counted(n, "query").text);
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

/* ---- Confirmations ---- */

/* CODE=TEXT or, of an instrument, CODE.ITEM=TEXT. */
static enum als_status read_confirmation(struct als_cli *cli,
                                         const struct als_instrument *instrument, const char *word,
                                         struct als_justification *out, struct als_err *err)
{
    const size_t length = strcspn(word, "=");
    char *code = als_arena_strndup(cli->arena, word, length);
    char *item = instrument ? strchr(code, '.') : NULL;
    *out = (struct als_justification){.code = code, .item = -1, .text = word + length + 1};
    if (!word[length] || !out->text[strspn(out->text, " \t")])
        return als_fail(err, ALS_USAGE, "E-OPTION", "--confirm needs CODE=TEXT, not '%s'", word);
    if (!item)
        return ALS_OK;
    *item++ = '\0';
    out->item = als_instrument_item(instrument, item);
    if (out->item >= 0)
        return ALS_OK;
    const char *names[ALS_NAMES_ROOM];
    const size_t n = als_names_items(instrument, names, ALS_NAMES_ROOM);
    return als_cli_no_such(ALS_USAGE, "item", item, names, n, err);
}

enum als_status als_cli_confirmations(struct als_cli *cli, const struct als_instrument *instrument,
                                      struct als_justification **list, size_t *n,
                                      struct als_err *err)
{
    enum als_status status = ALS_OK;
    size_t position = 0;
    *n = 0;
    *list = als_arena_array(cli->arena, cli->args.n_given + 1, sizeof **list);
    for (const char *word; !status && (word = als_args_next(&cli->args, "confirm", &position));)
        status = read_confirmation(cli, instrument, word, &(*list)[(*n)++], err);
    return status;
}

void als_cli_tell_idle(struct als_cli *cli, const struct als_justification *list, size_t n,
                       const struct als_verdict_list *verdicts)
{
    for (size_t k = 0; k < n; k++) {
        bool fired = false;
        for (size_t i = 0; i < verdicts->count && !fired; i++)
            fired = strcmp(verdicts->items[i].code, list[k].code) == 0 &&
                    (list[k].item < 0 || list[k].item == verdicts->items[i].item);
        if (!fired)
            als_cli_tell(cli, "hint: nothing to confirm: %s does not say anything here",
                         list[k].code);
    }
}

/* ---- Records that are no assessments ---- */

/* What is unusual is asked about, one after the other; the answers are confirmations as if they had
 * been options. Nothing is locked meanwhile: the change set was abandoned. */
static enum als_status ask_why(struct als_cli *cli, const struct als_recorded_outcome *outcome,
                               struct als_err *err)
{
    enum als_status status = ALS_OK;
    for (size_t i = 0; i < outcome->verdicts.count && !status; i++) {
        const struct als_verdict *verdict = &outcome->verdicts.items[i];
        if (verdict->level != ALS_RULE_SOFT || outcome->confirmed[i])
            continue;
        const char *text = NULL;
        const struct als_ask ask = {
            .label = als_arena_printf(cli->arena, "Unusual: %s [%s]. It is right, because",
                                      verdict->message, verdict->code),
            .hint = "the reason; Ctrl-C leaves, and nothing is stored",
            .required = true,
            .check = als_ask_check_words};
        status = als_ask_one(cli, &ask, &text, err);
        if (!status)
            als_args_add(&cli->args, cli->arena, "confirm",
                         als_arena_printf(cli->arena, "%s=%s", verdict->code, text));
    }
    return status;
}

static void tell_recorded(struct als_cli *cli, const struct als_recorded *recorded,
                          const struct als_recorded_outcome *outcome)
{
    for (size_t i = 0; i < outcome->verdicts.count; i++)
        als_cli_tell_verdict(cli, NULL, NULL, &outcome->verdicts.items[i]);
    als_cli_tell_news(cli, &outcome->others);
    als_cli_tell_idle(cli, recorded->justifications, recorded->n_justifications,
                      &outcome->verdicts);
    als_cli_tell_queries(cli, als_store_patient_name(cli->store, recorded->patient_id),
                         outcome->opened, outcome->refreshed, outcome->gone);
}

static enum als_status judge(struct als_cli *cli, const struct als_recorded *recorded,
                             struct als_recorded_outcome *outcome, struct als_err *err)
{
    const enum als_status status = als_recorded_judge(cli->store, recorded, outcome, err);
    if (!status && recorded->patient_id)
        tell_recorded(cli, recorded, outcome);
    return status;
}

enum als_status als_cli_follow(struct als_cli *cli, int64_t patient_id, struct als_err *err)
{
    struct als_recorded recorded = {.patient_id = patient_id, .arena = cli->arena};
    struct als_recorded_outcome outcome;
    const enum als_status status = als_cli_today(cli, &recorded.today, err);
    return status ? status : judge(cli, &recorded, &outcome, err);
}

/* One change set; E-CONFIRM with the outcome when somebody is there to be asked. */
static enum als_status put_and_judge(struct als_cli *cli, als_cli_put_fn *put, void *context,
                                     struct als_recorded_outcome *outcome, struct als_err *err)
{
    struct als_justification *list;
    struct als_recorded recorded = {
        .arena = cli->arena, .strict = als_tty_is_there() && !als_args_flag(&cli->args, "dry-run")};
    enum als_status status = als_cli_today(cli, &recorded.today, err);
    if (!status)
        status = als_cli_confirmations(cli, NULL, &list, &recorded.n_justifications, err);
    if (!status)
        status = als_cli_begin(cli, err);
    if (status)
        return status;
    recorded.justifications = list;
    status = put(cli, context, &recorded, err);
    if (!status)
        status = judge(cli, &recorded, outcome, err);
    return als_cli_end(cli, status, err);
}

enum als_status als_cli_enter(struct als_cli *cli, als_cli_put_fn *put, void *context,
                              struct als_err *err)
{
    struct als_recorded_outcome outcome;
    enum als_status status = put_and_judge(cli, put, context, &outcome, err);
    if (status != ALS_DATA || strcmp(err->code, "E-CONFIRM") != 0)
        return status;
    als_cli_forget_cells(cli);
    status = ask_why(cli, &outcome, err);
    return status ? status : put_and_judge(cli, put, context, &outcome, err);
}
