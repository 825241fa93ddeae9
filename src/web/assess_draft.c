/* Keeping what is in a form as a draft, and ending the draft that it came from, while other windows
 * of the same user may have kept another. */
#include <string.h>

#include "assess.h"

/* ---- What a draft holds ---- */

static struct als_assessment said(struct als_form *form)
{
    const struct als_form_head *head = als_form_head(form);
    return (struct als_assessment){.day = head->day,
                                   .mode = head->mode,
                                   .respondent = head->respondent,
                                   .reason = head->reason,
                                   .values = als_form_values(form),
                                   .item_reasons = als_form_reasons(form)};
}

static bool differs(const char *a, const char *b)
{
    return a && *a && (!b || strcmp(a, b) != 0);
}

static bool value_differs(const struct als_item *item, const struct als_value *a,
                          const struct als_value *b)
{
    char one[400] = "", other[400] = "";
    if (a->kind == ALS_VALUE_MISSING)
        return false;
    if (a->kind != b->kind)
        return true;
    if (a->kind == ALS_VALUE_TEXT)
        return a->length != b->length || memcmp(a->text, b->text, a->length) != 0;
    als_value_format(item, a, one, sizeof one);
    als_value_format(item, b, other, sizeof other);
    return strcmp(one, other) != 0;
}

/* Would anything of a be lost if b stood in its place? */
static bool says_more(const struct als_instrument *instrument, const struct als_assessment *a,
                      const struct als_assessment *b)
{
    if ((a->day != ALS_NO_DAY && a->day != b->day) || differs(a->mode, b->mode) ||
        differs(a->respondent, b->respondent) || differs(a->reason, b->reason))
        return true;
    for (size_t i = 0; i < instrument->n_items; i++)
        if (value_differs(&instrument->items[i], &a->values[i], &b->values[i]) ||
            differs(a->item_reasons ? a->item_reasons[i] : NULL,
                    b->item_reasons ? b->item_reasons[i] : NULL))
            return true;
    return false;
}

bool als_assess_is_news(const struct als_assess *assess)
{
    const struct als_assessment sent = said(assess->form);
    return !assess->there || says_more(assess->instrument, &sent, &assess->stored);
}

/* Is there another draft than the one that the form was made from, and does it hold anything that
 * the form does not? What this window's script has just kept, before it heard so, does not. */
static enum als_status other_draft(struct als_assess *assess, struct als_draft *draft, bool *found,
                                   bool *more, struct als_err *err)
{
    const struct als_draft key = als_assess_draft_key(assess);
    struct als_assess other = *assess;
    size_t dropped;
    *found = *more = false;
    enum als_status status =
        als_draft_get(assess->request->store, &key, assess->request->arena, draft, found, err);
    if (status || !*found)
        return status;
    other.form = als_form_new(assess->instrument);
    als_form_read(other.form, draft->content, &dropped);
    status = als_assess_know(&other, err);
    if (!status) {
        const struct als_assessment theirs = said(other.form), ours = said(assess->form);
        *more = says_more(assess->instrument, &theirs, &ours);
    }
    als_form_free(other.form);
    return status;
}

/* ---- Keeping and ending ---- */

static enum als_status put(struct als_assess *assess, struct als_err *err)
{
    struct als_buf content;
    struct als_draft draft = als_assess_draft_key(assess);
    als_buf_init(&content, ALS_BUF_LARGE);
    als_form_write(assess->form, &content);
    draft.expected_change = assess->expected;
    draft.content = content.data;
    draft.touched_utc = assess->draft_version;
    const enum als_status status = als_draft_put(assess->request->store, &draft, err);
    als_buf_release(&content);
    return status;
}

enum als_status als_assess_keep(struct als_assess *assess, struct als_err *err)
{
    const struct als_draft key = als_assess_draft_key(assess);
    struct als_draft other;
    struct als_err ignored;
    bool found, more;
    enum als_status status = put(assess, err);
    if (status == ALS_DATA && strcmp(err->code, "E-DRAFT") == 0 &&
        !other_draft(assess, &other, &found, &more, &ignored) && found && !more) {
        assess->draft_version = other.touched_utc;
        status = put(assess, err);
    }
    if (status)
        return status;
    status = als_draft_get(assess->request->store, &key, assess->request->arena, &assess->draft,
                           &assess->has_draft, err);
    if (!status && assess->has_draft)
        assess->draft_version = assess->draft.touched_utc;
    return status;
}

void als_assess_keep_too(struct als_assess *assess)
{
    struct als_err ignored;
    if (als_assess_keep(assess, &ignored))
        assess->has_draft = false;
}

enum als_status als_assess_end_draft(struct als_assess *assess, struct als_err *err)
{
    struct als_draft draft = als_assess_draft_key(assess), other;
    bool found = false, more = false;
    draft.touched_utc = assess->draft_version;
    enum als_status status = als_draft_discard(assess->request->store, &draft, err);
    if (!status)
        status = other_draft(assess, &other, &found, &more, err);
    if (status || !found || more)
        return status;
    draft.touched_utc = other.touched_utc;
    return als_draft_discard(assess->request->store, &draft, err);
}
