/*
 * Comparison of function at the last common visit. A pair's last common visit is v when both have a
 * value at v and no later visit is common, so going through the visits meets every pair once.
 * Patients are put into classes by the visits they have after v; two classes without a common one
 * are merged in order of the change at v.
 */
#include "joint_rank_function.h"

#include <stdbool.h>

/* Sorting one patient into each visit costs about as much as so many direct comparisons. */
enum { SORT_COST = 8, LABELS = 4, WITHIN = 0 };

static unsigned highest_bit(uint64_t bits)
{
    return 63U - (unsigned)__builtin_clzll(bits);
}

void function_pair(struct function *f, uint32_t i, uint32_t j)
{
    uint64_t common = f->visits[i] & f->visits[j];
    if (!common)
        return;
    size_t visit = highest_bit(common);
    uint32_t a = f->place[i * f->n_visits + visit], b = f->place[j * f->n_visits + visit];
    int result = (a > b) - (a < b);
    f->score[i] += result;
    f->score[j] -= result;
    if (f->group[i] != f->group[j]) {
        f->versus[i] += result;
        f->versus[j] -= result;
        f->pairs++;
        f->equal += result == 0;
    }
}

/* First item from `first` on whose place is not below the limit. */
static size_t find_place(const struct order_item *items, size_t first, size_t end, uint64_t limit)
{
    while (first < end) {
        size_t middle = first + (end - first) / 2;
        if ((uint32_t)items[middle].key < limit)
            first = middle + 1;
        else
            end = middle;
    }
    return first;
}

static bool searching_is_shorter(size_t searches, size_t length)
{
    return 2 * searches * (highest_bit(length) + 1) < searches + length;
}

/* Add to every patient of run a the results against all of run b. */
static void compare_runs(struct function *f, const uint32_t *member, const struct function_run *a,
                         const struct function_run *b)
{
    const struct order_item *items = f->items;
    bool across = (a->label & 1) != (b->label & 1);
    bool search = searching_is_shorter(a->end - a->first, b->end - b->first);
    size_t below = b->first, upto = below; /* where places equal to i's begin and end */
    int64_t decided = 0;
    for (size_t k = a->first; k < a->end; k++) {
        uint64_t place = (uint32_t)items[k].key;
        if (search) {
            below = find_place(items, below, b->end, place);
            upto = find_place(items, below, b->end, place + 1);
        } else {
            while (below < b->end && (uint32_t)items[below].key < place)
                below++;
            while (upto < b->end && (uint32_t)items[upto].key <= place)
                upto++;
        }
        int64_t won = (int64_t)(below - b->first), lost = (int64_t)(b->end - upto);
        uint32_t i = member[items[k].item];
        f->score[i] += won - lost;
        if (across)
            f->versus[i] += won - lost;
        decided += won + lost;
    }
    if (across && (a->label & 1)) {
        int64_t pairs = (int64_t)((a->end - a->first) * (b->end - b->first));
        f->pairs += pairs;
        f->equal += pairs - decided;
    }
}

static uint32_t label_of(const struct function *f, const uint32_t *member, size_t n_first, size_t k)
{
    return (k < n_first ? 2U : 0U) | f->group[member[k]];
}

static size_t start_classes(struct function *f, size_t m, const uint32_t *member, size_t n_first)
{
    for (size_t k = 0; k < m; k++)
        f->class_of[k] = label_of(f, member, n_first, k);
    return LABELS;
}

/* Split every class by whether its patients have a value at the visit; returns the new number. */
static size_t split_classes(struct function *f, size_t m, const uint32_t *member, size_t n_classes,
                            size_t visit)
{
    for (size_t c = 0; c < 2 * n_classes; c++)
        f->finer[c] = 0;
    for (size_t k = 0; k < m; k++) {
        f->class_of[k] = 2 * f->class_of[k] + (uint32_t)(f->visits[member[k]] >> visit & 1);
        f->finer[f->class_of[k]] = 1;
    }
    uint32_t count = 0;
    for (size_t c = 0; c < 2 * n_classes; c++)
        if (f->finer[c])
            f->finer[c] = count++;
    for (size_t k = 0; k < m; k++)
        f->class_of[k] = f->finer[f->class_of[k]];
    return count;
}

/* Items of all members with a value at the visit, by class and place, and the runs of classes. */
static size_t find_runs(struct function *f, size_t m, const uint32_t *member, size_t n_first,
                        size_t visit)
{
    size_t count = 0;
    for (size_t k = 0; k < m; k++)
        if (f->visits[member[k]] >> visit & 1)
            f->items[count++] = (struct order_item){
                .key = (uint64_t)f->class_of[k] << 32 | f->place[member[k] * f->n_visits + visit],
                .item = (uint32_t)k};
    order_sort(count, f->items, f->items + count);
    size_t n_runs = 0;
    for (size_t first = 0, end; first < count; first = end) {
        for (end = first + 1; end < count && !((f->items[end].key ^ f->items[first].key) >> 32);)
            end++;
        size_t k = f->items[first].item;
        f->runs[n_runs++] = (struct function_run){.later = f->visits[member[k]] >> visit >> 1,
                                                  .label = label_of(f, member, n_first, k),
                                                  .first = first,
                                                  .end = end};
    }
    return n_runs;
}

/* Between two sets (n_first > 0), runs of the same set are not compared. */
static void compare_by_classes(struct function *f, size_t m, const uint32_t *member, size_t n_first)
{
    size_t n_classes = start_classes(f, m, member, n_first);
    for (size_t visit = f->n_visits; visit-- > 0;) {
        size_t n_runs = find_runs(f, m, member, n_first, visit);
        for (size_t a = 0; a < n_runs; a++) {
            for (size_t b = 0; b < n_runs; b++) {
                const struct function_run *one = &f->runs[a], *other = &f->runs[b];
                if (one->later & other->later)
                    continue;
                if (n_first == WITHIN || (one->label ^ other->label) & 2)
                    compare_runs(f, member, one, other);
            }
        }
        n_classes = split_classes(f, m, member, n_classes, visit);
    }
}

/* Patterns of missing values may be so many that going through pairs of classes takes longer than
 * going through pairs of patients. */
static bool classes_are_shorter(struct function *f, size_t m, const uint32_t *member,
                                size_t n_first, double n_pairs)
{
    double steps = (double)SORT_COST * (double)m * (double)f->n_visits;
    size_t n_classes = start_classes(f, m, member, n_first);
    for (size_t visit = f->n_visits; visit-- > 0 && steps < n_pairs;) {
        n_classes = split_classes(f, m, member, n_classes, visit);
        steps += (double)n_classes * (double)n_classes / 2;
    }
    return steps < n_pairs;
}

void function_within(struct function *f, size_t m, const uint32_t *member)
{
    if (m < 2)
        return;
    if (classes_are_shorter(f, m, member, WITHIN, (double)m * (double)(m - 1) / 2)) {
        compare_by_classes(f, m, member, WITHIN);
        return;
    }
    for (size_t a = 0; a < m; a++)
        for (size_t b = a + 1; b < m; b++)
            function_pair(f, member[a], member[b]);
}

void function_between(struct function *f, size_t m, const uint32_t *member, size_t n_first)
{
    if (n_first == 0 || n_first == m)
        return;
    if (classes_are_shorter(f, m, member, n_first, (double)n_first * (double)(m - n_first))) {
        compare_by_classes(f, m, member, n_first);
        return;
    }
    for (size_t a = 0; a < n_first; a++)
        for (size_t b = n_first; b < m; b++)
            function_pair(f, member[a], member[b]);
}
