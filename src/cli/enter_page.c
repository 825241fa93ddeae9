/* What is on a page of `enter`: the stored row or the draft, the look back, the draft's writing. */
#include "enter.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "alstrack/store/scan.h"

/* ---- Times ---- */

/* Seconds since 1970 of YYYY-MM-DDThh:mm:ss…; -1 if it is none. */
static time_t seconds_of(const char *utc)
{
    int day, hour, minute, second;
    if (strlen(utc) < 19 || !als_date_parse_full(utc, 10, &day) ||
        sscanf(utc + 10, "T%2d:%2d:%2d", &hour, &minute, &second) != 3)
        return -1;
    return (time_t)day * 86400 + hour * 3600 + minute * 60 + second;
}

void page_local_time(const char *utc, char text[32])
{
    const time_t at = seconds_of(utc);
    struct tm local;
    if (at < 0 || !localtime_r(&at, &local) || strftime(text, 32, "%Y-%m-%d %H:%M", &local) == 0)
        snprintf(text, 32, "%.19s", utc);
}

static void time_now(char text[32])
{
    const time_t now = time(NULL);
    struct tm local;
    text[0] = '\0';
    if (localtime_r(&now, &local))
        strftime(text, 32, "%H:%M:%S", &local);
}

void page_say(struct page *page, const char *format, ...)
{
    struct als_buf text;
    va_list args;
    als_buf_init(&text, 4096);
    va_start(args, format);
    als_buf_vprintf(&text, format, args);
    va_end(args);
    page->note = als_arena_strdup(page->arena, text.data);
    als_buf_release(&text);
}

/* ---- The look back ---- */

static void keep_earlier(struct page *page, const struct als_assessment *row, struct earlier *out)
{
    const size_t n = page->instrument->n_items;
    struct als_value *values = als_arena_array(page->arena, n, sizeof *values);
    for (size_t i = 0; i < n; i++) {
        values[i] = row->values[i];
        if (values[i].kind == ALS_VALUE_TEXT)
            values[i].text = als_arena_strndup(page->arena, values[i].text, values[i].length);
    }
    *out = (struct earlier){
        .visit = als_store_visit_code(page->enter->cli->store, row->visit_no),
        .day = row->day,
        .rater_no = row->rater_no,
        .rater = row->rater_no ? als_store_rater(page->enter->cli->store, row->rater_no) : NULL,
        .values = values,
    };
}

static enum als_status load_history(struct page *page, struct als_err *err)
{
    struct enter *enter = page->enter;
    struct als_scan *scan;
    enum als_status status = als_scan_open(enter->cli->store, page->instrument, ALS_SCAN_ITEMS,
                                           enter->patient.id, enter->patient.id, &scan, err);
    if (status)
        return status;
    struct earlier *history = NULL;
    size_t n = 0, room = 0;
    const struct als_assessment *row;
    while (!(status = als_scan_next(scan, &row, err)) && row) {
        if (row->not_done || row->visit_no == enter->visit_no)
            continue;
        if (n == room) {
            room = room ? 2 * room : 16;
            struct earlier *more = als_arena_array(page->arena, room, sizeof *more);
            if (n)
                memcpy(more, history, n * sizeof *more);
            history = more;
        }
        keep_earlier(page, row, &history[n++]);
    }
    als_scan_close(scan);
    page->history = history;
    page->n_history = n;
    return status;
}

/* The latest before `day`; of several on one day the same rater's, else the first rater's. */
static const struct earlier *find_previous(const struct page *page, int day, int rater_no)
{
    const struct earlier *best = NULL;
    for (size_t i = 0; i < page->n_history; i++) {
        const struct earlier *one = &page->history[i];
        if (one->day >= day)
            continue;
        if (!best || one->day > best->day ||
            (one->day == best->day && best->rater_no != rater_no && one->rater_no == rater_no))
            best = one;
    }
    return best;
}

