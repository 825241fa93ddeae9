/* `audit list|cells|verify` and `backup`. */
#include "commands.h"
#include "login.h"
#include "names.h"

#include <string.h>

#include "alstrack/store/key.h"
#include "alstrack/store/redact.h"

static void list_row(const struct als_audit_row *row, void *context)
{
    struct als_table *table = context;
    als_table_integer(table, row->change_id);
    als_table_text(table, row->at_utc);
    als_table_text(table, row->user);
    als_table_yesno(table, row->authenticated);
    als_table_text(table, row->command);
    als_table_text(table, row->reason);
    als_table_integer(table, row->row_count);
    als_table_text(table, row->source_name);
    als_table_text(table, row->source_sha256);
    als_table_text(table, row->digest_hex);
}

enum als_status als_cmd_audit_list(struct als_cli *cli, struct als_err *err)
{
    static const struct als_table_column columns[] = {
        {.name = "change", .type = ALS_CELL_INTEGER},
        {.name = "at_utc", .type = ALS_CELL_TEXT},
        {.name = "user", .type = ALS_CELL_TEXT},
        {.name = "authenticated", .type = ALS_CELL_YESNO},
        {.name = "command", .type = ALS_CELL_TEXT},
        {.name = "reason", .type = ALS_CELL_TEXT},
        {.name = "rows", .type = ALS_CELL_INTEGER},
        {.name = "source", .type = ALS_CELL_TEXT},
        {.name = "source_sha256", .type = ALS_CELL_TEXT},
        {.name = "digest", .type = ALS_CELL_TEXT},
    };
    struct als_table *table = als_table_new(columns, sizeof columns / sizeof columns[0]);
    enum als_status status = als_audit_each(cli->store, list_row, table, err);
    if (!status)
        return als_cli_emit(cli, table, err);
    als_table_free(table);
    return status;
}

static void cell_row(const struct als_audit_cell *cell, void *context)
{
    struct als_table *table = context;
    als_table_integer(table, cell->change_id);
    als_table_text(table, cell->at_utc);
    als_table_text(table, cell->user);
    als_table_text(table, cell->reason);
    als_table_text(table, cell->table);
    als_table_text(table, cell->key);
    als_table_text(table, cell->operation);
    als_table_text(table, cell->column);
    als_table_text(table, cell->old_text);
    als_table_text(table, cell->new_text);
}

enum als_status als_cmd_audit_cells(struct als_cli *cli, struct als_err *err)
{
    static const struct als_table_column columns[] = {
        {.name = "change", .type = ALS_CELL_INTEGER}, {.name = "at_utc", .type = ALS_CELL_TEXT},
        {.name = "user", .type = ALS_CELL_TEXT},      {.name = "reason", .type = ALS_CELL_TEXT},
        {.name = "table", .type = ALS_CELL_TEXT},     {.name = "key", .type = ALS_CELL_TEXT},
        {.name = "operation", .type = ALS_CELL_TEXT}, {.name = "column", .type = ALS_CELL_TEXT},
        {.name = "old", .type = ALS_CELL_TEXT},       {.name = "new", .type = ALS_CELL_TEXT},
    };
    const char *patient = als_args_operand(&cli->args, 0);
    int64_t id;
    enum als_status status = als_cli_patient_id(cli, patient, &id, err);
    if (status)
        return status;
    struct als_table *table = als_table_new(columns, sizeof columns / sizeof columns[0]);
    status = als_audit_cells(cli->store, patient, cell_row, table, err);
    if (!status)
        return als_cli_emit(cli, table, err);
    als_table_free(table);
    return status;
}

static void count_change(const struct als_audit_row *row, void *context)
{
    int64_t *n = context;
    (void)row;
    ++*n;
}

/* --head as 64 small hexadecimal digits; NULL when it was not given. */
static enum als_status read_head(const struct als_cli *cli, char head[65], const char **out,
                                 struct als_err *err)
{
    const char *text = als_args_text(&cli->args, "head");
    *out = NULL;
    if (!text)
        return ALS_OK;
    if (strlen(text) != 64 || strspn(text, "0123456789abcdefABCDEF") != 64)
        return als_fail(err, ALS_USAGE, "E-HEAD",
                        "--head needs a digest of 64 hexadecimal digits, not '%s'", text);
    for (size_t i = 0; i <= 64; i++)
        head[i] = text[i] >= 'A' && text[i] <= 'F' ? (char)(text[i] - 'A' + 'a') : text[i];
    *out = head;
    return ALS_OK;
}

