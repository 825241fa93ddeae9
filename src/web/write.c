/* A change set around what a page writes. */
#include "write.h"

enum als_status als_request_write(struct als_request *request, const char *command,
                                  const char *reason, als_write_fn *write, void *context,
                                  int64_t *change_id, struct als_err *err)
{
    const struct als_change_info info = als_request_change(request, command, reason);
    enum als_status status = als_change_begin(request->store, &info, err);
    if (status)
        return status;
    status = write(request, context, err);
    if (!status)
        return als_change_commit(request->store, change_id, err);
    als_change_abandon(request->store);
    return status;
}

void als_request_flash_change(const struct als_request *request, int64_t change_id)
{
    if (change_id)
        als_request_flash(request, ALS_FLASH_DONE, "Saved as change %lld.", (long long)change_id);
    else
        als_request_flash(request, ALS_FLASH_DONE, "Nothing was changed.");
}