static int rater_number(const struct page *page)
{
    const char *rater = als_form_head(page->form)->rater;
    return rater ? als_store_rater_no(page->enter->cli->store, rater, strlen(rater)) : 0;
}

void page_follow_day(struct page *page)
{
    struct enter *enter = page->enter;
    const int said = als_form_head(page->form)->day, target = enter->row.target;
    const int day = said != ALS_NO_DAY ? said : target != ALS_NO_DAY ? target : enter->today;
    const struct als_patient_facts *facts = &enter->facts;
    const char **events = als_arena_array(page->arena, facts->n_events + 1, sizeof *events);
    size_t n = 0;
    for (size_t i = 0; i < facts->n_events; i++)
        if (facts->events[i].date.day != ALS_NO_DAY && facts->events[i].date.day <= day)
            events[n++] = facts->events[i].event;
    page->person = als_patient_person(&enter->patient, als_store_protocol(enter->cli->store), day);
    page->previous = find_previous(page, day, rater_number(page));
    const struct als_form_known known = {.person = &page->person,
                                         .events = events,
                                         .n_events = n,
                                         .previous = page->previous ? page->previous->values : NULL,
                                         .previous_day = page->previous ? page->previous->day : 0,
                                         .previous_rater =
                                             page->previous ? page->previous->rater : NULL,
                                         .stored = page->stored};
    als_form_know(page->form, &known);
}

/* ---- The stored row ---- */

enum als_status page_load_stored(struct page *page, struct als_assessment *out, int64_t *change_id,
                                 struct als_err *err)
{
    struct enter *enter = page->enter;
    const int rater_no = rater_number(page);
    *change_id = 0;
    if (enter->visit_no == 0 || rater_no < 0)
        return ALS_OK;
    return als_assessment_get(enter->cli->store, enter->patient.id, enter->visit_no,
                              page->instrument, rater_no, page->arena, out, change_id, err);
}

void page_take(struct page *page, const struct als_assessment *stored)
{
    struct als_form_head head = *als_form_head(page->form);
    for (size_t i = 0; i < page->instrument->n_items; i++) {
        als_form_set_value(page->form, i, &stored->values[i]);
        if (stored->item_reasons && stored->item_reasons[i])
            (void)als_form_set_missing(page->form, i, stored->item_reasons[i]);
    }
    head.day = stored->day;
    head.mode = stored->mode;
    head.respondent = stored->respondent;
    head.not_done = stored->not_done;
    head.reason = stored->reason;
    als_form_set_head(page->form, &head);
}

/* ---- The draft ---- */

static struct als_draft draft_key(const struct page *page)
{
    return (struct als_draft){
        .user = page->enter->cli->change.user,
        .patient_id = page->enter->patient.id,
        .visit = page->enter->visit,
        .instrument = page->instrument->code,
        .rater = als_form_head(page->form)->rater,
        .expected_change = page->expected_change,
    };
}

void page_keep_draft(struct page *page)
{
    struct als_draft draft = draft_key(page);
    struct als_buf text;
    struct als_err err = {.status = ALS_OK};
    if (page->enter->dry)
        return;
    als_buf_init(&text, ALS_BUF_LARGE);
    als_form_write(page->form, &text);
    draft.content = text.data;
    if (als_draft_put(page->enter->cli->store, &draft, &err) == ALS_OK) {
        page->draft = DRAFT_KEPT;
        time_now(page->draft_at);
    } else {
        page->draft = DRAFT_FAILED;
        page_say(page, "the draft could not be written yet: %s", err.text);
    }
    als_buf_release(&text);
}

enum als_status page_discard_draft(struct page *page, struct als_err *err)
{
    const struct als_draft key = draft_key(page);
    if (page->enter->dry)
        return ALS_OK;
    const enum als_status status = als_draft_discard(page->enter->cli->store, &key, err);
    if (!status)
        page->draft = DRAFT_NONE;
    return status;
}

