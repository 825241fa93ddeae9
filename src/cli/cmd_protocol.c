/* `protocol check|show|diff|amend`. */
#include "catalogue.h"
#include "commands.h"
#include "names.h"

#include <string.h>

/* Reads the protocol that is operand 0, with a catalogue that the caller closes too. */
static enum als_status read_operand(struct als_cli *cli, struct als_catalogue *catalogue,
                                    struct als_protocol **protocol, struct als_err *err)
{
    *protocol = NULL;
    enum als_status status = als_catalogue_open(catalogue, cli, err);
    if (status)
        return status;
    status = als_catalogue_read_protocol(catalogue, als_args_operand(&cli->args, 0), protocol, err);
    if (status)
        als_catalogue_close(catalogue);
    return status;
}

enum als_status als_cmd_protocol_check(struct als_cli *cli, struct als_err *err)
{
    struct als_catalogue catalogue;
    struct als_protocol *protocol;
    enum als_status status = read_operand(cli, &catalogue, &protocol, err);
    if (status)
        return status;
    fprintf(stderr, "%s: no errors: protocol %s version %s, %s, %s, %s, %zu criteria\n",
            als_args_operand(&cli->args, 0), protocol->code, protocol->version,
            als_cli_count(cli, protocol->n_visits, "visit"),
            als_cli_count(cli, protocol->n_instruments, "instrument"),
            als_cli_count(cli, protocol->n_cohorts, "cohort"), protocol->n_criteria);
    als_protocol_free(protocol);
    als_catalogue_close(&catalogue);
    return ALS_OK;
}

#define MARK          "x"
#define OPTIONAL_MARK "(x)"

static const char *assessed(const struct als_visit_plan *visit, size_t instrument)
{
    for (size_t i = 0; i < visit->n_assessments; i++)
        if (visit->assessments[i].instrument == instrument)
            return visit->assessments[i].optional ? OPTIONAL_MARK : MARK;
    return NULL;
}

static const char *performed(const struct als_visit_plan *visit, const char *procedure)
{
    for (size_t i = 0; i < visit->n_procedures; i++)
        if (strcmp(visit->procedures[i], procedure) == 0)
            return MARK;
    return NULL;
}

static size_t schedule_columns(struct als_arena *arena, const struct als_protocol *protocol,
                               const struct als_table_column **out)
{
    static const struct als_table_column fixed[] = {
        {.name = "visit", .type = ALS_CELL_TEXT},
        {.name = "label", .type = ALS_CELL_TEXT},
        {.name = "day", .type = ALS_CELL_INTEGER},
        {.name = "anchor", .type = ALS_CELL_TEXT},
        {.name = "window_before", .type = ALS_CELL_INTEGER},
        {.name = "window_after", .type = ALS_CELL_INTEGER},
        {.name = "epoch", .type = ALS_CELL_TEXT},
        {.name = "cohort", .type = ALS_CELL_TEXT},
        {.name = "infusion", .type = ALS_CELL_TEXT},
    };
    size_t n = sizeof fixed / sizeof fixed[0];
    struct als_table_column *columns = als_arena_array(
        arena, n + protocol->n_instruments + protocol->n_procedures + 1, sizeof *columns);
    memcpy(columns, fixed, sizeof fixed);
    for (size_t i = 0; i < protocol->n_instruments; i++)
        columns[n++] = (struct als_table_column){.name = protocol->instruments[i]};
    for (size_t i = 0; i < protocol->n_procedures; i++)
        columns[n++] = (struct als_table_column){.name = protocol->procedures[i]};
    columns[n++] = (struct als_table_column){.name = "ae_review"};
    *out = columns;
    return n;
}

