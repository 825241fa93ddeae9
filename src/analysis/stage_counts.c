/* Stages counted by visit and group, and moves between them. */
#include "stage_counts.h"

#include <stdio.h>
#include <stdlib.h>

#include "alstrack/core/alloc.h"

enum { VISITS = ALS_KEY_MASK + 1, DEATH = 0, UNKNOWN = -1 };

static const struct {
    const char *name, *label;
    int last; /* the stage of death */
    bool needs_revised;
} scales[STAGE_SCALES] = {[STAGE_KINGS] = {"kings", "King's", ALS_KINGS_5, true},
                          [STAGE_MITOS] = {"mitos", "MiToS", 5, false},
                          [STAGE_FT9] = {"ft9", "FT9", 5, true}};

static bool is_shown(const struct stage_counts *counts, size_t scale)
{
    return counts->revised || !scales[scale].needs_revised;
}

static const char *stage_name(size_t scale, int stage, char text[8])
{
    if (scale == STAGE_KINGS)
        return als_kings_name((enum als_kings)stage);
    snprintf(text, 8, "%d", stage);
    return text;
}

void stage_counts_begin(struct stage_counts *counts, const struct als_groups *groups, bool revised)
{
    *counts = (struct stage_counts){.groups = groups,
                                    .revised = revised,
                                    .cells = als_alloc_array(VISITS, sizeof *counts->cells)};
    counts->moves = als_alloc_array(groups->count + 1, sizeof *counts->moves);
}

void stage_counts_end(struct stage_counts *counts)
{
    for (size_t i = 0; counts->cells && i < VISITS; i++)
        free(counts->cells[i]);
    free(counts->cells);
    free(counts->moves);
}

/* ---------------------------------------------------------------- counting */

static void stages_of(const struct als_staged *stage, int out[STAGE_SCALES])
{
    out[STAGE_KINGS] = stage->kings == ALS_KINGS_UNKNOWN ? UNKNOWN : (int)stage->kings;
    out[STAGE_MITOS] = stage->mitos;
    out[STAGE_FT9] = stage->ft9;
}

/* Of a visit's raters the highest; false when the visit was counted with an earlier rater. */
static bool visit_stages(const struct als_stage_course *course, size_t index, int out[STAGE_SCALES])
{
    int visit_no = course->stages[index].visit_no;
    for (size_t i = 0; i < index; i++)
        if (course->stages[i].visit_no == visit_no)
            return false;
    stages_of(&course->stages[index], out);
    for (size_t i = index + 1; i < course->n; i++) {
        int other[STAGE_SCALES];
        if (course->stages[i].visit_no != visit_no)
            continue;
        stages_of(&course->stages[i], other);
        for (size_t scale = 0; scale < STAGE_SCALES; scale++)
            out[scale] = other[scale] > out[scale] ? other[scale] : out[scale];
    }
    return true;
}

static void count(struct stage_counts *counts, int visit_no, size_t group,
                  const int stages[STAGE_SCALES], int last[STAGE_SCALES])
{
    if (!counts->cells[visit_no])
        counts->cells[visit_no] =
            als_alloc_array(counts->groups->count, sizeof *counts->cells[visit_no]);
    struct stage_cell *cell = &counts->cells[visit_no][group];
    cell->patients++;
    for (size_t scale = 0; scale < STAGE_SCALES; scale++) {
        int stage = stages[scale];
        cell->at[scale][stage == UNKNOWN ? STAGE_LEVELS - 1 : stage]++;
        if (stage == UNKNOWN)
            continue;
        if (last[scale] != UNKNOWN)
            counts->moves[group][scale][last[scale]][stage]++;
        last[scale] = stage;
    }
}

void stage_counts_take(struct stage_counts *counts, const struct als_stage_course *course,
                       size_t group)
{
    int last[STAGE_SCALES] = {UNKNOWN, UNKNOWN, UNKNOWN}, stages[STAGE_SCALES];
    for (size_t i = 0; i < course->n; i++)
        if (visit_stages(course, i, stages))
            count(counts, course->stages[i].visit_no, group, stages, last);
    if (course->death_day == ALS_NO_DAY)
        return;
    for (size_t scale = 0; scale < STAGE_SCALES; scale++)
        stages[scale] = scales[scale].last;
    count(counts, DEATH, group, stages, last);
}

