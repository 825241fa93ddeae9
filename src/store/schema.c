/* The schema of a study against what this program would make for its definitions. */
#include "schema.h"

#include <stdlib.h>
#include <string.h>

#include "ddl.h"
#include "migration.h"

/* ---- Comparing two statements ---- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static bool needs_no_blank(char c)
{
    return c == '(' || c == ')' || c == ',' || c == '\0';
}

static char last_of(const struct als_buf *buf)
{
    return buf->length ? buf->data[buf->length - 1] : '\0';
}

/* Without comments and needless blanks; what is quoted stays. */
static void tidy(const char *sql, struct als_buf *out)
{
    bool blank = false;
    for (const char *c = sql; *c;) {
        if (c[0] == '-' && c[1] == '-') {
            c += strcspn(c, "\n");
            blank = true;
            continue;
        }
        if (is_blank(*c)) {
            blank = true;
            c++;
            continue;
        }
        if (blank && !needs_no_blank(last_of(out)) && !needs_no_blank(*c))
            als_buf_char(out, ' ');
        blank = false;
        const char *end = *c == '\'' || *c == '"' ? strchr(c + 1, *c) : NULL;
        size_t n = end ? (size_t)(end - c) + 1 : 1;
        als_buf_add(out, c, n);
        c += n;
    }
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Columns and constraints of a table in order of their text, each ended by a new line: score
 * columns that were made anew stand in another place than in a new table. */
static void sort_parts(char *tidied, struct als_buf *out)
{
    size_t n = 0, room = 1;
    for (const char *c = tidied; *c; c++)
        room += *c == ',';
    char **parts = als_alloc_array(room + 2, sizeof(char *));
    int depth = 0;
    char quote = '\0', *from = tidied;
    for (char *c = tidied; *c; c++) {
        if (quote || *c == '\'' || *c == '"') {
            quote = quote == *c ? '\0' : quote ? quote : *c;
            continue;
        }
        depth += (*c == '(') - (*c == ')');
        if ((depth == 1 && (*c == ',' || (*c == '(' && n == 0))) || (depth == 0 && *c == ')')) {
            parts[n++] = from;
            from = c + 1;
            *c = '\0';
        }
    }
    parts[n++] = from;
    qsort(parts, n, sizeof *parts, by_text);
    for (size_t i = 0; i < n; i++)
        als_buf_printf(out, "%s\n", parts[i]);
    free(parts);
}

static bool same_sql(const char *type, const char *one, const char *other)
{
    struct als_buf tidied[2], sorted[2];
    const char *sql[2] = {one ? one : "", other ? other : ""};
    for (size_t i = 0; i < 2; i++) {
        als_buf_init(&tidied[i], ALS_BUF_LARGE);
        als_buf_init(&sorted[i], ALS_BUF_LARGE);
        tidy(sql[i], &tidied[i]);
        if (strcmp(type, "table") == 0 && tidied[i].length)
            sort_parts(tidied[i].data, &sorted[i]);
        else
            als_buf_add(&sorted[i], tidied[i].data, tidied[i].length);
    }
    bool same = sorted[0].length == sorted[1].length &&
                memcmp(sorted[0].data, sorted[1].data, sorted[0].length) == 0;
    for (size_t i = 0; i < 2; i++) {
        als_buf_release(&tidied[i]);
        als_buf_release(&sorted[i]);
    }
    return same;
}

/* ---- Two schemas ---- */

/* What a new study with the same definitions would have, in memory. */
static enum als_status make_expected(const struct als_store *store, sqlite3 **db,
                                     struct als_err *err)
{
    struct als_buf sql;
    als_buf_init(&sql, ALS_BUF_LARGE);
    for (size_t i = 0; i < als_migration_count; i++)
        als_buf_add(&sql, als_migrations[i].text, als_migrations[i].length);
    for (size_t i = 0; i < store->n_definitions; i++)
        als_ddl_write(store->definitions[i].instrument, &sql);
    int rc = sqlite3_open(":memory:", db);
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(*db, sql.data, NULL, NULL, NULL);
    als_buf_release(&sql);
    return rc == SQLITE_OK ? ALS_OK : als_sql_fail(store, rc, err);
}

#define EVERYTHING                                                                                 \
    "SELECT type, name, sql FROM sqlite_schema WHERE substr(name, 1, 7) <> 'sqlite_'"              \
    " ORDER BY type, name"
#define ONE "SELECT sql FROM sqlite_schema WHERE type = ?1 AND name = ?2"

/* What is made of an entry of the one schema that the other lacks or has in another form. */
struct verdicts {
    const char *missing, *other; /* formats of type and name; other may be NULL */
    als_schema_fn *receive;
    void *context;
};

static void judge(const char *type, const char *name, const char *format, bool is_trail,
                  const struct verdicts *verdicts)
{
    struct als_buf text;
    als_buf_init(&text, 600);
    als_buf_printf(&text, "the %s %s%s %s", type, name,
                   is_trail ? ", which keeps the trail append-only," : "", format);
    verdicts->receive(text.data, verdicts->context);
    als_buf_release(&text);
}

static int compare_schemas(sqlite3 *from, sqlite3 *with, const struct verdicts *verdicts)
{
    sqlite3_stmt *all = NULL, *one = NULL;
    int rc = sqlite3_prepare_v2(from, EVERYTHING, -1, &all, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_prepare_v2(with, ONE, -1, &one, NULL);
    while (rc == SQLITE_OK && (rc = sqlite3_step(all)) == SQLITE_ROW) {
        const char *type = (const char *)sqlite3_column_text(all, 0);
        const char *name = (const char *)sqlite3_column_text(all, 1);
        als_bind_text(one, 1, type);
        als_bind_text(one, 2, name);
        bool is_trail = verdicts->other && strcmp(type, "trigger") == 0;
        if (sqlite3_step(one) != SQLITE_ROW)
            judge(type, name, verdicts->missing, is_trail, verdicts);
        else if (verdicts->other && !same_sql(type, (const char *)sqlite3_column_text(all, 2),
                                              (const char *)sqlite3_column_text(one, 0)))
            judge(type, name, verdicts->other, is_trail, verdicts);
        rc = sqlite3_reset(one);
    }
    sqlite3_finalize(all);
    sqlite3_finalize(one);
    return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

enum als_status als_schema_check(struct als_store *store, als_schema_fn *receive, void *context,
                                 struct als_err *err)
{
    sqlite3 *expected = NULL;
    struct verdicts lost = {"was removed", "was edited", receive, context};
    struct verdicts found = {"is not part of a study", NULL, receive, context};
    enum als_status status = make_expected(store, &expected, err);
    if (status == ALS_OK) {
        int rc = compare_schemas(expected, store->db, &lost);
        if (rc == SQLITE_OK)
            rc = compare_schemas(store->db, expected, &found);
        if (rc != SQLITE_OK)
            status = als_sql_fail(store, rc, err);
    }
    sqlite3_close(expected);
    return status;
}
