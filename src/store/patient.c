/* Patients. */
#include <math.h>
#include <string.h>

#include "store_int.h"

#define COLUMNS                                                                                    \
    "patient_id, patient, site, sex, birth_date, height_cm, arm, cohort, onset_site FROM patient"

static enum als_status check_cohort(const struct als_protocol *protocol, const char *cohort,
                                    struct als_err *err)
{
    struct als_arena *arena = als_arena_new();
    const char **codes = als_arena_array(arena, protocol->n_cohorts, sizeof *codes);
    for (size_t i = 0; i < protocol->n_cohorts; i++)
        codes[i] = protocol->cohorts[i].code;
    enum als_status status = als_check_choice("cohort", cohort, codes, protocol->n_cohorts, err);
    als_arena_free(arena);
    return status;
}

static enum als_status check_site(const struct als_protocol *protocol, const char *site,
                                  struct als_err *err)
{
    if (protocol->n_sites == 0)
        return ALS_OK;
    struct als_arena *arena = als_arena_new();
    const char **codes = als_arena_array(arena, protocol->n_sites, sizeof *codes);
    for (size_t i = 0; i < protocol->n_sites; i++)
        codes[i] = protocol->sites[i].code;
    enum als_status status = als_check_choice("site", site, codes, protocol->n_sites, err);
    als_arena_free(arena);
    return status;
}

static enum als_status check(const struct als_store *store, const struct als_patient *patient,
                             unsigned given, struct als_err *err)
{
    static const char *const sexes[] = {"F", "M"};
    enum als_status status = als_check_name("patient", patient->patient, 64, err);
    if (status == ALS_OK && als_is_given(given, 0))
        status = check_site(store->protocol, patient->site, err);
    if (status == ALS_OK && als_is_given(given, 1))
        status = als_check_choice("sex", patient->sex, sexes, 2, err);
    if (status == ALS_OK && als_is_given(given, 2))
        status = als_check_date("birth_date", patient->birth_date, err);
    if (status == ALS_OK && als_is_given(given, 3) && !isnan(patient->height_cm) &&
        !(patient->height_cm >= 50 && patient->height_cm <= 250))
        status = als_fail(err, ALS_DATA, "E-RANGE", "height_cm: expected a number from 50 to 250");
    if (status == ALS_OK && als_is_given(given, 5))
        status = check_cohort(store->protocol, patient->cohort, err);
    return status;
}

static enum als_status find(struct als_store *store, const char *name, int64_t *id,
                            struct als_err *err)
{
    sqlite3_stmt *stmt;
    enum als_status status =
        als_sql_cached(store, "SELECT patient_id FROM main.patient WHERE patient = ?1", &stmt, err);
    if (status != ALS_OK)
        return status;
    als_bind_text(stmt, 1, name);
    bool row;
    status = als_sql_step(store, stmt, &row, err);
    *id = status == ALS_OK && row ? sqlite3_column_int64(stmt, 0) : 0;
    als_sql_done(stmt);
    return status;
}

enum als_status als_patient_put(struct als_store *store, struct als_patient *patient,
                                unsigned given, enum als_put *what, struct als_err *err)
{
    struct als_relation *table;
    enum als_status status = check(store, patient, given, err);
    if (status == ALS_OK)
        status = als_relation_find(store, "patient", &table, err);
    if (status == ALS_OK)
        status = find(store, patient->patient, &patient->id, err);
    if (status == ALS_OK && !patient->id)
        status = als_check_id("patient", patient->patient, err);
    if (status != ALS_OK)
        return status;
    struct als_row_cell cells[] = {
        als_cell_text(patient->patient),
        als_given_text(given, 0, patient->site),
        als_given_text(given, 1, patient->sex),
        als_given_text(given, 2, patient->birth_date),
        als_cell_when(als_is_given(given, 3), als_cell_number(patient->height_cm)),
        als_given_text(given, 4, patient->arm),
        als_given_text(given, 5, patient->cohort),
        als_given_text(given, 6, patient->onset_site)};
    return als_row_put(store, table, &patient->id, cells, false, what, err);
}

