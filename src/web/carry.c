/* What was typed comes along through a login. */
#include "carry.h"

#include <string.h>

#define TO     "carry.to"
#define PREFIX "carry:"

bool als_carry_waits(const struct als_request *request)
{
    return als_request_path(request, TO) != NULL;
}

/* What arrived is called by its name, what waits already has the prefix. NULL: stays behind. */
static const char *carried_name(const struct als_request *request, bool waits, size_t i)
{
    const char *name = request->form.items[i].name;
    if (waits)
        return strncmp(name, PREFIX, strlen(PREFIX)) == 0 ? name + strlen(PREFIX) : NULL;
    return strcmp(name, "token") == 0 || strstr(name, "password") ? NULL : name;
}

void als_carry_along(struct als_html *page)
{
    const struct als_request *request = page->request;
    const bool waits = als_carry_waits(request);
    als_input_hidden(page, TO, waits ? als_request_path(request, TO) : request->url);
    for (size_t i = 0; i < request->form.count; i++) {
        const char *name = carried_name(request, waits, i);
        if (name)
            als_input_hidden(page, als_arena_printf(request->arena, PREFIX "%s", name),
                             request->form.items[i].value);
    }
}

/* What was typed, for people to recognise it. */
static void put_table(struct als_html *page, bool waits)
{
    const struct als_fields *form = &page->request->form;
    als_html_table(page, "What was sent", "Field", "Value");
    for (size_t i = 0; i < form->count; i++) {
        const char *name = carried_name(page->request, waits, i);
        if (!name || !*form->items[i].value)
            continue;
        als_html_row(page);
        als_html_head(page, NULL, name);
        als_html_cell(page, form->items[i].value);
    }
    als_html_table_end(page);
}

void als_carry_offer(struct als_request *request, struct als_response *response, int status,
                     const char *first)
{
    struct als_html page;
    const bool waits = als_carry_waits(request);
    const char *to = waits ? als_request_path(request, TO) : request->url;
    als_html_begin(&page, request, response, "Not stored yet");
    als_html_body(&page);
    als_html_notice(&page, ALS_FLASH_WARNING,
                    "The session in which this form was opened has ended. Nothing of it is stored "
                    "yet, and nothing of it is lost: look at it, and send it again.");
    if (first)
        als_html_element(&page, "p", first, NULL);
    als_html_form(&page, to, NULL);
    put_table(&page, waits);
    for (size_t i = 0; i < request->form.count; i++) {
        const char *name = carried_name(request, waits, i);
        if (name)
            als_input_hidden(&page, name, request->form.items[i].value);
    }
    als_html_buttons(&page);
    als_input_button(&page, "Send it now", NULL, NULL);
    als_html_buttons_end(&page);
    als_html_form_end(&page);
    als_html_end(&page);
    response->status = status;
}
