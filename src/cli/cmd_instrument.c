/* `instrument check|list|show`. */
#include "catalogue.h"
#include "commands.h"

#include <string.h>

#include "alstrack/define/builtin.h"

enum als_status als_cmd_instrument_check(struct als_cli *cli, struct als_err *err)
{
    const char *path = als_args_operand(&cli->args, 0);
    struct als_instrument *instrument = NULL;
    enum als_status status = als_catalogue_read(cli, path, &instrument, err);
    if (status)
        return status;
    fprintf(stderr, "%s: no errors: instrument %s version %s, %s, %s, %s\n", path, instrument->code,
            instrument->version, als_cli_count(cli, instrument->n_items, "item"),
            als_cli_count(cli, instrument->n_scores, "score"),
            als_cli_count(cli, instrument->n_rules, "rule"));
    als_instrument_free(instrument);
    return ALS_OK;
}

static void list_row(struct als_table *table, const struct als_instrument *instrument,
                     const char *origin)
{
    als_table_text(table, instrument->code);
    als_table_text(table, instrument->short_title);
    als_table_text(table, instrument->title);
    als_table_text(table, instrument->version);
    als_table_integer(table, (int64_t)instrument->n_items);
    als_table_text(table, instrument->main_score);
    als_table_text(table, origin);
}

static struct als_table *list_table(void)
{
    static const struct als_table_column columns[] = {
        {.name = "instrument", .type = ALS_CELL_TEXT},
        {.name = "short_title", .type = ALS_CELL_TEXT},
        {.name = "title", .type = ALS_CELL_TEXT},
        {.name = "version", .type = ALS_CELL_TEXT},
        {.name = "items", .type = ALS_CELL_INTEGER},
        {.name = "main_score", .type = ALS_CELL_TEXT},
        {.name = "origin", .type = ALS_CELL_TEXT},
    };
    return als_table_new(columns, sizeof columns / sizeof columns[0]);
}

enum als_status als_cmd_instrument_list(struct als_cli *cli, struct als_err *err)
{
    if (als_cli_study_path(cli)) {
        enum als_status status = als_cli_open(cli, ALS_STORE_READ, err);
        if (status)
            return status;
    }
    struct als_table *table = list_table();
    if (cli->store) {
        for (size_t i = 0; i < als_store_instrument_count(cli->store); i++)
            list_row(table, als_store_instrument(cli->store, i), "study");
        return als_cli_emit(cli, table, err);
    }
    for (size_t i = 0; i < als_builtin_instrument_count; i++) {
        const struct als_builtin *builtin = &als_builtin_instruments[i];
        struct als_instrument *instrument =
            als_instrument_parse(builtin->name, builtin->text, builtin->length, &cli->sink);
        if (!instrument)
            als_bug("built-in instrument %s", builtin->name);
        list_row(table, instrument, "built in");
        als_instrument_free(instrument);
    }
    return als_cli_emit(cli, table, err);
}

static const char *type_name(const struct als_item *item)
{
    static const char *const names[] = {"integer", "number", "choice", "text", "date", "yes-no"};
    return names[item->type];
}

/* What may be entered: "0 normal; 1 slow", "0 to 10", or "". */
static const char *values_text(struct als_arena *arena, const struct als_item *item)
{
    struct als_buf text;
    als_buf_init(&text, ALS_BUF_LARGE);
    for (size_t i = 0; i < item->n_choices; i++) {
        const struct als_choice *choice = &item->choices[i];
        als_buf_printf(&text, "%s%s", i ? "; " : "", choice->code);
        if (choice->label)
            als_buf_printf(&text, " %s", choice->label);
    }
    if (item->has_min && item->has_max)
        als_buf_printf(&text, "%g to %g", item->min, item->max);
    else if (item->has_min)
        als_buf_printf(&text, "%g or more", item->min);
    else if (item->has_max)
        als_buf_printf(&text, "%g or less", item->max);
    const char *copy = als_arena_strdup(arena, text.data);
    als_buf_release(&text);
    return copy;
}

