/* Patients in groups by a factor. */
#include "groups.h"

#include <stdlib.h>
#include <string.h>

#include "alstrack/analysis/slopes.h"

static int compare_names(const void *a, const void *b)
{
    const char *one = *(const char *const *)a, *other = *(const char *const *)b;
    if (!one || !other)
        return !one - !other;
    return strcmp(one, other);
}

static size_t find(const struct als_groups *groups, const char *name)
{
    size_t i = 0;
    while (i < groups->count && compare_names(&groups->names[i], &name) != 0)
        i++;
    return i;
}

bool als_groups_are_two(const struct als_groups *groups)
{
    size_t named = 0;
    for (size_t i = 0; i < groups->count; i++)
        named += groups->names[i] != NULL;
    return named == 2;
}

struct als_groups als_groups_make(const struct als_patient_list *patients, const char *by,
                                  struct als_arena *arena)
{
    struct als_groups groups = {.of = als_arena_array(arena, patients->count + 1, sizeof(size_t))};
    if (!by) {
        groups.names = als_arena_array(arena, 1, sizeof *groups.names);
        groups.count = 1;
        return groups;
    }
    size_t room = 0;
    const char **names = NULL;
    for (size_t i = 0; i < patients->count; i++) {
        const char *name = als_factor_value(&patients->items[i], by);
        groups.names = names;
        if (find(&groups, name) < groups.count)
            continue;
        if (groups.count == room) {
            room = room ? 2 * room : 16;
            names = als_realloc_array(names, room, sizeof *names);
        }
        names[groups.count++] = name;
    }
    groups.names = als_arena_array(arena, groups.count + 1, sizeof *groups.names);
    for (size_t i = 0; i < groups.count; i++)
        groups.names[i] = names[i];
    free(names);
    qsort(groups.names, groups.count, sizeof *groups.names, compare_names);
    for (size_t i = 0; i < patients->count; i++)
        groups.of[i] = find(&groups, als_factor_value(&patients->items[i], by));
    return groups;
}
