/* Registering a patient, and correcting the registration. */
#include <math.h>
#include <string.h>

#include "alstrack/core/num.h"
#include "pages.h"
#include "record_form.h"

static void add_site(struct als_record_form *form, const struct als_protocol *protocol,
                     const char *stored)
{
    struct als_arena *arena = form->request->arena;
    const char **codes = als_arena_array(arena, protocol->n_sites + 1, sizeof *codes);
    const char **labels = als_arena_array(arena, protocol->n_sites + 1, sizeof *labels);
    if (protocol->n_sites == 0) {
        als_record_add(form, ALS_FIELD_TEXT, "site", "Site", stored);
        return;
    }
    for (size_t i = 0; i < protocol->n_sites; i++) {
        codes[i] = protocol->sites[i].code;
        labels[i] = als_arena_printf(arena, "%s, %s", codes[i], protocol->sites[i].name);
    }
    als_record_codes(form, als_record_add(form, ALS_FIELD_SELECT, "site", "Site", stored),
                     "(not known)", codes, labels, protocol->n_sites);
}

static void add_cohort(struct als_record_form *form, const struct als_protocol *protocol,
                       const char *stored)
{
    struct als_arena *arena = form->request->arena;
    const char **codes = als_arena_array(arena, protocol->n_cohorts, sizeof *codes);
    const char **labels = als_arena_array(arena, protocol->n_cohorts, sizeof *labels);
    for (size_t i = 0; i < protocol->n_cohorts; i++) {
        codes[i] = protocol->cohorts[i].code;
        labels[i] = als_arena_printf(arena, "%s, %s", codes[i], protocol->cohorts[i].label);
    }
    als_record_codes(form, als_record_add(form, ALS_FIELD_SELECT, "cohort", "Cohort", stored),
                     "(not assigned)", codes, labels, protocol->n_cohorts);
}

/* patient NULL: a new one. */
static void ask(struct als_record_form *form, const struct als_patient *patient)
{
    static const struct als_input_choice sexes[] = {
        {"", "not known", NULL}, {"F", "female", NULL}, {"M", "male", NULL}};
    const struct als_protocol *protocol = als_store_protocol(form->request->store);
    const struct als_patient none = {.height_cm = (double)NAN};
    const struct als_patient *from = patient ? patient : &none;
    char height[ALS_NUM_TEXT];
    struct als_record_field *field = als_record_add(form, patient ? ALS_FIELD_SAID : ALS_FIELD_TEXT,
                                                    "patient", "Patient", from->patient);
    field->required = true;
    field->hint = "the study's code, no name and no initials";
    add_site(form, protocol, from->site);
    als_record_choices(als_record_add(form, ALS_FIELD_SELECT, "sex", "Sex", from->sex), sexes, 3);
    als_record_add(form, ALS_FIELD_DATE, "birth_date", "Date of birth", from->birth_date);
    als_num_format(from->height_cm, height);
    field = als_record_add(form, ALS_FIELD_NUMBER, "height_cm", "Height",
                           als_arena_strdup(form->request->arena, height));
    field->unit = "cm";
    field->hint = "50 to 250 cm; predicted vital capacity needs it";
    als_record_add(form, ALS_FIELD_TEXT, "arm", "Arm", from->arm);
    add_cohort(form, protocol, from->cohort);
    als_record_add(form, ALS_FIELD_TEXT, "onset_site", "Site of onset", from->onset_site)->hint =
        "bulbar, limb …";
    form->there = patient != NULL;
    if (patient)
        form->key = (struct als_record_key){.record = "patient", .patient_id = patient->id};
    form->focus = patient ? NULL : "patient";
    form->why_not = als_why_not(form->request, patient ? patient->id : 0, 0);
}

static void show(struct als_record_form *form, struct als_response *response,
                 const struct als_patient *patient)
{
    struct als_html html;
    struct als_arena *arena = form->request->arena;
    als_html_begin(&html, form->request, response,
                   patient ? als_arena_printf(arena, "Registration of %s", patient->patient)
                           : "New patient");
    als_patient_crumbs(&html, patient ? patient->patient : NULL);
    als_html_body(&html);
    als_record_show(&html, form,
                    patient ? als_url(arena, "/patients/{}/edit", patient->patient)
                            : "/patients/new",
                    patient ? "Save" : "Register");
    als_html_end(&html);
}

/* What was sent, into the study: context is the patient as stored, NULL for a new one. */
static enum als_status put(struct als_record_form *form, void *context, struct als_err *err)
{
    const struct als_patient *before = context;
    const char *name = before ? before->patient : als_record_value(form, "patient");
    struct als_patient patient = {.patient = name ? name : "",
                                  .site = als_record_value(form, "site"),
                                  .sex = als_record_value(form, "sex"),
                                  .birth_date = als_record_value(form, "birth_date"),
                                  .height_cm = als_record_number(form, "height_cm"),
                                  .arm = als_record_value(form, "arm"),
                                  .cohort = als_record_value(form, "cohort"),
                                  .onset_site = als_record_value(form, "onset_site")};
    struct als_patient there;
    struct als_err none;
    enum als_put what;
    if (!before && name &&
        !als_patient_get(form->request->store, name, form->request->arena, &there, &none))
        return als_fail(err, ALS_DATA, "E-EXISTS", "patient: %s is registered already", name);
    if (form->errors.count)
        return ALS_OK; /* what was typed is no number: nothing is stored */
    const enum als_status status =
        als_patient_put(form->request->store, &patient, ALS_GIVEN_ALL, &what, err);
    if (status)
        return status;
    form->recorded.record = "patient";
    form->recorded.patient_id = what == ALS_PUT_SAME ? 0 : patient.id;
    return ALS_OK;
}

static enum als_status save(struct als_record_form *form, struct als_response *response,
                            struct als_patient *before, struct als_err *err)
{
    int code;
    const char *name = before ? before->patient : als_record_value(form, "patient");
    enum als_status status = als_record_save(form, put, before, &code, err);
    if (status)
        return status;
    if (code) {
        show(form, response, before);
        response->status = code;
        return ALS_OK;
    }
    als_record_tell(form, als_arena_printf(form->request->arena, "%s is %s.", name,
                                           before ? "saved" : "registered"));
    als_response_redirect(response, als_url(form->request->arena, "/patients/{}", name));
    return ALS_OK;
}

enum als_status als_page_patient_new(struct als_request *request, struct als_response *response,
                                     struct als_err *err)
{
    struct als_record_form form = {.request = request};
    enum als_status status = als_record_open(request, "web patient form", err);
    if (status)
        return status;
    ask(&form, NULL);
    if (request->method == ALS_POST)
        return save(&form, response, NULL, err);
    show(&form, response, NULL);
    return ALS_OK;
}

enum als_status als_page_patient_edit(struct als_request *request, struct als_response *response,
                                      struct als_err *err)
{
    struct als_record_form form = {.request = request};
    struct als_patient patient;
    enum als_status status = als_record_open(request, "web patient form", err);
    if (!status)
        status = als_patient_get(request->store, als_request_part(request, "patient"),
                                 request->arena, &patient, err);
    if (status)
        return status;
    ask(&form, &patient);
    if (request->method == ALS_POST)
        return save(&form, response, &patient, err);
    show(&form, response, &patient);
    return ALS_OK;
}
