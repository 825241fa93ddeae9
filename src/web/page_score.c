/* Answers to the script of an assessment's form: totals while it is filled in, and drafts. */
#include <string.h>

#include "assess.h"
#include "assess_show.h"
#include "pages.h"

/* "NAME":"TEXT" with what goes before it. */
static void put_text(struct als_response *response, const char *before, const char *name,
                     const char *text)
{
    als_buf_text(&response->body, before);
    als_response_json_text(response, name);
    als_buf_char(&response->body, ':');
    als_response_json_text(response, text);
}

static void put_texts(struct als_assess *assess, struct als_response *response)
{
    struct als_buf status;
    als_buf_init(&status, 2000);
    als_form_status(assess->form, &status);
    als_buf_text(&response->body, "{\"texts\":{");
    put_text(response, "", "status", status.data);
    als_buf_release(&status);
    for (size_t i = 0; i < assess->instrument->n_items; i++) {
        const char *text = als_assess_before_text(assess, i);
        const struct als_question *question = als_form_question(assess->form, i);
        const char *field = als_assess_field(assess, i, question->second_wording);
        if (*text)
            put_text(response, ",", als_arena_printf(assess->request->arena, "before.%s", field),
                     text);
    }
    als_buf_char(&response->body, '}');
}

static void put_part(struct als_assess *assess, struct als_response *response, size_t item,
                     bool second, const char *separator)
{
    als_buf_text(&response->body, separator);
    als_response_json_text(response, als_assess_field(assess, item, second));
    als_buf_text(&response->body, als_assess_is_open(assess, item, second) ? ":true" : ":false");
}

/* Which parts of the form are asked now, for those that are not always. */
static void put_open(struct als_assess *assess, struct als_response *response)
{
    const char *separator = "";
    als_buf_text(&response->body, ",\"open\":{");
    for (size_t i = 0; i < assess->instrument->n_items; i++) {
        const struct als_item *item = &assess->instrument->items[i];
        if (!item->applies && !item->variant)
            continue;
        put_part(assess, response, i, false, separator);
        separator = ",";
        if (item->variant)
            put_part(assess, response, i, true, separator);
    }
    als_buf_text(&response->body, "}}");
}

enum als_status als_page_score(struct als_request *request, struct als_response *response,
                               struct als_err *err)
{
    struct als_assess assess;
    enum als_status status = als_assess_open(request, &assess, err);
    if (!status) {
        als_assess_read(&assess);
        status = als_assess_know(&assess, err);
    }
    if (!status) {
        als_response_json(response);
        put_texts(&assess, response);
        put_open(&assess, response);
    }
    als_assess_close(&assess);
    return status;
}

/* ---- Drafts ---- */

/* A draft that arrives after the save of the same form would come back as unsaved work: the row is
 * then another one than the form began with, written by the same user, the draft is gone, and
 * nothing is answered that the row does not hold. */
static enum als_status is_belated(struct als_assess *assess, bool *belated, struct als_err *err)
{
    struct als_draft key = als_assess_draft_key(assess), draft;
    struct als_audit_row change = {.user = NULL};
    bool found = false;
    *belated = false;
    if (assess->change_id == assess->expected || als_assess_is_news(assess))
        return ALS_OK;
    enum als_status status =
        als_draft_get(assess->request->store, &key, assess->request->arena, &draft, &found, err);
    if (!status && !found)
        status = als_change_get(assess->request->store, assess->change_id, assess->request->arena,
                                &change, err);
    if (!status && !found)
        *belated = change.user && strcmp(change.user, assess->request->user) == 0;
    return status;
}

struct kept {
    const char *text; /* what became of it */
    bool kept;        /* nothing of what was typed waits */
};

/* What to say beside that it is kept: it may be no more than a draft for now. */
static const char *say_kept(const struct als_assess *assess)
{
    struct als_arena *arena = assess->request->arena;
    const char *at = als_clock_text(arena, assess->draft.touched_utc);
    const char *but = als_assess_is_garbled(assess) ? ", without what is marked wrong" : "";
    if (assess->why_not)
        return als_arena_printf(arena, "Draft kept %s%s, but it cannot be saved now: %s", at, but,
                                assess->why_not);
    if (assess->change_id != assess->expected)
        return als_arena_printf(arena,
                                "Draft saved %s%s. The form was saved meanwhile: saving yours "
                                "shows both",
                                at, but);
    return als_arena_printf(arena, "Draft saved %s%s", at, but);
}

static enum als_status keep(struct als_assess *assess, struct kept *out, struct als_err *err)
{
    bool belated;
    *out = (struct kept){"The form is saved", true};
    enum als_status status = is_belated(assess, &belated, err);
    if (status || belated)
        return status;
    status = als_assess_keep(assess, err);
    if (status == ALS_DATA && strcmp(err->code, "E-DRAFT") == 0) {
        *out =
            (struct kept){"Not kept: you have changed this draft in another window. Go on there, "
                          "or press Keep as draft here",
                          false};
        return ALS_OK;
    }
    if (!status)
        out->text = say_kept(assess);
    return status;
}

enum als_status als_page_draft(struct als_request *request, struct als_response *response,
                               struct als_err *err)
{
    struct als_assess assess;
    struct kept kept;
    enum als_status status = als_assess_open(request, &assess, err);
    if (!status) {
        als_assess_read(&assess);
        status = als_assess_know(&assess, err);
    }
    if (!status)
        status = keep(&assess, &kept, err);
    if (!status) {
        als_response_json(response);
        put_text(response, "{", "text", kept.text);
        put_text(response, ",", "draft", assess.draft_version ? assess.draft_version : "");
        als_buf_text(&response->body, kept.kept ? ",\"kept\":true}" : ",\"kept\":false}");
    }
    als_assess_close(&assess);
    return status;
}
