/*
 * Writing pages. Everything that is written is escaped unless it is a literal of the program: there
 * is no function that takes finished markup from a variable, but for als_html_svg.
 *
 *     struct als_html page;
 *     als_html_begin(&page, request, response, "Visit MN3");
 *     als_html_crumb(&page, url, "P01"); ...
 *     als_html_body(&page);                  the heading is the title
 *     als_html_element(&page, "p", "Walking is 3 & falling", NULL);
 *     als_html_end(&page);
 *
 * Markup is read by people with keyboards, screen readers and no scripts; so headings in order, one
 * label for each input, a caption for each table. Scripts only add to it; the data attributes that
 * they go by are at the end of this file.
 */
#ifndef ALSTRACK_WEB_PAGE_H
#define ALSTRACK_WEB_PAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "alstrack/core/buf.h"
#include "request.h"
#include "response.h"

/* ---- The page ---- */

struct als_html {
    struct als_buf *out; /* the response's body */
    struct als_request *request;
    struct als_response *response;
    const char *title;
    bool wide;  /* set before als_html_body: the content may take the whole width */
    bool sheet; /* set before a table: it stays one on narrow screens, and scrolls */
    bool has_crumbs, in_row;
    const char **columns; /* of the table that is being written, and which comes next */
    size_t column;
};
void als_html_begin(struct als_html *page, struct als_request *request,
                    struct als_response *response, const char *title);
void als_html_crumb(struct als_html *page, const char *url, const char *text); /* before the body */
void als_html_body(struct als_html *page);
void als_html_end(struct als_html *page);

/* ---- Elements ---- */

/* als_html_open(page, "a", "href", url): attributes are names and values in pairs, or NULL for
 * none. A NULL value leaves the attribute out, "" writes it alone (`checked`). Names are literals.
 */
#define als_html_open(page, tag, ...) als_html_open_with(page, tag, ALS_TEXTS(__VA_ARGS__))
void als_html_close(struct als_html *page, const char *tag);
/* Open, text, close. A NULL text is an empty element. */
#define als_html_element(page, tag, text, ...)                                                     \
    als_html_element_with(page, tag, text, ALS_TEXTS(__VA_ARGS__))
void als_html_text(struct als_html *page, const char *text); /* escaped; NULL is nothing */
__attribute__((format(printf, 2, 3))) void als_html_printf(struct als_html *page,
                                                           const char *format, ...); /* escaped */
void als_html_link(struct als_html *page, const char *url, const char *text);
/* May whoever asks go there, by the act of the route? And an <li> with the link, if so. */
bool als_html_leads(const struct als_html *page, const char *url);
void als_html_way(struct als_html *page, const char *url, const char *text);
/* A literal of the program, as it is. */
#define als_html_markup(page, literal) als_buf_text((page)->out, "" literal "")
/* A chart that the program drew: from its <svg> on. */
void als_html_svg(struct als_html *page, const char *svg, size_t length);

/* Texts behind a fixed argument, as a list that ends with NULL. */
#define ALS_TEXTS(...) ((const char *const[]){__VA_ARGS__, NULL, NULL})
void als_html_open_with(struct als_html *page, const char *tag, const char *const *attributes);
void als_html_element_with(struct als_html *page, const char *tag, const char *text,
                           const char *const *attributes);

/* ---- Tables ---- */

/* als_html_table(page, "Visits", "Visit", "#Days"): a caption and columns. On narrow screens each
 * row is a card, in which cells have the name of their column; a sheet (page->sheet) scrolls in a
 * box of its own. A column that begins with '#' holds numbers and is set to the right. */
#define als_html_table(page, caption, ...)                                                         \
    als_html_table_with(page, caption, ALS_TEXTS(__VA_ARGS__))
void als_html_table_with(struct als_html *page, const char *caption, const char *const *columns);
void als_html_row(struct als_html *page);                                     /* the next row */
void als_html_head(struct als_html *page, const char *url, const char *text); /* its name; url may
                                                                                  be NULL */
void als_html_cell(struct als_html *page, const char *text); /* NULL or "": nothing known */
void als_html_number(struct als_html *page, const char *text);
void als_html_cell_link(struct als_html *page, const char *url, const char *text);
/* A cell that the caller fills. */
void als_html_cell_begin(struct als_html *page);
void als_html_cell_end(struct als_html *page);
void als_html_table_end(struct als_html *page);

/* A small word with a colour; kind is one of good, due, late, soon, plain. The word carries the
 * meaning, never the colour alone. */
void als_html_badge(struct als_html *page, const char *kind, const char *word);

/* ---- Forms ---- */

