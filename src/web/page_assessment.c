/* The form of one assessment: shown, scored while it is filled in, kept as a draft, saved. */
#include <stdlib.h>
#include <string.h>

#include "assess.h"
#include "assess_show.h"
#include "finding.h"
#include "pages.h"
#include "write.h"

/* ---- Showing ---- */

enum als_status als_page_assessment(struct als_request *request, struct als_response *response,
                                    struct als_err *err)
{
    struct als_assess assess;
    enum als_status status = als_assess_open(request, &assess, err);
    if (!status)
        status = als_assess_fill(&assess, err);
    if (!status && (assess.there || assess.has_draft))
        status = als_assess_judge(&assess, err);
    if (!status)
        als_assess_show(&assess, response);
    als_assess_close(&assess);
    return status;
}

/* The form as it was sent, with what is wrong with it. What was typed is kept as a draft too. */
static enum als_status show_again(struct als_assess *assess, struct als_response *response,
                                  int code, struct als_err *err)
{
    enum als_status status = als_assess_know(assess, err);
    if (status)
        return status;
    als_assess_keep_too(assess);
    als_assess_show(assess, response);
    response->status = code;
    return ALS_OK;
}

/* ---- Saving ---- */

static enum als_status number_key(struct als_assess *assess, struct als_err *err)
{
    enum als_status status = als_visit_view_number(assess->request->store, &assess->visit, err);
    if (!status && assess->rater_no < 0)
        status = als_store_add_rater(assess->request->store, assess->rater, &assess->rater_no, err);
    return status;
}

static enum als_status save_entry(struct als_assess *assess, struct als_entry_outcome *outcome,
                                  struct als_err *err)
{
    const struct als_form_head *head = als_form_head(assess->form);
    size_t n;
    const struct als_justification *confirmations =
        als_request_confirmations(assess->request, assess->instrument, &n);
    const struct als_entry entry = {
        .instrument = assess->instrument,
        .assessment = {.patient_id = assess->visit.patient.id,
                       .visit_no = assess->visit.visit_no,
                       .rater_no = assess->rater_no,
                       .day = head->not_done ? ALS_NO_DAY : head->day,
                       .mode = head->mode,
                       .respondent = head->respondent,
                       .not_done = head->not_done,
                       .reason = head->reason,
                       .values = als_form_values(assess->form),
                       .item_reasons = als_form_reasons(assess->form)},
        .given = ALS_GIVEN_ALL,
        .expected_change = assess->expected,
        .justifications = confirmations,
        .n_justifications = n,
        .strict = true,
        .today = assess->request->today,
        .arena = assess->request->arena,
    };
    return als_entry_save(assess->request->store, &entry, outcome, err);
}

struct storing {
    struct als_assess *assess;
    struct als_entry_outcome *outcome;
    size_t answered;   /* queries */
    const char *field; /* the answer that could not be stored, if that was it */
};

static enum als_status store_answers(struct als_request *request, void *context,
                                     struct als_err *err)
{
    struct storing *storing = context;
    return als_request_answer(request, storing->assess->visit.patient.patient, &storing->answered,
                              &storing->field, err);
}

/* One change set: the answers to queries, the row, what rules ask about it, and the draft that it
 * came from. */
static enum als_status store_form(struct als_request *request, void *context, struct als_err *err)
{
    struct storing *storing = context;
    enum als_status status = store_answers(request, storing, err);
    if (status)
        return status;
    storing->field = NULL;
    status = number_key(storing->assess, err);
    if (!status)
        status = save_entry(storing->assess, storing->outcome, err);
    return status ? status : als_assess_end_draft(storing->assess, err);
}

/* A number that was given inside a change set that came to nothing is none. */
static void forget_key(struct als_assess *assess)
{
    assess->visit.visit_no =
        als_store_visit_no(assess->request->store, assess->visit.code, strlen(assess->visit.code));
    assess->rater_no = assess->rater ? als_store_rater_no(assess->request->store, assess->rater,
                                                          strlen(assess->rater))
                                     : 0;
}

static int code_of(enum als_status status)
{
    return status == ALS_NOT_PERMITTED ? 403 : status == ALS_BUSY ? 503 : 422;
}

static enum als_status refuse(struct als_assess *assess, struct als_response *response,
                              const struct als_entry_outcome *outcome, const struct als_err *why,
                              struct als_err *err)
{
    struct als_arena *arena = assess->request->arena;
    forget_key(assess);
    if (strcmp(why->code, "E-CHANGED-MEANWHILE") == 0)
        return als_merge_show(assess, response, err);
    const bool by_rule = strcmp(why->code, "E-HARD") == 0 || strcmp(why->code, "E-CONFIRM") == 0;
    if (by_rule) {
        assess->verdicts = outcome->verdicts;
        assess->confirmed = outcome->confirmed;
        assess->ask_confirm = true;
    } else if (strcmp(why->code, "E-CONFLICT") == 0) {
        als_errors_add(&assess->errors, arena, "why-code",
                       als_arena_printf(arena, "A stored value changes: say why. %s", why->text));
    } else {
        als_errors_add(&assess->errors, arena, NULL,
                       *why->hint ? als_arena_printf(arena, "%s: %s", why->text, why->hint)
                                  : als_arena_strdup(arena, why->text));
    }
    return show_again(assess, response, code_of(why->status), err);
}

