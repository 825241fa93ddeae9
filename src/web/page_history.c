/* What happened to one field: who, when, old, new, why. */
#include <string.h>

#include "assess.h"
#include "assess_show.h"
#include "pages.h"

static const char *say_value(struct als_arena *arena, const struct als_item *item,
                             const struct als_field_step *step)
{
    if (step->removed)
        return "(removed)";
    if (step->missing)
        return als_arena_printf(arena, "none: %s", als_code_words(arena, step->missing));
    if (!step->value)
        return "";
    for (size_t i = 0; item && i < item->n_choices; i++)
        if (strcmp(item->choices[i].code, step->value) == 0)
            return als_arena_printf(arena, "%s %s", step->value, item->choices[i].label);
    if (item && item->unit)
        return als_arena_printf(arena, "%s %s", step->value, item->unit);
    return step->value;
}

static void put_steps(struct als_html *html, const struct als_item *item,
                      const struct als_field_steps *steps)
{
    struct als_arena *arena = html->request->arena;
    als_html_table(html, "From the entry on", "When (UTC)", "Who", "Before", "After", "Why", "How",
                   "#Change");
    for (size_t i = 0; i < steps->count; i++) {
        const struct als_field_step *step = &steps->items[i];
        als_html_row(html);
        als_html_cell(html, step->at_utc);
        als_html_cell(html, als_arena_printf(arena, "%s%s", step->user,
                                             step->authenticated ? "" : " (not authenticated)"));
        als_html_cell(html, i ? say_value(arena, item, &steps->items[i - 1]) : "(entry)");
        als_html_cell(html, say_value(arena, item, step));
        als_html_cell(html, step->reason);
        als_html_cell(html, step->source_name ? als_arena_printf(arena, "%s, file %s",
                                                                 step->command, step->source_name)
                                              : step->command);
        als_html_number(html, als_arena_printf(arena, "%lld", (long long)step->change_id));
    }
    als_html_table_end(html);
}

enum als_status als_page_history(struct als_request *request, struct als_response *response,
                                 struct als_err *err)
{
    struct als_assess assess;
    struct als_field_steps steps = {NULL, 0};
    struct als_html html;
    const char *field = als_request_part(request, "item");
    enum als_status status = als_assess_open(request, &assess, err);
    if (!status) {
        const struct als_assessment_key key = als_assess_key(&assess);
        status = als_field_history(request->store, &key, field, request->arena, &steps, err);
    }
    if (!status && !steps.count)
        status = als_fail(err, ALS_NO_INPUT, "E-NAME", "this form is not stored yet");
    if (!status) {
        const ptrdiff_t item = als_instrument_item(assess.instrument, field);
        const char *label =
            item < 0 ? als_code_words(request->arena, field) : assess.instrument->items[item].label;
        als_html_begin(&html, request, response,
                       als_arena_printf(request->arena, "History of %s", label));
        als_visit_crumbs(&html, &assess.visit);
        als_html_crumb(&html, assess.url, assess.instrument->short_title);
        als_html_body(&html);
        put_steps(&html, item < 0 ? NULL : &assess.instrument->items[item], &steps);
        als_html_end(&html);
    }
    als_assess_close(&assess);
    return status;
}
