/*
 * The handlers that the table of routes names, in the files page_*.c.
 */
#ifndef ALSTRACK_WEB_PAGES_H
#define ALSTRACK_WEB_PAGES_H

#include "route.h"

/* page_asset.c */
als_handler_fn als_page_asset;

/* page_session.c: coming in and leaving */
als_handler_fn als_page_open_link;
als_handler_fn als_page_logout;

/* page_home.c */
als_handler_fn als_page_home;

#endif
