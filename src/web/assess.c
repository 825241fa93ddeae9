/* An assessment on its way between the study, a draft, a form that was sent, and the page. */
#include "assess.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

void als_errors_add(struct als_errors *errors, struct als_arena *arena, const char *id,
                    const char *text)
{
    if (errors->count == errors->room) {
        const size_t room = errors->room ? 2 * errors->room : 16;
        struct als_html_error *items = als_arena_array(arena, room, sizeof *items);
        if (errors->count)
            memcpy(items, errors->items, errors->count * sizeof *items);
        errors->items = items;
        errors->room = room;
    }
    errors->items[errors->count++] = (struct als_html_error){id, text};
}

const char *als_errors_text(const struct als_errors *errors, const char *id)
{
    for (size_t i = 0; i < errors->count; i++)
        if (errors->items[i].id && strcmp(errors->items[i].id, id) == 0)
            return errors->items[i].text;
    return NULL;
}

bool als_errors_has(const struct als_errors *errors, const char *id)
{
    return als_errors_text(errors, id) != NULL;
}

bool als_assess_is_garbled(const struct als_assess *assess)
{
    for (size_t i = 0; i < 2 * assess->instrument->n_items; i++)
        if (assess->typed[i].error)
            return true;
    return assess->date_typed != NULL;
}

/* ---- Names ---- */

const char *als_assess_field(const struct als_assess *assess, size_t item, bool second)
{
    const char *code = assess->instrument->items[item].code;
    return second ? als_arena_printf(assess->request->arena, "%s.b", code) : code;
}

const char *als_assess_reason_field(const struct als_assess *assess, size_t item, bool second)
{
    return als_arena_printf(assess->request->arena, "%s.reason",
                            als_assess_field(assess, item, second));
}

struct als_draft als_assess_draft_key(const struct als_assess *assess)
{
    return (struct als_draft){.user = assess->request->user,
                              .patient_id = assess->visit.patient.id,
                              .visit = assess->visit.code,
                              .instrument = assess->instrument->code,
                              .rater = assess->rater};
}

struct als_assessment_key als_assess_key(const struct als_assess *assess)
{
    return (struct als_assessment_key){.patient_id = assess->visit.patient.id,
                                       .visit_no = assess->visit.visit_no,
                                       .rater_no = assess->rater_no < 0 ? 0 : assess->rater_no,
                                       .instrument = assess->instrument};
}

const char *als_assess_url(const struct als_assess *assess, const char *below)
{
    return als_assess_url_of(assess, assess->instrument->code, below);
}

const char *als_assess_url_of(const struct als_assess *assess, const char *instrument,
                              const char *below)
{
    struct als_arena *arena = assess->request->arena;
    const char *url = als_url(arena, "/patients/{}/visits/{}/{}", assess->visit.patient.patient,
                              assess->visit.code, instrument);
    if (*below)
        url = als_arena_printf(arena, "%s/%s", url, below);
    if (!assess->rater)
        return url;
    return als_arena_printf(arena, "%s%s", url, als_url(arena, "?rater={}", assess->rater));
}

const char *als_clock_text(struct als_arena *arena, const char *utc)
{
    int year, month, day, hour, minute, second;
    struct tm local;
    char text[32];
    if (!utc ||
        sscanf(utc, "%4d-%2d-%2dT%2d:%2d:%2d", &year, &month, &day, &hour, &minute, &second) != 6)
        return "";
    const time_t at =
        (time_t)als_day_from_civil(year, month, day) * 86400 + hour * 3600 + minute * 60 + second;
    if (!localtime_r(&at, &local))
        return utc;
    strftime(text, sizeof text, time(NULL) - at < 12 * 3600 ? "%H:%M:%S" : "%Y-%m-%d %H:%M:%S",
             &local);
    return als_arena_strdup(arena, text);
}

/* ---- Opening ---- */

