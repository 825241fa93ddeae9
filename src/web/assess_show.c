/* The form of an assessment as a page: head, items, correction, footer with totals. */
#include "assess_show.h"

#include <string.h>

#include "alstrack/core/buf.h"
#include "alstrack/store/scan.h"

/* ---- Above the form ---- */

static void put_draft_notice(struct als_assess_page *page)
{
    struct als_assess *assess = page->assess;
    struct als_arena *arena = page->html.request->arena;
    if (!assess->has_draft || page->html.request->method == ALS_POST)
        return; /* what was sent is shown */
    if (assess->why_not) {
        als_html_notice(&page->html, ALS_FLASH_WARNING,
                        als_arena_printf(arena,
                                         "Your draft of %s is kept. It is shown here when the form "
                                         "may be changed again.",
                                         als_clock_text(arena, assess->draft.touched_utc)));
        return;
    }
    als_html_notice(&page->html, ALS_FLASH_WARNING,
                    als_arena_printf(arena, "Your draft of %s is shown; it is not saved yet.%s",
                                     als_clock_text(arena, assess->draft.touched_utc),
                                     assess->dropped ? " Answers that the definition no longer "
                                                       "takes were left out."
                                                     : ""));
}

static bool is_same_form(const struct als_assess *assess, const struct als_draft *draft)
{
    return draft->patient_id == assess->visit.patient.id &&
           strcmp(draft->visit, assess->visit.code) == 0 &&
           strcmp(draft->instrument, assess->instrument->code) == 0;
}

static const char *url_of_rater(const struct als_assess *assess, const char *rater)
{
    struct als_arena *arena = assess->request->arena;
    const char *url = als_url(arena, "/patients/{}/visits/{}/{}", assess->visit.patient.patient,
                              assess->visit.code, assess->instrument->code);
    return rater ? als_arena_printf(arena, "%s%s", url, als_url(arena, "?rater={}", rater)) : url;
}

/* A form by its rater, behind a few words. */
static void put_rater_notice(struct als_assess_page *page, const char *words, const char *rater)
{
    als_html_open(&page->html, "p", "class", "notice warning");
    als_html_printf(&page->html, "%s%s: ", words, rater ? " by rater" : " without a rater");
    als_html_link(&page->html, url_of_rater(page->assess, rater), rater ? rater : "open it");
    als_html_close(&page->html, "p");
}

/* Who else has this form open, and under which other rater the user has, as drafts tell. */
static void put_others(struct als_assess_page *page)
{
    struct als_assess *assess = page->assess;
    struct als_arena *arena = page->html.request->arena;
    struct als_draft_list drafts;
    struct als_err ignored;
    if (als_draft_load(page->html.request->store, NULL, assess->visit.patient.id, arena, &drafts,
                       &ignored))
        return;
    for (size_t i = 0; i < drafts.count; i++) {
        const struct als_draft *draft = &drafts.items[i];
        if (!is_same_form(assess, draft))
            continue;
        if (strcmp(draft->user, page->html.request->user) != 0)
            als_html_notice(&page->html, ALS_FLASH_WARNING,
                            als_arena_printf(arena, "Also open by %s since %s.", draft->user,
                                             als_clock_text(arena, draft->started_utc)));
        else if (strcmp(draft->rater ? draft->rater : "", assess->rater ? assess->rater : "") != 0)
            put_rater_notice(page, "You have a draft of this form", draft->rater);
    }
}

/* The same form by other raters: a new one is meant only if somebody else rates too. */
static void put_raters(struct als_assess_page *page)
{
    struct als_assess *assess = page->assess;
    const int64_t id = assess->visit.patient.id;
    struct als_scan *scan;
    const struct als_assessment *row;
    struct als_err ignored;
    if (!assess->visit.visit_no || als_scan_open(page->html.request->store, assess->instrument,
                                                 ALS_SCAN_ITEMS, id, id, &scan, &ignored))
        return;
    while (!als_scan_next(scan, &row, &ignored) && row) {
        if (row->visit_no != assess->visit.visit_no || row->rater_no == assess->rater_no)
            continue;
        put_rater_notice(page, "This visit has this form already",
                         als_store_rater(page->html.request->store, row->rater_no));
    }
    als_scan_close(scan);
}