/* A POST to url, with the session's token; further attributes as for als_html_open. */
#define als_html_form(page, url, ...) als_html_form_with(page, url, ALS_TEXTS(__VA_ARGS__))
void als_html_form_with(struct als_html *page, const char *url, const char *const *attributes);
/* A GET form: filters. */
void als_html_filter(struct als_html *page, const char *url);
void als_html_form_end(struct als_html *page);
void als_input_hidden(struct als_html *page, const char *name, const char *value);

/* What all controls have. id is the name unless given; error is shown with the control and makes
 * it invalid for screen readers. */
struct als_input {
    const char *name, *label;
    const char *id;
    const char *hint;  /* may be NULL */
    const char *error; /* may be NULL */
    const char *value; /* may be NULL */
    bool required;
    bool first;               /* has the focus when the page opens */
    const char *autocomplete; /* NULL: off */
};
void als_input_text(struct als_html *page, const struct als_input *input);
/* The same with suggestions: id of a <datalist> of the page, or NULL. */
void als_input_text_from(struct als_html *page, const struct als_input *input, const char *list);
void als_input_password(struct als_html *page, const struct als_input *input);
void als_input_number(struct als_html *page, const struct als_input *input, const char *unit);
/* ISO date, also partial when allowed: a text field, with separators filled in while typing. */
void als_input_date(struct als_html *page, const struct als_input *input, bool partial);
void als_input_area(struct als_html *page, const struct als_input *input, int rows);

struct als_input_choice {
    const char *value, *label;
    const char *key; /* key that chooses it, shown beside it; NULL: none */
};
void als_input_select(struct als_html *page, const struct als_input *input,
                      const struct als_input_choice *choices, size_t n);
/* <fieldset> with a legend and radio buttons. attributes of the fieldset: as
 * ALS_TEXTS("data-question", "walking"), or NULL. */
void als_input_radios(struct als_html *page, const struct als_input *input,
                      const struct als_input_choice *choices, size_t n,
                      const char *const *attributes);
/* The same, for more inside the fieldset after the choices. */
void als_input_radios_begin(struct als_html *page, const struct als_input *input,
                            const struct als_input_choice *choices, size_t n,
                            const char *const *attributes);
void als_input_radios_end(struct als_html *page);
void als_input_check(struct als_html *page, const struct als_input *input, bool checked);

/* Buttons in a row; the first is the main one. name and value may be NULL. */
void als_html_buttons(struct als_html *page);
void als_input_button(struct als_html *page, const char *text, const char *name, const char *value);
void als_html_buttons_end(struct als_html *page);

/* What is wrong with a form, at the top: each line links to its control. Does nothing for n = 0. */
struct als_html_error {
    const char *id; /* of the control; NULL: of the whole form */
    const char *text;
};
void als_html_errors(struct als_html *page, const struct als_html_error *errors, size_t n);

/* A box with a message; kind as in als_flash. */
void als_html_notice(struct als_html *page, enum als_flash kind, const char *text);

/*
 * ---- What the script goes by (assets/alstrack.js) ----
 *
 * Every page works without it. On a <form>:
 *
 *   data-entry         questions are answered by keys, while the focus is in the form and in no
 *                      text: the key of a choice chooses it and goes on, Backspace goes back, m
 *                      or . opens data-missing, s and Ctrl+S press data-save, Ctrl+Enter presses
 *                      data-save-next, h follows data-history, ? opens data-help
 *   data-previous      address for the key [
 *   data-next          address for the key ]
 *   data-score="URL"   after each change all fields are posted there; the answer is JSON,
 *                      {"texts": {"total": "38 of 48", ...}}, and each element with
 *                      data-score-of="total" gets its text
 *   data-draft="URL"   the same 2 seconds after a change, and on leaving a text or the form; the
 *                      answer is JSON, {"text": "Draft saved 14:02:11", "draft": VERSION,
 *                      "kept": true}, for data-draft-state and the field draft; with kept false,
 *                      and while a field confirm.* or answer.* holds a text, the guard goes on
 *   data-guard         asks before changes are left that neither a save nor a draft has kept
 *
 * Inside it:
 *
 *   data-question="walking"   a fieldset, in order; its choices have keys (als_input_choice)
 *   data-missing              the <details> of a question that says why there is no answer; its
 *                             reasons have keys, too
 *   data-history              link to what the question's value was before
 *   data-save                 on the buttons
 *   data-save-next
 *   data-help                 a <details>: what the keys do, and how to score
 *
 * Anywhere: data-confirm="TEXT" on a button asks first. Scripts' posts carry the form's fields,
 * token included; handlers answer with als_response_json.
 */

#endif
