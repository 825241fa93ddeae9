/* The protocol and instruments in force, kept in the study in packed form. */
#include <stdlib.h>
#include <string.h>

#include "store_int.h"

static enum als_status take_instrument(struct als_store *store, sqlite3_stmt *stmt,
                                       struct als_err *err)
{
    struct als_definition definition = {.version_no = sqlite3_column_int(stmt, 1)};
    enum als_status status =
        als_instrument_unpack(sqlite3_column_blob(stmt, 2), (size_t)sqlite3_column_bytes(stmt, 2),
                              &definition.instrument, err);
    if (status != ALS_OK)
        return status;
    store->definitions =
        als_realloc_array(store->definitions, store->n_definitions + 1, sizeof definition);
    store->definitions[store->n_definitions++] = definition;
    return ALS_OK;
}

static enum als_status take_protocol(struct als_store *store, sqlite3_stmt *stmt,
                                     struct als_err *err)
{
    store->protocol_version_no = sqlite3_column_int(stmt, 1);
    return als_protocol_unpack(sqlite3_column_blob(stmt, 2), (size_t)sqlite3_column_bytes(stmt, 2),
                               &store->protocol, err);
}

enum als_status als_definitions_load(struct als_store *store, struct als_err *err)
{
    sqlite3_stmt *stmt;
    enum als_status status = als_sql_prepare(
        store,
        "SELECT kind = 'protocol', version_no, packed FROM definition AS d"
        " WHERE NOT EXISTS (SELECT 1 FROM definition AS later WHERE later.kind = d.kind"
        "   AND later.code = d.code AND later.version_no > d.version_no)"
        " ORDER BY (SELECT min(definition_id) FROM definition AS earliest"
        "   WHERE earliest.kind = d.kind AND earliest.code = d.code)",
        &stmt, err);
    bool row = false;
    while (status == ALS_OK && (status = als_sql_step(store, stmt, &row, err)) == ALS_OK && row)
        status = sqlite3_column_int(stmt, 0) ? take_protocol(store, stmt, err)
                                             : take_instrument(store, stmt, err);
    sqlite3_finalize(stmt);
    if (status == ALS_OK)
        status = als_sql_integer(store, "SELECT max(definition_id) FROM definition",
                                 &store->last_definition, err);
    if (status == ALS_OK && !store->protocol)
        status = als_fail(err, ALS_DATA, "E-DAMAGED", "%s: the study has no protocol", store->path);
    return status;
}

void als_definitions_free(struct als_store *store)
{
    for (size_t i = 0; i < store->n_definitions; i++)
        als_instrument_free(store->definitions[i].instrument);
    free(store->definitions);
    als_protocol_free(store->protocol);
    store->definitions = NULL;
    store->n_definitions = 0;
    store->protocol = NULL;
}

enum als_status als_definitions_reload(struct als_store *store, struct als_err *err)
{
    als_relations_forget(store);
    als_definitions_free(store);
    return als_definitions_load(store, err);
}

static enum als_status enter(struct als_store *store, const char *kind, const char *code,
                             int version_no, const char *version, const struct als_buf *packed,
                             const char *source, struct als_err *err)
{
    struct als_relation *table;
    enum als_status status = als_relation_find(store, "definition", &table, err);
    if (status != ALS_OK)
        return status;
    struct als_row_cell bytes = {
        .kind = ALS_ROW_BLOB, .given = true, .text = packed->data, .length = packed->length};
    struct als_row_cell cells[] = {als_cell_text(kind),
                                   als_cell_text(code),
                                   als_cell_integer(version_no),
                                   als_cell_text(version),
                                   bytes,
                                   als_cell_text(source)};
    int64_t row_id = 0;
    return als_row_put(store, table, &row_id, cells, false, NULL, err);
}

enum als_status als_definition_enter_instrument(struct als_store *store,
                                                const struct als_instrument *instrument,
                                                int version_no, struct als_err *err)
{
    struct als_buf packed;
    als_buf_init(&packed, ALS_BUF_LARGE);
    als_instrument_pack(instrument, &packed);
    enum als_status status = enter(store, "instrument", instrument->code, version_no,
                                   instrument->version, &packed, instrument->source, err);
    als_buf_release(&packed);
    return status;
}

enum als_status als_definition_enter_protocol(struct als_store *store,
                                              const struct als_protocol *protocol, int version_no,
                                              struct als_err *err)
{
    struct als_buf packed;
    als_buf_init(&packed, ALS_BUF_LARGE);
    als_protocol_pack(protocol, &packed);
    enum als_status status = enter(store, "protocol", protocol->code, version_no, protocol->version,
                                   &packed, protocol->source, err);
    als_buf_release(&packed);
    return status;
}

const struct als_protocol *als_store_protocol(const struct als_store *store)
{
    return store->protocol;
}

size_t als_store_instrument_count(const struct als_store *store)
{
    return store->n_definitions;
}

const struct als_instrument *als_store_instrument(const struct als_store *store, size_t index)
{
    return store->definitions[index].instrument;
}

static const struct als_definition *find(const struct als_store *store, const char *code)
{
    for (size_t i = 0; i < store->n_definitions; i++) {
        if (strcmp(store->definitions[i].instrument->code, code) == 0)
            return &store->definitions[i];
    }
    return NULL;
}

const struct als_instrument *als_store_find_instrument(const struct als_store *store,
                                                       const char *code)
{
    const struct als_definition *definition = find(store, code);
    return definition ? definition->instrument : NULL;
}

int als_store_version_no(const struct als_store *store, const char *kind, const char *code)
{
    if (strcmp(kind, "protocol") == 0)
        return strcmp(store->protocol->code, code) == 0 ? store->protocol_version_no : 0;
    const struct als_definition *definition = find(store, code);
    return definition ? definition->version_no : 0;
}
