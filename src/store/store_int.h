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
#include <string.h>

#include "alstrack/core/alloc.h"
#include "alstrack/core/buf.h"
#include "alstrack/core/date.h"
#include "alstrack/store/change.h"
#include "alstrack/store/people.h"
#include "alstrack/store/record.h"
#include "alstrack/store/store.h"

#define ALS_APPLICATION_ID 0x414C5354 /* "ALST"; schema/migrations/001 sets the same */
#define ALS_PATIENT_MAX    0xFFFFFF   /* the table's CHECK */
#define ALS_BUSY_MS        5000
#define ALS_DIGEST_BYTES   32
#define ALS_QUERY_SHIFT    16 /* query_id = patient_id << 16 | number */
#define ALS_QUERY_MASK     0xFFFF
#define ALS_MODE_CHECK     "mode = 'clinic' OR mode = 'phone' OR mode = 'video' OR mode = 'home'"

/* ---- Tables of the trail ---- */

enum als_column_type { ALS_TYPE_INTEGER, ALS_TYPE_REAL, ALS_TYPE_TEXT, ALS_TYPE_BLOB };

/* What an integer stands for, if it is a key. */
enum als_words {
    ALS_WORDS_NONE,
    ALS_WORDS_PATIENT,    /* patient_id: patient */
    ALS_WORDS_VISIT,      /* visit_id: patient, visit code */
    ALS_WORDS_VISIT_NO,   /* visit_no: visit code */
    ALS_WORDS_ASSESSMENT, /* assessment_id: patient, visit code, rater */
    ALS_WORDS_QUERY,      /* query_id: patient, number */
    ALS_WORDS_STEP,       /* step_id: patient, number of the query, number of the step */
};

struct als_column {
    const char *name;
    enum als_column_type type;
    enum als_words words;
};

/* The trail of the open change set in one table. */
struct als_trail {
    bool touched, ordered;
    int64_t last_id;                /* row key of the last step hashed */
    int64_t steps;                  /* rows entered, changed and removed */
    crypto_generichash_state *hash; /* owned while touched */
};

/* A stored table. Owned by the store, in an arena that ends when definitions change. */
struct als_relation {
    const char *name;
    const char *key;                  /* INTEGER PRIMARY KEY */
    enum als_words key_words;         /* what the key itself stands for */
    const struct als_column *columns; /* stored, in table order, without key and change_id */
    size_t n_columns;
    size_t n_before_change;     /* of the columns, how many stand before change_id */
    const char *select_one;     /* SELECT change_id, columns … WHERE key = ?1 */
    const char *insert_one;     /* (key, change_id, columns …) VALUES (?1, ?2, ?3 …) */
    const char *update_one;     /* change_id = ?2, columns = ?3 … WHERE key = ?1 */
    const char *delete_one;     /* WHERE key = ?1 */
    const char *next_id;        /* SELECT the key of the next new row */
    const char *select_all;     /* SELECT key, change_id, columns … ORDER BY key */
    const char *select_changed; /* the same WHERE change_id = ?1 */
    struct als_trail trail;
    struct als_relation *next;
};

/* ---- The store ---- */

#define ALS_NAME_ROOM (ALS_KEY_MASK + 1)
struct als_name_list {                /* visit codes or raters */
    const char *names[ALS_NAME_ROOM]; /* [number], in the store's arena; NULL = unused number */
    int highest;
};

struct als_change_state {
    bool open;
    bool has_reason;
    bool broken;    /* a failure left rows without their steps: no commit */
    bool redefined; /* definitions or tables changed */
    int64_t change_id;
    int64_t steps;
    char user[65];          /* whose it is */
    char source_sha256[65]; /* "" = as begun */
};