static enum als_status find_instrument(struct als_assess *assess, struct als_err *err)
{
    const char *code = als_request_part(assess->request, "instrument");
    assess->instrument = als_store_find_instrument(assess->request->store, code);
    if (assess->instrument)
        return ALS_OK;
    return als_fail(err, ALS_NO_INPUT, "E-NAME", "the study has no instrument '%s'", code);
}

/* The rater is part of the key: of the address, or of the field of a form that is new. */
static const char *find_rater(const struct als_request *request)
{
    const char *rater = als_request_query(request, "rater");
    if (rater && *rater)
        return rater;
    rater = request->method == ALS_POST ? als_request_form(request, "rater") : NULL;
    return rater && *rater ? rater : NULL;
}

static enum als_status load_stored(struct als_assess *assess, struct als_err *err)
{
    if (!assess->visit.visit_no || assess->rater_no < 0)
        return ALS_OK;
    enum als_status status =
        als_assessment_get(assess->request->store, assess->visit.patient.id, assess->visit.visit_no,
                           assess->instrument, assess->rater_no, assess->request->arena,
                           &assess->stored, &assess->change_id, err);
    assess->there = !status && assess->change_id != 0;
    assess->expected = assess->change_id;
    return status;
}

enum als_status als_assess_open(struct als_request *request, struct als_assess *assess,
                                struct als_err *err)
{
    *assess = (struct als_assess){.request = request, .verdicts = {.arena = request->arena}};
    enum als_status status = als_visit_view_load(request, &assess->visit, err);
    if (!status)
        status = find_instrument(assess, err);
    if (status)
        return status;
    assess->form = als_form_new(assess->instrument);
    assess->typed =
        als_arena_array(request->arena, 2 * assess->instrument->n_items, sizeof *assess->typed);
    assess->rater = find_rater(request);
    assess->rater_no =
        assess->rater ? als_store_rater_no(request->store, assess->rater, strlen(assess->rater))
                      : 0;
    assess->url = als_assess_url(assess, "");
    struct als_err ignored;
    assess->may_ask =
        als_may(request->store, ALS_ACT_QUERY, assess->visit.patient.id, &ignored) == ALS_OK;
    assess->why_not = als_why_not(request, assess->visit.patient.id, assess->visit.visit_no);
    return load_stored(assess, err);
}

void als_assess_close(struct als_assess *assess)
{
    als_form_free(assess->form);
    assess->form = NULL;
}

/* ---- What is known beside the answers ---- */

static void tell_form(struct als_assess *assess)
{
    const struct als_patient_facts *facts = &assess->visit.facts;
    const int day = als_form_head(assess->form)->day;
    const char **events =
        als_arena_array(assess->request->arena, facts->n_events + 1, sizeof *events);
    size_t n = 0;
    for (size_t i = 0; i < facts->n_events; i++)
        if (facts->events[i].date.day != ALS_NO_DAY &&
            (day == ALS_NO_DAY || facts->events[i].date.day <= day))
            events[n++] = facts->events[i].event;
    assess->person =
        als_patient_person(&assess->visit.patient, als_store_protocol(assess->request->store), day);
    als_form_know(
        assess->form,
        &(struct als_form_known){.person = &assess->person,
                                 .events = events,
                                 .n_events = n,
                                 .previous = assess->has_previous ? assess->previous.values : NULL,
                                 .stored = assess->there});
}

enum als_status als_assess_know(struct als_assess *assess, struct als_err *err)
{
    const struct als_assessment_key key = als_assess_key(assess);
    int day = als_form_head(assess->form)->day;
    if (day == ALS_NO_DAY && assess->visit.row && assess->visit.row->target != ALS_NO_DAY)
        day = assess->visit.row->target;
    enum als_status status = als_assessment_before(
        assess->request->store, &key, day == ALS_NO_DAY ? assess->request->today : day,
        assess->request->arena, &assess->previous, &assess->has_previous, err);
    if (!status)
        tell_form(assess);
    return status;
}

/* ---- From the study and the draft ---- */