static void read_patient(sqlite3_stmt *stmt, struct als_arena *arena, struct als_patient *out)
{
    *out = (struct als_patient){.id = sqlite3_column_int64(stmt, 0),
                                .patient = als_column_text(stmt, 1, arena),
                                .site = als_column_text(stmt, 2, arena),
                                .sex = als_column_text(stmt, 3, arena),
                                .birth_date = als_column_text(stmt, 4, arena),
                                .height_cm = als_column_number(stmt, 5),
                                .arm = als_column_text(stmt, 6, arena),
                                .cohort = als_column_text(stmt, 7, arena),
                                .onset_site = als_column_text(stmt, 8, arena)};
}

static enum als_status unknown(struct als_store *store, const char *name, struct als_err *err)
{
    struct als_arena *arena = als_arena_new();
    struct als_patient_list list;
    const struct als_user *actor = als_store_actor(store);
    enum als_status status = ALS_NO_INPUT;
    /* Whether another site has one of that name is not told. */
    if (actor && actor->sites)
        status = als_fail(err, ALS_NOT_PERMITTED, "E-SITE", "%s: no such patient at %s", name,
                          actor->sites);
    else
        als_fail(err, ALS_NO_INPUT, "E-PATIENT", "%s: no such patient", name);
    if (als_patient_load(store, arena, &list, NULL) == ALS_OK) {
        const char **names = als_arena_array(arena, list.count, sizeof *names);
        for (size_t i = 0; i < list.count; i++)
            names[i] = list.items[i].patient;
        const char *nearest = als_nearest(name, names, list.count);
        if (nearest)
            als_err_hint(err, "did you mean %s?", nearest);
    }
    als_arena_free(arena);
    return status;
}

enum als_status als_patient_get(struct als_store *store, const char *patient,
                                struct als_arena *arena, struct als_patient *out,
                                struct als_err *err)
{
    sqlite3_stmt *stmt;
    enum als_status status =
        als_sql_cached(store, "SELECT " COLUMNS " WHERE patient = ?1", &stmt, err);
    if (status != ALS_OK)
        return status;
    als_bind_text(stmt, 1, patient);
    bool row;
    status = als_sql_step(store, stmt, &row, err);
    if (status == ALS_OK && row)
        read_patient(stmt, arena, out);
    als_sql_done(stmt);
    return status == ALS_OK && !row ? unknown(store, patient, err) : status;
}

enum als_status als_patient_load(struct als_store *store, struct als_arena *arena,
                                 struct als_patient_list *out, struct als_err *err)
{
    int64_t count = 0;
    sqlite3_stmt *stmt;
    *out = (struct als_patient_list){NULL, 0};
    enum als_status status = als_sql_integer(store, "SELECT count(*) FROM patient", &count, err);
    if (status == ALS_OK)
        status = als_sql_prepare(store, "SELECT " COLUMNS " ORDER BY patient_id", &stmt, err);
    if (status != ALS_OK)
        return status;
    out->items = als_arena_array(arena, (size_t)count, sizeof *out->items);
    bool row;
    while ((status = als_sql_step(store, stmt, &row, err)) == ALS_OK && row &&
           out->count < (size_t)count)
        read_patient(stmt, arena, &out->items[out->count++]);
    sqlite3_finalize(stmt);
    return status;
}

struct als_person als_patient_person(const struct als_patient *patient,
                                     const struct als_protocol *protocol, int day)
{
    struct als_person person = {.sex = ALS_SEX_UNKNOWN,
                                .age_years = (double)NAN,
                                .height_cm = patient->height_cm,
                                .equation = protocol->fvc_equation};
    struct als_date birth;
    if (patient->sex)
        person.sex = patient->sex[0] == 'M' ? ALS_SEX_MALE : ALS_SEX_FEMALE;
    if (day != ALS_NO_DAY && patient->birth_date &&
        als_date_parse(patient->birth_date, strlen(patient->birth_date), &birth))
        person.age_years = als_years_between(birth.day, day);
    return person;
}

const char *als_store_patient_name(struct als_store *store, int64_t patient_id)
{
    return als_word_patient(store, patient_id);
}

const char *als_patient_name(const struct als_patient_list *patients, int64_t id)
{
    size_t low = 0, high = patients->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (patients->items[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < patients->count && patients->items[low].id == id ? patients->items[low].patient
                                                                  : "";
}