static void note_reason(int64_t change_id, int64_t by_change, const char *user, void *context)
{
    als_table_note(context, "Redacted: the reason of change set %lld, by change set %lld of %s.",
                   (long long)change_id, (long long)by_change, user);
}

enum als_status als_cmd_audit_verify(struct als_cli *cli, struct als_err *err)
{
    static const struct als_table_column columns[] = {
        {.name = "changes", .type = ALS_CELL_INTEGER},
        {.name = "findings", .type = ALS_CELL_INTEGER},
        {.name = "head", .type = ALS_CELL_TEXT},
        {.name = "redacted", .type = ALS_CELL_INTEGER},
    };
    size_t findings = 0;
    int64_t changes = 0, redacted = 0;
    bool sealed = false;
    char head[65] = "", wanted[65];
    const char *expected;
    enum als_status status = read_head(cli, wanted, &expected, err);
    if (!status)
        status = als_audit_verify(cli->store, expected, &cli->sink, &findings, err);
    if (!status)
        status = als_audit_each(cli->store, count_change, &changes, err);
    if (!status)
        status = als_audit_head(cli->store, head, err);
    if (!status)
        status = als_redaction_count(cli->store, &redacted, err);
    if (!status)
        status = als_store_is_sealed(cli->store, &sealed, err);
    if (status)
        return status;
    struct als_table *table = als_table_new(columns, sizeof columns / sizeof columns[0]);
    als_table_integer(table, changes);
    als_table_integer(table, (int64_t)findings);
    als_table_text(table, head);
    als_table_integer(table, redacted);
    if (redacted)
        als_table_note(table, "Redacted: %s; their salted hashes are in the table redaction.",
                       als_cli_count(cli, (size_t)redacted, "value"));
    status = als_redacted_reasons(cli->store, note_reason, table, err);
    if (status) {
        als_table_free(table);
        return status;
    }
    if (sealed && !*als_key_fingerprint())
        als_table_note(table, "The trail is sealed with a key: --key-file checks the seals.");
    als_table_note(table, findings ? "The trail and the tables disagree: see above."
                                   : "The trail and the tables agree.");
    status = als_cli_emit(cli, table, err);
    return status ? status : findings ? ALS_FINDINGS : ALS_OK;
}

enum als_status als_cmd_backup(struct als_cli *cli, struct als_err *err)
{
    const char *path = als_args_operand(&cli->args, 0);
    char head[65];
    enum als_status status = als_cli_log(cli, "backup", path, err);
    if (!status)
        status = als_store_backup(cli->store, path, err);
    if (!status)
        status = als_audit_head(cli->store, head, err);
    if (!status)
        fprintf(stderr, "%s: copied and checked\nhead of the trail %s\n", path, head);
    return status;
}

/* ---- The log of access, the key, redaction ---- */

static void access_row(const struct als_access_row *row, void *context)
{
    struct als_table *table = context;
    als_table_integer(table, row->access_id);
    als_table_text(table, row->at_utc);
    als_table_text(table, row->user);
    als_table_yesno(table, row->authenticated);
    als_table_text(table, row->what);
    als_table_text(table, row->detail);
    als_table_text(table, row->digest_hex);
}

enum als_status als_cmd_audit_access(struct als_cli *cli, struct als_err *err)
{
    static const struct als_table_column columns[] = {
        {.name = "entry", .type = ALS_CELL_INTEGER},
        {.name = "at_utc", .type = ALS_CELL_TEXT},
        {.name = "user", .type = ALS_CELL_TEXT},
        {.name = "authenticated", .type = ALS_CELL_YESNO},
        {.name = "what", .type = ALS_CELL_TEXT},
        {.name = "detail", .type = ALS_CELL_TEXT},
        {.name = "digest", .type = ALS_CELL_TEXT},
    };
    struct als_table *table = als_table_new(columns, sizeof columns / sizeof columns[0]);
    enum als_status status = als_access_each(cli->store, access_row, table, err);
    if (!status)
        return als_cli_emit(cli, table, err);
    als_table_free(table);
    return status;
}

enum als_status als_cmd_audit_key(struct als_cli *cli, struct als_err *err)
{
    const char *path = als_args_operand(&cli->args, 0);
    if (als_args_flag(&cli->args, "dry-run")) {
        fputs("dry run: no key is made\n", stderr);
        return ALS_OK;
    }
    enum als_status status = als_key_make(path, err);
    if (!status)
        status = als_cli_begin(cli, err);
    if (!status) {
        status = als_key_register(cli->store, path, err);
        status = als_cli_end(cli, status, err);
        if (status)
            (void)remove(path);
    }
    if (!status)
        fprintf(stderr,
                "%s holds the key: keep it outside the study, and a copy of it. Writing needs it "
                "from now on:\nexport ALSTRACK_KEY_FILE=%s\n",
                path, path);
    return status;
}