/* "Walking: better by 2 points or more …": far from the item, its finding names it. */
static const char *name_verdict(const struct als_assess *assess, const struct als_verdict *verdict)
{
    if (verdict->item < 0)
        return verdict->message;
    const struct als_question *question = als_form_question(assess->form, (size_t)verdict->item);
    return als_arena_printf(assess->request->arena, "%s: %s", question->label, verdict->message);
}

static void put_error_summary(struct als_assess_page *page)
{
    struct als_assess *assess = page->assess;
    struct als_arena *arena = page->html.request->arena;
    struct als_errors all = {0};
    for (size_t i = 0; i < assess->errors.count; i++)
        als_errors_add(&all, arena, assess->errors.items[i].id, assess->errors.items[i].text);
    for (size_t i = 0; i < assess->verdicts.count; i++) {
        const struct als_verdict *verdict = &assess->verdicts.items[i];
        const bool confirmed = assess->confirmed && assess->confirmed[i];
        const char *item =
            verdict->item < 0 ? NULL : als_assess_field(assess, (size_t)verdict->item, false);
        const char *words = name_verdict(assess, verdict);
        if (verdict->level == ALS_RULE_HARD)
            als_errors_add(&all, arena, item ? item : "date", words);
        else if (assess->ask_confirm && verdict->level == ALS_RULE_SOFT && !confirmed)
            als_errors_add(
                &all, arena, als_assess_confirm_field(assess, verdict),
                als_arena_printf(arena, "%s: say why it is right, or correct it", words));
    }
    als_html_errors(&page->html, all.items, all.count);
}

static void put_title(struct als_assess_page *page)
{
    struct als_assess *assess = page->assess;
    als_visit_neighbours(&page->html, &assess->visit);
    als_html_element(
        &page->html, "p",
        als_visit_view_window(&assess->visit, page->html.request->today, page->html.request->arena),
        "class", "window");
}

/* ---- About the whole ---- */

static void put_mode(struct als_assess_page *page, const char *mode)
{
    static const struct als_input_choice modes[] = {{"", "(not said)", NULL},
                                                    {"clinic", "clinic", NULL},
                                                    {"phone", "phone", NULL},
                                                    {"video", "video", NULL},
                                                    {"home", "home", NULL}};
    als_input_select(&page->html,
                     &(struct als_input){.name = "mode", .label = "Mode", .value = mode}, modes,
                     sizeof modes / sizeof modes[0]);
}

static void put_rater(struct als_assess_page *page)
{
    struct als_assess *assess = page->assess;
    if (assess->there || assess->rater) {
        als_input_hidden(&page->html, "rater", assess->rater ? assess->rater : "");
        als_html_open(&page->html, "p", "class", "field");
        als_html_printf(&page->html, "Rater: %s", assess->rater ? assess->rater : "none named");
        als_html_close(&page->html, "p");
        return;
    }
    als_input_text(&page->html, &(struct als_input){.name = "rater", .label = "Rater"});
}

static void put_head(struct als_assess_page *page)
{
    struct als_assess *assess = page->assess;
    const struct als_form_head *head = als_form_head(assess->form);
    char day[ALS_DATE_TEXT];
    size_t n;
    const struct als_input_choice *reasons =
        als_reason_choices(page->html.request->arena, "(it was done)", &n);
    const char *error = assess->date_typed ? "expected a day as YYYY-MM-DD" : NULL;
    als_html_open(&page->html, "div", "class", "grid");
    als_input_date(&page->html,
                   &(struct als_input){.name = "date",
                                       .label = "Date",
                                       .error = error,
                                       .value = assess->date_typed
                                                    ? assess->date_typed
                                                    : als_day_format(head->day, day)},
                   false);
    put_mode(page, head->mode);
    als_input_text(&page->html, &(struct als_input){.name = "respondent",
                                                    .label = "Respondent",
                                                    .hint = "patient, caregiver …",
                                                    .value = head->respondent});
    put_rater(page);
    als_input_select(&page->html,
                     &(struct als_input){.name = "reason",
                                         .label = "Not done, because",
                                         .value = head->reason ? head->reason : ""},
                     reasons, n);
    if (als_errors_has(&assess->errors, ALS_LEAVE_OUT))
        als_input_check(&page->html,
                        &(struct als_input){.name = ALS_LEAVE_OUT,
                                            .label = "It was not done: leave the answers out"},
                        false);
    als_html_close(&page->html, "div");
    als_assess_findings(page, -1);
}

