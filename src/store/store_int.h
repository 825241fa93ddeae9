/*
 * What the files of src/store share: the connection, statements, the tables that the trail covers,
 * and the trail of the open change set.
 *
 * The trail of one change set and one table is a BLAKE2b-256 stream of steps in order of row key,
 * for one row in the order in which they happened:
 *     'E' row                              entered
 *     'U' old_change row_key old_row row   changed; old_row is the text kept in history
 *     'D' old_change row_key old_row       removed
 * A row is its canonical bytes: the words its key stands for (patient, visit code, rater), then for
 * each stored column that is not NULL its number from 1, a type and the value, then 0. Columns are
 * numbered in table order without primary key and change_id, so that a column added later changes
 * nothing. Columns that hold keys of other tables are written as the words they stand for.
 *
 * Steps that arrive in ascending order of row key are hashed as they come. One that does not marks
 * the table unordered, and its digest is rebuilt from the table and history before commit, by the
 * function that verify uses.
 */
#ifndef ALSTRACK_STORE_INT_H
#define ALSTRACK_STORE_INT_H

#include <sodium.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "alstrack/core/alloc.h"
#include "alstrack/core/buf.h"
#include "alstrack/core/date.h"
#include "alstrack/store/change.h"
#include "alstrack/store/record.h"
#include "alstrack/store/store.h"

#define ALS_APPLICATION_ID 0x414C5354 /* "ALST"; schema/migrations/001 sets the same */
#define ALS_BUSY_MS        5000
#define ALS_DIGEST_BYTES   32
#define ALS_MODE_LIST      "'clinic', 'phone', 'video', 'home'"

/* ---- Tables of the trail ---- */

enum als_column_type { ALS_TYPE_INTEGER, ALS_TYPE_REAL, ALS_TYPE_TEXT, ALS_TYPE_BLOB };

/* What an integer stands for, if it is a key. */
enum als_words {
    ALS_WORDS_NONE,
    ALS_WORDS_PATIENT,    /* patient_id: patient */
    ALS_WORDS_VISIT,      /* visit_id: patient, visit code */
    ALS_WORDS_VISIT_NO,   /* visit_no: visit code */
    ALS_WORDS_ASSESSMENT, /* assessment_id: patient, visit code, rater */
};

struct als_column {
    const char *name;
    enum als_column_type type;
    enum als_words words;
};

/* The trail of the open change set in one table. */
struct als_trail {
    bool touched, ordered;
    int64_t last_id; /* row key of the last step hashed */
    int64_t steps;   /* rows entered, changed and removed */
    crypto_generichash_state hash;
};

/* A stored table. Owned by the store, in an arena that ends when definitions change. */
struct als_relation {
    const char *name;
    const char *key;                  /* INTEGER PRIMARY KEY */
    enum als_words key_words;         /* what the key itself stands for */
    const struct als_column *columns; /* stored, in table order, without key and change_id */
    size_t n_columns;
    const char *select_one; /* SELECT change_id, columns … WHERE key = ?1 */
    const char *insert_one; /* (key, change_id, columns …) VALUES (?1, ?2, ?3 …) */
    const char *update_one; /* change_id = ?2, columns = ?3 … WHERE key = ?1 */
    const char *select_all; /* SELECT key, change_id, columns … ORDER BY key */
    struct als_trail trail;
    struct als_relation *next;
};

/* ---- The store ---- */

struct als_name_list { /* visit codes or raters: number to text */
    char **names;      /* [number], owned, NULL = unused number */
    size_t room;
    int highest;
};

struct als_change_state {
    bool open;
    bool has_reason;
    bool broken;          /* a statement failed in a way that leaves rows behind: no commit */
    bool keys_unenforced; /* foreign keys are to be checked before commit */
    int64_t change_id;
    int64_t steps;
    char source_sha256[65]; /* "" = none */
};

struct als_definition {
    char *kind, *code; /* owned */
    int version_no;
    struct als_instrument *instrument; /* owned; NULL for the protocol */
};

struct als_store {
    sqlite3 *db;
    enum als_store_mode mode;
    char *path, *uuid;
    struct als_protocol *protocol;
    struct als_definition *definitions; /* instruments, in order of first adoption */
    size_t n_definitions;
    int protocol_version_no;
    struct als_name_list visit_codes, raters;
    char **patients; /* [patient_id]: text, filled when asked for; owned */
    size_t patients_room;
    int64_t data_version; /* of another process's writes, as seen at the last reading */
    struct als_relation *relations;
    struct als_arena *relation_arena;
    struct als_statement {
        char *sql;
        sqlite3_stmt *stmt;
    } * statements;
    size_t n_statements, statements_room;
    struct als_change_state change;
    als_cell_change_fn *on_cell;
    void *on_cell_context;
    struct als_buf scratch, scratch2; /* of the innermost caller */
};

/* ---- sqlite_util.c: statements and errors ---- */

/* The one place where SQLite's result codes become ours. */
enum als_status als_sql_fail(const struct als_store *store, int rc, struct als_err *err);

/* The one place where SQL is compiled. The statement is the caller's (sqlite3_finalize). */
ALS_CHECKED enum als_status als_sql_prepare(struct als_store *store, const char *sql,
                                            sqlite3_stmt **out, struct als_err *err);
/* The same from a cache by text; the statement stays the store's and comes reset. Do not hold it
 * across a call that may ask for the same text. */
ALS_CHECKED enum als_status als_sql_cached(struct als_store *store, const char *sql,
                                           sqlite3_stmt **out, struct als_err *err);
