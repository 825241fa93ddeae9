/* Lists of the trail: change sets, and the log of access; the newest first, by user and day. */
#ifndef ALSTRACK_WEB_TRAIL_VIEW_H
#define ALSTRACK_WEB_TRAIL_VIEW_H

#include "page.h"

/* Filter, table and the way to older ones. They go by the query: user, from, to (days, UTC), before
 * (a number). access: the log of access instead of the change sets. */
ALS_CHECKED enum als_status als_trail_view(struct als_html *page, bool access, struct als_err *err);

#endif
