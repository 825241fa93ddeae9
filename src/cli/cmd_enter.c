/* `enter`: the assessments of a visit, one page after the other. */
#include "ask.h"
#include "commands.h"
#include "enter.h"
#include "names.h"

#include <string.h>

#include "alstrack/store/lock.h"
#include "alstrack/store/scan.h"

#define REVIEW "ae-review"

/* ---- The visit ---- */

static enum als_status find_row(struct enter *enter, struct als_err *err)
{
    struct als_cli *cli = enter->cli;
    const struct als_protocol *protocol = als_store_protocol(cli->store);
    enum als_status status =
        als_facts_load(cli->store, &enter->patient, cli->arena, &enter->facts, err);
    if (status)
        return status;
    struct als_visit_row *rows =
        als_arena_array(cli->arena, protocol->n_visits + enter->facts.n_visits + 1, sizeof *rows);
    const size_t n = als_schedule_build(protocol, &enter->facts, enter->today, rows);
    for (size_t i = 0; i < n; i++)
        if (strcmp(rows[i].code, enter->visit) == 0)
            enter->row = rows[i];
    return ALS_OK;
}

/* The day on which the visit took place: --date, else as it is recorded. */
static enum als_status find_recorded(struct enter *enter, struct als_err *err)
{
    struct als_cli *cli = enter->cli;
    const char *date = als_args_text(&cli->args, "date");
    struct als_visit_list visits;
    enum als_status status =
        als_visit_load(cli->store, enter->patient.id, cli->arena, &visits, err);
    for (size_t i = 0; !status && i < visits.count; i++) {
        if (visits.items[i].visit_no != enter->visit_no || visits.items[i].not_done)
            continue;
        enter->recorded_day = visits.items[i].day;
        enter->recorded_mode = visits.items[i].mode;
    }
    if (!status && date)
        status = als_cli_day(date, "--date", &enter->recorded_day, err);
    return status;
}

static void add_instrument(struct enter *enter, const struct als_instrument *instrument)
{
    if (instrument)
        enter->instruments[enter->n_instruments++] = instrument;
}

/* The one that was named; else what the protocol plans for the visit, with the review of adverse
 * events; for an extra visit everything that the protocol uses. */
static enum als_status list_instruments(struct enter *enter, struct als_err *err)
{
    struct als_store *store = enter->cli->store;
    const struct als_protocol *protocol = als_store_protocol(store);
    const struct als_visit_plan *plan = enter->row.plan;
    const char *named = als_args_operand(&enter->cli->args, 2);
    const size_t room = protocol->n_instruments + (plan ? plan->n_assessments : 0) + 2;
    enter->instruments = als_arena_array(enter->cli->arena, room, sizeof(void *));
    if (named) {
        const struct als_instrument *instrument;
        const enum als_status status = als_cli_instrument(enter->cli, named, &instrument, err);
        if (!status)
            add_instrument(enter, instrument);
        return status;
    }
    for (size_t i = 0; plan && i < plan->n_assessments; i++)
        add_instrument(enter, als_store_find_instrument(
                                  store, protocol->instruments[plan->assessments[i].instrument]));
    if (plan && plan->ae_review)
        add_instrument(enter, als_store_find_instrument(store, REVIEW));
    for (size_t i = 0; !plan && i < protocol->n_instruments; i++)
        add_instrument(enter, als_store_find_instrument(store, protocol->instruments[i]));
    if (enter->n_instruments)
        return ALS_OK;
    return als_fail(err, ALS_USAGE, "E-OPERAND",
                    "the protocol plans no assessment for visit %s: name the instrument",
                    enter->visit);
}

