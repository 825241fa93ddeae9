/* What a change set enters and changes, as lines for people. */
#include "context.h"

#include <string.h>

#include "alstrack/core/utf8.h"

/* Columns that the key of the row says already, or that are the store's own bookkeeping. */
static const struct {
    const char *table; /* NULL: any */
    const char *column;
} silent[] = {
    {NULL, "version_no"},
    {"patient", "patient"},
    {"visit", "assigned"},
    {"visit", "made"},
    {"rater", "rater"},
    {"event", "patient"},
    {"event", "event"},
    {"event", "date"},
    {"procedure", "visit_id"},
    {"procedure", "procedure"},
    {"adverse_event", "patient"},
    {"adverse_event", "ae_id"},
    {"adverse_event", "system"},
    {"eligibility_answer", "patient"},
    {"eligibility_answer", "visit"},
    {"eligibility_answer", "criterion"},
    {"lock", "patient"},
    {"lock", "visit"},
    {"signature", "patient"},
    {"signature", "visit"},
    {"signature", "user"},
};

static bool is_silent(const struct als_cell_change *cell)
{
    for (size_t i = 0; i < sizeof silent / sizeof silent[0]; i++)
        if ((!silent[i].table || strcmp(silent[i].table, cell->table) == 0) &&
            strcmp(silent[i].column, cell->column) == 0)
            return true;
    return false;
}

static bool is_in(const struct als_cell_change *cell, const char *table, const char *column)
{
    return strcmp(cell->table, table) == 0 && strcmp(cell->column, column) == 0;
}

static const char *or_missing(const char *text)
{
    return text && *text ? text : "(missing)";
}

/* Stored text neither breaks a line nor commands a terminal. */
static void add_visible(struct als_cli *cli, const char *text)
{
    als_utf8_visible(&cli->cells, text, strlen(text));
}

static void end_line(struct als_cli *cli)
{
    if (cli->row[0])
        als_buf_char(&cli->cells, '\n');
    cli->row[0] = '\0';
}

/* Begin the line of the cell's row, unless it is open. */
static void begin_line(struct als_cli *cli, const struct als_cell_change *cell)
{
    char row[sizeof cli->row];
    const char *table = strncmp(cell->table, "a_", 2) == 0 ? cell->table + 2 : cell->table;
    snprintf(row, sizeof row, "%s %s", table, cell->key);
    if (strcmp(row, cli->row) == 0)
        return;
    end_line(cli);
    memcpy(cli->row, row, sizeof row);
    als_buf_text(&cli->cells, "  ");
    add_visible(cli, row);
    cli->row_is_bare = true;
}

void als_cli_note_cell(const struct als_cell_change *cell, void *context)
{
    struct als_cli *cli = context;
    if (strcmp(cell->table, "definition") == 0 || strcmp(cell->table, "visit_code") == 0)
        return; /* what follows from whole files is told by the command */
    if (is_in(cell, "visit", "made"))
        return; /* how the store keeps a visit it made, not what anybody recorded */
    const char *new_text = or_missing(cell->new_text);
    if (cell->old_text) {
        end_line(cli);
        begin_line(cli, cell);
        als_buf_printf(&cli->cells, ": %s: ", cell->column);
        add_visible(cli, or_missing(cell->old_text));
        als_buf_text(&cli->cells, " -> ");
        add_visible(cli, new_text);
        end_line(cli);
        return;
    }
    begin_line(cli, cell);
    if (is_silent(cell) || !cell->new_text || !*cell->new_text)
        return;
    als_buf_printf(&cli->cells, "%s%s = ", cli->row_is_bare ? ": " : ", ", cell->column);
    add_visible(cli, new_text);
    cli->row_is_bare = false;
}

void als_cli_tell(struct als_cli *cli, const char *format, ...)
{
    end_line(cli);
    va_list args;
    va_start(args, format);
    als_buf_vprintf(&cli->cells, format, args);
    va_end(args);
    als_buf_char(&cli->cells, '\n');
}

void als_cli_print_cells(struct als_cli *cli)
{
    end_line(cli);
    fputs(cli->cells.data, stderr);
    als_buf_clear(&cli->cells);
}

void als_cli_forget_cells(struct als_cli *cli)
{
    cli->row[0] = '\0';
    als_buf_clear(&cli->cells);
}
