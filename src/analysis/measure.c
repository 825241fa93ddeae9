/* The measure that an analysis is about. */
#include "patients.h"

/* Lines and means need numbers. */
static enum als_status check_number(const struct als_measure *measure, struct als_err *err)
{
    if (measure->score >= 0)
        return ALS_OK;
    const struct als_item *item = &measure->instrument->items[measure->item];
    bool text = item->type == ALS_ITEM_TEXT || item->type == ALS_ITEM_DATE ||
                (item->type == ALS_ITEM_CHOICE && !item->numeric_choice);
    if (!text)
        return ALS_OK;
    return als_fail(err, ALS_USAGE, "E-MEASURE", "%s is not a number", measure->name);
}

enum als_status als_measure_chosen(struct als_store *store, const char *name,
                                   struct als_measure *out, struct als_err *err)
{
    if (!name)
        name = als_store_protocol(store)->measure;
    if (!name)
        return als_fail(err, ALS_USAGE, "E-MEASURE",
                        "the protocol names no measure for its analysis: name one");
    enum als_status status = als_measure_find(store, name, out, err);
    return status == ALS_OK ? check_number(out, err) : status;
}
