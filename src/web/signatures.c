/* Signatures as a list on the page of what they stand for. */
#include "signatures.h"

#include "alstrack/store/people.h"
#include "alstrack/store/record.h"
#include "assess.h"

const char *als_scope_url(const struct als_request *request, const struct als_scope *scope)
{
    if (!scope->patient_id)
        return "/locks";
    const char *patient = als_store_patient_name(request->store, scope->patient_id);
    if (!scope->visit_no)
        return als_url(request->arena, "/patients/{}", patient);
    return als_url(request->arena, "/patients/{}/visits/{}", patient,
                   als_store_visit_code(request->store, scope->visit_no));
}

const char *als_sign_url(const struct als_request *request, const struct als_scope *scope)
{
    if (!scope->patient_id)
        return "/sign";
    const char *patient = als_store_patient_name(request->store, scope->patient_id);
    if (!scope->visit_no)
        return als_url(request->arena, "/sign/{}", patient);
    return als_url(request->arena, "/sign/{}/{}", patient,
                   als_store_visit_code(request->store, scope->visit_no));
}

void als_html_signature_state(struct als_html *html, const struct als_signature *signature)
{
    als_html_badge(html, signature->valid ? "good" : "late",
                   signature->valid ? "valid"
                                    : als_arena_printf(html->request->arena,
                                                       "invalid: changed by change set %lld",
                                                       (long long)signature->broken_by));
}

static void put_signature(struct als_html *html, const struct als_signature *signature)
{
    als_html_open(html, "li", NULL);
    als_html_printf(html, "%s (%s), %s, meaning: %s. ",
                    signature->full_name ? signature->full_name : signature->user, signature->user,
                    als_clock_text(html->request->arena, signature->at_utc), signature->meaning);
    als_html_signature_state(html, signature);
    als_html_close(html, "li");
}

void als_html_signatures(struct als_html *html, const struct als_scope *scope, const char *way)
{
    struct als_request *request = html->request;
    struct als_signature_list list;
    struct als_err ignored;
    char content[65];
    if (!als_store_has_users(request->store) ||
        als_signature_load(request->store, scope->patient_id, request->arena, &list, &ignored))
        return;
    als_html_markup(html, "<h2>Signatures</h2><ul>");
    for (size_t i = 0; i < list.count; i++)
        if (list.items[i].scope.patient_id == scope->patient_id &&
            list.items[i].scope.visit_no == scope->visit_no)
            put_signature(html, &list.items[i]);
    if (!als_may_sign(request->store, scope, &ignored) &&
        !als_scope_digest(request->store, scope, content, &ignored)) {
        als_html_markup(html, "<li>");
        als_html_link(html,
                      als_arena_printf(request->arena, "%s?content=%s",
                                       als_sign_url(request, scope), content),
                      way);
        als_html_markup(html, "</li>");
    }
    als_html_markup(html, "</ul>");
}
