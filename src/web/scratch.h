/*
 * A folder of one's own below TMPDIR, for what is made to be sent. Nobody else can write into it.
 */
#ifndef ALSTRACK_WEB_SCRATCH_H
#define ALSTRACK_WEB_SCRATCH_H

#include "alstrack/core/err.h"
#include "response.h"

/* Path in the arena. */
ALS_CHECKED enum als_status als_scratch_make(struct als_arena *arena, const char **folder,
                                             struct als_err *err);
/* With everything in it. */
void als_scratch_remove(const char *folder);

/* The file FOLDER/NAME becomes the answer; it may be removed at once, the response holds it open.
 */
ALS_CHECKED enum als_status als_scratch_send(const char *path, struct als_response *response,
                                             struct als_err *err);

#endif