/* "sum of speech, salivation" is what a score is made of. */
static const char *recipe_text(struct als_arena *arena, const struct als_instrument *instrument,
                               const struct als_score *score)
{
    static const char *const kinds[] = {
        [ALS_SCORE_SUM] = "sum of",
        [ALS_SCORE_MEAN] = "mean of",
        [ALS_SCORE_COPY] = "",
        [ALS_SCORE_PERCENT_NHANES3] = "percent of NHANES III prediction, from",
        [ALS_SCORE_PERCENT_ECSC] = "percent of ECSC prediction, from",
        [ALS_SCORE_PERCENT_PROTOCOL] =
            "percent of the protocol's prediction, else as entered, from",
    };
    struct als_buf text;
    als_buf_init(&text, ALS_BUF_LARGE);
    als_buf_text(&text, kinds[score->kind]);
    for (size_t i = 0; i < score->n_items; i++)
        als_buf_printf(&text, "%s %s", i ? "," : "", instrument->items[score->items[i]].code);
    for (size_t i = 0; i < score->n_mean_items; i++)
        als_buf_printf(&text, "%s %s", i ? "," : " + mean of",
                       instrument->items[score->mean_items[i]].code);
    if (score->missing == ALS_MISSING_PRORATED)
        als_buf_printf(&text, "; prorated from %zu answers", score->min_answered);
    const char *copy = als_arena_strdup(arena, text.data[0] == ' ' ? text.data + 1 : text.data);
    als_buf_release(&text);
    return copy;
}

static struct als_table *show_table(struct als_arena *arena,
                                    const struct als_instrument *instrument)
{
    static const struct als_table_column columns[] = {
        {.name = "code", .type = ALS_CELL_TEXT},   {.name = "kind", .type = ALS_CELL_TEXT},
        {.name = "label", .type = ALS_CELL_TEXT},  {.name = "unit", .type = ALS_CELL_TEXT},
        {.name = "values", .type = ALS_CELL_TEXT},
    };
    struct als_table *table = als_table_new(columns, sizeof columns / sizeof columns[0]);
    for (size_t i = 0; i < instrument->n_items; i++) {
        const struct als_item *item = &instrument->items[i];
        als_table_text(table, item->code);
        als_table_text(table, type_name(item));
        als_table_text(table, item->label);
        als_table_text(table, item->unit);
        als_table_text(table, values_text(arena, item));
    }
    for (size_t i = 0; i < instrument->n_scores; i++) {
        const struct als_score *score = &instrument->scores[i];
        als_table_text(table, score->code);
        als_table_text(table, "score");
        als_table_text(table, score->label);
        als_table_text(table, score->unit);
        als_table_text(table, recipe_text(arena, instrument, score));
    }
    als_table_note(table, "%s, version %s. %s", instrument->title, instrument->version,
                   instrument->citation ? instrument->citation : "");
    als_table_note(table, "%s is better", instrument->higher_is_better ? "higher" : "lower");
    if (instrument->licence)
        als_table_note(table, "%s", instrument->licence);
    return table;
}

static bool is_path(const char *name)
{
    return strchr(name, '/') || strchr(name, '.') || strcmp(name, "-") == 0;
}

static enum als_status no_such_instrument(struct als_cli *cli, const char *code,
                                          struct als_err *err)
{
    const char *codes[128];
    size_t n = als_catalogue_builtin_codes(codes, 64);
    if (cli->store)
        for (size_t i = 0; i < als_store_instrument_count(cli->store) && n < 128; i++)
            codes[n++] = als_store_instrument(cli->store, i)->code;
    return als_cli_no_such(ALS_USAGE, "instrument", code, codes, n, err);
}

static enum als_status show(struct als_cli *cli, const struct als_instrument *instrument,
                            struct als_err *err)
{
    if (!als_args_flag(&cli->args, "yaml"))
        return als_cli_emit(cli, show_table(cli->arena, instrument), err);
    fputs(instrument->source, stdout);
    return ALS_OK;
}

enum als_status als_cmd_instrument_show(struct als_cli *cli, struct als_err *err)
{
    const char *name = als_args_operand(&cli->args, 0);
    if (is_path(name)) {
        struct als_instrument *own = NULL;
        enum als_status status = als_catalogue_read(cli, name, &own, err);
        if (!status)
            status = show(cli, own, err);
        als_instrument_free(own);
        return status;
    }
    if (als_cli_study_path(cli)) {
        enum als_status status = als_cli_open(cli, ALS_STORE_READ, err);
        if (status)
            return status;
    }
    struct als_catalogue catalogue = {.cli = cli};
    const struct als_instrument *instrument = als_catalogue_find(&catalogue, name);
    enum als_status status =
        instrument ? show(cli, instrument, err) : no_such_instrument(cli, name, err);
    als_catalogue_close(&catalogue);
    return status;
}
