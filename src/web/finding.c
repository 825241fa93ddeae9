/* Verdicts on pages, and the reasons typed for them. */
#include "finding.h"

#include <string.h>

const char *als_confirm_field(struct als_arena *arena, const struct als_verdict *verdict,
                              const char *item)
{
    return als_arena_printf(arena, "confirm.%s.%s", verdict->code, item ? item : "");
}

void als_html_verdict(struct als_html *html, const struct als_verdict *verdict, const char *field)
{
    static const char *const kinds[] = {"finding hard", "finding soft", "finding info"};
    static const char *const words[] = {"Not possible", "Unusual", "Note"};
    als_html_open(html, "div", "class", kinds[verdict->level]);
    als_html_open(html, "p", NULL);
    als_html_element(html, "strong", words[verdict->level], NULL);
    als_html_printf(html, ": %s [%s]", verdict->message, verdict->code);
    if (verdict->hint)
        als_html_printf(html, ". %s", verdict->hint);
    als_html_close(html, "p");
    if (field)
        als_input_text(html, &(struct als_input){
                                 .name = field,
                                 .label = "It is right, because",
                                 .hint = "or correct the answer",
                                 .value = als_request_form(html->request, field),
                             });
    als_html_close(html, "div");
}

void als_verdict_say(const struct als_verdict *verdict, const char *where, struct als_buf *text)
{
    als_buf_printf(text, " %s%s%s: %s [%s].", verdict->level == ALS_RULE_INFO ? "Note" : "Unusual",
                   *where ? " about " : "", where, verdict->message, verdict->code);
}

void als_news_say(const struct als_request *request, const struct als_news *news,
                  struct als_buf *text)
{
    for (size_t i = 0; i < news->count; i++) {
        const struct als_check_row *row = &news->items[i];
        const char *visit =
            row->visit_no ? als_store_visit_code(request->store, row->visit_no) : "";
        als_verdict_say(&row->verdict,
                        als_arena_printf(request->arena, "%s%s%s%s%s", row->record,
                                         row->item ? " " : "", row->item ? row->item : "",
                                         *visit ? " at " : "", visit),
                        text);
    }
}

void als_queries_say(size_t opened, struct als_buf *text)
{
    if (opened)
        als_buf_printf(text, " %zu quer%s opened.", opened, opened == 1 ? "y was" : "ies were");
}

struct als_justification *als_request_confirmations(const struct als_request *request,
                                                    const struct als_instrument *instrument,
                                                    size_t *n)
{
    const struct als_fields *form = &request->form;
    struct als_justification *list = als_arena_array(request->arena, form->count + 1, sizeof *list);
    *n = 0;
    for (size_t i = 0; i < form->count; i++) {
        const char *name = form->items[i].name, *text = form->items[i].value;
        const char *item = strrchr(name, '.');
        if (strncmp(name, "confirm.", 8) != 0 || item <= name + 8 || !text[strspn(text, " \t\n")])
            continue;
        list[(*n)++] = (struct als_justification){
            .code = als_arena_strndup(request->arena, name + 8, (size_t)(item - name - 8)),
            .item = instrument ? als_instrument_item(instrument, item + 1) : -1,
            .text = text};
    }
    return list;
}