static enum als_status prepare(struct als_cli *cli, struct enter *enter, struct als_err *err)
{
    *enter = (struct enter){.cli = cli,
                            .visit = als_args_operand(&cli->args, 1),
                            .recorded_day = ALS_NO_DAY,
                            .row = {.target = ALS_NO_DAY, .actual = ALS_NO_DAY},
                            .dry = als_args_flag(&cli->args, "dry-run")};
    enum als_status status =
        als_cli_patient(cli, als_args_operand(&cli->args, 0), &enter->patient, err);
    if (!status)
        status = als_cli_visit_check(cli, enter->visit, err);
    if (!status)
        status = als_cli_today(cli, &enter->today, err);
    if (status)
        return status;
    enter->visit_no = als_store_visit_no(cli->store, enter->visit, strlen(enter->visit));
    const struct als_scope scope = {.patient_id = enter->patient.id, .visit_no = enter->visit_no};
    status = als_lock_check(cli->store, &scope, err);
    if (!status)
        status = find_row(enter, err);
    if (!status)
        status = find_recorded(enter, err);
    return status ? status : list_instruments(enter, err);
}

/* ---- What is done already ---- */

enum progress { NOT_ENTERED, DRAFTED, DONE, NOT_DONE };
struct standing {
    enum progress progress;
    const char *rater; /* of the stored row, when there is just one */
    size_t rows;
};

static enum als_status stands(struct enter *enter, size_t index, struct standing *out,
                              struct als_err *err)
{
    struct als_cli *cli = enter->cli;
    const struct als_instrument *instrument = enter->instruments[index];
    const char *rater = als_args_text(&cli->args, "rater");
    struct als_scan *scan;
    *out = (struct standing){.progress = NOT_ENTERED};
    enum als_status status =
        als_scan_open(cli->store, instrument, 0, enter->patient.id, enter->patient.id, &scan, err);
    if (status)
        return status;
    const struct als_assessment *row;
    while (!(status = als_scan_next(scan, &row, err)) && row) {
        const char *name = row->rater_no ? als_store_rater(cli->store, row->rater_no) : NULL;
        if (row->visit_no != enter->visit_no || (rater && (!name || strcmp(name, rater) != 0)))
            continue;
        out->progress = row->not_done ? NOT_DONE : DONE;
        out->rater = out->rows++ ? NULL : name;
    }
    als_scan_close(scan);
    if (status || out->progress != NOT_ENTERED)
        return status;
    struct als_draft key = {.user = cli->change.user,
                            .patient_id = enter->patient.id,
                            .visit = enter->visit,
                            .instrument = instrument->code,
                            .rater = rater};
    bool drafted = false;
    status = als_draft_get(cli->store, &key, cli->arena, &key, &drafted, err);
    out->progress = drafted ? DRAFTED : NOT_ENTERED;
    return status;
}

/* ---- Pages ---- */

/* A draft that was left: go on with it or begin anew. */
static enum page_end offer_draft(struct page *page, struct als_err *err)
{
    struct als_screen screen;
    als_screen_begin(&screen, &page->enter->tty);
    draw_head(page, &screen);
    als_screen_gap(&screen);
    als_screen_line(&screen, ALS_STYLE_STRONG, 2,
                    "There is a draft of this, last touched %s; %zu of %zu items are open.",
                    page->draft_at, als_form_missing(page->form, NULL), als_form_count(page->form));
    als_screen_gap(&screen);
    als_screen_line(&screen, ALS_STYLE_FAINT, 0, "Enter goes on with it  x discards it  d leaves");
    als_screen_end(&screen);
    for (;;) {
        const int key = als_tty_key();
        if (key == ALS_KEY_ENTER)
            return PAGE_STAYS;
        if (key == ALS_KEY_INTERRUPT)
            return PAGE_INTERRUPTED;
        if (key == 'd' || key == ALS_KEY_LEAVE)
            return PAGE_LEFT;
        if (key == 'x')
            return page_discard_draft(page, err) == ALS_OK ? PAGE_DISCARDED : PAGE_FAILED;
    }
}

static enum page_end fill_in(struct page *page, struct als_err *err)
{
    const ptrdiff_t first = als_form_next(page->form, -1, true);
    enum page_end end = PAGE_REVIEW;
    const struct als_form_head *head = als_form_head(page->form);
    if (!head->not_done && head->day == ALS_NO_DAY && !ask_day(page) && als_cli_interrupted())
        return PAGE_INTERRUPTED;
    if (first >= 0 && !als_form_head(page->form)->not_done && !page->stored) {
        page->at = (size_t)first;
        end = ask_questions(page);
    }
    return end == PAGE_REVIEW ? review(page, err) : end;
}

