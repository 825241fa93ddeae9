/* Forms of records: drawing, and putting errors where they belong. */
#include "record_form.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "alstrack/core/num.h"
#include "alstrack/schedule/oddity.h"
#include "assess_show.h"

/* ---- Saying what is asked ---- */

struct als_record_field *als_record_add(struct als_record_form *form, enum als_field_kind kind,
                                        const char *name, const char *label, const char *stored)
{
    if (form->count == form->room) {
        const size_t room = form->room ? 2 * form->room : 32;
        struct als_record_field *fields =
            als_arena_array(form->request->arena, room, sizeof *fields);
        if (form->count)
            memcpy(fields, form->fields, form->count * sizeof *fields);
        form->fields = fields;
        form->room = room;
    }
    struct als_record_field *field = &form->fields[form->count++];
    *field = (struct als_record_field){
        .kind = kind, .name = name, .label = label, .stored = stored ? stored : ""};
    return field;
}

void als_record_choices(struct als_record_field *field, const struct als_input_choice *choices,
                        size_t n)
{
    field->choices = choices;
    field->n_choices = n;
}

void als_record_codes(struct als_record_form *form, struct als_record_field *field,
                      const char *none, const char *const *codes, const char *const *labels,
                      size_t n)
{
    struct als_arena *arena = form->request->arena;
    struct als_input_choice *choices = als_arena_array(arena, n + 1, sizeof *choices);
    choices[0] = (struct als_input_choice){.value = "", .label = none};
    for (size_t i = 0; i < n; i++)
        choices[i + 1] = (struct als_input_choice){
            .value = codes[i],
            .label = labels && labels[i] ? labels[i] : als_code_words(arena, codes[i])};
    als_record_choices(field, choices, n + 1);
}

/* ---- Drawing ---- */

static const char *label_of(const struct als_record_form *form, const char *name)
{
    for (size_t i = 0; i < form->count; i++)
        if (strcmp(form->fields[i].name, name) == 0)
            return form->fields[i].label;
    return name;
}

/* Beside its field an error needs no name. */
static const char *error_of(const struct als_record_form *form, const char *name)
{
    const char *label = label_of(form, name);
    const size_t length = strlen(label);
    for (size_t i = 0; i < form->errors.count; i++) {
        const char *text = form->errors.items[i].text;
        if (!form->errors.items[i].id || strcmp(form->errors.items[i].id, name) != 0)
            continue;
        return strncmp(text, label, length) == 0 && strncmp(text + length, ": ", 2) == 0
                   ? text + length + 2
                   : text;
    }
    return NULL;
}

static const char *was_name(const struct als_record_form *form,
                            const struct als_record_field *field)
{
    return als_arena_printf(form->request->arena, "was.%s", field->name);
}

static const char *sent_value(const struct als_record_form *form,
                              const struct als_record_field *field)
{
    if (form->request->method != ALS_POST)
        return NULL;
    return field->kind == ALS_FIELD_CHECKS ? als_record_joined(form, field->name)
                                           : als_request_form(form->request, field->name);
}

/* Somebody else changed it while this form was open, and this form did not: theirs stays. */
static bool is_theirs(const struct als_record_form *form, const struct als_record_field *field)
{
    const char *was = als_request_form(form->request, was_name(form, field));
    const char *sent = sent_value(form, field);
    return was && strcmp(was, field->stored) != 0 && strcmp(sent ? sent : "", was) == 0;
}

static const char *shown_value(const struct als_record_form *form,
                               const struct als_record_field *field)
{
    const char *sent = sent_value(form, field);
    if (sent && !is_theirs(form, field))
        return sent;
    return !*field->stored && field->proposed ? field->proposed : field->stored;
}

/* Is code one of those in text, which has semicolons between? */
static bool is_among(const char *text, const char *code)
{
    const size_t length = strlen(code);
    for (const char *at = text; at; at = strchr(at, ';') ? strchr(at, ';') + 1 : NULL) {
        at += strspn(at, " ");
        if (strncmp(at, code, length) == 0 && at[length + strspn(at + length, " ")] == '\0')
            return true;
        if (strncmp(at, code, length) == 0 && at[length + strspn(at + length, " ")] == ';')
            return true;
    }
    return false;
}