void als_assess_take(struct als_assess *assess, const struct als_assessment *from)
{
    const struct als_form_head head = {.day = from->day,
                                       .mode = from->mode,
                                       .respondent = from->respondent,
                                       .rater = assess->rater,
                                       .not_done = from->not_done,
                                       .reason = from->reason};
    als_form_set_head(assess->form, &head);
    for (size_t i = 0; i < assess->instrument->n_items; i++) {
        als_form_clear(assess->form, i);
        if (from->values[i].kind != ALS_VALUE_MISSING)
            als_form_set_value(assess->form, i, &from->values[i]);
        else if (from->item_reasons && from->item_reasons[i])
            (void)als_form_set_missing(assess->form, i, from->item_reasons[i]);
    }
}

/* Nobody is asked again for what the visit says already. */
static void propose_head(struct als_assess *assess)
{
    const struct als_visit_view *visit = &assess->visit;
    struct als_form_head head = {.day = ALS_NO_DAY, .rater = assess->rater};
    head.day = visit->there ? visit->stored.day : ALS_NO_DAY;
    if (head.day == ALS_NO_DAY && visit->row)
        head.day = als_schedule_propose_day(visit->row, assess->request->today);
    head.mode = visit->there ? visit->stored.mode : NULL;
    if (!head.mode && visit->plan)
        head.mode = visit->plan->mode ? visit->plan->mode : "clinic";
    als_form_set_head(assess->form, &head);
}

static enum als_status find_draft(struct als_assess *assess, struct als_err *err)
{
    const struct als_draft key = als_assess_draft_key(assess);
    return als_draft_get(assess->request->store, &key, assess->request->arena, &assess->draft,
                         &assess->has_draft, err);
}

static enum als_status lay_draft(struct als_assess *assess, struct als_err *err)
{
    enum als_status status = find_draft(assess, err);
    if (status || !assess->has_draft)
        return status;
    for (size_t i = 0; i < assess->instrument->n_items; i++)
        als_form_clear(assess->form, i);
    als_form_read(assess->form, assess->draft.content, &assess->dropped);
    assess->expected = assess->draft.expected_change;
    assess->draft_version = assess->draft.touched_utc;
    return ALS_OK;
}

enum als_status als_assess_fill(struct als_assess *assess, struct als_err *err)
{
    if (assess->there)
        als_assess_take(assess, &assess->stored);
    else
        propose_head(assess);
    assess->draft_version = "";
    enum als_status status = assess->why_not ? find_draft(assess, err) : lay_draft(assess, err);
    return status ? status : als_assess_know(assess, err);
}

/* ---- From the fields that were sent ---- */

static void refuse_item(struct als_assess *assess, size_t item, bool second, const char *typed,
                        const char *error)
{
    assess->typed[2 * item + second] = (struct als_typed){typed, error};
    als_errors_add(&assess->errors, assess->request->arena, als_assess_field(assess, item, second),
                   als_arena_printf(assess->request->arena, "%s: %s",
                                    assess->instrument->items[item].label, error));
}

static void read_wording(struct als_assess *assess, size_t item, bool second)
{
    struct als_arena *arena = assess->request->arena;
    char expected[300];
    const char *text = als_request_form(assess->request, als_assess_field(assess, item, second));
    const char *reason =
        als_request_form(assess->request, als_assess_reason_field(assess, item, second));
    text = text ? text : "";
    reason = reason ? reason : "";
    if (*text && *reason)
        refuse_item(assess, item, second, text,
                    "has an answer, and a reason why there is none: take one away");
    else if (*reason && !als_form_set_missing_wording(assess->form, item, second, reason))
        refuse_item(assess, item, second, NULL, "the reason is none of the list");
    else if (!*reason &&
             !als_form_answer_wording(assess->form, item, second, text, expected, sizeof expected))
        refuse_item(assess, item, second, text,
                    als_arena_printf(arena, "expected %s, not '%s'", expected, text));
}

