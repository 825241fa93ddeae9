/* Looking up the names that people type. */
#include "names.h"

#include <string.h>

#include "alstrack/score/reason.h"

enum als_status als_cli_patient(struct als_cli *cli, const char *name, struct als_patient *out,
                                struct als_err *err)
{
    return als_patient_get(cli->store, name, cli->arena, out, err);
}

enum als_status als_cli_patient_id(struct als_cli *cli, const char *name, int64_t *id,
                                   struct als_err *err)
{
    struct als_patient patient = {0};
    enum als_status status = name ? als_cli_patient(cli, name, &patient, err) : ALS_OK;
    if (!status)
        *id = patient.id;
    return status;
}

size_t als_names_visits(struct als_store *store, const char **names, size_t room)
{
    size_t n = 0;
    for (int number = 1; number <= ALS_KEY_MASK && n < room; number++) {
        const char *code = als_store_visit_code(store, number);
        if (code)
            names[n++] = code;
    }
    return n;
}

enum als_status als_cli_visit_check(struct als_cli *cli, const char *code, struct als_err *err)
{
    if (als_store_visit_no(cli->store, code, strlen(code)) || als_visit_code_is_extra(code))
        return ALS_OK;
    const char *names[ALS_NAMES_ROOM];
    size_t n = als_names_visits(cli->store, names, ALS_NAMES_ROOM);
    return als_cli_no_such(ALS_NO_INPUT, "visit", code, names, n, err);
}

enum als_status als_cli_visit_number(struct als_cli *cli, const char *code, int *visit_no,
                                     struct als_err *err)
{
    *visit_no = als_store_visit_no(cli->store, code, strlen(code));
    if (*visit_no)
        return ALS_OK;
    return als_store_add_visit_code(cli->store, code, visit_no, err);
}

size_t als_names_instruments(struct als_store *store, const char **names, size_t room)
{
    size_t n = als_store_instrument_count(store);
    for (size_t i = 0; i < n && i < room; i++)
        names[i] = als_store_instrument(store, i)->code;
    return n < room ? n : room;
}

enum als_status als_cli_instrument(struct als_cli *cli, const char *code,
                                   const struct als_instrument **out, struct als_err *err)
{
    *out = als_store_find_instrument(cli->store, code);
    if (*out)
        return ALS_OK;
    const char *names[ALS_NAMES_ROOM];
    size_t n = als_names_instruments(cli->store, names, ALS_NAMES_ROOM);
    return als_cli_no_such(ALS_USAGE, "instrument", code, names, n, err);
}

size_t als_names_events(struct als_store *store, const char **names, size_t room)
{
    const struct als_protocol *protocol = als_store_protocol(store);
    size_t n = 0;
    for (const char *const *name = als_event_names; *name && n < room; name++)
        names[n++] = *name;
    for (size_t i = 0; i < protocol->n_events && n < room; i++)
        names[n++] = protocol->events[i];
    return n;
}

enum als_status als_cli_reason_check(const char *reason, struct als_err *err)
{
    size_t n;
    const char *const *codes = als_reasons(&n);
    if (als_reason_find(reason, strlen(reason)))
        return ALS_OK;
    return als_cli_no_such(ALS_DATA, "reason", reason, codes, n, err);
}

size_t als_names_items(const struct als_instrument *instrument, const char **names, size_t room)
{
    size_t n = instrument->n_items < room ? instrument->n_items : room;
    for (size_t i = 0; i < n; i++)
        names[i] = instrument->items[i].code;
    return n;
}

enum als_status als_cli_site_check(struct als_cli *cli, const char *site, struct als_err *err)
{
    const struct als_protocol *protocol = als_store_protocol(cli->store);
    const char **codes = als_arena_array(cli->arena, protocol->n_sites + 1, sizeof *codes);
    for (size_t i = 0; i < protocol->n_sites; i++)
        codes[i] = protocol->sites[i].code;
    bool known = !site || protocol->n_sites == 0;
    for (size_t i = 0; i < protocol->n_sites && !known; i++)
        known = strcmp(codes[i], site) == 0;
    return known ? ALS_OK : als_cli_no_such(ALS_USAGE, "site", site, codes, protocol->n_sites, err);
}
