/* `lock`, `unlock` and `sign`, each of a visit, a patient or the study. */
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "login.h"
#include "names.h"

#include "alstrack/store/sign.h"

/* The operands PATIENT and VISIT, as far as the verb has them. */
static enum als_status read_scope(struct als_cli *cli, struct als_scope *scope, struct als_err *err)
{
    const char *patient = als_args_operand(&cli->args, 0);
    const char *visit = als_args_operand(&cli->args, 1);
    *scope = (struct als_scope){0, 0};
    enum als_status status = als_cli_patient_id(cli, patient, &scope->patient_id, err);
    if (!status && visit)
        status = als_cli_visit_check(cli, visit, err);
    if (!status && visit) {
        scope->visit_no = als_store_visit_no(cli->store, visit, strlen(visit));
        if (!scope->visit_no)
            status = als_fail(err, ALS_NO_INPUT, "E-VISIT", "%s has no visit %s", patient, visit);
    }
    return status;
}

/* ---- Locks ---- */

/* All of the study at once is not done by a slip: its code is typed, or --yes given. */
static enum als_status make_sure(struct als_cli *cli, const struct als_scope *scope,
                                 struct als_err *err)
{
    const char *code = als_store_protocol(cli->store)->code;
    char typed[200] = "";
    if (scope->patient_id || als_args_flag(&cli->args, "yes") ||
        als_args_flag(&cli->args, "dry-run"))
        return ALS_OK;
    if (!isatty(STDIN_FILENO))
        return als_fail(err, ALS_USAGE, "E-YES", "this concerns the whole study: --yes says so");
    fprintf(stderr, "This concerns the whole study. Type its code, %s: ", code);
    if (!fgets(typed, sizeof typed, stdin) || strcspn(typed, "\n") != strlen(code) ||
        strncmp(typed, code, strlen(code)) != 0)
        return als_fail(err, ALS_USAGE, "E-YES", "that is not its code, nothing is done");
    return ALS_OK;
}

enum als_status als_cmd_lock(struct als_cli *cli, struct als_err *err)
{
    struct als_scope scope;
    enum als_put what;
    enum als_status status = read_scope(cli, &scope, err);
    if (!status && !scope.patient_id)
        status = make_sure(cli, &scope, err);
    if (!status)
        status = als_cli_begin(cli, err);
    if (status)
        return status;
    status = als_lock_put(cli->store, &scope, &what, err);
    return als_cli_end(cli, status, err);
}

enum als_status als_cmd_unlock(struct als_cli *cli, struct als_err *err)
{
    struct als_scope scope;
    enum als_status status = read_scope(cli, &scope, err);
    if (!status && !cli->change.reason)
        status = als_fail(err, ALS_USAGE, "E-REASON", "--reason TEXT is missing");
    if (!status && !scope.patient_id)
        status = make_sure(cli, &scope, err);
    if (!status)
        status = als_cli_begin(cli, err);
    if (status)
        return status;
    status = als_lock_remove(cli->store, &scope, err);
    if (!status)
        als_cli_tell(cli, "  %s: no longer locked", als_scope_text(cli->store, &scope, cli->arena));
    return als_cli_end(cli, status, err);
}

static void say_scope(struct als_cli *cli, struct als_table *table, const struct als_scope *scope,
                      const struct als_patient_list *patients)
{
    als_table_text(table, !scope->patient_id ? "study" : scope->visit_no ? "visit" : "patient");
    als_table_text(table, scope->patient_id ? als_patient_name(patients, scope->patient_id) : NULL);
    als_table_text(table, als_store_visit_code(cli->store, scope->visit_no));
}