/* ---------------------------------------------------------------- tables */

static const char *group_name(const struct stage_counts *counts, const char *by, size_t group)
{
    return by ? counts->groups->names[group] : "all";
}

static struct als_table *new_counts(const struct stage_counts *counts, const char *by)
{
    enum { MOST = 3 + STAGE_SCALES * STAGE_LEVELS };
    struct als_table_column columns[MOST];
    char names[MOST][24], labels[MOST][24], stage[8];
    size_t n = 0;
    columns[n++] = (struct als_table_column){"visit", NULL, ALS_CELL_TEXT, 0};
    columns[n++] = (struct als_table_column){"group", by, ALS_CELL_TEXT, 0};
    columns[n++] = (struct als_table_column){"patients", NULL, ALS_CELL_INTEGER, 0};
    for (size_t scale = 0; scale < STAGE_SCALES; scale++) {
        if (!is_shown(counts, scale))
            continue;
        for (int i = 0; i <= scales[scale].last + 1; i++, n++) {
            const char *name = i > scales[scale].last ? "unknown" : stage_name(scale, i, stage);
            snprintf(names[n], sizeof names[n], "%s_%s", scales[scale].name, name);
            for (char *c = names[n]; *c; c++)
                *c = *c >= 'A' && *c <= 'Z' ? (char)(*c + 'a' - 'A') : *c;
            snprintf(labels[n], sizeof labels[n], "%s%s%s", i ? "" : scales[scale].label,
                     i ? "" : " ", i > scales[scale].last ? "?" : name);
            columns[n] = (struct als_table_column){names[n], labels[n], ALS_CELL_INTEGER, 0};
        }
    }
    return als_table_new(columns, n);
}

static void add_counts(const struct stage_counts *counts, const struct stage_cell *cell,
                       struct als_table *table)
{
    als_table_integer(table, (int64_t)cell->patients);
    for (size_t scale = 0; scale < STAGE_SCALES; scale++) {
        if (!is_shown(counts, scale))
            continue;
        for (int i = 0; i <= scales[scale].last; i++)
            als_table_integer(table, (int64_t)cell->at[scale][i]);
        als_table_integer(table, (int64_t)cell->at[scale][STAGE_LEVELS - 1]);
    }
}

struct als_table *stage_counts_table(const struct stage_counts *counts,
                                     const struct als_store *store, const char *by)
{
    struct als_table *table = new_counts(counts, by);
    for (int i = 1; i <= VISITS; i++) {
        int visit_no = i % VISITS; /* death comes last */
        if (!counts->cells[visit_no])
            continue;
        for (size_t group = 0; group < counts->groups->count; group++) {
            als_table_text(table, visit_no == DEATH ? NULL : als_store_visit_code(store, visit_no));
            als_table_text(table, group_name(counts, by, group));
            add_counts(counts, &counts->cells[visit_no][group], table);
        }
    }
    return table;
}

struct als_table *stage_counts_moves(const struct stage_counts *counts, const char *by)
{
    const struct als_table_column columns[] = {
        {"group", by, ALS_CELL_TEXT, 0},
        {"scale", NULL, ALS_CELL_TEXT, 0},
        {"from", NULL, ALS_CELL_TEXT, 0},
        {"to", NULL, ALS_CELL_TEXT, 0},
        {"transitions", NULL, ALS_CELL_INTEGER, 0},
    };
    struct als_table *table = als_table_new(columns, sizeof columns / sizeof columns[0]);
    char text[8];
    for (size_t group = 0; group < counts->groups->count; group++)
        for (size_t scale = 0; scale < STAGE_SCALES; scale++)
            for (int from = 0; is_shown(counts, scale) && from < STAGE_LEVELS; from++)
                for (int to = 0; to < STAGE_LEVELS; to++) {
                    if (counts->moves[group][scale][from][to] == 0)
                        continue;
                    als_table_text(table, group_name(counts, by, group));
                    als_table_text(table, scales[scale].name);
                    als_table_text(table, stage_name(scale, from, text));
                    als_table_text(table, stage_name(scale, to, text));
                    als_table_integer(table, (int64_t)counts->moves[group][scale][from][to]);
                }
    return table;
}
