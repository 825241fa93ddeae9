/* Saving an assessment with its rules judged first. */
#include "alstrack/store/entry.h"

#include <string.h>

#include "alstrack/store/lock.h"
#include "judge_int.h"

/* One save, from loading to queries. */
struct saving {
    struct als_store *store;
    const struct als_entry *entry;
    struct als_entry_outcome *outcome;
    struct als_arena *arena;
    struct als_case the_case;
    struct als_sittings before, after; /* of the patient and instrument */
    struct als_judge *judge;
    struct als_book book;
};

/* The assessment as it is to be: what is given laid over what is stored (NULL: nothing). */
static void lay_over(const struct saving *saving, const struct als_assessment *stored,
                     struct als_assessment *out)
{
    const struct als_entry *entry = saving->entry;
    const struct als_instrument *instrument = entry->instrument;
    struct als_value *values = als_arena_array(saving->arena, instrument->n_items, sizeof *values);
    *out = entry->assessment;
    for (size_t i = 0; i < instrument->n_items; i++) {
        const bool given = !entry->given_items || entry->given_items[i];
        values[i] = given    ? entry->assessment.values[i]
                    : stored ? stored->values[i]
                             : ALS_MISSING_VALUE;
    }
    out->values = values;
    out->item_reasons = als_reasons_merge(instrument, &entry->assessment, entry->given_items,
                                          stored ? stored->item_reasons : NULL, saving->arena);
    if (!stored)
        return;
    if (!als_is_given(entry->given, 0))
        out->day = stored->day;
    if (!als_is_given(entry->given, 1))
        out->mode = stored->mode;
    if (!als_is_given(entry->given, 2))
        out->respondent = stored->respondent;
    if (!als_is_given(entry->given, 3))
        out->not_done = stored->not_done;
    if (!als_is_given(entry->given, 4))
        out->reason = stored->reason;
}

static enum als_status changed_meanwhile(const struct saving *saving, struct als_err *err)
{
    const struct als_assessment *assessment = &saving->entry->assessment;
    als_fail(err, ALS_DATA, "E-CHANGED-MEANWHILE",
             "%s of %s at %s was %s by someone else in the meantime",
             saving->entry->instrument->code,
             als_word_patient(saving->store, assessment->patient_id),
             als_store_visit_code(saving->store, assessment->visit_no),
             saving->entry->expected_change ? "changed" : "entered");
    als_err_hint(err, "look at what is stored now, and save again");
    return ALS_DATA;
}

/* What is stored, compared with what the form was loaded with; then how it is to be. */
static enum als_status load(struct saving *saving, struct als_err *err)
{
    const struct als_entry *entry = saving->entry;
    const struct als_assessment *given = &entry->assessment;
    struct als_assessment stored;
    int64_t *found = &saving->outcome->found_change;
    enum als_status status =
        als_assessment_get(saving->store, given->patient_id, given->visit_no, entry->instrument,
                           given->rater_no, saving->arena, &stored, found, err);
    if (status != ALS_OK)
        return status;
    if (entry->expected_change != ALS_ANY_CHANGE && entry->expected_change != *found) {
        if (*found)
            saving->outcome->stored = stored;
        return changed_meanwhile(saving, err);
    }
    lay_over(saving, *found ? &stored : NULL, &saving->outcome->stored);
    status = als_case_load(saving->store, given->patient_id, entry->today, saving->arena,
                           &saving->the_case, err);
    if (status == ALS_OK)
        status = als_sittings_load(saving->store, entry->instrument, given->patient_id,
                                   saving->arena, &saving->before, err);
    if (status == ALS_OK)
        status = als_book_load(saving->store, given->patient_id, saving->arena, &saving->book, err);
    return status;
}

static bool is_of(const struct als_assessment *a, const struct als_assessment *b)
{
    return a->visit_no == b->visit_no && a->rater_no == b->rater_no;
}