/* ---- Correction ---- */

void als_html_correction(struct als_html *page, const char *error)
{
    static const struct als_input_choice codes[] = {
        {"", "(nothing stored is changed)", NULL},
        {"transcription error", "transcription error", NULL},
        {"source corrected", "source corrected", NULL},
        {"late information", "information came late", NULL},
        {"query answered", "answer to a query", NULL},
        {"other", "other: say what", NULL}};
    const struct als_request *request = page->request;
    als_html_open(page, "fieldset", "class", "correction");
    als_html_element(page, "legend", "Correction of stored values", NULL);
    als_html_open(page, "div", "class", "grid");
    als_input_select(page,
                     &(struct als_input){.name = "why-code",
                                         .label = "Reason",
                                         .error = error,
                                         .value = als_request_form(request, "why-code")},
                     codes, sizeof codes / sizeof codes[0]);
    als_input_text(page, &(struct als_input){.name = "why-text",
                                             .label = "In words",
                                             .value = als_request_form(request, "why-text")});
    als_html_close(page, "div");
    als_html_close(page, "fieldset");
}

const char *als_request_why(const struct als_request *request)
{
    const char *code = als_request_given(request, "why-code");
    const char *text = als_request_given(request, "why-text");
    if (text && !text[strspn(text, " \t\n")])
        text = NULL;
    if (!code || strcmp(code, "other") == 0)
        return text;
    return text ? als_arena_printf(request->arena, "%s: %s", code, text) : code;
}

/* ---- Footer ---- */

static void put_button(struct als_html *html, const char *text, const char *value, const char *mark,
                       const char *confirm)
{
    als_html_open(html, "button", "type", "submit", "name", "do", "value", value, "class",
                  mark ? NULL : "quiet", "data-confirm", confirm);
    als_html_text(html, text);
    als_html_close(html, "button");
}

static void put_save(struct als_html *html)
{
    als_html_markup(html, "<button type=\"submit\" name=\"do\" value=\"save\" data-save>Save"
                          "</button><button type=\"submit\" name=\"do\" value=\"next\" "
                          "data-save-next>Save and next form</button>");
}

static void put_footer(struct als_assess_page *page)
{
    struct als_html *html = &page->html;
    struct als_assess *assess = page->assess;
    struct als_buf status;
    als_buf_init(&status, 2000);
    als_form_status(assess->form, &status);
    als_html_open(html, "div", "class", "bar");
    als_html_element(html, "p", status.data, "class", "totals", "data-score-of", "status",
                     "aria-live", "polite");
    als_buf_release(&status);
    if (!assess->why_not) {
        als_html_element(
            html, "p",
            assess->has_draft
                ? als_arena_printf(html->request->arena, "Draft saved %s",
                                   als_clock_text(html->request->arena, assess->draft.touched_utc))
                : NULL,
            "class", "draft-state", "data-draft-state", "", "role", "status");
        als_html_markup(html, "<p class=\"buttons\">");
        put_save(html);
        put_button(html, "Keep as draft", "draft", NULL, NULL);
        if (assess->has_draft)
            put_button(html, "Discard draft", "discard", NULL, "Throw the draft away?");
        als_html_markup(html, "</p>");
    }
    als_html_close(html, "div");
}