static void put_checks(struct als_html *html, const struct als_record_field *field,
                       const char *value)
{
    struct als_arena *arena = html->request->arena;
    als_html_open(html, "fieldset", "class", "field", "id", field->name);
    als_html_element(html, "legend", field->label, NULL);
    for (size_t i = 0; i < field->n_choices; i++) {
        const struct als_input input = {.name = field->name,
                                        .label = field->choices[i].label,
                                        .id = als_arena_printf(arena, "%s-%zu", field->name, i),
                                        .value = field->choices[i].value};
        als_input_check(html, &input, is_among(value, field->choices[i].value));
    }
    als_html_close(html, "fieldset");
}

static void put_said(struct als_html *html, const struct als_record_field *field, const char *value)
{
    als_html_open(html, "p", "class", "field");
    als_html_element(html, "strong", field->label, NULL);
    als_html_printf(html, ": %s", *value ? value : "none");
    als_html_close(html, "p");
    als_input_hidden(html, field->name, value);
}

static bool is_asked(const struct als_recorded_outcome *outcome, size_t verdict)
{
    return outcome->verdicts.items[verdict].level == ALS_RULE_SOFT && !outcome->confirmed[verdict];
}

/* Is what a rule says about that field (NULL: about none of the form)? What a person asks (rule
 * NULL) is about the whole. */
static bool is_about(const struct als_record_form *form, const char *record, const char *rule,
                     const struct als_record_field *field)
{
    if (!rule)
        return !field;
    const char *name = als_oddity_field(record, rule);
    if (field)
        return strcmp(field->name, name) == 0;
    for (size_t i = 0; i < form->count; i++)
        if (strcmp(form->fields[i].name, name) == 0)
            return false;
    return true;
}

/* What stands beside a field: verdicts that have refused the form, and queries. */
static void put_findings(struct als_html *html, const struct als_record_form *form,
                         const struct als_record_field *field)
{
    struct als_arena *arena = form->request->arena;
    const struct als_recorded_outcome *outcome = &form->outcome;
    for (size_t i = 0; i < outcome->verdicts.count; i++) {
        const struct als_verdict *verdict = &outcome->verdicts.items[i];
        if (is_about(form, form->recorded.record, verdict->code, field))
            als_html_verdict(html, verdict,
                             is_asked(outcome, i) ? als_confirm_field(arena, verdict, NULL) : NULL);
    }
    for (size_t i = 0; i < form->queries.count; i++) {
        const struct als_query *query = &form->queries.items[i];
        if (is_about(form, form->key.record, query->rule, field))
            als_html_query(
                html, &(struct als_query_box){
                          .query = query,
                          .error = als_errors_text(&form->errors, als_answer_field(arena, query)),
                          .open = !form->why_not});
    }
}

static void load_queries(struct als_record_form *form)
{
    const struct als_record_key *key = &form->key;
    if (!key->record || (strcmp(key->record, "visit") == 0 && !key->visit_no))
        return;
    const struct als_query_list all =
        als_request_open_queries(form->request, key->patient_id, key->record, key->visit_no);
    form->queries = (struct als_query_list){.items = all.items};
    for (size_t i = 0; i < all.count; i++)
        if (!key->name || (all.items[i].item && strcmp(all.items[i].item, key->name) == 0))
            form->queries.items[form->queries.count++] = all.items[i];
}