static struct als_table *schedule_table(struct als_arena *arena,
                                        const struct als_protocol *protocol,
                                        const struct als_cohort *cohort)
{
    const struct als_table_column *columns;
    size_t n_columns = schedule_columns(arena, protocol, &columns);
    struct als_table *table = als_table_new(columns, n_columns);
    for (size_t i = 0; i < protocol->n_visits; i++) {
        const struct als_visit_plan *visit = &protocol->visits[i];
        if (visit->cohort && cohort && strcmp(visit->cohort, cohort->code) != 0)
            continue;
        als_table_text(table, visit->code);
        als_table_text(table, visit->label);
        als_table_integer(table, als_protocol_nominal_day(protocol, i, cohort));
        als_table_text(table, als_schedule_due_text(arena, protocol, visit));
        als_table_integer(table, visit->before_days);
        als_table_integer(table, visit->after_days);
        als_table_text(table, visit->epoch == ALS_EPOCH_PRE ? "pre" : "post");
        als_table_text(table, visit->cohort);
        als_table_text(table, visit->infusion);
        for (size_t j = 0; j < protocol->n_instruments; j++)
            als_table_text(table, assessed(visit, j));
        for (size_t j = 0; j < protocol->n_procedures; j++)
            als_table_text(table, performed(visit, protocol->procedures[j]));
        als_table_text(table, visit->ae_review ? MARK : NULL);
    }
    als_table_note(table, "Days count from the first infusion of a patient who keeps to the plan.");
    return table;
}

static void fact(struct als_table *table, const char *key, const char *value)
{
    if (!value || !*value)
        return;
    als_table_text(table, key);
    als_table_text(table, value);
}

static struct als_table *facts_table(struct als_arena *arena, const struct als_protocol *protocol)
{
    static const struct als_table_column columns[] = {
        {.name = "field", .type = ALS_CELL_TEXT},
        {.name = "value", .type = ALS_CELL_TEXT},
    };
    struct als_table *table = als_table_new(columns, 2);
    fact(table, "protocol", protocol->code);
    fact(table, "title", protocol->title);
    fact(table, "version", protocol->version);
    fact(table, "registration", protocol->registration);
    fact(table, "sponsor", protocol->sponsor);
    for (size_t i = 0; i < protocol->n_sites; i++)
        fact(table, "site",
             als_arena_printf(arena, "%s %s", protocol->sites[i].code, protocol->sites[i].name));
    for (size_t i = 0; i < protocol->n_cohorts; i++) {
        const struct als_cohort *cohort = &protocol->cohorts[i];
        fact(table, "cohort",
             als_arena_printf(arena, "%s %s, %zu dose%s", cohort->code, cohort->label,
                              cohort->n_doses, cohort->n_doses == 1 ? "" : "s"));
    }
    for (size_t i = 0; i < protocol->n_visits; i++) {
        const struct als_visit_plan *visit = &protocol->visits[i];
        fact(table, "visit",
             als_arena_printf(arena, "%s %s, %s, window -%d/+%d", visit->code, visit->label,
                              als_schedule_due_text(arena, protocol, visit), visit->before_days,
                              visit->after_days));
    }
    for (size_t i = 0; i < protocol->n_instruments; i++)
        fact(table, "instrument", protocol->instruments[i]);
    for (size_t i = 0; i < protocol->n_procedures; i++)
        fact(table, "procedure", protocol->procedures[i]);
    for (size_t i = 0; i < protocol->n_criteria; i++) {
        const struct als_criterion *criterion = &protocol->criteria[i];
        fact(table, criterion->inclusion ? "inclusion" : "exclusion",
             als_arena_printf(arena, "%s %s", criterion->id, criterion->text));
    }
    fact(table, "measure", protocol->measure);
    fact(table, "ae_grading", protocol->ae_system);
    return table;
}

static enum als_status show(struct als_cli *cli, const struct als_protocol *protocol,
                            struct als_err *err)
{
    if (!als_args_flag(&cli->args, "schedule"))
        return als_cli_emit(cli, facts_table(cli->arena, protocol), err);
    const char *code = als_args_text(&cli->args, "cohort");
    const struct als_cohort *cohort = code ? als_protocol_cohort(protocol, code) : NULL;
    if (code && !cohort) {
        const char *codes[64];
        size_t n = 0;
        for (; n < protocol->n_cohorts && n < 64; n++)
            codes[n] = protocol->cohorts[n].code;
        return als_cli_no_such(ALS_USAGE, "cohort", code, codes, n, err);
    }
    return als_cli_emit(cli, schedule_table(cli->arena, protocol, cohort), err);
}

