/* Styles and scripts. */
#include <string.h>

#include "asset.h"
#include "pages.h"

static const struct als_asset *find(const struct als_asset *table, size_t n, const char *file,
                                    const char *ending)
{
    for (size_t i = 0; i < n; i++) {
        size_t length = strlen(table[i].name);
        if (strncmp(file, table[i].name, length) == 0 && strcmp(file + length, ending) == 0)
            return &table[i];
    }
    return NULL;
}

const struct als_asset *als_asset_find(const char *file, const char **type)
{
    const struct als_asset *asset = find(als_assets_css, als_assets_css_count, file, ".css");
    *type = "text/css; charset=utf-8";
    if (!asset) {
        asset = find(als_assets_js, als_assets_js_count, file, ".js");
        *type = "text/javascript; charset=utf-8";
    }
    if (!asset) {
        asset = find(als_assets_svg, als_assets_svg_count, file, ".svg");
        *type = "image/svg+xml";
    }
    return asset;
}

enum als_status als_page_asset(struct als_request *request, struct als_response *response,
                               struct als_err *err)
{
    const char *type, *file = als_request_part(request, "file");
    const struct als_asset *asset = als_asset_find(file, &type);
    if (!asset)
        return als_fail(err, ALS_NO_INPUT, "", "there is no file of that name");
    response->type = type;
    als_buf_add(&response->body, asset->text, asset->length);
    return ALS_OK;
}