static void put_field(struct als_html *html, const struct als_record_form *form,
                      const struct als_record_field *field)
{
    const struct als_input input = {.name = field->name,
                                    .label = field->label,
                                    .hint = field->hint,
                                    .error = error_of(form, field->name),
                                    .value = shown_value(form, field),
                                    .required = field->required,
                                    .first = form->focus && !form->errors.count &&
                                             strcmp(form->focus, field->name) == 0};
    switch (field->kind) {
    case ALS_FIELD_TEXT:
        als_input_text_from(html, &input, field->list);
        break;
    case ALS_FIELD_AREA:
        als_input_area(html, &input, 2);
        break;
    case ALS_FIELD_NUMBER:
        als_input_number(html, &input, field->unit);
        break;
    case ALS_FIELD_DAY:
    case ALS_FIELD_DATE:
        als_input_date(html, &input, field->kind == ALS_FIELD_DATE);
        break;
    case ALS_FIELD_SELECT:
        als_input_select(html, &input, field->choices, field->n_choices);
        break;
    case ALS_FIELD_RADIOS:
        als_input_radios(html, &input, field->choices, field->n_choices,
                         ALS_TEXTS("data-question", field->name));
        break;
    case ALS_FIELD_CHECKS:
        put_checks(html, field, input.value);
        break;
    case ALS_FIELD_SAID:
        put_said(html, field, input.value);
        break;
    }
}

static void put_fields(struct als_html *html, const struct als_record_form *form)
{
    bool open = false, grouped = false;
    for (size_t i = 0; i < form->count; i++) {
        const struct als_record_field *field = &form->fields[i];
        if (!open || field->group) {
            if (open)
                als_html_close(html, "div");
            if (grouped)
                als_html_close(html, "fieldset");
            grouped = field->group != NULL;
            if (grouped) {
                als_html_open(html, "fieldset", "class", "group");
                als_html_element(html, "legend", field->group, NULL);
            }
            als_html_open(html, "div", "class", "grid");
            open = true;
        }
        put_field(html, form, field);
        put_findings(html, form, field);
    }
    if (open)
        als_html_close(html, "div");
    if (grouped)
        als_html_close(html, "fieldset");
}

void als_record_was(struct als_html *html, const struct als_record_form *form)
{
    for (size_t i = 0; i < form->count; i++)
        als_input_hidden(html, was_name(form, &form->fields[i]), form->fields[i].stored);
}

void als_record_removal(struct als_html *html, const struct als_record_form *form, const char *url,
                        const char *about, const char *confirm)
{
    als_html_markup(html, "<h2>Take it out</h2>");
    als_html_element(html, "p", about, NULL);
    als_html_form(html, url, NULL);
    als_record_was(html, form);
    als_input_text(html, &(struct als_input){.name = "why-text",
                                             .id = "why-remove",
                                             .label = "Reason for taking it out"});
    als_html_buttons(html);
    als_html_element(html, "button", "Take out", "type", "submit", "class", "quiet", "data-confirm",
                     confirm);
    als_html_buttons_end(html);
    als_html_form_end(html);
}

void als_record_begin(struct als_html *html, struct als_record_form *form, const char *url)
{
    als_html_read_only(html, form->why_not);
    als_html_errors(html, form->errors.items, form->errors.count);
    als_html_form(html, url, "class", "record", "data-entry", form->why_not ? NULL : "",
                  "data-guard", form->why_not ? NULL : "");
    load_queries(form);
    put_findings(html, form, NULL);
    if (form->why_not)
        als_html_markup(html, "<fieldset class=\"whole\" disabled>");
    put_fields(html, form);
    als_record_was(html, form);
}

void als_record_end(struct als_html *html, struct als_record_form *form, const char *button)
{
    if (form->there)
        als_html_correction(html, error_of(form, "why-code"));
    if (form->why_not) {
        als_html_markup(html, "</fieldset>");
    } else {
        als_html_buttons(html);
        als_html_element(html, "button", button, "type", "submit", "name", "do", "value", "save",
                         "data-save", "");
        als_html_buttons_end(html);
    }
    als_html_form_end(html);
}

void als_record_show(struct als_html *html, struct als_record_form *form, const char *url,
                     const char *button)
{
    als_record_begin(html, form, url);
    als_record_end(html, form, button);
}

/* ---- What was sent ---- */

const char *als_record_value(const struct als_record_form *form, const char *name)
{
    const char *text = als_request_given(form->request, name);
    return text && text[strspn(text, " \t\n")] ? text : NULL;
}

const char *als_record_joined(const struct als_record_form *form, const char *name)
{
    struct als_buf joined;
    size_t position = 0;
    als_buf_init(&joined, 4000);
    for (const char *text; (text = als_fields_next(&form->request->form, name, &position));)
        als_buf_printf(&joined, "%s%s", joined.length ? "; " : "", text);
    const char *all = als_arena_strdup(form->request->arena, joined.data);
    als_buf_release(&joined);
    return all;
}