/* What stands in the way of writing, as known at the start of the change set (guard.c). */
struct als_guard {
    bool role, study; /* roles are to be looked at; the study is locked */
    int64_t *locked;  /* lock_id of patients and visits, ascending; owned */
    size_t n_locked;
    unsigned char *mine; /* [patient_id / 8]: bit set when the actor sees the patient; NULL = all */
    size_t mine_room;    /* bytes */
};

struct als_definition {
    struct als_instrument *instrument; /* owned */
    int version_no;
};

struct als_store {
    sqlite3 *db;
    enum als_store_mode mode;
    char *path, *uuid;
    struct als_protocol *protocol;
    struct als_definition *definitions; /* instruments, in order of first adoption */
    size_t n_definitions;
    int protocol_version_no;
    int64_t last_definition; /* highest definition_id */
    struct als_name_list *visit_codes, *raters;
    char conflict_column[64]; /* see als_conflict_column */
    struct als_arena *arena;  /* of names; lives as long as the store */
    char **patients;          /* [patient_id]: text, filled when asked for; owned */
    size_t patients_room;
    int64_t data_version; /* changes when another process has written */
    struct als_relation *relations;
    struct als_arena *relation_arena;
    struct als_statement {
        char *sql;
        const char *asked; /* where the caller's text of it was last; may be gone */
        sqlite3_stmt *stmt;
    } * statements;
    size_t n_statements, statements_room;
    struct als_change_state change;
    bool has_users;
    char *covered;         /* for which sites temporary views lie over tables (actor.c); or NULL */
    struct als_user actor; /* id 0 = nobody; texts in actor_arena */
    struct als_arena *actor_arena;
    struct als_guard guard;
    als_cell_change_fn *on_cell;
    void *on_cell_context;
    void (*watch)(double share, void *context); /* als_store_watch; NULL: nobody */
    void *watch_context;
    size_t watched; /* rows so far */
    int cut_day;    /* records dated later are not read; see als_store_cut */
    char cut_text[ALS_DATE_TEXT];
};

/* One more row has been read, of a patient among those from first to last. */
static inline void als_store_tell(struct als_store *store, int64_t patient, int64_t first,
                                  int64_t last)
{
    if (store->watch && ++store->watched % ALS_STORE_WATCHED == 0)
        store->watch((double)(patient - first) / (double)(last - first + 1), store->watch_context);
}

static inline bool als_day_is_cut(const struct als_store *store, int day)
{
    return day != ALS_NO_DAY && day > store->cut_day;
}
/* A partial date counts by its first day: as text it sorts before every day that it holds. */
static inline bool als_date_is_cut(const struct als_store *store, const char *date)
{
    return date && strcmp(date, store->cut_text) > 0;
}

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
/* For cleaning up, where a failure changes nothing. */
void als_sql_attempt(struct als_store *store, const char *sql);
/* First column of the first row; 0 when there is none. */
ALS_CHECKED enum als_status als_sql_integer(struct als_store *store, const char *sql, int64_t *out,
                                            struct als_err *err);
void als_sql_done(sqlite3_stmt *stmt); /* reset and clear bindings; NULL is fine */
void als_bind_text(sqlite3_stmt *stmt, int index, const char *text); /* NULL binds NULL; borrowed */

/* ---- share.c ---- */

/* Is the file in write-ahead mode: served now, or left so by a server that did not end well? */
bool als_store_is_shared(struct als_store *store);

/* ---- json.c: flat JSON objects, as old rows and item reasons are kept ---- */

struct als_json {
    const char *at; /* set to the text */
    bool started, ended, failed;
    struct als_buf name, text; /* decoded; init before, release after */
};
struct als_json_member {
    enum { ALS_JSON_NULL, ALS_JSON_INTEGER, ALS_JSON_NUMBER, ALS_JSON_TEXT } kind;
    int64_t integer;
    double number;
};
void als_json_open(struct als_json *json, const char *text);
void als_json_close(struct als_json *json);
/* The next member: its name in json->name, a text in json->text. False at the end, and with
 * `failed` set when the text is not one flat object. */