enum als_status als_cmd_lock_list(struct als_cli *cli, struct als_err *err)
{
    static const struct als_table_column columns[] = {
        {.name = "locked", .type = ALS_CELL_TEXT}, {.name = "patient", .type = ALS_CELL_TEXT},
        {.name = "visit", .type = ALS_CELL_TEXT},  {.name = "user", .type = ALS_CELL_TEXT},
        {.name = "at_utc", .type = ALS_CELL_TEXT},
    };
    int64_t id = 0;
    struct als_lock_list locks;
    struct als_patient_list patients;
    enum als_status status = als_cli_patient_id(cli, als_args_operand(&cli->args, 0), &id, err);
    if (!status)
        status = als_patient_load(cli->store, cli->arena, &patients, err);
    if (!status)
        status = als_lock_load(cli->store, id, cli->arena, &locks, err);
    if (status)
        return status;
    struct als_table *table = als_table_new(columns, sizeof columns / sizeof columns[0]);
    for (size_t i = 0; i < locks.count; i++) {
        say_scope(cli, table, &locks.items[i].scope, &patients);
        als_table_text(table, locks.items[i].user);
        als_table_text(table, locks.items[i].at_utc);
    }
    return als_cli_emit(cli, table, err);
}

/* ---- Signatures ---- */

enum als_status als_cmd_sign(struct als_cli *cli, struct als_err *err)
{
    struct als_scope scope;
    struct als_signature signature;
    char head[65];
    const char *meaning = als_args_text(&cli->args, "meaning");
    if (!meaning)
        return als_fail(err, ALS_USAGE, "E-OPTION", "--meaning TEXT is missing");
    enum als_status status = read_scope(cli, &scope, err);
    if (!status)
        status = als_cli_confirm_password(cli, err);
    if (!status)
        status = als_cli_begin(cli, err);
    if (status)
        return status;
    status = als_sign(cli->store, &scope, meaning, &signature, cli->arena, err);
    status = als_cli_end(cli, status, err);
    if (status || als_args_flag(&cli->args, "dry-run"))
        return status;
    status = als_audit_head(cli->store, head, err);
    if (!status)
        fprintf(stderr, "signed by %s (%s) at %s: %s\n%s, digest %s\nhead of the trail %s\n",
                signature.full_name, signature.user, signature.at_utc, meaning,
                als_scope_text(cli->store, &scope, cli->arena), signature.digest_hex, head);
    return status;
}

enum als_status als_cmd_sign_list(struct als_cli *cli, struct als_err *err)
{
    static const struct als_table_column columns[] = {
        {.name = "signed", .type = ALS_CELL_TEXT},
        {.name = "patient", .type = ALS_CELL_TEXT},
        {.name = "visit", .type = ALS_CELL_TEXT},
        {.name = "user", .type = ALS_CELL_TEXT},
        {.name = "full_name", .type = ALS_CELL_TEXT},
        {.name = "at_utc", .type = ALS_CELL_TEXT},
        {.name = "meaning", .type = ALS_CELL_TEXT},
        {.name = "valid", .type = ALS_CELL_YESNO},
        {.name = "invalid_since_change", .type = ALS_CELL_INTEGER},
        {.name = "digest", .type = ALS_CELL_TEXT},
    };
    int64_t id = 0;
    struct als_signature_list list;
    struct als_patient_list patients;
    enum als_status status = als_cli_patient_id(cli, als_args_operand(&cli->args, 0), &id, err);
    if (!status)
        status = als_patient_load(cli->store, cli->arena, &patients, err);
    if (!status)
        status = als_signature_load(cli->store, id, cli->arena, &list, err);
    if (status)
        return status;
    struct als_table *table = als_table_new(columns, sizeof columns / sizeof columns[0]);
    for (size_t i = 0; i < list.count; i++) {
        const struct als_signature *signature = &list.items[i];
        say_scope(cli, table, &signature->scope, &patients);
        als_table_text(table, signature->user);
        als_table_text(table, signature->full_name);
        als_table_text(table, signature->at_utc);
        als_table_text(table, signature->meaning);
        als_table_yesno(table, signature->valid);
        if (signature->broken_by)
            als_table_integer(table, signature->broken_by);
        else
            als_table_missing(table);
        als_table_text(table, signature->digest_hex);
    }
    return als_cli_emit(cli, table, err);
}