static int read_day(struct als_assess *assess)
{
    const char *text = als_request_given(assess->request, "date");
    int day = ALS_NO_DAY;
    if (!text || als_date_parse_full(text, strlen(text), &day))
        return day;
    assess->date_typed = text;
    als_errors_add(&assess->errors, assess->request->arena, "date",
                   als_arena_printf(assess->request->arena,
                                    "Date: expected a day as YYYY-MM-DD, not '%s'", text));
    return ALS_NO_DAY;
}

static void read_head(struct als_assess *assess)
{
    struct als_request *request = assess->request;
    const struct als_form_head head = {.day = read_day(assess),
                                       .mode = als_request_given(request, "mode"),
                                       .respondent = als_request_given(request, "respondent"),
                                       .rater = assess->rater,
                                       .not_done = als_request_given(request, "reason") != NULL,
                                       .reason = als_request_given(request, "reason")};
    als_form_set_head(assess->form, &head);
    if (head.not_done && !als_form_head(assess->form)->reason)
        als_errors_add(&assess->errors, request->arena, "reason",
                       "Not done because: the reason is none of the list");
    if (!head.not_done && head.day == ALS_NO_DAY && !assess->date_typed)
        als_errors_add(&assess->errors, request->arena, "date",
                       "Date: an assessment that was done needs the day on which it was");
}

void als_assess_read(struct als_assess *assess)
{
    const char *change = als_request_given(assess->request, "row-change");
    assess->expected = change ? strtoll(change, NULL, 10) : 0;
    assess->draft_version = als_request_form(assess->request, "draft");
    read_head(assess);
    for (size_t i = 0; i < assess->instrument->n_items; i++) {
        read_wording(assess, i, false);
        if (assess->instrument->items[i].variant)
            read_wording(assess, i, true);
    }
}

/* ---- What saving would leave out ---- */

static void check_not_done(struct als_assess *assess)
{
    const size_t n = als_form_said(assess->form);
    if (n && !als_request_given(assess->request, ALS_LEAVE_OUT))
        als_errors_add(&assess->errors, assess->request->arena, ALS_LEAVE_OUT,
                       als_arena_printf(assess->request->arena,
                                        "Not done, but %zu question%s answered: take the reason "
                                        "away, or say that the answers are to be left out",
                                        n, n == 1 ? " is" : "s are"));
}

/* Answered in the wording that is not asked, and open in the one that is. */
static void check_wording(struct als_assess *assess, size_t item)
{
    const struct als_question *question = als_form_question(assess->form, item);
    if (question->applies && question->state == ALS_ANSWER_NONE && question->aside_label)
        refuse_item(assess, item, question->second_wording, NULL,
                    "is answered in its other wording, which is not the one asked: answer this "
                    "one, or say above that the other is asked");
}

void als_assess_check(struct als_assess *assess)
{
    if (als_form_head(assess->form)->not_done) {
        check_not_done(assess);
        return;
    }
    if (als_form_said(assess->form) == 0)
        als_errors_add(&assess->errors, assess->request->arena, NULL,
                       "Nothing is answered yet: answer, or say why it was not done");
    for (size_t i = 0; i < assess->instrument->n_items; i++)
        check_wording(assess, i);
}

/* ---- Judging ---- */

enum als_status als_assess_judge(struct als_assess *assess, struct als_err *err)
{
    const struct als_form_head *head = als_form_head(assess->form);
    const struct als_assessment judged = {
        .patient_id = assess->visit.patient.id,
        .visit_no = assess->visit.visit_no,
        .rater_no = assess->rater_no,
        .day = head->day,
        .mode = head->mode,
        .respondent = head->respondent,
        .not_done = head->not_done,
        .reason = head->reason,
        .values = als_form_values(assess->form),
        .item_reasons = als_form_reasons(assess->form),
    };
    if (!judged.visit_no || judged.day == ALS_NO_DAY)
        return ALS_OK;
    return als_judge_assessment(assess->request->store, assess->instrument, &judged,
                                assess->request->today, &assess->verdicts, err);
}
