/* The table of routes. Rows of one part of the page stand together. */
#include "pages.h"
#include "route.h"

#define PUBLIC   ALS_ROUTE_PUBLIC
#define WRITES   ALS_ROUTE_WRITES
#define NO_STUDY ALS_ROUTE_NO_STUDY
#define PART     ALS_ROUTE_PART

static const struct als_route routes[] = {
    {ALS_GET, "/assets/{file}", als_page_asset, ALS_ACT_FREE, PUBLIC | NO_STUDY | PART},

    /* coming in and leaving */
    {ALS_GET, "/open/{token}", als_page_open_link, ALS_ACT_FREE, PUBLIC | NO_STUDY | PART},
    {ALS_POST, "/logout", als_page_logout, ALS_ACT_FREE, NO_STUDY},

    {ALS_GET, "/", als_page_home, ALS_ACT_SEE, 0},
};

const struct als_route *als_route_at(size_t index)
{
    return index < sizeof routes / sizeof routes[0] ? &routes[index] : NULL;
}