/* The review says that there are events: they are recorded here and now, one after the other. */
static enum als_status ask_events(struct enter *enter, struct als_err *err)
{
    static const char *const yes_no[] = {"yes", "no"};
    const struct als_ask more = {.label = "Record an adverse event now?",
                                 .choices = yes_no,
                                 .n_choices = 2,
                                 .fallback = "yes"};
    for (;;) {
        const char *answer = NULL;
        struct als_cli other = *enter->cli;
        enum als_status status = als_ask_one(enter->cli, &more, &answer, err);
        if (status || *answer == 'n')
            return status;
        other.args = (struct als_args){.command = als_command_find("ae", "add")};
        als_args_add(&other.args, other.arena, NULL, enter->patient.patient);
        als_args_add(&other.args, other.arena, "visit", enter->visit);
        if (enter->dry)
            als_args_add(&other.args, other.arena, "dry-run", NULL);
        als_buf_init(&other.cells, ALS_BUF_LARGE);
        status = als_cmd_ae_add(&other, err);
        als_buf_release(&other.cells);
        if (status)
            return status;
    }
}

static bool lists_events(const struct page *page)
{
    const ptrdiff_t item = als_instrument_item(page->instrument, "review");
    return strcmp(page->instrument->code, REVIEW) == 0 && item >= 0 &&
           strcmp(als_form_question(page->form, (size_t)item)->text, "listed") == 0;
}

static enum page_end run_page(struct enter *enter, size_t index, const char *rater,
                              struct als_err *err)
{
    struct page page;
    const char *reason = enter->cli->change.reason;
    enum page_end end = PAGE_DISCARDED;
    for (bool fresh = false; end == PAGE_DISCARDED && !fresh;) {
        end = page_open(&page, enter, index, rater, err) == ALS_OK ? PAGE_STAYS : PAGE_FAILED;
        fresh = page.draft == DRAFT_NONE;
        if (end == PAGE_STAYS && !fresh)
            end = offer_draft(&page, err);
        if (end == PAGE_STAYS) {
            fresh = true;
            end = fill_in(&page, err);
        }
        if (end == PAGE_SAVED && lists_events(&page) && ask_events(enter, err) != ALS_OK)
            end = PAGE_FAILED;
        page_close(&page);
    }
    enter->cli->change.reason = reason;
    return end;
}

/* The next page that is not done yet, -1 when all are. */
static enum als_status next_open(struct enter *enter, size_t from, ptrdiff_t *next,
                                 struct als_err *err)
{
    enum als_status status = ALS_OK;
    *next = -1;
    for (size_t i = from; i < enter->n_instruments && *next < 0 && !status; i++) {
        struct standing standing;
        status = stands(enter, i, &standing, err);
        if (standing.progress == NOT_ENTERED || standing.progress == DRAFTED)
            *next = (ptrdiff_t)i;
    }
    return status;
}

static enum als_status draw_overview(struct enter *enter, struct als_err *err)
{
    static const char *const words[] = {"not entered", "draft", "done", "not done"};
    struct als_screen screen;
    als_screen_begin(&screen, &enter->tty);
    als_screen_line(&screen, ALS_STYLE_STRONG, 2, "%s  %s %s", enter->patient.patient, enter->visit,
                    enter->row.plan ? enter->row.plan->label : "");
    als_screen_rule(&screen);
    if (enter->note)
        als_screen_line(&screen, ALS_STYLE_FAINT, 2, "%s", enter->note);
    enter->note = NULL;
    enum als_status status = ALS_OK;
    for (size_t i = 0; i < enter->n_instruments && !status; i++) {
        struct standing standing;
        status = stands(enter, i, &standing, err);
        als_screen_line(&screen, ALS_STYLE_PLAIN, 8, "  %2zu  %-12s %s", i + 1,
                        words[standing.progress], enter->instruments[i]->title);
    }
    als_screen_gap(&screen);
    als_screen_line(&screen, ALS_STYLE_FAINT, 0, "number opens  Enter or d leaves");
    als_screen_end(&screen);
    return status;
}

