/*
 * Shared by the files that make the eligibility worksheet.
 */
#ifndef ALSTRACK_STORE_SCREENING_INT_H
#define ALSTRACK_STORE_SCREENING_INT_H

#include "alstrack/store/screening.h"
#include "store_int.h"

/* ---- screening_point.c: when criteria are evaluated ---- */

/* Is the criterion evaluated at that visit (index into protocol->visits)? */
bool als_screening_is_point(const struct als_protocol *protocol,
                            const struct als_criterion *criterion, size_t visit);
/* For messages: "SCR", "each visit with an infusion". */
const char *als_screening_when(const struct als_protocol *protocol,
                               const struct als_criterion *criterion);

#endif