bool als_json_next(struct als_json *json, struct als_json_member *member);
void als_json_text(struct als_buf *out, const char *text, size_t length); /* quoted */
void als_json_number(struct als_buf *out, double value); /* always with a point or exponent */

/* ---- relation.c: tables of the trail ---- */

/* Name of an instrument's table, a_CODE or v_CODE with hyphens as underscores. */
#define ALS_RELATION_NAME 40
void als_relation_name(const char *prefix, const struct als_instrument *instrument,
                       char name[ALS_RELATION_NAME]);
/* By name; described on first use. */
ALS_CHECKED enum als_status als_relation_find(struct als_store *store, const char *name,
                                              struct als_relation **out, struct als_err *err);
ptrdiff_t als_relation_column(const struct als_relation *table, const char *name); /* -1 if none */
/* Names of all tables of the trail, ascending, in the arena. Returns how many there are. */
size_t als_relation_names(const struct als_store *store, struct als_arena *arena,
                          const char *const **names);
void als_relations_forget(struct als_store *store); /* after a change of definitions */
/* Read the columns again after the table changed; its trail in the open change set goes on. */
ALS_CHECKED enum als_status als_relation_refresh(struct als_store *store,
                                                 struct als_relation *table, struct als_err *err);

/* ---- canonical.c: rows as cells, as bytes, as JSON, and keys in words ---- */

enum als_row_kind { ALS_ROW_NULL, ALS_ROW_INTEGER, ALS_ROW_NUMBER, ALS_ROW_TEXT, ALS_ROW_BLOB };
struct als_row_cell {
    enum als_row_kind kind;
    bool given;   /* the caller has an opinion on this column */
    bool initial; /* not given, but stored in a new row instead of NULL */
    bool quiet;   /* given: follows a change, and is none alone */
    int64_t integer;
    double number;
    const char *text; /* borrowed */
    size_t length;
    char *owned; /* for the one who keeps a copy of the text; else NULL */
};
struct als_row_cell als_cell_integer(int64_t value); /* each with given = true */
struct als_row_cell als_cell_number(double value);   /* NAN is NULL */
struct als_row_cell als_cell_text(const char *text); /* NULL is NULL */
struct als_row_cell als_cell_when(bool given, struct als_row_cell cell);
/* The whole row from a result row whose columns start at `first`; texts last until the next step.
 */
void als_cells_from_row(const struct als_relation *table, sqlite3_stmt *stmt, int first,
                        struct als_row_cell *cells);
/* From the text kept in history; decoded texts go to arena. False if it is not such a text. */
bool als_cells_from_json(const struct als_relation *table, const char *json,
                         struct als_arena *arena, struct als_row_cell *cells);
void als_cells_to_json(const struct als_relation *table, const struct als_row_cell *cells,
                       struct als_buf *out);
bool als_cells_equal(const struct als_row_cell *a, const struct als_row_cell *b);
/* For messages and lists; "" for NULL. */
void als_cell_print(const struct als_row_cell *cell, struct als_buf *out);

/* Text of a patient; "" when there is no such row. Kept in the store. */
const char *als_word_patient(struct als_store *store, int64_t patient_id);
ALS_CHECKED enum als_status als_words_load(struct als_store *store, struct als_err *err); /* all */
void als_words_forget(struct als_store *store);

/* Pieces of a canonical row. Column numbers count from 1. The order of calls is: als_canon_key, one
 * call for each column that is not NULL in ascending order, als_canon_end. */
void als_canon_key(struct als_store *store, const struct als_relation *table, int64_t row_id,
                   struct als_buf *out);
void als_canon_integer(struct als_buf *out, size_t column, int64_t value);
/* The same into bytes, for callers with many; returns how many bytes it takes. */
#define ALS_CANON_INTEGER 21 /* at most */
size_t als_canon_put_integer(char bytes[ALS_CANON_INTEGER], size_t column, int64_t value);
void als_canon_number(struct als_buf *out, size_t column, double value);
void als_canon_text(struct als_buf *out, size_t column, const char *text, size_t length);
void als_canon_words(struct als_store *store, struct als_buf *out, size_t column,
                     enum als_words words, int64_t key);
