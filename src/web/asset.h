/*
 * Styles, script and icon: the files of src/web/assets, compiled in. There is no folder to read
 * from, so no path leads out of it.
 */
#ifndef ALSTRACK_WEB_ASSET_H
#define ALSTRACK_WEB_ASSET_H

#include <stddef.h>

struct als_asset {
    const char *name; /* without ending */
    const char *text;
    size_t length;
};
extern const struct als_asset als_assets_css[], als_assets_js[], als_assets_svg[];
extern const size_t als_assets_css_count, als_assets_js_count, als_assets_svg_count;

/* The file of that whole name, such as alstrack.css, and its content type; NULL if none. */
const struct als_asset *als_asset_find(const char *file, const char **type);

#endif