void als_sql_forget(struct als_store *store); /* finalize every cached statement */
/* *row false: no more rows, and the statement was reset. */
ALS_CHECKED enum als_status als_sql_step(struct als_store *store, sqlite3_stmt *stmt, bool *row,
                                         struct als_err *err);
/* For statements without result rows: step once, reset, clear bindings. */
ALS_CHECKED enum als_status als_sql_run(struct als_store *store, sqlite3_stmt *stmt,
                                        struct als_err *err);
/* Any number of statements without parameters. */
ALS_CHECKED enum als_status als_sql_exec(struct als_store *store, const char *sql,
                                         struct als_err *err);
/* First column of the first row; 0 when there is none. */
ALS_CHECKED enum als_status als_sql_integer(struct als_store *store, const char *sql, int64_t *out,
                                            struct als_err *err);
void als_sql_done(sqlite3_stmt *stmt); /* reset and clear bindings; NULL is fine */
void als_bind_text(sqlite3_stmt *stmt, int index, const char *text); /* NULL binds NULL; borrowed */

/* Enforcement of foreign keys row by row may be suspended inside a change set by a caller that
 * writes very many rows; commit then checks the tables touched. Turned on again by itself. */
void als_store_suspend_keys(struct als_store *store);

/* ---- relation.c: tables of the trail ---- */

/* Name of an instrument's table, a_CODE or v_CODE with hyphens as underscores. */
#define ALS_RELATION_NAME 40
void als_relation_name(const char *prefix, const struct als_instrument *instrument,
                       char name[ALS_RELATION_NAME]);
/* By name; described on first use. */
ALS_CHECKED enum als_status als_relation_find(struct als_store *store, const char *name,
                                              struct als_relation **out, struct als_err *err);
ptrdiff_t als_relation_column(const struct als_relation *table, const char *name); /* -1 if none */
/* Names of all tables of the trail, ascending, in the arena. */
ALS_CHECKED enum als_status als_relation_names(struct als_store *store, struct als_arena *arena,
                                               const char *const **names, size_t *n,
                                               struct als_err *err);
void als_relations_forget(struct als_store *store); /* after a change of definitions */

/* ---- canonical.c: rows as bytes, as JSON, and keys in words ---- */

/* Text of a patient; "" when there is no such row. Kept in the store. */
const char *als_word_patient(struct als_store *store, int64_t patient_id);
ALS_CHECKED enum als_status als_words_load(struct als_store *store, struct als_err *err); /* all */
void als_words_forget(struct als_store *store);

/* Pieces of a canonical row. Column numbers count from 1. The order of calls is: als_canon_key, one
 * call for each column that is not NULL in ascending order, als_canon_end. */
void als_canon_key(struct als_store *store, const struct als_relation *table, int64_t row_id,
                   struct als_buf *out);
void als_canon_integer(struct als_buf *out, size_t column, int64_t value);
void als_canon_number(struct als_buf *out, size_t column, double value);
void als_canon_text(struct als_buf *out, size_t column, const char *text, size_t length);
void als_canon_words(struct als_store *store, struct als_buf *out, size_t column,
                     enum als_words words, int64_t key);
void als_canon_end(struct als_buf *out);
/* The whole row from a result row whose columns start at `first`. */
void als_canon_row(struct als_store *store, const struct als_relation *table, int64_t row_id,
                   sqlite3_stmt *stmt, int first, struct als_buf *out);

/* ---- trail.c: steps of the open change set ---- */

/* bytes: canonical row just entered, without the 'E'. */
void als_trail_entered(struct als_store *store, struct als_relation *table, int64_t row_id,
                       const void *bytes, size_t n);
/* The same for rows hashed elsewhere in one go: `steps` rows, first_id … last_id ascending, bytes
 * with the 'E' before each row. */
void als_trail_entered_many(struct als_store *store, struct als_relation *table, int64_t first_id,
                            int64_t last_id, int64_t steps, const void *bytes, size_t n);
/* Count rows whose digest is to be rebuilt before commit. */
void als_trail_unordered(struct als_store *store, struct als_relation *table, int64_t steps);

/* ---- row.c: entering and changing one row of any table ---- */

enum als_row_kind { ALS_ROW_NULL, ALS_ROW_INTEGER, ALS_ROW_NUMBER, ALS_ROW_TEXT, ALS_ROW_BLOB };
struct als_row_cell {
    enum als_row_kind kind;
    bool given; /* the caller has an opinion on this column */
    bool quiet; /* changes without a reason, and does not count as a change alone */
    int64_t integer;
    double number;
    const char *text; /* borrowed */
    size_t length;
};
/* cells[table->n_columns] in table order. row_id 0: a new row with the next key; set on return.
 * Writes nothing when every given cell equals the stored one. */
ALS_CHECKED enum als_status als_row_put(struct als_store *store, struct als_relation *table,
                                        int64_t *row_id, const struct als_row_cell *cells,
                                        enum als_put *what, struct als_err *err);
ALS_CHECKED enum als_status als_row_delete(struct als_store *store, struct als_relation *table,
                                           int64_t row_id, struct als_err *err);

/* ---- visit.c ---- */

/* Make the row of a visit that an assessment or procedure names, or move one that the program made
 * to an earlier day; see als_assessment_put. */
ALS_CHECKED enum als_status als_visit_make(struct als_store *store, int64_t patient_id,
                                           int visit_no, int day, bool not_done,
                                           struct als_err *err);

/* ALS_INTERNAL unless a change set is open and usable. */
ALS_CHECKED enum als_status als_change_require(const struct als_store *store, struct als_err *err);

#endif