/* What is taken out: a value with its history, or, target NULL, the reason of a change set. */
struct redaction {
    const struct als_redact_target *target;
    int64_t change_id;
    size_t values;
};

static enum als_status take_out(struct als_cli *cli, struct redaction *redaction,
                                struct als_err *err)
{
    if (redaction->target)
        return als_redact(cli->store, redaction->target, &redaction->values, err);
    redaction->values = 1;
    return als_redact_reason(cli->store, redaction->change_id, err);
}

static enum als_status redact(struct als_cli *cli, struct redaction *redaction, struct als_err *err)
{
    char head[65];
    if (!cli->change.reason)
        return als_fail(err, ALS_USAGE, "E-REASON", "--reason TEXT is missing");
    enum als_status status = als_change_begin(cli->store, &cli->change, err);
    if (status)
        return status;
    status = take_out(cli, redaction, err);
    bool dry = als_args_flag(&cli->args, "dry-run");
    if (status || dry)
        als_change_abandon(cli->store);
    else
        status = als_change_commit(cli->store, NULL, err);
    if (!status && !dry)
        status = als_redact_scrub(cli->store, err);
    if (!status && !dry)
        status = als_audit_head(cli->store, head, err);
    if (status)
        return status;
    fprintf(stderr, "%s%s from %s\n", dry ? "dry run, nothing written: would take " : "took ",
            als_cli_count(cli, redaction->values, "value"),
            redaction->target
                ? "the row, its history and queries about it"
                : als_arena_printf(cli->arena, "the trail: the reason of change set %lld",
                                   (long long)redaction->change_id));
    if (!dry)
        fprintf(stderr, "head of the trail %s\nbackups and exports made before still hold it\n",
                head);
    return ALS_OK;
}

static enum als_status redact_value(struct als_cli *cli, const struct als_redact_target *target,
                                    struct als_err *err)
{
    return redact(cli, &(struct redaction){.target = target}, err);
}

enum als_status als_cmd_audit_redact_reason(struct als_cli *cli, struct als_err *err)
{
    int change_id = 0;
    const enum als_status status =
        als_cli_integer(als_args_operand(&cli->args, 0), "CHANGE", &change_id, err);
    return status ? status : redact(cli, &(struct redaction){.change_id = change_id}, err);
}

enum als_status als_cmd_audit_redact(struct als_cli *cli, struct als_err *err)
{
    const struct als_instrument *instrument;
    struct als_redact_target target = {.record = als_args_operand(&cli->args, 2),
                                       .field = als_args_operand(&cli->args, 3)};
    const char *visit = als_args_operand(&cli->args, 1);
    const char *rater = als_args_text(&cli->args, "rater");
    enum als_status status =
        als_cli_patient_id(cli, als_args_operand(&cli->args, 0), &target.patient_id, err);
    if (!status)
        status = als_cli_visit_check(cli, visit, err);
    if (!status)
        status = als_cli_instrument(cli, target.record, &instrument, err);
    if (status)
        return status;
    target.visit_no = als_store_visit_no(cli->store, visit, strlen(visit));
    target.rater_no = rater ? als_store_rater_no(cli->store, rater, strlen(rater)) : 0;
    if (target.rater_no < 0)
        return als_fail(err, ALS_NO_INPUT, "E-RATER", "there is no rater '%s'", rater);
    return redact_value(cli, &target, err);
}

enum als_status als_cmd_audit_redact_event(struct als_cli *cli, struct als_err *err)
{
    struct als_redact_target target = {.record = "event",
                                       .name = als_args_operand(&cli->args, 1),
                                       .date = als_args_text(&cli->args, "date"),
                                       .field = "note"};
    enum als_status status =
        als_cli_patient_id(cli, als_args_operand(&cli->args, 0), &target.patient_id, err);
    return status ? status : redact_value(cli, &target, err);
}

enum als_status als_cmd_audit_redact_ae(struct als_cli *cli, struct als_err *err)
{
    struct als_redact_target target = {.record = "ae",
                                       .name = als_args_operand(&cli->args, 1),
                                       .field = als_args_operand(&cli->args, 2)};
    if (!target.field)
        target.field = "term";
    enum als_status status =
        als_cli_patient_id(cli, als_args_operand(&cli->args, 0), &target.patient_id, err);
    return status ? status : redact_value(cli, &target, err);
}
