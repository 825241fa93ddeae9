/* Two people have changed one assessment: both versions and the one they began with, field by
 * field, with a choice for each. */
#include <stdlib.h>
#include <string.h>

#include "assess.h"
#include "assess_show.h"

enum side { YOURS, THEIRS, BASE, SIDES };

/* A field that can be chosen: an item with its reason, or one of the head. */
struct field {
    const char *name, *label;
    const char *texts[SIDES]; /* for people; "" = nothing */
    ptrdiff_t item;           /* -1: of the head */
};
struct merge {
    struct als_assess *assess;
    struct als_assessment sides[SIDES];
    bool there[SIDES];
    struct als_audit_row change; /* theirs */
    struct field *fields;
    size_t count;
};

static const char *const side_names[] = {"yours", "theirs", "base"};

/* ---- The three versions ---- */

static struct als_assessment typed(struct als_assess *assess)
{
    const struct als_form_head *head = als_form_head(assess->form);
    return (struct als_assessment){.day = head->day,
                                   .mode = head->mode,
                                   .respondent = head->respondent,
                                   .not_done = head->not_done,
                                   .reason = head->reason,
                                   .values = als_form_values(assess->form),
                                   .item_reasons = als_form_reasons(assess->form)};
}

/* The row that the form was first made from, through any merge since. */
static int64_t base_change(const struct als_assess *assess)
{
    const char *base = als_request_given(assess->request, "base-change");
    return base ? strtoll(base, NULL, 10) : assess->expected;
}

static enum als_status load(struct als_assess *assess, struct merge *merge, struct als_err *err)
{
    struct als_store *store = assess->request->store;
    const struct als_assessment_key key = als_assess_key(assess);
    *merge = (struct merge){.assess = assess};
    merge->sides[YOURS] = typed(assess);
    merge->there[YOURS] = true;
    merge->sides[THEIRS] = assess->stored;
    merge->there[THEIRS] = assess->there;
    enum als_status status =
        als_assessment_at(store, &key, base_change(assess), assess->request->arena,
                          &merge->sides[BASE], &merge->there[BASE], err);
    if (!status && assess->there)
        status =
            als_change_get(store, assess->change_id, assess->request->arena, &merge->change, err);
    return status;
}

/* ---- In words ---- */

static const char *say_item(struct merge *merge, const struct als_assessment *side, size_t item)
{
    struct als_arena *arena = merge->assess->request->arena;
    const struct als_item *definition = &merge->assess->instrument->items[item];
    const struct als_value *value = &side->values[item];
    char text[200];
    if (value->kind == ALS_VALUE_MISSING)
        return side->item_reasons && side->item_reasons[item]
                   ? als_arena_printf(arena, "none: %s",
                                      als_code_words(arena, side->item_reasons[item]))
                   : "";
    if (value->kind == ALS_VALUE_TEXT && definition->type != ALS_ITEM_CHOICE)
        return als_arena_strndup(arena, value->text, value->length);
    als_value_format(definition, value, text, sizeof text);
    for (size_t i = 0; i < definition->n_choices; i++)
        if (strcmp(definition->choices[i].code, text) == 0)
            return als_arena_printf(arena, "%s %s", text, definition->choices[i].label);
    return als_arena_strdup(arena, text);
}

static const char *say_head(struct merge *merge, const struct als_assessment *side,
                            const char *name)
{
    char day[ALS_DATE_TEXT];
    const char *text = "";
    if (strcmp(name, "date") == 0)
        text = als_arena_strdup(merge->assess->request->arena, als_day_format(side->day, day));
    else if (strcmp(name, "mode") == 0)
        text = side->mode;
    else if (strcmp(name, "respondent") == 0)
        text = side->respondent;
    else
        text = side->reason;
    return text ? text : "";
}

static void add_field(struct merge *merge, const char *name, const char *label, ptrdiff_t item)
{
    struct field field = {.name = name, .label = label, .item = item};
    for (int side = 0; side < SIDES; side++)
        field.texts[side] = !merge->there[side] ? ""
                            : item < 0          ? say_head(merge, &merge->sides[side], name)
                                       : say_item(merge, &merge->sides[side], (size_t)item);
    if (strcmp(field.texts[YOURS], field.texts[THEIRS]) != 0)
        merge->fields[merge->count++] = field;
}

