/* Opening of the next dose cohort, and spacing of new patients. */
#include "alstrack/schedule/gate.h"

/* Does patient i's completion rank `needed`-th in time? Cohorts are small, so it is counted. */
static bool is_nth_completion(const struct als_gate_patient *patients, size_t n, size_t i,
                              size_t needed)
{
    size_t rank = 1;
    for (size_t j = 0; j < n; j++) {
        if (patients[j].completed == ALS_NO_DAY)
            continue;
        bool earlier_row = j < i;
        rank += patients[j].completed < patients[i].completed ||
                (earlier_row && patients[j].completed == patients[i].completed);
    }
    return rank == needed;
}

int als_gate_day(const struct als_gate_patient *patients, size_t n, size_t needed,
                 int observation_days)
{
    for (size_t i = 0; i < n; i++)
        if (patients[i].toxicity)
            return ALS_NO_DAY;
    for (size_t i = 0; i < n; i++)
        if (patients[i].completed != ALS_NO_DAY && is_nth_completion(patients, n, i, needed))
            return patients[i].completed + observation_days;
    return ALS_NO_DAY;
}

bool als_gate_spacing(const int *first_infusions, size_t n, int spacing_days, size_t *offender)
{
    for (size_t i = 1; i < n; i++) {
        if (first_infusions[i] - first_infusions[i - 1] < spacing_days) {
            if (offender)
                *offender = i;
            return false;
        }
    }
    return true;
}