void als_canon_end(struct als_buf *out);
/* All of it. */
void als_canon_cells(struct als_store *store, const struct als_relation *table, int64_t row_id,
                     const struct als_row_cell *cells, struct als_buf *out);

/* The natural key for people: patient/visit/rater, patient/event/date … */
void als_relation_key(struct als_store *store, const struct als_relation *table, int64_t row_id,
                      const struct als_row_cell *cells, struct als_buf *out);
/* By how many bits a key stands left of the patient_id in it; -1 when there is none in it. */
int als_words_shift(enum als_words words);
/* Whose row it is; 0 for visit codes, raters and definitions. */
int64_t als_relation_patient(const struct als_relation *table, int64_t row_id,
                             const struct als_row_cell *cells);

/* ---- say.c: for messages and lists ---- */

/* "patient P1, visit SCR, alsfrsr". */
void als_say_row(struct als_store *store, const struct als_relation *table, int64_t row_id,
                 const struct als_row_cell *cells, struct als_buf *out);
const char *als_say_column(const char *column);
/* Days as dates, visits by their codes; "" for NULL. */
void als_say_cell(struct als_store *store, const struct als_column *column,
                  const struct als_row_cell *cell, struct als_buf *out);

/* ---- trail.c: steps of the open change set ---- */

/* A new BLAKE2b-256 state; free() ends it. libsodium wants it aligned, an arena does not do. */
crypto_generichash_state *als_hash_new(void);
/* Forget the steps of every table. */
void als_trail_forget(struct als_store *store);

/* The steps themselves, appended to out; `row` is canonical, and may follow later (n = 0). */
void als_step_entered(struct als_buf *out, const void *row, size_t n);
void als_step_updated(struct als_buf *out, int64_t old_change, const char *row_key,
                      const char *old_row, const void *row, size_t n);
void als_step_deleted(struct als_buf *out, int64_t old_change, const char *row_key,
                      const char *old_row);

/* bytes: `steps` steps on rows first_id … last_id, ascending. */
void als_trail_add(struct als_store *store, struct als_relation *table, int64_t first_id,
                   int64_t last_id, int64_t steps, const void *bytes, size_t n);

/* Write a history row. */
ALS_CHECKED enum als_status als_trail_history(struct als_store *store,
                                              const struct als_relation *table, int64_t row_id,
                                              const char *operation, int64_t old_change,
                                              const char *row_key, const char *old_row,
                                              int64_t patient_id, struct als_err *err);

/* ---- rebuild.c: the trail of tables from what is stored ---- */

/* Receives the steps of every row of a table in order of row key: bytes of one step by one change
 * set. */
typedef void als_rebuild_step_fn(int64_t change_id, const void *bytes, size_t n, void *context);
/* Receives what cannot be so: change_id is the change set that it is about, 0 if none. */
typedef void als_rebuild_odd_fn(int64_t change_id, const char *what, void *context);
struct als_rebuild {
    als_rebuild_step_fn *step;
    als_rebuild_odd_fn *odd; /* may be NULL */
    void *context;
    int64_t only; /* steps of this change set only; 0 = all */
};
ALS_CHECKED enum als_status als_rebuild_relation(struct als_store *store,
                                                 const struct als_relation *table,
                                                 const struct als_rebuild *rebuild,
                                                 struct als_err *err);

/* ---- row.c: entering, changing and removing one row of any table ---- */

/* cells[table->n_columns] in table order. *row_id 0: a new row with the next key; set on return.
 * Writes nothing when every given cell, quiet ones aside, equals the stored one. A change of a
 * stored row needs a reason unless without_reason. what may be NULL. */