/* The fields in which yours is not theirs. */
static void compare(struct merge *merge)
{
    const struct als_instrument *instrument = merge->assess->instrument;
    merge->fields = als_arena_array(merge->assess->request->arena, instrument->n_items + 4,
                                    sizeof *merge->fields);
    add_field(merge, "date", "Date", -1);
    add_field(merge, "mode", "Mode", -1);
    add_field(merge, "respondent", "Respondent", -1);
    add_field(merge, "reason", "Not done, because", -1);
    for (size_t i = 0; i < instrument->n_items; i++)
        add_field(merge, instrument->items[i].code, instrument->items[i].label, (ptrdiff_t)i);
}

/* ---- The page ---- */

static const char *field_name(const struct merge *merge, const struct field *field)
{
    return als_arena_printf(merge->assess->request->arena, "merge.%s", field->name);
}

/* Who alone has changed a field has the first say; where both have, someone must choose. */
static const char *proposal(const struct merge *merge, const struct field *field)
{
    const char *chosen = als_request_form(merge->assess->request, field_name(merge, field));
    if (chosen)
        return chosen;
    if (strcmp(field->texts[THEIRS], field->texts[BASE]) == 0)
        return side_names[YOURS];
    if (strcmp(field->texts[YOURS], field->texts[BASE]) == 0)
        return side_names[THEIRS];
    return NULL;
}

static void put_field(struct als_html *html, const struct merge *merge, const struct field *field,
                      bool missing)
{
    struct als_arena *arena = html->request->arena;
    struct als_input_choice choices[SIDES];
    const char *const heads[] = {"Yours", "Theirs", "As it was"};
    for (int side = 0; side < SIDES; side++)
        choices[side] = (struct als_input_choice){
            .value = side_names[side],
            .label = als_arena_printf(arena, "%s: %s", heads[side],
                                      *field->texts[side] ? field->texts[side] : "(nothing)")};
    const struct als_input input = {.name = field_name(merge, field),
                                    .label = field->label,
                                    .error = missing ? "choose one" : NULL,
                                    .value = proposal(merge, field)};
    als_input_radios(html, &input, choices, SIDES, NULL);
}

/* Everything that was sent, to come again with the choices. */
static void put_yours(struct als_html *html)
{
    const struct als_fields *form = &html->request->form;
    for (size_t i = 0; i < form->count; i++) {
        const char *name = form->items[i].name;
        if (strcmp(name, "token") != 0 && strcmp(name, "do") != 0 &&
            strcmp(name, "row-change") != 0 && strcmp(name, "base-change") != 0 &&
            strcmp(name, "draft") != 0 && strncmp(name, "merge.", 6) != 0 &&
            strncmp(name, "why-", 4) != 0)
            als_input_hidden(html, name, form->items[i].value);
    }
}

static void put_form(struct als_html *html, struct merge *merge)
{
    struct als_assess *assess = merge->assess;
    struct als_arena *arena = html->request->arena;
    const bool again = assess->errors.count > 0;
    als_html_form(html, assess->url, "class", "merge");
    put_yours(html);
    als_input_hidden(html, "row-change",
                     als_arena_printf(arena, "%lld", (long long)assess->change_id));
    als_input_hidden(html, "base-change",
                     als_arena_printf(arena, "%lld", (long long)base_change(assess)));
    als_input_hidden(html, "draft", assess->draft_version ? assess->draft_version : "");
    for (size_t i = 0; i < merge->count; i++)
        put_field(html, merge, &merge->fields[i], again && !proposal(merge, &merge->fields[i]));
    als_html_correction(html, NULL);
    als_html_buttons(html);
    als_input_button(html, "Save what is chosen", "do", "merge");
    als_html_element(html, "a", "Leave it, my draft is kept", "href", assess->url, "class",
                     "button");
    als_html_buttons_end(html);
    als_html_form_end(html);
}

static void put_explanation(struct als_html *html, const struct merge *merge)
{
    struct als_arena *arena = html->request->arena;
    als_html_notice(
        html, ALS_FLASH_WARNING,
        merge->assess->there
            ? als_arena_printf(arena,
                               "%s saved this form at %s, after you opened it%s%s. Nothing of "
                               "yours is stored yet. %zu field%s differ%s.",
                               merge->change.user, als_clock_text(arena, merge->change.at_utc),
                               merge->change.reason ? ", because: " : "",
                               merge->change.reason ? merge->change.reason : "", merge->count,
                               merge->count == 1 ? "" : "s", merge->count == 1 ? "s" : "")
            : "This form was removed after you opened it.");
}