int als_record_day(struct als_record_form *form, const char *name)
{
    const char *text = als_record_value(form, name);
    int day = ALS_NO_DAY;
    if (text && !als_date_parse_full(text, strlen(text), &day))
        als_errors_add(&form->errors, form->request->arena, name,
                       als_arena_printf(form->request->arena,
                                        "%s: expected a day as YYYY-MM-DD, not '%s'",
                                        label_of(form, name), text));
    return day;
}

double als_record_number(struct als_record_form *form, const char *name)
{
    const char *text = als_record_value(form, name);
    double number = (double)NAN;
    if (text && !als_num_parse_double(text, strlen(text), &number))
        als_errors_add(&form->errors, form->request->arena, name,
                       als_arena_printf(form->request->arena, "%s: expected a number, not '%s'",
                                        label_of(form, name), text));
    return number;
}

/* ---- Saving ---- */

/* "by ann at 14:02:11, because: misread"; "" when that is not known. */
static const char *say_writer(const struct als_record_form *form,
                              const struct als_record_field *field)
{
    struct als_arena *arena = form->request->arena;
    struct als_record_key key = form->key;
    const char *name = field->name;
    struct als_audit_row change;
    struct als_err ignored;
    bool found = false;
    if (!key.record)
        return "";
    if (field->procedure) {
        key.record = "procedure";
        key.name = field->procedure;
        name += strlen(field->procedure) + 1;
    }
    if (als_field_writer(form->request->store, &key, name, arena, &change, &found, &ignored) ||
        !found)
        return "";
    return als_arena_printf(arena, " by %s at %s%s%s", change.user,
                            als_clock_text(arena, change.at_utc),
                            change.reason ? ", because: " : "", change.reason ? change.reason : "");
}

static bool is_fresh(struct als_record_form *form)
{
    struct als_arena *arena = form->request->arena;
    bool fresh = true;
    for (size_t i = 0; i < form->count; i++) {
        const struct als_record_field *field = &form->fields[i];
        const char *was = als_request_form(form->request, was_name(form, field));
        if (!was || strcmp(was, field->stored) == 0)
            continue;
        fresh = false;
        als_errors_add(&form->errors, arena, field->name,
                       als_arena_printf(arena,
                                        "%s was changed meanwhile%s: it is '%s' now, and was '%s' "
                                        "when you opened the form. %s",
                                        field->label, say_writer(form, field), field->stored, was,
                                        is_theirs(form, field)
                                            ? "Save again to keep it"
                                            : "Save again to put yours in its place"));
    }
    return fresh;
}

/* The column with which a message of the store begins; NULL if it begins with none of the form. */
static const char *field_named_by(const struct als_record_form *form, const char *text)
{
    const size_t length = strcspn(text, ": ");
    for (size_t i = 0; text[length] == ':' && i < form->count; i++)
        if (strlen(form->fields[i].name) == length &&
            strncmp(form->fields[i].name, text, length) == 0)
            return form->fields[i].name;
    return NULL;
}

/* An error for each finding that keeps the record out. */
static void refuse_findings(struct als_record_form *form)
{
    struct als_arena *arena = form->request->arena;
    const struct als_recorded_outcome *outcome = &form->outcome;
    for (size_t i = 0; i < outcome->verdicts.count; i++) {
        const struct als_verdict *verdict = &outcome->verdicts.items[i];
        if (verdict->level == ALS_RULE_HARD)
            als_errors_add(&form->errors, arena, NULL, verdict->message);
        else if (is_asked(outcome, i))
            als_errors_add(&form->errors, arena, als_confirm_field(arena, verdict, NULL),
                           als_arena_printf(arena, "%s: say why it is right, or correct it",
                                            verdict->message));
    }
}

/* Put an error of the store where it belongs. The HTTP status for the form shown again; 0 when it
 * is none that a form can show. */
