/* `analyze stages`: stages of every ALSFRS-R from its items, events and death. */
#include "alstrack/analysis/stages.h"

#include <stdlib.h>
#include <string.h>

#include "alstrack/analysis/slopes.h"
#include "alstrack/score/stage.h"
#include "alstrack/store/scan.h"
#include "noted.h"
#include "patients.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define INSTRUMENT   "alsfrsr"

enum { UNKNOWN = -1 };

/* The stages of one assessment. */
struct stage {
    int visit_no, rater_no, day;
    enum als_kings kings;
    int mitos, ft9;
    bool gastrostomy;
    unsigned involved; /* bit per entry of regions[] */
};

/* Items that King's stages look at, by region. */
static const struct region {
    const char *name;
    const char *items[3];
} regions[] = {{"bulbar", {"speech", "salivation", "swallowing"}},
               {"upper", {"handwriting", "cutting", NULL}},
               {"lower", {"walking", NULL, NULL}}};

struct run {
    struct als_store *store;
    const struct als_stages_options *options;
    const struct als_instrument *instrument;
    struct als_patient_list patients;
    struct als_event_list events;
    struct als_table *table;
    struct stage *stages; /* of the patient under way */
    size_t n, room;
    size_t not_done, after_death, incomplete, rows;
    struct als_noted partial; /* gastrostomy or death without a day */
};

/* What events say of one patient. */
struct course {
    int gastrostomy, death; /* first day of the one, last of the other; ALS_NO_DAY: none */
    struct als_date death_date;
    bool partial;
};

static struct course course_of(const struct als_event *events, size_t n)
{
    struct course course = {ALS_NO_DAY, ALS_NO_DAY, ALS_NO_DATE, false};
    for (size_t i = 0; i < n; i++) {
        struct als_date date = als_date_of(events[i].date);
        bool gastrostomy = strcmp(events[i].event, "gastrostomy") == 0;
        bool death = strcmp(events[i].event, "death") == 0;
        if (date.day == ALS_NO_DAY || (!gastrostomy && !death))
            continue;
        course.partial |= date.precision != ALS_PRECISION_DAY;
        if (death) {
            course.death_date = date;
            course.death = als_date_latest(date);
        } else if (course.gastrostomy == ALS_NO_DAY || date.day < course.gastrostomy) {
            course.gastrostomy = date.day;
        }
    }
    return course;
}

static bool is_form_b(const struct als_instrument *instrument, const struct als_value *values)
{
    ptrdiff_t item = als_instrument_item(instrument, "cutting_form");
    return item >= 0 && values[item].kind == ALS_VALUE_TEXT && values[item].length == 1 &&
           values[item].text[0] == 'b';
}

static unsigned involved_regions(const struct als_instrument *instrument,
                                 const struct als_value *values)
{
    unsigned involved = 0;
    for (size_t i = 0; i < COUNT(regions); i++) {
        for (size_t k = 0; k < COUNT(regions[i].items) && regions[i].items[k]; k++) {
            ptrdiff_t item = als_instrument_item(instrument, regions[i].items[k]);
            double answer;
            if (item >= 0 && als_value_number(&values[item], &answer) && answer < 4)
                involved |= 1u << i;
        }
    }
    return involved;
}

static void add_stage(struct run *run, const struct course *course,
                      const struct als_assessment *row)
{
    struct als_stage_input input = {.instrument = run->instrument, .values = row->values};
    input.gastrostomy = (course->gastrostomy != ALS_NO_DAY && course->gastrostomy <= row->day) ||
                        is_form_b(run->instrument, row->values);
    if (run->n == run->room) {
        run->room = run->room ? 2 * run->room : 32;
        run->stages = als_realloc_array(run->stages, run->room, sizeof *run->stages);
    }
    struct stage *stage = &run->stages[run->n++];
    *stage = (struct stage){.visit_no = row->visit_no,
                            .rater_no = row->rater_no,
                            .day = row->day,
                            .kings = als_stage_kings(&input),
                            .mitos = als_stage_mitos(&input, run->options->mitos_or),
                            .ft9 = als_stage_ft9(&input),
                            .gastrostomy = input.gastrostomy,
                            .involved = involved_regions(run->instrument, row->values)};
    run->incomplete += stage->kings == ALS_KINGS_UNKNOWN || stage->mitos < 0 || stage->ft9 < 0;
}

/* Visits are nearly in order of day; equal days stay as they came. */
static void sort_by_day(struct stage *stages, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        struct stage stage = stages[i];
        size_t k = i;
        for (; k > 0 && stages[k - 1].day > stage.day; k--)
            stages[k] = stages[k - 1];
        stages[k] = stage;
    }
}