enum als_status als_cmd_protocol_show(struct als_cli *cli, struct als_err *err)
{
    if (!als_args_operand(&cli->args, 0)) {
        enum als_status status = als_cli_open(cli, ALS_STORE_READ, err);
        return status ? status : show(cli, als_store_protocol(cli->store), err);
    }
    struct als_catalogue catalogue;
    struct als_protocol *protocol;
    enum als_status status = read_operand(cli, &catalogue, &protocol, err);
    if (status)
        return status;
    status = show(cli, protocol, err);
    als_protocol_free(protocol);
    als_catalogue_close(&catalogue);
    return status;
}

/* Differences of one instrument on their way to a sink, with the rows that they touch. */
struct instrument_differences {
    struct als_cli *cli;
    const struct als_sink *sink;
    const char *instrument;
    int64_t rows; /* stored and done */
};

static void instrument_difference(const struct als_diag *diag, void *context)
{
    const struct instrument_differences *differences = context;
    struct als_cli *cli = differences->cli;
    struct als_diag named = *diag;
    named.field = differences->instrument;
    named.what =
        als_arena_printf(cli->arena, "instrument %s: %s", differences->instrument, diag->what);
    if (diag->severity == ALS_SEVERITY_WARNING && differences->rows == 0)
        named.severity = ALS_SEVERITY_INFO;
    else if (diag->severity == ALS_SEVERITY_WARNING)
        named.what = als_arena_printf(cli->arena, "%s: changes the score of %s", named.what,
                                      als_cli_count(cli, (size_t)differences->rows, "stored row"));
    als_diag_send(differences->sink, &named);
}

static void instrument_added(const char *code, struct als_cli *cli, const struct als_sink *sink)
{
    const struct als_diag diag = {.severity = ALS_SEVERITY_INFO,
                                  .code = "I-ADDED",
                                  .field = code,
                                  .what = als_arena_printf(cli->arena, "instrument %s: new", code)};
    als_diag_send(sink, &diag);
}

/* What the instruments given as files change; *refused counts what they must not. */
static enum als_status compare_instruments(struct als_cli *cli,
                                           const struct als_catalogue *catalogue,
                                           const struct als_sink *sink, size_t *refused,
                                           struct als_err *err)
{
    enum als_status status = ALS_OK;
    for (size_t i = 0; i < catalogue->n_files && !status; i++) {
        const struct als_instrument *new_one = catalogue->items[i];
        const struct als_instrument *old_one = als_store_find_instrument(cli->store, new_one->code);
        if (!old_one) {
            instrument_added(new_one->code, cli, sink);
            continue;
        }
        struct instrument_differences differences = {cli, sink, new_one->code, 0};
        struct als_sink named = {instrument_difference, &differences};
        status = als_store_assessments(cli->store, new_one->code, &differences.rows, err);
        if (!status)
            *refused += als_instrument_compare(old_one, new_one, &named);
    }
    return status;
}

static void difference(const struct als_diag *diag, void *context)
{
    struct als_table *table = context;
    als_table_text(table, diag->severity == ALS_SEVERITY_ERROR     ? "refused"
                          : diag->severity == ALS_SEVERITY_WARNING ? "to accept"
                                                                   : "accepted");
    als_table_text(table, diag->field);
    als_table_text(table, diag->what);
    als_table_text(table, diag->code);
}