/* The same values twice: an answer that was lost on its way and asked for again, mostly. */
static enum als_status tell_same(const struct merge *merge, struct als_response *response,
                                 struct als_err *err)
{
    struct als_assess *assess = merge->assess;
    struct als_request *request = assess->request;
    const struct als_draft key = als_assess_draft_key(assess);
    als_request_flash(request, ALS_FLASH_DONE, "%s is stored already: %s saved these values at %s.",
                      assess->instrument->short_title, merge->change.user,
                      als_clock_text(request->arena, merge->change.at_utc));
    als_response_redirect(response, als_url(request->arena, "/patients/{}/visits/{}",
                                            assess->visit.patient.patient, assess->visit.code));
    return als_draft_discard(request->store, &key, err);
}

enum als_status als_merge_show(struct als_assess *assess, struct als_response *response,
                               struct als_err *err)
{
    struct merge merge;
    struct als_html html;
    struct als_arena *arena = assess->request->arena;
    enum als_status status = load(assess, &merge, err);
    if (status)
        return status;
    compare(&merge);
    if (merge.count == 0 && assess->there)
        return tell_same(&merge, response, err);
    als_assess_keep_too(assess);
    als_html_begin(&html, assess->request, response,
                   als_arena_printf(arena, "Changed meanwhile: %s, %s, %s",
                                    assess->instrument->short_title, assess->visit.patient.patient,
                                    assess->visit.title));
    als_visit_crumbs(&html, &assess->visit);
    als_html_body(&html);
    als_html_errors(&html, assess->errors.items, assess->errors.count);
    put_explanation(&html, &merge);
    put_form(&html, &merge);
    als_html_end(&html);
    response->status = 409;
    return ALS_OK;
}

/* ---- Its answer ---- */

static void take_head(struct als_form_head *head, const char *name,
                      const struct als_assessment *side)
{
    if (strcmp(name, "date") == 0) {
        head->day = side->day;
    } else if (strcmp(name, "mode") == 0) {
        head->mode = side->mode;
    } else if (strcmp(name, "respondent") == 0) {
        head->respondent = side->respondent;
    } else {
        head->not_done = side->not_done;
        head->reason = side->reason;
    }
}

static void take_item(struct als_assess *assess, size_t item, const struct als_assessment *side)
{
    als_form_clear(assess->form, item);
    if (side->values[item].kind != ALS_VALUE_MISSING)
        als_form_set_value(assess->form, item, &side->values[item]);
    else if (side->item_reasons && side->item_reasons[item])
        (void)als_form_set_missing(assess->form, item, side->item_reasons[item]);
}

static void take(struct merge *merge, const struct field *field, enum side chosen)
{
    struct als_assess *assess = merge->assess;
    struct als_value *none =
        als_arena_array(assess->request->arena, assess->instrument->n_items, sizeof *none);
    const struct als_assessment nothing = {.day = ALS_NO_DAY, .values = none};
    const struct als_assessment *side = merge->there[chosen] ? &merge->sides[chosen] : &nothing;
    if (field->item >= 0) {
        take_item(assess, (size_t)field->item, side);
        return;
    }
    struct als_form_head head = *als_form_head(assess->form);
    head.mode = als_arena_strdup(assess->request->arena, head.mode);
    head.respondent = als_arena_strdup(assess->request->arena, head.respondent);
    head.rater = als_arena_strdup(assess->request->arena, head.rater);
    take_head(&head, field->name, side);
    als_form_set_head(assess->form, &head);
}

static int side_of(const char *name)
{
    for (int side = 0; name && side < SIDES; side++)
        if (strcmp(name, side_names[side]) == 0)
            return side;
    return -1;
}

enum als_status als_merge_apply(struct als_assess *assess, bool *complete, struct als_err *err)
{
    struct merge merge;
    *complete = true;
    enum als_status status = load(assess, &merge, err);
    if (status || assess->change_id != assess->expected)
        return status; /* changed once more: saving says so */
    compare(&merge);
    int *chosen = als_arena_array(assess->request->arena, merge.count, sizeof *chosen);
    for (size_t i = 0; i < merge.count; i++) {
        const struct field *field = &merge.fields[i];
        const char *name = field_name(&merge, field);
        chosen[i] = side_of(als_request_form(assess->request, name));
        *complete &= chosen[i] >= 0;
        if (chosen[i] < 0)
            als_errors_add(
                &assess->errors, assess->request->arena, name,
                als_arena_printf(assess->request->arena, "%s: choose one", field->label));
    }
    for (size_t i = 0; i < merge.count && *complete; i++)
        if (chosen[i] != YOURS)
            take(&merge, &merge.fields[i], (enum side)chosen[i]);
    return ALS_OK;
}