/* Beside the field of the answer. */
static enum als_status refuse_answer(struct als_assess *assess, struct als_response *response,
                                     const char *field, const struct als_err *why,
                                     struct als_err *err)
{
    als_errors_add(&assess->errors, assess->request->arena, field,
                   als_arena_strdup(assess->request->arena, why->text));
    return show_again(assess, response, strcmp(why->code, "E-ANSWERED") == 0 ? 409 : 422, err);
}

/* ---- What comes next ---- */

/* Does the visit have it already, by this rater? */
static bool is_stored(struct als_assess *assess, const struct als_instrument *instrument)
{
    struct als_assessment stored;
    struct als_err ignored;
    int64_t change_id = 0;
    return als_assessment_get(assess->request->store, assess->visit.patient.id,
                              assess->visit.visit_no, instrument, assess->rater_no,
                              assess->request->arena, &stored, &change_id, &ignored) == ALS_OK &&
           change_id != 0;
}

/* The first planned assessment after this one that the visit does not have yet, by the same rater;
 * the visit itself if there is none. */
static const char *next_form(struct als_assess *assess)
{
    struct als_request *request = assess->request;
    const struct als_protocol *protocol = als_store_protocol(request->store);
    const struct als_visit_plan *plan = assess->visit.plan;
    bool after = false;
    for (size_t i = 0; plan && i < plan->n_assessments; i++) {
        const char *code = protocol->instruments[plan->assessments[i].instrument];
        const struct als_instrument *instrument = als_store_find_instrument(request->store, code);
        if (after && instrument && !is_stored(assess, instrument))
            return als_assess_url_of(assess, code, "");
        after = after || strcmp(code, assess->instrument->code) == 0;
    }
    return als_url(request->arena, "/patients/{}/visits/{}", assess->visit.patient.patient,
                   assess->visit.code);
}

/* A draft of the same form that another window has kept: it does not go with this save. */
static const char *say_other_draft(const struct als_assess *assess)
{
    const struct als_draft key = als_assess_draft_key(assess);
    struct als_draft draft;
    struct als_err ignored;
    bool found = false;
    if (als_draft_get(assess->request->store, &key, assess->request->arena, &draft, &found,
                      &ignored) ||
        !found)
        return "";
    return als_arena_printf(assess->request->arena,
                            " A draft that you have kept in another window at %s is still there.",
                            als_clock_text(assess->request->arena, draft.touched_utc));
}

static const char *say_answered(const struct als_assess *assess, size_t n)
{
    return n == 0   ? ""
           : n == 1 ? " A query was answered."
                    : als_arena_printf(assess->request->arena, " %zu queries were answered.", n);
}

static void tell_saved(struct als_assess *assess, const struct als_entry_outcome *outcome,
                       size_t answered)
{
    static const char *const words[] = {"is stored already", "is saved", "is corrected"};
    const char *other = say_other_draft(assess);
    struct als_buf totals;
    als_buf_init(&totals, 2000);
    if (als_form_head(assess->form)->not_done)
        als_buf_text(&totals, "It was not done");
    else
        als_form_status(assess->form, &totals);
    if (outcome->opened || outcome->others.count || answered || *other)
        als_buf_char(&totals, '.');
    als_news_say(assess->request, &outcome->others, &totals);
    als_queries_say(outcome->opened, &totals);
    als_request_flash(assess->request, outcome->others.count ? ALS_FLASH_WARNING : ALS_FLASH_DONE,
                      "%s %s. %s%s%s", assess->instrument->short_title, words[outcome->what],
                      totals.data, say_answered(assess, answered), other);
    als_buf_release(&totals);
}

static enum als_status save(struct als_assess *assess, struct als_response *response, bool next,
                            struct als_err *err)
{
    struct als_entry_outcome outcome = {.verdicts = {.arena = assess->request->arena}};
    struct als_err why;
    als_assess_check(assess);
    if (assess->errors.count)
        return show_again(assess, response, 422, err);
    struct storing storing = {.assess = assess, .outcome = &outcome};
    const enum als_status status =
        als_request_write(assess->request, "web form", als_request_why(assess->request), store_form,
                          &storing, NULL, &why);
    if (status == ALS_OK) {
        tell_saved(assess, &outcome, storing.answered);
        als_response_redirect(response,
                              next ? next_form(assess)
                                   : als_url(assess->request->arena, "/patients/{}/visits/{}",
                                             assess->visit.patient.patient, assess->visit.code));
        return ALS_OK;
    }
    if (status != ALS_DATA && status != ALS_NOT_PERMITTED && status != ALS_BUSY &&
        status != ALS_USAGE) {
        *err = why;
        return status;
    }
    if (storing.field)
        return refuse_answer(assess, response, storing.field, &why, err);
    return refuse(assess, response, &outcome, &why, err);
}