/* Which page next: -1 to leave, -2 when interrupted. */
static enum als_status choose_page(struct enter *enter, ptrdiff_t *next, struct als_err *err)
{
    for (;;) {
        const enum als_status status = draw_overview(enter, err);
        if (status)
            return status;
        const int key = als_tty_key();
        *next = key == ALS_KEY_INTERRUPT ? -2 : key - '1';
        if (key == ALS_KEY_ENTER || key == 'd' || key == 'q' || key == ALS_KEY_LEAVE)
            *next = -1;
        if (*next < 0 || (*next < 9 && (size_t)*next < enter->n_instruments))
            return ALS_OK;
    }
}

/* The page after one that was left: the next open one, else the overview when an earlier one is
 * open; *done when none is. */
static enum als_status go_on(struct enter *enter, size_t from, ptrdiff_t *next, bool *done,
                             struct als_err *err)
{
    ptrdiff_t first = -1;
    enum als_status status = next_open(enter, from + 1, next, err);
    if (!status)
        status = next_open(enter, 0, &first, err);
    *done = status || first < 0;
    return status;
}

static enum als_status run_pages(struct enter *enter, struct als_err *err)
{
    ptrdiff_t at = 0;
    bool several = enter->n_instruments > 1, done = false;
    enum als_status status = several ? next_open(enter, 0, &at, err) : ALS_OK;
    while (!status) {
        if (at < 0 && several)
            status = choose_page(enter, &at, err);
        if (status || at < 0)
            return at == -2 && !status ? als_fail(err, ALS_INTERRUPTED, "", "interrupted") : status;
        struct standing standing;
        status = stands(enter, (size_t)at, &standing, err);
        if (status)
            return status;
        const char *rater = als_args_text(&enter->cli->args, "rater");
        switch (run_page(enter, (size_t)at, rater ? rater : standing.rater, err)) {
        case PAGE_SAVED:
        case PAGE_SKIPPED:
            if (!several)
                return ALS_OK;
            status = go_on(enter, (size_t)at, &at, &done, err);
            if (done)
                return status;
            break;
        case PAGE_BACK:
            at--;
            break;
        case PAGE_LEFT:
            als_cli_tell(enter->cli, "left; 'alstrack enter %s %s' goes on where you were",
                         enter->patient.patient, enter->visit);
            return ALS_OK;
        case PAGE_DISCARDED:
            als_cli_tell(enter->cli, "discarded: nothing of this page is kept");
            return ALS_OK;
        case PAGE_INTERRUPTED:
            status = als_fail(err, ALS_INTERRUPTED, "", "interrupted; what was typed is a draft");
            break;
        case PAGE_FAILED:
            status = err->status;
            break;
        case PAGE_STAYS:
        case PAGE_REVIEW:
            als_bug("a page ended without an end");
        }
    }
    return status;
}

enum als_status als_cmd_enter(struct als_cli *cli, struct als_err *err)
{
    struct enter enter;
    enum als_status status;
    if (!als_tty_is_there()) {
        status =
            als_fail(err, ALS_USAGE, "E-TERMINAL", "enter asks on a terminal, and there is none");
        als_err_hint(err, "'alstrack record PATIENT VISIT INSTRUMENT ITEM=VALUE...' needs none");
        return status;
    }
    status = ask_which(cli, err);
    if (!status)
        status = prepare(cli, &enter, err);
    if (status)
        return status;
    if (!als_tty_open(&enter.tty))
        return als_fail(err, ALS_IO, "E-TERMINAL", "the terminal does not give single keys");
    status = run_pages(&enter, err);
    als_tty_close();
    if (!enter.tty.plain)
        als_tty_put("\033[H\033[2J", 7);
    als_cli_print_cells(cli);
    return status;
}
