/* Which assessment of an instrument counts at a point of evaluation, and what it says. */
#include <math.h>

#include "alstrack/core/num.h"
#include "screening_int.h"

static const struct als_baseline_rule *rule_of(const struct als_protocol *protocol,
                                               const char *instrument)
{
    for (size_t i = 0; i < protocol->n_baselines; i++) {
        if (strcmp(protocol->instruments[protocol->baselines[i].instrument], instrument) == 0)
            return &protocol->baselines[i];
    }
    return NULL;
}

/* How well an assessment of that day stands for the point: 2 = made at its visit, 1 = before its
 * day, 0 = after it, but before treatment; -1 = not at all. */
static int standing(const struct als_screen_case *one, const struct als_assessment *row)
{
    const struct als_screen_point *point = one->point;
    if (row->not_done || row->day == ALS_NO_DAY)
        return -1;
    if (row->visit_no == point->visit_no)
        return 2;
    if (row->day <= point->day)
        return 1;
    int treated = ALS_NO_DAY;
    for (size_t i = 0; i < one->facts.n_events; i++) {
        const struct als_event_fact *event = &one->facts.events[i];
        if (strcmp(event->event, "infusion") == 0 &&
            (treated == ALS_NO_DAY || event->date.day < treated))
            treated = event->date.day;
    }
    return treated == ALS_NO_DAY || row->day <= treated ? 0 : -1;
}

/* At the same standing: nearer to the point's day, then the rater with the lower number. */
static bool is_better(const struct als_assessment *a, int standing_a,
                      const struct als_assessment *b, int standing_b)
{
    if (standing_a != standing_b)
        return standing_a > standing_b;
    if (a->day != b->day)
        return standing_a == 0 ? a->day < b->day : a->day > b->day;
    return a->rater_no < b->rater_no;
}

static struct als_score_value score_of(const struct als_screen_case *one,
                                       const struct als_screen_field *field,
                                       const struct als_assessment *row)
{
    const struct als_screening *screening = one->screening;
    struct als_person person =
        als_patient_person(one->patient, screening->store->protocol, row->day);
    return als_score_compute(screening->scales[field->scale].instrument, (size_t)field->score,
                             row->values, &person);
}

static struct als_value value_of(const struct als_screen_case *one,
                                 const struct als_screen_field *field,
                                 const struct als_assessment *row)
{
    if (field->score < 0)
        return row->values[field->item];
    struct als_score_value score = score_of(one, field, row);
    return isnan(score.value) ? ALS_MISSING_VALUE
                              : (struct als_value){.kind = ALS_VALUE_NUMBER, .number = score.value};
}

/* The best assessment: with a value when `with_value`, else whatever there is. */
static const struct als_assessment *pick(const struct als_screen_case *one,
                                         const struct als_screen_field *field, bool with_value)
{
    const struct als_screen_series *series = &one->series[field->scale];
    const struct als_assessment *best = NULL;
    int best_standing = -1;
    for (size_t i = 0; i < series->count; i++) {
        const struct als_assessment *row = &series->items[i];
        int here = standing(one, row);
        if (here < 0 || (with_value && value_of(one, field, row).kind == ALS_VALUE_MISSING))
            continue;
        if (!best || is_better(row, here, best, best_standing)) {
            best = row;
            best_standing = here;
        }
    }
    return best;
}

/* "fvc at SCR, 2014-01-02" */
static const char *place_of(const struct als_screen_case *one, const struct als_screen_field *field,
                            const struct als_assessment *row)
{
    char date[ALS_DATE_TEXT];
    struct als_store *store = one->screening->store;
    const char *rater = als_store_rater(store, row->rater_no);
    return als_arena_printf(one->arena, "%s at %s, %s%s%s", field->source.instrument,
                            als_store_visit_code(store, row->visit_no),
                            als_day_format(row->day, date), rater ? ", rater " : "",
                            rater ? rater : "");
}

static const char *number_text(struct als_arena *arena, double number)
{
    return als_arena_printf(arena, "%.10g", number);
}

/* How a percentage came about. */
static const char *provenance(const struct als_screen_case *one,
                              const struct als_screen_field *field,
                              const struct als_assessment *row)
{
    const struct als_instrument *instrument = one->screening->scales[field->scale].instrument;
    if (field->score < 0 || als_score_is_own(&instrument->scores[field->score]))
        return "";
    const struct als_score *score = &instrument->scores[field->score];
    if (score_of(one, field, row).source == ALS_SOURCE_ENTERED)
        return ", as the site entered it";
    double litres = NAN;
    (void)als_value_number(&row->values[score->items[0]], &litres);
    bool nhanes3 = score->kind == ALS_SCORE_PERCENT_NHANES3 ||
                   (score->kind == ALS_SCORE_PERCENT_PROTOCOL &&
                    one->screening->store->protocol->fvc_equation == ALS_FVC_NHANES3);
    return als_arena_printf(one->arena, ", %s from %s L", nhanes3 ? "NHANES III" : "ECSC",
                            number_text(one->arena, litres));
}

/* Items of the score that have no answer: "recall, copy". */
static const char *missing_items(const struct als_screen_case *one,
                                 const struct als_instrument *instrument,
                                 const struct als_score *score, const struct als_assessment *row)
{
    const char *list = "";
    for (size_t i = 0; i < score->n_items + score->n_mean_items; i++) {
        size_t item = i < score->n_items ? score->items[i] : score->mean_items[i - score->n_items];
        if (row->values[item].kind != ALS_VALUE_MISSING)
            continue;
        list = als_arena_printf(one->arena, "%s%s%s", list, list[0] ? ", " : "",
                                instrument->items[item].code);
    }
    return list;
}