/* Another window of the same user has kept another draft: the form is shown again, with that one's
 * version, so that doing it once more is meant. */
static enum als_status refuse_draft(struct als_assess *assess, struct als_response *response,
                                    struct als_err *err)
{
    const struct als_draft key = als_assess_draft_key(assess);
    struct als_arena *arena = assess->request->arena;
    enum als_status status =
        als_draft_get(assess->request->store, &key, arena, &assess->draft, &assess->has_draft, err);
    if (status)
        return status;
    assess->draft_version = assess->has_draft ? assess->draft.touched_utc : "";
    als_errors_add(&assess->errors, arena, NULL,
                   als_arena_printf(arena,
                                    "Not kept: you have kept another draft of this form in another "
                                    "window at %s. Keep this one as draft once more to put it in "
                                    "its place, or go on there",
                                    als_clock_text(arena, assess->draft.touched_utc)));
    als_assess_show(assess, response);
    response->status = 409;
    return ALS_OK;
}

/* The answers alone, while the form stays a draft. */
static enum als_status answer_queries(struct als_assess *assess, struct storing *storing,
                                      struct als_err *err)
{
    *storing = (struct storing){.assess = assess};
    if (!als_request_answers_any(assess->request))
        return ALS_OK;
    return als_request_write(assess->request, "web query answer", NULL, store_answers, storing,
                             NULL, err);
}

/* Keep the form as a draft, with answers to queries that were typed into it stored, which no draft
 * holds. */
static enum als_status keep_draft(struct als_assess *assess, struct als_response *response,
                                  struct als_err *err)
{
    struct storing storing;
    if (als_assess_is_garbled(assess))
        return show_again(assess, response, 422, err);
    enum als_status status = als_assess_keep(assess, err);
    if (status == ALS_DATA && strcmp(err->code, "E-DRAFT") == 0)
        return refuse_draft(assess, response, err);
    if (status)
        return status;
    struct als_err why;
    status = answer_queries(assess, &storing, &why);
    if (status && storing.field)
        return refuse_answer(assess, response, storing.field, &why, err);
    if (status) {
        *err = why;
        return status;
    }
    if (assess->why_not)
        als_request_flash(assess->request, ALS_FLASH_WARNING,
                          "The draft is kept, but it cannot be saved now: %s%s%s", assess->why_not,
                          storing.answered ? "." : "", say_answered(assess, storing.answered));
    else
        als_request_flash(assess->request, ALS_FLASH_DONE,
                          "The draft is kept. It is not saved yet.%s",
                          say_answered(assess, storing.answered));
    als_response_redirect(response, assess->url);
    return ALS_OK;
}

static enum als_status discard(struct als_assess *assess, struct als_response *response,
                               struct als_err *err)
{
    struct als_draft key = als_assess_draft_key(assess);
    key.touched_utc = als_request_form(assess->request, "draft");
    enum als_status status = als_draft_discard(assess->request->store, &key, err);
    if (status)
        return status;
    als_request_flash(assess->request, ALS_FLASH_DONE, "The draft was thrown away%s.",
                      say_other_draft(assess));
    als_response_redirect(response, assess->url);
    return ALS_OK;
}

/* A query is answered where it stands, and the form goes on as it was typed. */
static enum als_status answer_here(struct als_assess *assess, struct als_response *response,
                                   struct als_err *err)
{
    if (als_request_answers_any(assess->request))
        return keep_draft(assess, response, err);
    als_errors_add(&assess->errors, assess->request->arena, NULL,
                   "Say something in answer to the query");
    return show_again(assess, response, 422, err);
}

static enum als_status act(struct als_assess *assess, struct als_response *response,
                           struct als_err *err)
{
    const char *what = als_request_form(assess->request, "do");
    if (what && strcmp(what, "discard") == 0)
        return discard(assess, response, err);
    als_assess_read(assess);
    enum als_status status = als_assess_know(assess, err);
    if (status)
        return status;
    if (what && strcmp(what, "draft") == 0)
        return keep_draft(assess, response, err);
    if (what && strcmp(what, "answer") == 0)
        return answer_here(assess, response, err);
    if (what && strcmp(what, "merge") == 0) {
        bool complete;
        status = als_merge_apply(assess, &complete, err);
        if (!status && !complete)
            return als_merge_show(assess, response, err);
        if (!status)
            status = als_assess_know(assess, err);
        if (status)
            return status;
    }
    return save(assess, response, what && strcmp(what, "next") == 0, err);
}

enum als_status als_page_assessment_post(struct als_request *request, struct als_response *response,
                                         struct als_err *err)
{
    struct als_assess assess;
    enum als_status status = als_assess_open(request, &assess, err);
    if (!status)
        status = als_may(request->store, ALS_ACT_ENTER, assess.visit.patient.id, err);
    if (!status)
        status = act(&assess, response, err);
    als_assess_close(&assess);
    return status;
}