ALS_CHECKED enum als_status als_row_put(struct als_store *store, struct als_relation *table,
                                        int64_t *row_id, const struct als_row_cell *cells,
                                        bool without_reason, enum als_put *what,
                                        struct als_err *err);
/* A new row under a key that is known to be free, with all its cells. */
ALS_CHECKED enum als_status als_row_enter(struct als_store *store, struct als_relation *table,
                                          int64_t row_id, const struct als_row_cell *cells,
                                          struct als_err *err);
/* Would als_row_put ask for a reason? For callers that write another row first. */
ALS_CHECKED enum als_status als_row_check(struct als_store *store, struct als_relation *table,
                                          int64_t row_id, const struct als_row_cell *cells,
                                          struct als_err *err);
ALS_CHECKED enum als_status als_row_delete(struct als_store *store, struct als_relation *table,
                                           int64_t row_id, struct als_err *err);

/* ---- names.c: visit codes and raters ---- */

/* Read both lists; texts handed out before stay as they are. */
ALS_CHECKED enum als_status als_names_load(struct als_store *store, struct als_err *err);
/* Enter a visit code under a number, or give it another label. */
ALS_CHECKED enum als_status als_names_add_visit(struct als_store *store, int visit_no,
                                                const char *code, const char *label,
                                                struct als_err *err);

/* ---- definition.c: definitions in force ---- */

ALS_CHECKED enum als_status als_definitions_load(struct als_store *store, struct als_err *err);
void als_definitions_free(struct als_store *store);
/* After a change set that put new versions in force. */
ALS_CHECKED enum als_status als_definitions_reload(struct als_store *store, struct als_err *err);
/* Enter the next version of a definition as a row. */
ALS_CHECKED enum als_status als_definition_enter_instrument(struct als_store *store,
                                                            const struct als_instrument *instrument,
                                                            int version_no, struct als_err *err);
ALS_CHECKED enum als_status als_definition_enter_protocol(struct als_store *store,
                                                          const struct als_protocol *protocol,
                                                          int version_no, struct als_err *err);

/* ---- change.c ---- */

/* als_change_begin within a transaction that is open already. */
ALS_CHECKED enum als_status
als_change_start(struct als_store *store, const struct als_change_info *info, struct als_err *err);
/* Digest that the first change set has as its parent: over the table study. */
ALS_CHECKED enum als_status als_change_genesis(struct als_store *store,
                                               unsigned char digest[ALS_DIGEST_BYTES],
                                               struct als_err *err);
/* The last step of a chain: what sql gives as number and digest; 0 and the digest of
 * als_change_genesis where there is none yet. */
ALS_CHECKED enum als_status als_chain_last(struct als_store *store, const char *sql, int64_t *id,
                                           unsigned char digest[ALS_DIGEST_BYTES],
                                           struct als_err *err);
/* Columns that als_change_digest reads, in this order, first in the result row. */
#define ALS_CHANGE_COLUMNS                                                                         \
    "change_id, at_utc, user, authenticated, command,"                                             \
    " CASE WHEN reason_mark IS NULL THEN reason ELSE reason_mark END, source_name, source_sha256," \
    " row_count, tables, parent_digest"
void als_change_digest(sqlite3_stmt *stmt, unsigned char digest[ALS_DIGEST_BYTES]);
/* Digest over the first n columns of a result row, with their types and lengths. */
void als_hash_columns(sqlite3_stmt *stmt, int n, unsigned char digest[ALS_DIGEST_BYTES]);
/* A reason's mark: a salt, and what als_salted_hash makes of both. */
#define ALS_SALT_BYTES 16
#define ALS_MARK_BYTES (ALS_SALT_BYTES + ALS_DIGEST_BYTES)
void als_reason_mark(const char *reason, size_t length, unsigned char mark[ALS_MARK_BYTES]);
/* BLAKE2b-256 keyed by the salt. */
void als_salted_hash(const void *text, size_t length, const unsigned char salt[ALS_SALT_BYTES],
                     unsigned char digest[ALS_DIGEST_BYTES]);