static int refuse(struct als_record_form *form, const struct als_err *err)
{
    struct als_arena *arena = form->request->arena;
    const bool conflict = strcmp(err->code, "E-CONFLICT") == 0;
    if (strcmp(err->code, "E-HARD") == 0 || strcmp(err->code, "E-CONFIRM") == 0) {
        refuse_findings(form);
        return 422;
    }
    const char *field = conflict ? "why-code" : field_named_by(form, err->text);
    const char *text = err->text;
    if (field && !conflict)
        text = als_arena_printf(arena, "%s%s", label_of(form, field), strchr(err->text, ':'));
    if (conflict)
        text = als_arena_printf(arena, "A stored value changes: say why. %s", err->text);
    else if (*err->hint)
        text = als_arena_printf(arena, "%s: %s", text, err->hint);
    als_errors_add(&form->errors, arena, field, als_arena_strdup(arena, text));
    switch (err->status) {
    case ALS_DATA:
    case ALS_USAGE:
        return 422;
    case ALS_NOT_PERMITTED:
        return 403;
    case ALS_BUSY:
        return 503;
    default:
        return 0;
    }
}

enum als_status als_record_open(struct als_request *request, const char *command,
                                struct als_err *err)
{
    if (request->method != ALS_POST)
        return ALS_OK;
    const struct als_change_info info =
        als_request_change(request, command, als_request_why(request));
    return als_change_begin(request->store, &info, err);
}

static enum als_status put_and_judge(struct als_record_form *form, als_record_put_fn *put,
                                     void *context, struct als_err *err)
{
    struct als_recorded *recorded = &form->recorded;
    *recorded = (struct als_recorded){
        .strict = true, .today = form->request->today, .arena = form->request->arena};
    recorded->justifications =
        als_request_confirmations(form->request, NULL, &recorded->n_justifications);
    const enum als_status status = put(form, context, err);
    if (status || form->errors.count)
        return status;
    return als_recorded_judge(form->request->store, recorded, &form->outcome, err);
}

/* Answers to queries that stand in the form. The HTTP status when one cannot be stored; 0. */
static int answer(struct als_record_form *form)
{
    struct als_request *request = form->request;
    const char *field;
    struct als_err err;
    if (!form->key.record ||
        !als_request_answer(request, als_store_patient_name(request->store, form->key.patient_id),
                            &form->answered, &field, &err))
        return 0;
    als_errors_add(&form->errors, request->arena, field,
                   als_arena_strdup(request->arena, err.text));
    return strcmp(err.code, "E-ANSWERED") == 0 ? 409 : 422;
}

enum als_status als_record_save(struct als_record_form *form, als_record_put_fn *put, void *context,
                                int *code, struct als_err *err)
{
    struct als_store *store = form->request->store;
    struct als_err why;
    *code = is_fresh(form) ? form->errors.count ? 422 : 0 : 409;
    enum als_status status = ALS_OK;
    if (!*code)
        *code = answer(form);
    if (!*code)
        status = put_and_judge(form, put, context, &why);
    if (!*code && !status && !form->errors.count)
        return als_change_commit(store, NULL, err);
    als_change_abandon(store);
    if (!*code)
        *code = form->errors.count ? 422 : refuse(form, &why);
    if (*code)
        return ALS_OK;
    *err = why;
    return status;
}

void als_record_tell(const struct als_record_form *form, const char *saved)
{
    const struct als_recorded_outcome *outcome = &form->outcome;
    struct als_buf text;
    als_buf_init(&text, 2000);
    als_buf_text(&text, saved);
    for (size_t i = 0; i < outcome->verdicts.count; i++)
        als_verdict_say(&outcome->verdicts.items[i], "", &text);
    als_news_say(form->request, &outcome->others, &text);
    als_queries_say(outcome->opened, &text);
    if (form->answered)
        als_buf_printf(&text, " %zu quer%s answered.", form->answered,
                       form->answered == 1 ? "y was" : "ies were");
    als_request_flash(form->request,
                      outcome->verdicts.count || outcome->others.count ? ALS_FLASH_WARNING
                                                                       : ALS_FLASH_DONE,
                      "%s", text.data);
    als_buf_release(&text);
}
