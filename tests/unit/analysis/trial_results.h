/*
 * Reading results of a small trial by column name, and a trial whose protocol says something else.
 */
#ifndef ALSTRACK_TEST_TRIAL_RESULTS_H
#define ALSTRACK_TEST_TRIAL_RESULTS_H

#include "alstrack/analysis/table.h"
#include "trial.h"

static inline struct als_cell trial_cell(const struct als_table *table, size_t row,
                                         const char *name)
{
    for (size_t i = 0; i < als_table_columns(table); i++)
        if (strcmp(als_table_column(table, i)->name, name) == 0)
            return als_table_cell(table, row, i);
    cr_assert_fail("no column %s", name);
    return (struct als_cell){.missing = true};
}

static inline double trial_number(const struct als_table *table, size_t row, const char *name)
{
    struct als_cell cell = trial_cell(table, row, name);
    return cell.missing ? NAN : cell.as.number;
}

static inline int64_t trial_integer(const struct als_table *table, size_t row, const char *name)
{
    struct als_cell cell = trial_cell(table, row, name);
    return cell.missing ? INT64_MIN : cell.as.integer;
}

static inline const char *trial_text(const struct als_table *table, size_t row, const char *name)
{
    struct als_cell cell = trial_cell(table, row, name);
    return cell.missing ? "" : cell.as.text;
}

/* 'Y', 'N', or '-' for missing. */
static inline char trial_yesno(const struct als_table *table, size_t row, const char *name)
{
    struct als_cell cell = trial_cell(table, row, name);
    return cell.missing ? '-' : cell.as.yes ? 'Y' : 'N';
}

static inline bool trial_noted(const struct als_table *table, const char *part)
{
    for (size_t i = 0; i < als_table_notes(table); i++)
        if (strstr(als_table_note_at(table, i), part))
            return true;
    return false;
}

/* The trial goes on under a version of its protocol in which `to` stands for `from`. */
static inline void trial_amend(struct trial *trial, const char *from, const char *to)
{
    struct als_err err = {.status = ALS_OK};
    struct als_buf text;
    als_buf_init(&text, ALS_BUF_LARGE);
    const char *source = als_store_protocol(trial->store)->source, *at = strstr(source, from);
    const char *version = strstr(source, "version: \"1.");
    cr_assert(at && version && version < at, "%s", from);
    size_t digit = strlen("version: \"1.");
    als_buf_add(&text, source, (size_t)(version - source) + digit);
    als_buf_char(&text, (char)(version[digit] + 1));
    als_buf_add(&text, version + digit + 1, (size_t)(at - version) - digit - 1);
    als_buf_text(&text, to);
    als_buf_text(&text, at + strlen(from));
    struct als_protocol *amended =
        als_protocol_parse("amended.yaml", text.data, text.length, trial_lookup, trial, NULL);
    cr_assert_not_null(amended, "%s", to);
    trial_ok(als_store_adopt_protocol(trial->store, amended, &err), &err);
    als_protocol_free(amended);
    als_buf_release(&text);
    trial_commit(trial);
    trial_begin(trial);
}

/* A visit outside the plan, such as UNS1. */
static inline void trial_extra(struct trial *trial, const char *code)
{
    struct als_err err = {.status = ALS_OK};
    int visit_no;
    trial_ok(als_store_add_visit_code(trial->store, code, &visit_no, &err), &err);
}

#endif
