/* `analyze stages`: stages of every ALSFRS-R from its items, events and death. */
#include "alstrack/analysis/stages.h"

#include <string.h>

#include "alstrack/analysis/slopes.h"
#include "alstrack/core/count.h"
#include "noted.h"
#include "patients.h"
#include "stage_counts.h"
#include "stage_series.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

enum { UNKNOWN = -1 };

struct run {
    struct als_store *store;
    const struct als_stages_options *options;
    const struct als_instrument *instrument;
    struct als_patient_list patients;
    struct als_table *table;
    struct als_groups groups;
    struct stage_counts counts;
    size_t next; /* index of the patient that comes next */
    size_t not_done, after_death, open, rows;
    struct als_noted partial; /* gastrostomy or death without a day */
};

static const char *kings_rule(const struct als_staged *stage, char text[64])
{
    if (stage->kings == ALS_KINGS_UNKNOWN)
        return NULL;
    if (stage->kings == ALS_KINGS_4B)
        return stage->gastrostomy ? "ventilation, and gastrostomy" : "ventilation";
    if (stage->kings == ALS_KINGS_4A)
        return "gastrostomy";
    strcpy(text, stage->regions ? "regions:" : "no region");
    for (size_t i = 0; i < ALS_STAGE_REGIONS; i++) {
        if (stage->regions & 1u << i) {
            strcat(text, " ");
            strcat(text, als_stage_region_names[i]);
        }
    }
    return text;
}

static void integer_or_missing(struct als_table *table, int value)
{
    if (value < 0)
        als_table_missing(table);
    else
        als_table_integer(table, value);
}

static void begin_row(struct run *run, const struct als_patient *patient)
{
    als_table_text(run->table, patient->patient);
    if (run->options->by)
        als_table_text(run->table, als_factor_value(patient, run->options->by));
    run->rows++;
}

/* The highest stages so far. */
struct highest {
    enum als_kings kings;
    int mitos, ft9;
};

static void write_stage(struct run *run, const struct als_patient *patient,
                        const struct als_staged *stage, const struct highest *highest)
{
    struct als_table *table = run->table;
    char rule[64];
    begin_row(run, patient);
    als_table_text(table, als_store_visit_code(run->store, stage->visit_no));
    als_table_text(table, stage->rater_no ? als_store_rater(run->store, stage->rater_no) : NULL);
    als_table_day(table, stage->day);
    als_table_text(table, als_kings_name(stage->kings));
    als_table_text(table, kings_rule(stage, rule));
    integer_or_missing(table, stage->mitos);
    als_table_text(table, stage->mitos < 0 ? NULL : run->options->mitos_or ? "or" : "and");
    integer_or_missing(table, stage->ft9);
    als_table_yesno(table, stage->gastrostomy);
    als_table_text(table, als_kings_name(highest->kings));
    integer_or_missing(table, highest->mitos);
    als_table_yesno(table, stage->gastrostomy);
    if (stage->ventilation < 0)
        als_table_missing(table);
    else
        als_table_yesno(table, stage->ventilation == 1);
    integer_or_missing(table, highest->ft9);
}

static void write_death(struct run *run, const struct als_stage_course *course)
{
    const struct als_stage_input dead = {.dead = true};
    const char *kings = als_kings_name(als_stage_kings(&dead));
    int mitos = als_stage_mitos(&dead, run->options->mitos_or), ft9 = als_stage_ft9(&dead);
    struct als_table *table = run->table;
    char date[ALS_DATE_TEXT];
    begin_row(run, course->patient);
    als_table_missing(table); /* visit */
    als_table_missing(table); /* rater */
    als_table_text(table, als_date_format(course->death, date));
    als_table_text(table, kings);
    als_table_text(table, "death");
    als_table_integer(table, mitos);
    als_table_text(table, "death");
    als_table_integer(table, ft9);
    als_table_missing(table); /* gastrostomy */
    als_table_text(table, kings);
    als_table_integer(table, mitos);
    als_table_missing(table); /* kings_4a */
    als_table_missing(table); /* kings_4b */
    als_table_integer(table, ft9);
}

static void take_course(const struct als_stage_course *course, void *context)
{
    struct run *run = context;
    struct highest highest = {ALS_KINGS_UNKNOWN, UNKNOWN, UNKNOWN};
    for (size_t i = 0; i < course->n; i++) {
        const struct als_staged *stage = &course->stages[i];
        highest.kings = stage->kings > highest.kings ? stage->kings : highest.kings;
        highest.mitos = stage->mitos > highest.mitos ? stage->mitos : highest.mitos;
        highest.ft9 = stage->ft9 > highest.ft9 ? stage->ft9 : highest.ft9;
        write_stage(run, course->patient, stage, &highest);
    }
    if (course->death_day != ALS_NO_DAY)
        write_death(run, course);
    if (course->partial)
        als_noted_add(&run->partial, course->patient->patient);
    stage_counts_take(&run->counts, course, run->groups.of[run->next++]);
    run->not_done += course->not_done;
    run->after_death += course->after_death;
    run->open += course->open;
}

static bool is_revised(const struct run *run)
{
    return run->instrument && strcmp(run->instrument->code, "alsfrsr") == 0;
}