#define ALS_REDACTED "(redacted)" /* where a text stood that was taken out */
/* One line of the column tables. */
void als_change_table_line(struct als_buf *out, const char *table, int64_t steps,
                           const unsigned char digest[ALS_DIGEST_BYTES]);

/* ---- check.c: values on their way in and out ---- */

/* Each returns ALS_DATA with a hint. NULL and "" are missing and pass. */
ALS_CHECKED enum als_status als_check_date(const char *field, const char *text,
                                           struct als_err *err); /* partial allowed */
ALS_CHECKED enum als_status als_check_day(const char *field, int day, struct als_err *err);
ALS_CHECKED enum als_status als_check_choice(const char *field, const char *text,
                                             const char *const *choices, size_t n,
                                             struct als_err *err);
ALS_CHECKED enum als_status als_check_mode(const char *mode, struct als_err *err);
/* Not empty, without control characters or blanks at its ends, at most `longest` bytes. */
ALS_CHECKED enum als_status als_check_name(const char *field, const char *text, size_t longest,
                                           struct als_err *err);
/* Of a new patient or adverse event: no word that stands for something else where names stand in
 * addresses of pages (/patients/new). */
ALS_CHECKED enum als_status als_check_id(const char *field, const char *text, struct als_err *err);
/* A text of a record; "" is missing. Borrowed. */
const char *als_or_missing(const char *text);
bool als_is_given(unsigned given, unsigned bit);
struct als_row_cell als_given_text(unsigned given, unsigned bit, const char *text);
struct als_row_cell als_cell_day(int day); /* ALS_NO_DAY is NULL */
const char *als_column_text(sqlite3_stmt *stmt, int column, struct als_arena *arena);
double als_column_number(sqlite3_stmt *stmt, int column); /* NULL is NAN */
int als_column_day(sqlite3_stmt *stmt, int column);       /* NULL is ALS_NO_DAY */

/* ---- visit.c ---- */

/* Make the row of a visit that an assessment or procedure names, or move one that the program made
 * to an earlier day; see als_assessment_put. */
ALS_CHECKED enum als_status als_visit_make(struct als_store *store, int64_t patient_id,
                                           int visit_no, int day, bool not_done,
                                           struct als_err *err);
/* After a stored assessment or procedure has changed: a visit that the program made takes the day
 * of the earliest that was done at it, and says nothing when none was. */
ALS_CHECKED enum als_status als_visit_follow(struct als_store *store, int64_t patient_id,
                                             int visit_no, struct als_err *err);

/* ---- assessment.c, scan.c ---- */

/* A row of an instrument's table as an assessment, but for its key; texts go to the arena. */
void als_assessment_read(const struct als_relation *table, const struct als_instrument *instrument,
                         const struct als_row_cell *cells, struct als_arena *arena,
                         struct als_assessment *out);
/* The column item_reasons; nothing is added when there are none. */
void als_reasons_to_json(const struct als_instrument *instrument, const char *const *reasons,
                         struct als_buf *out);
/* [n_items], in the arena, from the column; NULL is none. */
const char **als_reasons_from_json(const struct als_instrument *instrument, const char *json_text,
                                   struct als_arena *arena);
/* Those that the row has once the assessment is put over `stored` (NULL: no row). */
const char **als_reasons_merge(const struct als_instrument *instrument,
                               const struct als_assessment *assessment, const bool *given_items,
                               const char *const *stored, struct als_arena *arena);
/* Bind ?1 and ?2: assessment_id of patients first_id … last_id. */
void als_scan_bounds(sqlite3_stmt *stmt, int64_t first_id, int64_t last_id);

/* ALS_INTERNAL unless a change set is open and usable. */
ALS_CHECKED enum als_status als_change_require(const struct als_store *store, struct als_err *err);

#endif