/* Those that there will be; the saved one is the last, unless it was not done. */
static void arrange(struct saving *saving)
{
    const struct als_assessment *stored = &saving->outcome->stored;
    for (size_t i = 0; i < saving->before.count; i++)
        if (!is_of(&saving->before.items[i], stored))
            als_sittings_add(&saving->after, saving->entry->instrument, &saving->before.items[i],
                             saving->arena);
    if (!stored->not_done && stored->day != ALS_NO_DAY)
        als_sittings_add(&saving->after, saving->entry->instrument, stored, saving->arena);
}

/* ---- Justifications ---- */

static const char *justification(const struct als_entry *entry, const struct als_verdict *verdict)
{
    for (size_t i = 0; i < entry->n_justifications; i++) {
        const struct als_justification *one = &entry->justifications[i];
        if (strcmp(one->code, verdict->code) == 0 &&
            (one->item < 0 || one->item == verdict->item) && one->text &&
            one->text[strspn(one->text, " \t\r\n")])
            return one->text;
    }
    return NULL;
}

static struct als_cell_of cell_of(const struct saving *saving, const struct als_assessment *of,
                                  const struct als_verdict *verdict)
{
    const struct als_instrument *instrument = saving->entry->instrument;
    return (struct als_cell_of){
        .visit_no = of->visit_no,
        .record = instrument->code,
        .rater = of->rater_no ? als_store_rater(saving->store, of->rater_no) : NULL,
        .item = verdict->item < 0 ? NULL : instrument->items[verdict->item].code};
}

static bool is_asked_already(const struct saving *saving, const struct als_verdict *verdict)
{
    const struct als_assessment *stored = &saving->outcome->stored;
    const struct als_cell_of cell = cell_of(saving, stored, verdict);
    const struct als_query *query = als_book_find(&saving->book, &cell, verdict->code);
    const char *value =
        als_verdict_value(saving->entry->instrument, verdict, stored->values, saving->arena);
    return query && (query->value_now && value ? strcmp(query->value_now, value) == 0
                                               : query->value_now == value);
}

static enum als_status refuse(const struct als_entry *entry, const struct als_verdict *verdict,
                              const char *code, struct als_err *err)
{
    const char *item = verdict->item < 0 ? NULL : entry->instrument->items[verdict->item].code;
    als_fail(err, ALS_DATA, code, "%s%s%s [%s]", item ? item : "", item ? ": " : "",
             verdict->message, verdict->code);
    if (verdict->level == ALS_RULE_SOFT)
        als_err_hint(err, "correct it, or confirm it with a reason");
    return ALS_DATA;
}

/* Judge the saved one, and refuse what must not be. */
static enum als_status judge(struct saving *saving, struct als_err *err)
{
    const struct als_entry *entry = saving->entry;
    struct als_entry_outcome *outcome = saving->outcome;
    if (!outcome->stored.not_done && outcome->stored.day != ALS_NO_DAY)
        als_case_judge(&saving->the_case, saving->judge, entry->instrument, &saving->after,
                       saving->after.count - 1, &outcome->verdicts);
    const size_t n = outcome->verdicts.count;
    outcome->confirmed = als_arena_array(saving->arena, n + 1, sizeof *outcome->confirmed);
    for (size_t i = 0; i < n; i++)
        outcome->confirmed[i] = justification(entry, &outcome->verdicts.items[i]) ||
                                is_asked_already(saving, &outcome->verdicts.items[i]);
    for (size_t i = 0; i < n; i++)
        if (outcome->verdicts.items[i].level == ALS_RULE_HARD)
            return refuse(entry, &outcome->verdicts.items[i], "E-HARD", err);
    for (size_t i = 0; i < n && entry->strict; i++)
        if (outcome->verdicts.items[i].level == ALS_RULE_SOFT && !outcome->confirmed[i])
            return refuse(entry, &outcome->verdicts.items[i], "E-CONFIRM", err);
    return ALS_OK;
}

/* ---- What follows ---- */

/* The visit that it makes or moves is judged as its own. */
enum relation { IT, ITS_VISIT, ANOTHER };

