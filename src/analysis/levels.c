/* From a factor's groups to the levels that are compared. */
#include "levels.h"

#include <string.h>

#include "groups.h"

static enum als_status put_first(struct als_levels *levels, const char *by, const char *reference,
                                 struct als_err *err)
{
    size_t at = 0;
    while (at < levels->count && strcmp(levels->names[at], reference) != 0)
        at++;
    if (at == levels->count) {
        enum als_status status = als_fail(err, ALS_USAGE, "E-REFERENCE",
                                          "no patient with data has %s '%s'", by, reference);
        const char *nearest = als_nearest(reference, levels->names, levels->count);
        if (nearest)
            als_err_hint(err, "did you mean %s?", nearest);
        return status;
    }
    memmove(levels->names + 1, levels->names, at * sizeof *levels->names);
    levels->names[0] = reference;
    return ALS_OK;
}

static size_t level_named(const struct als_levels *levels, const char *name)
{
    size_t i = 0;
    while (strcmp(levels->names[i], name) != 0)
        i++;
    return i;
}

enum als_status als_levels_make(const struct als_patient_list *patients, const char *by,
                                const char *reference, const bool *used, struct als_arena *arena,
                                struct als_levels *out, struct als_err *err)
{
    if (reference && !by)
        return als_fail(err, ALS_USAGE, "E-REFERENCE", "a reference group needs --by");
    struct als_groups groups = als_groups_make(patients, by, arena);
    bool *present = als_arena_array(arena, groups.count + 1, sizeof *present);
    struct als_levels levels = {
        .names = als_arena_array(arena, groups.count + 1, sizeof *levels.names),
        .of = als_arena_array(arena, patients->count + 1, sizeof *levels.of)};
    for (size_t i = 0; i < patients->count; i++)
        present[groups.of[i]] = present[groups.of[i]] || used[i];
    for (size_t g = 0; g < groups.count; g++)
        if (present[g] && (groups.names[g] || !by))
            levels.names[levels.count++] = by ? groups.names[g] : "all";
    enum als_status status = reference ? put_first(&levels, by, reference, err) : ALS_OK;
    for (size_t i = 0; i < patients->count && status == ALS_OK; i++) {
        const char *name = by ? groups.names[groups.of[i]] : "all";
        levels.of[i] = used[i] && name ? level_named(&levels, name) : ALS_NO_LEVEL;
        levels.without += used[i] && !name;
    }
    *out = levels;
    return status;
}