enum als_status als_cmd_protocol_diff(struct als_cli *cli, struct als_err *err)
{
    static const struct als_table_column columns[] = {
        {.name = "verdict", .type = ALS_CELL_TEXT},
        {.name = "field", .type = ALS_CELL_TEXT},
        {.name = "difference", .type = ALS_CELL_TEXT},
        {.name = "code", .type = ALS_CELL_TEXT},
    };
    struct als_catalogue catalogue;
    struct als_protocol *protocol;
    enum als_status status = read_operand(cli, &catalogue, &protocol, err);
    if (status)
        return status;
    struct als_table *table = als_table_new(columns, sizeof columns / sizeof columns[0]);
    struct als_sink sink = {difference, table};
    size_t refused = als_protocol_compare(als_store_protocol(cli->store), protocol, &sink);
    const bool differs = als_table_rows(table) > 0;
    bool used = false;
    status = als_store_protocol_used(cli->store, protocol->version, &used, err);
    if (!status)
        status = compare_instruments(cli, &catalogue, &sink, &refused, err);
    if (als_table_rows(table) == 0)
        als_table_note(table, "No differences.");
    else if (refused)
        als_table_note(table, "An amendment with this file would be refused.");
    else if (differs && used)
        als_table_note(table,
                       "An amendment with this file would be refused: version %s was in force "
                       "before, with another plan.",
                       protocol->version);
    if (status)
        als_table_free(table);
    else
        status = als_cli_emit(cli, table, err);
    als_protocol_free(protocol);
    als_catalogue_close(&catalogue);
    return status;
}

/* What an amendment changes goes to people as plain lines, what it must not as errors. */
struct differences {
    struct als_cli *cli;
    size_t count;
};

static void tell_difference(const struct als_diag *diag, void *context)
{
    struct differences *differences = context;
    differences->count++;
    if (diag->severity == ALS_SEVERITY_INFO)
        als_cli_tell(differences->cli, "  %s", diag->what);
    else
        als_diag_send(&differences->cli->sink, diag);
}

static bool is_from_file(const struct als_catalogue *catalogue, const char *code)
{
    for (size_t i = 0; i < catalogue->n_files; i++)
        if (strcmp(catalogue->items[i]->code, code) == 0)
            return true;
    return false;
}

/* Instruments that the amendment brings: those given as files, and those that the new protocol
 * names and the study does not have. */
static enum als_status adopt(struct als_cli *cli, struct als_catalogue *catalogue,
                             const struct als_protocol *protocol, struct als_err *err)
{
    bool accept = als_args_flag(&cli->args, "accept-score-changes");
    enum als_status status = ALS_OK;
    for (size_t i = 0; i < catalogue->n_files && !status; i++)
        status = als_store_adopt_instrument(cli->store, catalogue->items[i], accept, err);
    for (size_t i = 0; i < protocol->n_instruments && !status; i++) {
        const char *code = protocol->instruments[i];
        if (!is_from_file(catalogue, code) && !als_store_find_instrument(cli->store, code))
            status = als_store_adopt_instrument(cli->store, als_catalogue_find(catalogue, code),
                                                accept, err);
    }
    if (status && strcmp(err->code, "E-SCORES") == 0 && !accept)
        als_err_hint(err, "--accept-score-changes says that this is meant; the version in the file "
                          "must be another one");
    return status ? status : als_store_adopt_protocol(cli->store, protocol, err);
}

static enum als_status amend(struct als_cli *cli, struct als_catalogue *catalogue,
                             const struct als_protocol *protocol, struct als_err *err)
{
    struct differences differences = {.cli = cli};
    struct als_sink sink = {tell_difference, &differences};
    size_t refused = als_protocol_compare(als_store_protocol(cli->store), protocol, &sink);
    enum als_status status = compare_instruments(cli, catalogue, &sink, &refused, err);
    if (status)
        return status;
    if (refused)
        return als_fail(err, ALS_DEFINITION, "E-AMEND",
                        "%s would orphan or reinterpret stored records",
                        als_cli_count(cli, refused, "difference"));
    if (differences.count == 0) {
        fputs("no differences: nothing to put in force\n", stderr);
        return ALS_OK;
    }
    status = als_cli_begin(cli, err);
    return status ? status : als_cli_end(cli, adopt(cli, catalogue, protocol, err), err);
}

enum als_status als_cmd_protocol_amend(struct als_cli *cli, struct als_err *err)
{
    if (!cli->change.reason)
        return als_fail(err, ALS_USAGE, "E-REASON", "an amendment needs --reason TEXT");
    struct als_catalogue catalogue;
    struct als_protocol *protocol;
    enum als_status status = read_operand(cli, &catalogue, &protocol, err);
    if (status)
        return status;
    status = amend(cli, &catalogue, protocol, err);
    als_protocol_free(protocol);
    als_catalogue_close(&catalogue);
    return status;
}
