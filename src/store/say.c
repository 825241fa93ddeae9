/* Rows, columns and values as people say them: no table names, no day numbers. */
#include <string.h>

#include "store_int.h"

static const char *noun_of(const struct als_store *store, const struct als_relation *table)
{
    char name[ALS_RELATION_NAME];
    for (size_t i = 0; i < store->n_definitions; i++) {
        als_relation_name("a", store->definitions[i].instrument, name);
        if (strcmp(name, table->name) == 0)
            return store->definitions[i].instrument->code;
    }
    if (strcmp(table->name, "account") == 0)
        return "user";
    if (strcmp(table->name, "adverse_event") == 0)
        return "adverse event";
    return strcmp(table->name, "eligibility_answer") == 0 ? "eligibility" : table->name;
}

void als_say_row(struct als_store *store, const struct als_relation *table, int64_t row_id,
                 const struct als_row_cell *cells, struct als_buf *out)
{
    const int64_t patient_id = als_relation_patient(table, row_id, cells);
    const char *patient = als_word_patient(store, patient_id), *noun = noun_of(store, table);
    const int64_t visit_id =
        table->key_words == ALS_WORDS_ASSESSMENT ? row_id >> ALS_KEY_SHIFT : row_id;
    struct als_buf key;
    als_buf_init(&key, ALS_BUF_LARGE);
    als_relation_key(store, table, row_id, cells, &key);
    if (!patient[0])
        als_buf_printf(out, "%s %s", noun, key.data);
    else if (strcmp(table->name, "patient") == 0)
        als_buf_printf(out, "patient %s", patient);
    else if (table->key_words == ALS_WORDS_QUERY || table->key_words == ALS_WORDS_STEP)
        als_buf_printf(out, "query %s", key.data);
    else if (table->key_words == ALS_WORDS_NONE)
        als_buf_printf(out, "patient %s, %s %s", patient, noun, key.data + strlen(patient) + 1);
    else
        als_buf_printf(out, "patient %s, visit %s", patient,
                       als_store_visit_code(store, (int)(visit_id & ALS_KEY_MASK)));
    if (table->key_words == ALS_WORDS_ASSESSMENT)
        als_buf_printf(out, ", %s", noun);
    if (table->key_words == ALS_WORDS_ASSESSMENT && (row_id & ALS_KEY_MASK))
        als_buf_printf(out, ", rater %s", als_store_rater(store, (int)(row_id & ALS_KEY_MASK)));
    als_buf_release(&key);
}

const char *als_say_column(const char *column)
{
    static const char *const said[][2] = {{"day", "date"},
                                          {"end_date", "end"},
                                          {"visit_no", "visit"},
                                          {"patient_id", "patient"},
                                          {"item_reasons", "reasons for missing answers"}};
    for (size_t i = 0; i < sizeof said / sizeof said[0]; i++)
        if (strcmp(said[i][0], column) == 0)
            return said[i][1];
    return column;
}

/* {"speech":"refused","walking":"too_weak"} as speech: refused, walking: too_weak. */
static void say_reasons(const char *json, struct als_buf *out)
{
    for (const char *c = json; *c; c++) {
        if (*c == ':' || *c == ',')
            als_buf_printf(out, "%c ", *c);
        else if (!strchr("{}\"", *c))
            als_buf_char(out, *c);
    }
}

static void say_plain(const struct als_column *column, const struct als_row_cell *cell,
                      struct als_buf *out)
{
    struct als_buf text;
    als_buf_init(&text, ALS_BUF_LARGE);
    als_cell_print(cell, &text);
    if (strcmp(column->name, "item_reasons") == 0)
        say_reasons(text.data, out);
    else
        als_buf_text(out, text.data);
    als_buf_release(&text);
}

void als_say_cell(struct als_store *store, const struct als_column *column,
                  const struct als_row_cell *cell, struct als_buf *out)
{
    char date[ALS_DATE_TEXT];
    const char *code = NULL;
    if (cell->kind == ALS_ROW_INTEGER && column->words == ALS_WORDS_VISIT_NO)
        code = als_store_visit_code(store, (int)cell->integer);
    if (cell->kind == ALS_ROW_INTEGER && column->words == ALS_WORDS_PATIENT)
        code = als_word_patient(store, cell->integer);
    if (cell->kind == ALS_ROW_INTEGER &&
        (strcmp(column->name, "serious") == 0 || strcmp(column->name, "dlt") == 0))
        code = cell->integer ? "Y" : "N";
    if (cell->kind == ALS_ROW_INTEGER && strcmp(column->name, "day") == 0)
        als_buf_text(out, als_day_format((int)cell->integer, date));
    else if (code)
        als_buf_text(out, code);
    else
        say_plain(column, cell, out);
}
