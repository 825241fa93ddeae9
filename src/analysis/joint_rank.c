/* `analyze joint-rank`: who is ranked, with what, and the ranking itself. */
#include "alstrack/analysis/joint_rank.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "joint_rank_int.h"

#define MOST_MONTHS 1200

/* Those with a level, one after another. */
static void pack(struct ranking *ranking)
{
    size_t room = ranking->patients.count + 1, columns = ranking->column;
    struct als_arena *arena = ranking->arena;
    ranking->who = als_arena_array(arena, room, sizeof *ranking->who);
    ranking->time = als_arena_array(arena, room, sizeof *ranking->time);
    ranking->packed = als_arena_array(arena, room * columns + 1, sizeof *ranking->packed);
    ranking->died = als_arena_array(arena, room, sizeof *ranking->died);
    ranking->treated = als_arena_array(arena, room, sizeof *ranking->treated);
    for (size_t i = 0; i < ranking->patients.count; i++) {
        if (ranking->levels.of[i] == ALS_NO_LEVEL)
            continue;
        size_t at = ranking->n++;
        ranking->who[at] = i;
        ranking->time[at] = ranking->cases.items[i].days;
        ranking->died[at] = ranking->cases.items[i].event;
        ranking->treated[at] = ranking->levels.of[i] == 1;
        if (columns)
            memcpy(ranking->packed + at * columns, ranking->change + i * columns,
                   columns * sizeof *ranking->packed);
    }
}

static enum als_status rank(struct ranking *ranking, struct als_result *out, struct als_err *err)
{
    pack(ranking);
    ranking->data = (struct als_joint_rank_data){
        .n = ranking->n,
        .n_visits = ranking->column,
        .time = ranking->time,
        .died = ranking->died,
        .change = ranking->packed,
        .treated = ranking->levels.count == 2 ? ranking->treated : NULL,
        .horizon = ranking->horizon_days,
        .death = ranking->options->strict ? ALS_JOINT_RANK_ALWAYS : ALS_JOINT_RANK_FOLLOWED,
        .same_day =
            ranking->options->same_day_equal ? ALS_JOINT_RANK_EQUAL : ALS_JOINT_RANK_FUNCTION};
    void *work =
        als_realloc_array(NULL, als_joint_rank_workspace(ranking->n, ranking->column) + 1, 1);
    struct als_joint_rank result = als_joint_rank(&ranking->data, work);
    enum als_status status = ALS_OK;
    if (result.status == ALS_JOINT_RANK_TOO_MANY_VISITS || result.status == ALS_JOINT_RANK_TOO_MANY)
        status = als_fail(err, ALS_DATA, "E-RANK", "%s", als_joint_rank_reason(result.status));
    else
        ranking_make_tables(ranking, &result, out);
    free(work);
    return status;
}

static enum als_status prepare(struct ranking *ranking, struct als_err *err)
{
    const struct als_joint_rank_options *options = ranking->options;
    ranking->rules =
        (struct survival_rules){.endpoint = &ranking->endpoint,
                                .from_zero = true,
                                .pav = als_pav_asked(options->pav_hours, options->pav_days)};
    enum als_status status =
        als_patient_load(ranking->store, ranking->arena, &ranking->patients, err);
    if (status == ALS_OK)
        status = survival_endpoint_find(ranking->protocol,
                                        options->endpoint ? options->endpoint : "death",
                                        ranking->arena, &ranking->endpoint, err);
    if (status == ALS_OK && !ranking->endpoint.death)
        status = als_fail(err, ALS_USAGE, "E-ENDPOINT",
                          "'%s' does not hold death, which a joint rank needs", options->endpoint);
    if (status == ALS_OK)
        status = survival_cases_load(ranking->store, &ranking->patients, &ranking->rules,
                                     ranking->arena, &ranking->cases, err);
    if (status != ALS_OK)
        return status;
    size_t n = ranking->patients.count;
    bool *used = als_arena_array(ranking->arena, n + 1, sizeof *used);
    for (size_t i = 0; i < n; i++)
        used[i] = ranking->cases.items[i].used;
    status = als_levels_make(&ranking->patients, options->by, options->reference, used,
                             ranking->arena, &ranking->levels, err);
    if (status == ALS_OK)
        status = ranking_load_changes(ranking, err);
    if (status != ALS_OK)
        return status;
    for (size_t i = 0; i < n; i++)
        used[i] = ranking->levels.of[i] != ALS_NO_LEVEL;
    ranking->adjustable = used;
    const struct als_covariate_request request = {.names = options->covariates,
                                                  .n = options->n_covariates,
                                                  .measure = &ranking->measure,
                                                  .by = options->by};
    return als_covariates_load(ranking->store, &ranking->patients, &request, ranking->arena, used,
                               &ranking->covariates, err);
}

enum als_status als_analyze_joint_rank(struct als_store *store,
                                       const struct als_joint_rank_options *options,
                                       struct als_result *out, struct als_err *err)
{
    struct ranking ranking = {
        .options = options, .store = store, .protocol = als_store_protocol(store)};
    enum als_status status = als_factor_check(options->by, err);
    if (status == ALS_OK &&
        !(options->horizon_months > 0 && options->horizon_months <= MOST_MONTHS))
        status = als_fail(err, ALS_USAGE, "E-HORIZON",
                          "the horizon must be more than 0 and at most %d months", MOST_MONTHS);
    if (status == ALS_OK)
        status = als_measure_chosen(store, options->measure, &ranking.measure, err);
    if (status != ALS_OK)
        return status;
    ranking.horizon_days = (int)floor(ALS_DAYS_PER_MONTH * options->horizon_months + 0.5);
    ranking.arena = als_arena_new();
    status = prepare(&ranking, err);
    if (status == ALS_OK) {
        *out = (struct als_result){.count = 0};
        status = rank(&ranking, out, err);
    }
    als_arena_free(ranking.arena);
    return status;
}