static void put_help(struct als_assess_page *page)
{
    const struct als_instrument *instrument = page->assess->instrument;
    struct als_html *html = &page->html;
    als_html_markup(
        html, "<details class=\"help\" data-help><summary>Keys and definition</summary><p><kbd>0"
              "</kbd> to <kbd>9</kbd> and letters choose and go on, <kbd>Backspace</kbd> goes "
              "back, <kbd>m</kbd> or <kbd>.</kbd> says why there is no answer, <kbd>s</kbd> saves, "
              "<kbd>Ctrl</kbd>+<kbd>Enter</kbd> saves and opens the next form, <kbd>h</kbd> shows "
              "the history, <kbd>[</kbd> and <kbd>]</kbd> go to the visits before and after.</p>");
    als_html_open(html, "p", NULL);
    als_html_printf(html, "%s, version %s. ", instrument->title, instrument->version);
    als_html_printf(html, "%s. ", instrument->citation ? instrument->citation : "");
    als_html_text(html, instrument->licence);
    als_html_markup(html, "</p></details>\n");
}

static void put_form(struct als_assess_page *page)
{
    struct als_html *html = &page->html;
    struct als_assess *assess = page->assess;
    struct als_arena *arena = html->request->arena;
    const char *error = als_errors_has(&assess->errors, "why-code")
                            ? "choose a reason: a stored value changes"
                            : NULL;
    const bool open = !assess->why_not;
    als_html_form(html, assess->url, "data-entry", "", "data-score",
                  open ? als_assess_url(assess, "score") : NULL, "data-draft",
                  open ? als_assess_url(assess, "draft") : NULL, "data-guard", open ? "" : NULL,
                  "data-previous", als_visit_neighbour_url(&assess->visit, -1, arena), "data-next",
                  als_visit_neighbour_url(&assess->visit, 1, arena), "class", "entry");
    als_input_hidden(html, "row-change",
                     als_arena_printf(arena, "%lld", (long long)assess->expected));
    als_input_hidden(html, "draft", assess->draft_version ? assess->draft_version : "");
    if (page->queries.count && open) /* Enter in a text saves, whatever button comes first */
        als_html_markup(html, "<button type=\"submit\" name=\"do\" value=\"save\" hidden>Save"
                              "</button>");
    if (assess->why_not)
        als_html_markup(html, "<fieldset class=\"whole\" disabled>");
    put_head(page);
    als_html_open(html, "div", "class", "items");
    for (size_t i = 0; i < assess->instrument->n_items; i++)
        als_assess_item(page, i);
    als_html_close(html, "div");
    if (assess->there || error) /* a new form may change the visit's row */
        als_html_correction(html, error);
    if (assess->why_not)
        als_html_markup(html, "</fieldset>");
    put_help(page);
    put_footer(page);
    als_html_form_end(html);
}

static void load_queries(struct als_assess_page *page)
{
    const struct als_assess *assess = page->assess;
    if (!assess->there)
        return;
    const struct als_query_list all =
        als_request_open_queries(page->html.request, assess->visit.patient.id,
                                 assess->instrument->code, assess->visit.visit_no);
    page->queries.items = all.items;
    for (size_t i = 0; i < all.count; i++) {
        const char *rater = all.items[i].rater ? all.items[i].rater : "";
        if (strcmp(rater, assess->rater ? assess->rater : "") == 0)
            page->queries.items[page->queries.count++] = all.items[i];
    }
}

void als_assess_show(struct als_assess *assess, struct als_response *response)
{
    struct als_assess_page page = {.assess = assess};
    struct als_html *html = &page.html;
    struct als_arena *arena = assess->request->arena;
    als_html_begin(html, assess->request, response,
                   als_arena_printf(arena, "%s: %s, %s", assess->instrument->short_title,
                                    assess->visit.patient.patient, assess->visit.title));
    als_visit_crumbs(html, &assess->visit);
    html->wide = true;
    load_queries(&page);
    als_html_body(html);
    put_title(&page);
    als_html_read_only(html, assess->why_not);
    put_draft_notice(&page);
    put_others(&page);
    put_raters(&page);
    put_error_summary(&page);
    put_form(&page);
    als_html_open(html, "p", "class", "also");
    als_html_link(html, als_assess_url(assess, "print"), "Print this form");
    als_html_markup(html, " · ");
    als_html_link(html,
                  als_arena_printf(arena, "%s%s", als_assess_url(assess, "print"),
                                   assess->rater ? "&blank=1" : "?blank=1"),
                  "Print it blank");
    als_html_close(html, "p");
    als_html_end(html);
}