/* Who else is at it, so that nobody is surprised by the other's save. */
static enum als_status load_others(struct page *page, struct als_err *err)
{
    struct enter *enter = page->enter;
    struct als_draft_list list;
    enum als_status status =
        als_draft_load(enter->cli->store, NULL, enter->patient.id, page->arena, &list, err);
    for (size_t i = 0; !status && i < list.count && !page->others; i++) {
        const struct als_draft *draft = &list.items[i];
        char at[32];
        if (strcmp(draft->visit, enter->visit) != 0 ||
            strcmp(draft->instrument, page->instrument->code) != 0 ||
            strcmp(draft->user, enter->cli->change.user) == 0)
            continue;
        page_local_time(draft->touched_utc, at);
        page->others = als_arena_printf(page->arena, "%s has a draft of this, last touched %s",
                                        draft->user, at);
    }
    return status;
}

static enum als_status load_draft(struct page *page, struct als_err *err)
{
    const struct als_draft key = draft_key(page);
    struct als_draft draft;
    bool found;
    size_t dropped;
    enum als_status status =
        als_draft_get(page->enter->cli->store, &key, page->arena, &draft, &found, err);
    if (status || !found)
        return status;
    als_form_read(page->form, draft.content, &dropped);
    page->expected_change = draft.expected_change;
    page->draft = DRAFT_KEPT;
    page_local_time(draft.touched_utc, page->draft_at);
    if (dropped)
        page_say(page, "%zu answers of the draft no longer fit the instrument and were left out",
                 dropped);
    return ALS_OK;
}

/* ---- Opening ---- */

static void take_defaults(struct page *page, const char *rater)
{
    const struct enter *enter = page->enter;
    const struct als_args *args = &enter->cli->args;
    const char *mode = als_args_text(args, "mode");
    struct als_form_head head = {.day = enter->recorded_day, .rater = rater};
    if (!mode)
        mode = enter->recorded_mode;
    if (!mode)
        mode = enter->row.plan && enter->row.plan->mode ? enter->row.plan->mode : "clinic";
    head.mode = mode;
    head.respondent = als_args_text(args, "respondent");
    if (head.day == ALS_NO_DAY)
        head.day = als_schedule_propose_day(&enter->row, enter->today);
    als_form_set_head(page->form, &head);
}

enum als_status page_open(struct page *page, struct enter *enter, size_t index, const char *rater,
                          struct als_err *err)
{
    *page = (struct page){.enter = enter,
                          .index = index,
                          .instrument = enter->instruments[index],
                          .arena = als_arena_new()};
    page->form = als_form_new(page->instrument);
    take_defaults(page, rater);
    enum als_status status = load_history(page, err);
    if (!status)
        status = page_load_stored(page, &page->before, &page->expected_change, err);
    if (!status)
        status = load_others(page, err);
    const bool stored = page->expected_change != 0;
    if (!status)
        status = load_draft(page, err);
    if (status)
        return status;
    page->stored = stored;
    if (stored && page->draft == DRAFT_NONE)
        page_take(page, &page->before);
    page_follow_day(page);
    return ALS_OK;
}

void page_close(struct page *page)
{
    als_form_free(page->form);
    if (page->arena)
        als_arena_free(page->arena);
    page->form = NULL;
    page->arena = NULL;
}

void page_assessment(struct page *page, struct als_assessment *out)
{
    const struct als_form_head *head = als_form_head(page->form);
    const int rater_no = rater_number(page);
    *out = (struct als_assessment){
        .patient_id = page->enter->patient.id,
        .visit_no = page->enter->visit_no,
        .rater_no = rater_no > 0 ? rater_no : 0,
        .day = head->not_done ? ALS_NO_DAY : head->day,
        .mode = head->not_done ? NULL : head->mode,
        .respondent = head->not_done ? NULL : head->respondent,
        .not_done = head->not_done,
        .reason = head->reason,
        .values = als_form_values(page->form),
        .item_reasons = als_form_reasons(page->form),
    };
}