static enum relation relation_of(const struct saving *saving, const struct als_check_row *row)
{
    const struct als_assessment *stored = &saving->outcome->stored;
    const char *rater = stored->rater_no ? als_store_rater(saving->store, stored->rater_no) : NULL;
    if (row->visit_no != stored->visit_no)
        return ANOTHER;
    if (strcmp(row->record, "visit") == 0)
        return ITS_VISIT;
    const bool same_rater =
        row->rater && rater ? strcmp(row->rater, rater) == 0 : row->rater == rater;
    return same_rater && strcmp(row->record, saving->entry->instrument->code) == 0 ? IT : ANOTHER;
}

static const char *answer(const struct als_check_row *row, void *context)
{
    const struct saving *saving = context;
    return relation_of(saving, row) == ANOTHER ? NULL : justification(saving->entry, &row->verdict);
}

static void add_verdict(struct saving *saving, const struct als_verdict *verdict)
{
    struct als_entry_outcome *outcome = saving->outcome;
    const size_t n = outcome->verdicts.count;
    bool *confirmed = als_arena_array(saving->arena, n + 1, sizeof *confirmed);
    memcpy(confirmed, outcome->confirmed, n * sizeof *confirmed);
    confirmed[n] = justification(saving->entry, verdict) != NULL;
    outcome->confirmed = confirmed;
    als_verdict_add(&outcome->verdicts, als_arena_strdup(saving->arena, verdict->code),
                    verdict->level, -1, "%s", verdict->message);
}

static void receive(const struct als_check_row *row, void *context)
{
    struct saving *saving = context;
    const enum relation relation = relation_of(saving, row);
    if (!row->fresh || relation == IT)
        return;
    if (relation == ITS_VISIT)
        add_verdict(saving, &row->verdict);
    else
        als_news_add(&saving->outcome->others, row, saving->arena);
}

/* All that is stored of the patient is judged: what looks at this one, its visit, baselines. */
static enum als_status follow(struct saving *saving, struct als_err *err)
{
    struct als_entry_outcome *outcome = saving->outcome;
    const struct als_check_options options = {.patient_id = outcome->stored.patient_id,
                                              .baselines = true,
                                              .today = saving->entry->today,
                                              .queries = true,
                                              .answer = answer};
    struct als_check_counts counts;
    const size_t own = outcome->verdicts.count;
    enum als_status status = als_check(saving->store, &options, receive, saving, &counts, err);
    outcome->opened = counts.opened;
    outcome->refreshed = counts.refreshed;
    outcome->gone = counts.gone;
    for (size_t i = own; status == ALS_OK && saving->entry->strict && i < outcome->verdicts.count;
         i++)
        if (!outcome->confirmed[i])
            status = refuse(saving->entry, &outcome->verdicts.items[i], "E-CONFIRM", err);
    return status;
}

static enum als_status save(struct saving *saving, struct als_err *err)
{
    const struct als_entry *entry = saving->entry;
    const struct als_scope visit = {entry->assessment.patient_id, entry->assessment.visit_no};
    enum als_status status = als_lock_check(saving->store, &visit, err);
    if (status == ALS_OK) /* nobody is asked for reasons in vain */
        status = load(saving, err);
    if (status != ALS_OK)
        return status;
    arrange(saving);
    status = judge(saving, err);
    if (status == ALS_OK)
        status = als_assessment_put(saving->store, entry->instrument, &entry->assessment,
                                    entry->given, entry->given_items, &saving->outcome->what, err);
    return status == ALS_OK ? follow(saving, err) : status;
}

enum als_status als_entry_save(struct als_store *store, const struct als_entry *entry,
                               struct als_entry_outcome *outcome, struct als_err *err)
{
    *outcome = (struct als_entry_outcome){.verdicts = {.arena = entry->arena}};
    enum als_status status = als_change_require(store, err);
    if (status != ALS_OK)
        return status;
    struct saving saving = {.store = store,
                            .entry = entry,
                            .outcome = outcome,
                            .arena = entry->arena,
                            .judge = als_judge_new(entry->instrument)};
    status = save(&saving, err);
    als_judge_free(saving.judge);
    return status;
}