static void note_rules(const struct run *run, struct als_table *table)
{
    als_table_note(table,
                   "King's stages estimated from items (4B: dyspnea 0 or respiratory "
                   "insufficiency below 4; 4A: gastrostomy; else regions with an item below 4: "
                   "items 1-3, 4-5, 8); 4B when both are there, kings_4a and kings_4b tell each; "
                   "stage 0 %s",
                   run->options->kings_from_1 ? "counts as 1" : "is kept");
    als_table_note(table,
                   "MiToS: points for walking or dressing, swallowing, speech %s handwriting (at "
                   "most 1), dyspnea at most 1 or respiratory insufficiency at most 2; FT9: "
                   "domains of 9 points or less; 5 = death; highest: the stage carried forward, "
                   "which never goes down",
                   run->options->mitos_or ? "OR" : "AND");
    als_table_note(table,
                   "counts: a patient once at a visit, at the highest stage that one of several "
                   "raters found; the row without a visit counts deaths");
    if (!run->instrument)
        als_table_note(table, "warning: the study records neither ALSFRS-R nor ALSFRS, so only "
                              "deaths have a stage");
    else if (!is_revised(run))
        als_table_note(table, "warning: the study records ALSFRS: MiToS by analogy, the domain of "
                              "breathing being lost at breathing 1 or below; King's 4B and FT9 "
                              "need the items of ALSFRS-R");
}

static void write_notes(const struct run *run)
{
    struct als_table *table = run->table;
    note_rules(run, table);
    als_table_note(
        table, "%s, %s; %s not done left out", als_counted(run->patients.count, "patient").text,
        als_counted(run->rows, "row").text, als_counted(run->not_done, "assessment").text);
    if (run->open && is_revised(run))
        als_table_note(table, "stages that missing items leave open: in %s",
                       als_counted(run->open, "assessment").text);
    if (run->after_death)
        als_table_note(table, "warning: %s dated after death left out",
                       als_counted(run->after_death, "assessment").text);
    struct als_buf text;
    als_buf_init(&text, ALS_BUF_LARGE);
    if (run->partial.count)
        als_table_note(table, "warning: gastrostomy or death is a date without a day: %s",
                       als_noted_say(&run->partial, &text));
    als_buf_release(&text);
}

static struct als_table *new_table(const char *by)
{
    static const struct als_table_column columns[] = {
        {"visit", NULL, ALS_CELL_TEXT, 0},
        {"rater", NULL, ALS_CELL_TEXT, 0},
        {"date", NULL, ALS_CELL_TEXT, 0},
        {"kings", "King's", ALS_CELL_TEXT, 0},
        {"kings_rule", "by", ALS_CELL_TEXT, 0},
        {"mitos", "MiToS", ALS_CELL_INTEGER, 0},
        {"mitos_rule", "rule", ALS_CELL_TEXT, 0},
        {"ft9", "FT9", ALS_CELL_INTEGER, 0},
        {"gastrostomy", NULL, ALS_CELL_YESNO, 0},
        {"kings_highest", "highest King's", ALS_CELL_TEXT, 0},
        {"mitos_highest", "highest MiToS", ALS_CELL_INTEGER, 0},
        {"kings_4a", "4A", ALS_CELL_YESNO, 0},
        {"kings_4b", "4B", ALS_CELL_YESNO, 0},
        {"ft9_highest", "highest FT9", ALS_CELL_INTEGER, 0},
    };
    struct als_table_column all[COUNT(columns) + 2];
    size_t n = 0;
    all[n++] = (struct als_table_column){"patient", NULL, ALS_CELL_TEXT, 0};
    if (by)
        all[n++] = (struct als_table_column){"group", by, ALS_CELL_TEXT, 0};
    memcpy(&all[n], columns, sizeof columns);
    return als_table_new(all, n + COUNT(columns));
}

enum als_status als_analyze_stages(struct als_store *store,
                                   const struct als_stages_options *options, struct als_result *out,
                                   struct als_err *err)
{
    struct run run = {.store = store, .options = options};
    const struct als_stage_rules rules = {options->mitos_or, options->kings_from_1};
    enum als_status status = als_factor_check(options->by, err);
    if (status != ALS_OK)
        return status;
    run.instrument = als_stage_instrument(store);
    struct als_arena *arena = als_arena_new();
    status = als_patients_chosen(store, options->patient, arena, &run.patients, err);
    if (status == ALS_OK) {
        run.table = new_table(options->by);
        run.groups = als_groups_make(&run.patients, options->by, arena);
        stage_counts_begin(&run.counts, &run.groups, is_revised(&run));
        status = als_stages_each(store, &run.patients, &rules, take_course, &run, err);
    }
    if (status == ALS_OK) {
        write_notes(&run);
        *out = (struct als_result){.count = 0};
        als_result_add_main(out, "stages", run.table);
        als_result_add(out, "counts", false, stage_counts_table(&run.counts, store, options->by));
        als_result_add(out, "transitions", false, stage_counts_moves(&run.counts, options->by));
    } else {
        als_table_free(run.table);
    }
    stage_counts_end(&run.counts);
    als_arena_free(arena);
    return status;
}
