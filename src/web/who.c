/* Who is asking: the session's user, for the store to act as. */
#include <string.h>

#include "server.h"

/* In a study with users the study itself keeps who is logged in: a user who was disabled, or whose
 * role or password changed, is out at once. */
static enum als_status find_user(struct als_request *request, struct als_user *user, bool *found,
                                 struct als_err *err)
{
    const struct als_web_session *session = request->session;
    *found = false;
    if (!session || !session->secret)
        return ALS_OK;
    struct als_err why = {.status = ALS_OK};
    enum als_status status =
        als_session_find(request->store, session->secret, request->arena, user, &why);
    if (status == ALS_NOT_PERMITTED) {
        als_web_session_close(request->server->sessions, session->number);
        request->session = NULL;
        return ALS_OK;
    }
    if (status && err)
        *err = why;
    *found = status == ALS_OK;
    return status;
}

enum als_status als_server_identify(struct als_request *request, bool *in, struct als_err *err)
{
    bool found = false;
    struct als_user *user = als_arena_take(request->arena, sizeof *user);
    enum als_status status = ALS_OK;
    if (als_store_has_users(request->store)) {
        status = find_user(request, user, &found, err);
        if (status == ALS_OK)
            status = als_store_act_as(request->store, found ? user : NULL, err);
        request->actor = found ? user : NULL;
        request->user = found ? user->user : NULL;
        request->authenticated = found;
    } else {
        status = als_store_act_as(request->store, NULL, err);
        request->user = request->session ? request->session->user : NULL;
    }
    *in = status == ALS_OK && request->user != NULL;
    return status;
}