/* Why a percentage cannot be computed although an assessment is there. */
static const char *percent_needs(const struct als_screen_case *one,
                                 const struct als_screen_field *field,
                                 const struct als_score *score, const struct als_assessment *row)
{
    const struct als_patient *patient = one->patient;
    const struct als_instrument *instrument = one->screening->scales[field->scale].instrument;
    const char *place = place_of(one, field, row);
    if (row->values[score->items[0]].kind == ALS_VALUE_MISSING)
        return als_arena_printf(one->arena, "%s has no %s%s%s", place,
                                instrument->items[score->items[0]].code,
                                score->n_items > 1 ? " and no " : "",
                                score->n_items > 1 ? instrument->items[score->items[1]].code : "");
    return als_arena_printf(one->arena,
                            "%s has litres, but the percentage needs%s%s%s; or enter the "
                            "percentage",
                            place, patient->sex ? "" : " the sex",
                            patient->birth_date ? "" : " the birth date",
                            isnan(patient->height_cm) ? " the height" : "");
}

static const char *why_not_done(const struct als_screen_case *one,
                                const struct als_screen_field *field)
{
    const struct als_screen_series *series = &one->series[field->scale];
    for (size_t i = 0; i < series->count; i++) {
        const struct als_assessment *row = &series->items[i];
        if (row->visit_no == one->point->visit_no && row->not_done)
            return als_arena_printf(one->arena, " (not done at %s%s%s)", one->point->visit,
                                    row->reason ? ": " : "", row->reason ? row->reason : "");
    }
    return "";
}

/* What to record where nothing that would do is stored. */
static const char *needs_of(const struct als_screen_case *one, const struct als_screen_field *field)
{
    const struct als_instrument *instrument = one->screening->scales[field->scale].instrument;
    const struct als_assessment *row = pick(one, field, false);
    const struct als_score *score = field->score < 0 ? NULL : &instrument->scores[field->score];
    if (!score)
        return als_arena_printf(one->arena, "record %s %s %s %s=%s", one->patient->patient,
                                one->point->visit, instrument->code,
                                instrument->items[field->item].code, why_not_done(one, field));
    if (!row)
        return als_arena_printf(one->arena, "record %s %s %s%s", one->patient->patient,
                                one->point->visit, instrument->code, why_not_done(one, field));
    if (!als_score_is_own(score))
        return percent_needs(one, field, score, row);
    return als_arena_printf(one->arena, "%s lacks %s", place_of(one, field, row),
                            missing_items(one, instrument, score, row));
}

/* Older than the protocol lets a historical measurement be? */
static bool is_too_old(const struct als_screen_case *one, const struct als_screen_field *field,
                       const struct als_assessment *row)
{
    const struct als_baseline_rule *rule =
        rule_of(one->screening->store->protocol, field->source.instrument);
    return rule && rule->kind == ALS_BASELINE_HISTORICAL &&
           one->point->day - row->day > rule->max_age_days;
}

void als_screening_measure(const struct als_screen_case *one, const struct als_screen_field *field,
                           struct als_screen_found *found)
{
    if (field->scale < 0) {
        found->needs =
            als_arena_printf(one->arena, "no instrument of the protocol gives %s", field->name);
        return;
    }
    const struct als_assessment *row = pick(one, field, true);
    if (!row) {
        found->needs = needs_of(one, field);
        return;
    }
    if (is_too_old(one, field, row)) {
        found->needs = als_arena_printf(one->arena, "%s is %d days before %s, too old",
                                        place_of(one, field, row), one->point->day - row->day,
                                        one->point->visit);
        return;
    }
    const struct als_instrument *instrument = one->screening->scales[field->scale].instrument;
    found->fact.value = value_of(one, field, row);
    found->is_yesno = field->score < 0 && instrument->items[field->item].type == ALS_ITEM_YESNO;
    found->source = als_arena_printf(one->arena, "%s%s", place_of(one, field, row),
                                     provenance(one, field, row));
}

bool als_screening_baseline_age(const struct als_screen_case *one, struct als_screen_found *found)
{
    const struct als_protocol *protocol = one->screening->store->protocol;
    const struct als_assessment *oldest = NULL;
    const struct als_screen_field *oldest_field = NULL;
    for (size_t i = 0; i < protocol->n_baselines; i++) {
        if (protocol->baselines[i].kind != ALS_BASELINE_HISTORICAL)
            continue;
        struct als_screen_field *field = als_arena_take(one->arena, sizeof *field);
        *field = (struct als_screen_field){
            .source.instrument = protocol->instruments[protocol->baselines[i].instrument],
            .scale = -1};
        for (size_t k = 0; k < one->screening->n_scales; k++) {
            if (strcmp(one->screening->scales[k].instrument->code, field->source.instrument) == 0)
                field->scale = (ptrdiff_t)k;
        }
        const struct als_assessment *row = field->scale < 0 ? NULL : pick(one, field, false);
        if (!row || standing(one, row) < 1) {
            found->needs =
                als_arena_printf(one->arena, "%s%s%s", found->needs,
                                 found->needs[0] ? ", " : "a record of ", field->source.instrument);
            continue;
        }
        if (!oldest || row->day < oldest->day) {
            oldest = row;
            oldest_field = field;
        }
    }
    if (!oldest || found->needs[0])
        return false;
    int age = one->point->day > oldest->day ? one->point->day - oldest->day : 0;
    found->fact.value = (struct als_value){.kind = ALS_VALUE_INTEGER, .integer = age};
    found->source = als_arena_printf(one->arena, "oldest: %s", place_of(one, oldest_field, oldest));
    return true;
}
