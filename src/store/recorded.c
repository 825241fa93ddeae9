/* Judging a patient, event, visit or adverse event that was just put. */
#include <string.h>

#include "judge_int.h"

#include "alstrack/store/entry.h"

struct judging {
    const struct als_recorded *recorded;
    struct als_recorded_outcome *outcome;
    size_t room; /* of confirmed */
};

static bool is_meant(const struct als_recorded *recorded, const struct als_check_row *row)
{
    if (!recorded->record || strcmp(row->record, recorded->record) != 0)
        return false;
    if (recorded->visit_no && recorded->visit_no != row->visit_no)
        return false;
    return !recorded->item || (row->item && strcmp(row->item, recorded->item) == 0);
}

static const char *answer(const struct als_check_row *row, void *context)
{
    const struct judging *judging = context;
    const struct als_recorded *recorded = judging->recorded;
    for (size_t i = 0; is_meant(recorded, row) && i < recorded->n_justifications; i++)
        if (strcmp(recorded->justifications[i].code, row->verdict.code) == 0)
            return recorded->justifications[i].text;
    return NULL;
}

/* The verdict outlives the call. */
static struct als_verdict kept(const struct als_verdict *verdict, struct als_arena *arena)
{
    struct als_verdict copy = *verdict;
    copy.code = als_arena_strdup(arena, verdict->code);
    copy.message = als_arena_strdup(arena, verdict->message);
    return copy;
}

static void *make_room(struct als_arena *arena, void *items, size_t count, size_t size,
                       size_t *room)
{
    if (count < *room)
        return items;
    *room = *room ? 2 * *room : 16;
    void *grown = als_arena_array(arena, *room, size);
    if (count)
        memcpy(grown, items, count * size);
    return grown;
}

/* What was asked before about the same value is not asked again. */
static void take_meant(struct judging *judging, const struct als_check_row *row)
{
    struct als_recorded_outcome *outcome = judging->outcome;
    struct als_arena *arena = judging->recorded->arena;
    const size_t at = outcome->verdicts.count;
    als_verdict_add(&outcome->verdicts, "", row->verdict.level, -1, "%s", "");
    outcome->verdicts.items[at] = kept(&row->verdict, arena);
    outcome->confirmed =
        make_room(arena, outcome->confirmed, at, sizeof *outcome->confirmed, &judging->room);
    outcome->confirmed[at] =
        answer(row, judging) || (row->query && !row->fresh && row->verdict.level == ALS_RULE_SOFT);
}

void als_news_add(struct als_news *news, const struct als_check_row *row, struct als_arena *arena)
{
    news->items = make_room(arena, news->items, news->count, sizeof *news->items, &news->room);
    struct als_check_row *copy = &news->items[news->count++];
    *copy = *row;
    copy->verdict = kept(&row->verdict, arena);
    copy->record = als_arena_strdup(arena, row->record);
    copy->rater = als_arena_strdup(arena, row->rater);
    copy->item = als_arena_strdup(arena, row->item);
    copy->value = als_arena_strdup(arena, row->value);
    copy->query = als_arena_strdup(arena, row->query);
}

static void receive(const struct als_check_row *row, void *context)
{
    struct judging *judging = context;
    if (is_meant(judging->recorded, row))
        take_meant(judging, row);
    else if (row->fresh)
        als_news_add(&judging->outcome->others, row, judging->recorded->arena);
}

static enum als_status refuse(const struct als_recorded *recorded,
                              const struct als_recorded_outcome *outcome, struct als_err *err)
{
    static const struct {
        enum als_rule_level level;
        const char *code, *hint;
    } kinds[] = {{ALS_RULE_HARD, "E-HARD", NULL},
                 {ALS_RULE_SOFT, "E-CONFIRM", "correct it, or confirm it with a reason"}};
    for (size_t k = 0; k < (recorded->strict ? 2u : 1u); k++)
        for (size_t i = 0; i < outcome->verdicts.count; i++) {
            const struct als_verdict *verdict = &outcome->verdicts.items[i];
            if (verdict->level != kinds[k].level ||
                (verdict->level == ALS_RULE_SOFT && outcome->confirmed[i]))
                continue;
            als_fail(err, ALS_DATA, kinds[k].code, "%s [%s]", verdict->message, verdict->code);
            if (verdict->hint || kinds[k].hint)
                als_err_hint(err, "%s", verdict->hint ? verdict->hint : kinds[k].hint);
            return ALS_DATA;
        }
    return ALS_OK;
}

enum als_status als_recorded_judge(struct als_store *store, const struct als_recorded *recorded,
                                   struct als_recorded_outcome *outcome, struct als_err *err)
{
    *outcome = (struct als_recorded_outcome){.verdicts = {.arena = recorded->arena}};
    struct judging judging = {.recorded = recorded, .outcome = outcome};
    const struct als_check_options options = {.patient_id = recorded->patient_id,
                                              .baselines = true,
                                              .today = recorded->today,
                                              .queries = true,
                                              .answer = answer};
    struct als_check_counts counts = {.hard = 0};
    enum als_status status = als_change_require(store, err);
    if (status == ALS_OK && recorded->patient_id)
        status = als_check(store, &options, receive, &judging, &counts, err);
    outcome->opened = counts.opened;
    outcome->refreshed = counts.refreshed;
    outcome->gone = counts.gone;
    return status == ALS_OK ? refuse(recorded, outcome, err) : status;
}