static const char *kings_rule(const struct stage *stage, char text[64])
{
    if (stage->kings == ALS_KINGS_UNKNOWN)
        return NULL;
    if (stage->kings == ALS_KINGS_4B)
        return stage->gastrostomy ? "ventilation, and gastrostomy" : "ventilation";
    if (stage->kings == ALS_KINGS_4A)
        return "gastrostomy";
    strcpy(text, stage->involved ? "regions:" : "no region");
    for (size_t i = 0; i < COUNT(regions); i++) {
        if (stage->involved & 1u << i) {
            strcat(text, " ");
            strcat(text, regions[i].name);
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

static void write_stage(struct run *run, const struct als_patient *patient,
                        const struct stage *stage, enum als_kings kings_highest, int mitos_highest)
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
    als_table_text(table, als_kings_name(kings_highest));
    integer_or_missing(table, mitos_highest);
}

static void write_death(struct run *run, const struct als_patient *patient,
                        const struct course *course)
{
    const struct als_stage_input dead = {.dead = true};
    const char *kings = als_kings_name(als_stage_kings(&dead));
    int mitos = als_stage_mitos(&dead, run->options->mitos_or);
    struct als_table *table = run->table;
    char date[ALS_DATE_TEXT];
    begin_row(run, patient);
    als_table_missing(table); /* visit */
    als_table_missing(table); /* rater */
    als_table_text(table, als_date_format(course->death_date, date));
    als_table_text(table, kings);
    als_table_text(table, "death");
    als_table_integer(table, mitos);
    als_table_text(table, "death");
    als_table_integer(table, als_stage_ft9(&dead));
    als_table_missing(table); /* gastrostomy */
    als_table_text(table, kings);
    als_table_integer(table, mitos);
}

static void write_patient(struct run *run, const struct als_patient *patient,
                          const struct course *course)
{
    enum als_kings kings = ALS_KINGS_UNKNOWN;
    int mitos = UNKNOWN;
    sort_by_day(run->stages, run->n);
    for (size_t i = 0; i < run->n; i++) {
        const struct stage *stage = &run->stages[i];
        if (course->death != ALS_NO_DAY && stage->day > course->death) {
            run->after_death++;
            continue;
        }
        kings = stage->kings > kings ? stage->kings : kings;
        mitos = stage->mitos > mitos ? stage->mitos : mitos;
        write_stage(run, patient, stage, kings, mitos);
    }
    if (course->death != ALS_NO_DAY)
        write_death(run, patient, course);
    if (course->partial)
        als_noted_add(&run->partial, patient->patient);
    run->n = 0;
}

/* Without a scan there are no assessments: what is left are deaths. */
static enum als_status read_stages(struct run *run, struct als_scan *scan, struct als_err *err)
{
    const struct als_assessment *row = NULL;
    struct als_span span = {0};
    enum als_status status = scan ? als_scan_next(scan, &row, err) : ALS_OK;
    for (size_t i = 0; i < run->patients.count && status == ALS_OK; i++) {
        const struct als_patient *patient = &run->patients.items[i];
        span = als_events_of(&run->events, span.first + span.count, patient->id);
        struct course course = course_of(run->events.items + span.first, span.count);
        while (status == ALS_OK && row && row->patient_id <= patient->id) {
            run->not_done += row->patient_id == patient->id && row->not_done;
            if (row->patient_id == patient->id && !row->not_done)
                add_stage(run, &course, row);
            status = als_scan_next(scan, &row, err);
        }
        if (status == ALS_OK)
            write_patient(run, patient, &course);
    }
    return status;
}

static void write_notes(const struct run *run)
{
    struct als_table *table = run->table;
    als_table_note(table,
                   "King's stages estimated from items (4B: dyspnea 0 or respiratory "
                   "insufficiency below 4; 4A: gastrostomy; else regions with an item below 4: "
                   "items 1-3, 4-5, 8); stage 0 is kept");
    als_table_note(table,
                   "MiToS: points for walking or dressing, swallowing, speech %s handwriting (at "
                   "most 1), dyspnea at most 1 or respiratory insufficiency at most 2; FT9: "
                   "domains of 9 points or less; 5 = death",
                   run->options->mitos_or ? "OR" : "AND");
    als_table_note(table, "%zu patients, %zu rows; %zu assessments that were not done left out",
                   run->patients.count, run->rows, run->not_done);
    if (!run->instrument)
        als_table_note(table, "warning: the study does not record ALSFRS-R, so only deaths have a "
                              "stage; the single breathing item of ALSFRS cannot tell dyspnea from "
                              "respiratory insufficiency");
    if (run->incomplete)
        als_table_note(table, "stages that missing items leave open: in %zu assessments",
                       run->incomplete);
    if (run->after_death)
        als_table_note(table, "warning: %zu assessments dated after death were left out",
                       run->after_death);
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
    };
    struct als_table_column all[COUNT(columns) + 2];
    size_t n = 0;
    all[n++] = (struct als_table_column){"patient", NULL, ALS_CELL_TEXT, 0};
    if (by)
        all[n++] = (struct als_table_column){"group", by, ALS_CELL_TEXT, 0};
    memcpy(&all[n], columns, sizeof columns);
    return als_table_new(all, n + COUNT(columns));
}

static enum als_status run_stages(struct run *run, struct als_arena *arena, struct als_err *err)
{
    int64_t first = run->patients.count ? run->patients.items[0].id : 0;
    int64_t last = run->patients.count ? run->patients.items[run->patients.count - 1].id : 0;
    enum als_status status =
        als_event_load(run->store, run->options->patient ? first : 0, arena, &run->events, err);
    struct als_scan *scan = NULL;
    if (status == ALS_OK && run->instrument)
        status =
            als_scan_open(run->store, run->instrument, ALS_SCAN_ITEMS, first, last, &scan, err);
    if (status != ALS_OK)
        return status;
    run->table = new_table(run->options->by);
    status = read_stages(run, scan, err);
    als_scan_close(scan);
    if (status == ALS_OK)
        write_notes(run);
    return status;
}

enum als_status als_analyze_stages(struct als_store *store,
                                   const struct als_stages_options *options, struct als_table **out,
                                   struct als_err *err)
{
    struct run run = {.store = store, .options = options};
    enum als_status status = als_factor_check(options->by, err);
    if (status != ALS_OK)
        return status;
    run.instrument = als_store_find_instrument(store, INSTRUMENT);
    struct als_arena *arena = als_arena_new();
    status = als_patients_chosen(store, options->patient, arena, &run.patients, err);
    if (status == ALS_OK)
        status = run_stages(&run, arena, err);
    if (status == ALS_OK)
        *out = run.table;
    else
        als_table_free(run.table);
    free(run.stages);
    als_arena_free(arena);
    return status;
}
