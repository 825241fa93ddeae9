/* Forms and their inputs: one label each, hints and errors tied to them. */
#include "page.h"

#include <string.h>

#include "page_int.h"
#include "session.h"

void als_html_form_with(struct als_html *page, const char *url, const char *const *attributes)
{
    als_html_start(page, "form");
    als_html_attribute(page, "method", "post");
    als_html_attribute(page, "action", url);
    als_html_attribute(page, "accept-charset", "utf-8");
    als_html_attribute(page, "novalidate", "");
    als_html_attributes(page, attributes);
    als_html_markup(page, ">\n");
    als_input_hidden(page, "token", page->request->session ? page->request->session->token : "");
}

void als_html_filter(struct als_html *page, const char *url)
{
    als_html_open(page, "form", "method", "get", "action", url, "class", "filter", "role",
                  "search");
}

void als_html_form_end(struct als_html *page)
{
    als_html_markup(page, "</form>\n");
}

void als_input_hidden(struct als_html *page, const char *name, const char *value)
{
    als_html_open(page, "input", "type", "hidden", "name", name, "value", value);
    als_html_markup(page, "\n");
}

/* ---- What all inputs have ---- */

static const char *id_of(const struct als_input *input)
{
    return input->id ? input->id : input->name;
}

/* Ids of hint and error, for aria-describedby; NULL if there is neither. */
static const char *described_by(struct als_html *page, const struct als_input *input)
{
    const char *id = id_of(input);
    if (input->hint && input->error)
        return als_arena_printf(page->request->arena, "%s-error %s-hint", id, id);
    if (input->hint)
        return als_arena_printf(page->request->arena, "%s-hint", id);
    return input->error ? als_arena_printf(page->request->arena, "%s-error", id) : NULL;
}

static void put_hint(struct als_html *page, const struct als_input *input)
{
    struct als_arena *arena = page->request->arena;
    if (input->hint)
        als_html_element(page, "p", input->hint, "class", "hint", "id",
                         als_arena_printf(arena, "%s-hint", id_of(input)));
    if (input->error)
        als_html_element(page, "p", input->error, "class", "error", "id",
                         als_arena_printf(arena, "%s-error", id_of(input)));
}

static void begin_field(struct als_html *page, const struct als_input *input)
{
    als_html_open(page, "div", "class", input->error ? "field invalid" : "field");
    als_html_element(page, "label", input->label, "for", id_of(input));
    put_hint(page, input);
}

static void end_field(struct als_html *page)
{
    als_html_markup(page, "</div>\n");
}

/* Attributes of every control; the caller writes its own and `>`. */
static void put_common(struct als_html *page, const struct als_input *input)
{
    als_html_attribute(page, "id", id_of(input));
    als_html_attribute(page, "name", input->name);
    als_html_attribute(page, "aria-describedby", described_by(page, input));
    als_html_attribute(page, "aria-invalid", input->error ? "true" : NULL);
    als_html_attribute(page, "aria-required", input->required ? "true" : NULL);
    als_html_attribute(page, "autofocus", input->first ? "" : NULL);
}

static void put_line(struct als_html *page, const struct als_input *input, const char *type,
                     const char *class, const char *inputmode)
{
    als_html_start(page, "input");
    als_html_attribute(page, "type", type);
    als_html_attribute(page, "class", class);
    als_html_attribute(page, "inputmode", inputmode);
    als_html_attribute(page, "autocomplete", input->autocomplete ? input->autocomplete : "off");
    put_common(page, input);
    if (input->value && *input->value)
        als_html_attribute(page, "value", input->value);
}

/* ---- One each ---- */

void als_input_text_from(struct als_html *page, const struct als_input *input, const char *list)
{
    begin_field(page, input);
    put_line(page, input, "text", NULL, NULL);
    als_html_attribute(page, "list", list);
    als_html_markup(page, ">");
    end_field(page);
}

void als_input_text(struct als_html *page, const struct als_input *input)
{
    als_input_text_from(page, input, NULL);
}

void als_input_password(struct als_html *page, const struct als_input *input)
{
    begin_field(page, input);
    put_line(page, input, "password", NULL, NULL);
    als_html_markup(page, ">");
    end_field(page);
}

void als_input_number(struct als_html *page, const struct als_input *input, const char *unit)
{
    begin_field(page, input);
    put_line(page, input, "text", "number", "decimal");
    als_html_markup(page, ">");
    if (unit)
        als_html_element(page, "span", unit, "class", "unit");
    end_field(page);
}

void als_input_date(struct als_html *page, const struct als_input *input, bool partial)
{
    struct als_input dated = *input;
    if (!dated.hint)
        dated.hint = partial ? "YYYY-MM-DD, or YYYY-MM or YYYY if no more is known" : "YYYY-MM-DD";
    begin_field(page, &dated);
    put_line(page, &dated, "text", "date", "numeric");
    als_html_attribute(page, "maxlength", "10");
    als_html_attribute(page, "data-date", "");
    als_html_markup(page, ">");
    end_field(page);
}

void als_input_area(struct als_html *page, const struct als_input *input, int rows)
{
    begin_field(page, input);
    als_html_start(page, "textarea");
    put_common(page, input);
    als_html_attribute(page, "rows", als_arena_printf(page->request->arena, "%d", rows));
    als_html_markup(page, ">\n"); /* browsers drop one line end after the tag */
    als_html_text(page, input->value);
    als_html_close(page, "textarea");
    end_field(page);
}

void als_input_select(struct als_html *page, const struct als_input *input,
                      const struct als_input_choice *choices, size_t n)
{
    begin_field(page, input);
    als_html_start(page, "select");
    put_common(page, input);
    als_html_markup(page, ">");
    for (size_t i = 0; i < n; i++) {
        bool chosen = input->value && strcmp(input->value, choices[i].value) == 0;
        als_html_start(page, "option");
        als_html_attribute(page, "selected", chosen ? "" : NULL);
        als_html_attribute(page, "data-key", choices[i].key);
        als_buf_text(page->out, " value=\"");
        als_html_text(page, choices[i].value);
        als_buf_text(page->out, "\">");
        if (choices[i].key) /* browsers choose by it, too */
            als_html_printf(page, "%s ", choices[i].key);
        als_html_text(page, choices[i].label);
        als_html_close(page, "option");
    }
    als_html_close(page, "select");
    end_field(page);
}

static void put_radio(struct als_html *page, const struct als_input *input, size_t index,
                      const struct als_input_choice *choice)
{
    /* The error summary's link leads to the first one. */
    const char *id = index == 0
                         ? id_of(input)
                         : als_arena_printf(page->request->arena, "%s-%zu", id_of(input), index);
    als_html_open(page, "div", "class", "choice");
    als_html_start(page, "input");
    als_html_attribute(page, "type", "radio");
    als_html_attribute(page, "id", id);
    als_html_attribute(page, "name", input->name);
    als_html_attribute(page, "value", choice->value);
    als_html_attribute(page, "data-key", choice->key);
    als_html_attribute(page, "checked",
                       input->value && strcmp(input->value, choice->value) == 0 ? "" : NULL);
    als_html_markup(page, ">");
    als_html_open(page, "label", "for", id);
    if (choice->key)
        als_html_element(page, "kbd", choice->key, NULL);
    als_html_text(page, choice->label);
    als_html_markup(page, "</label></div>\n");
}

void als_input_radios_begin(struct als_html *page, const struct als_input *input,
                            const struct als_input_choice *choices, size_t n,
                            const char *const *attributes)
{
    als_html_start(page, "fieldset");
    als_html_attribute(page, "class", input->error ? "field invalid" : "field");
    als_html_attribute(page, "aria-describedby", described_by(page, input));
    if (attributes)
        als_html_attributes(page, attributes);
    als_html_markup(page, ">");
    als_html_element(page, "legend", input->label, NULL);
    put_hint(page, input);
    als_html_markup(page, "<div class=\"choices\">");
    for (size_t i = 0; i < n; i++)
        put_radio(page, input, i, &choices[i]);
    als_html_markup(page, "</div>");
}

void als_input_radios_end(struct als_html *page)
{
    als_html_markup(page, "</fieldset>\n");
}

void als_input_radios(struct als_html *page, const struct als_input *input,
                      const struct als_input_choice *choices, size_t n,
                      const char *const *attributes)
{
    als_input_radios_begin(page, input, choices, n, attributes);
    als_input_radios_end(page);
}

void als_input_check(struct als_html *page, const struct als_input *input, bool checked)
{
    als_html_open(page, "div", "class", input->error ? "field check invalid" : "field check");
    als_html_start(page, "input");
    als_html_attribute(page, "type", "checkbox");
    als_html_attribute(page, "value", input->value ? input->value : "yes");
    put_common(page, input);
    als_html_attribute(page, "checked", checked ? "" : NULL);
    als_html_markup(page, ">");
    als_html_element(page, "label", input->label, "for", id_of(input));
    put_hint(page, input);
    end_field(page);
}

void als_html_buttons(struct als_html *page)
{
    als_html_markup(page, "<p class=\"buttons\">");
}

void als_input_button(struct als_html *page, const char *text, const char *name, const char *value)
{
    als_html_element(page, "button", text, "type", "submit", "name", name, "value", value);
}

void als_html_buttons_end(struct als_html *page)
{
    als_html_markup(page, "</p>\n");
}
