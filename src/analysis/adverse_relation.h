/*
 * What an adverse event is said to be related to: categories of the protocol with ';' between.
 */
#ifndef ALSTRACK_ANALYSIS_ADVERSE_RELATION_H
#define ALSTRACK_ANALYSIS_ADVERSE_RELATION_H

#include "alstrack/define/protocol.h"

struct als_relation {
    bool treatment; /* to any category but the disease */
    bool procedure; /* to a category that begins with "procedure" */
    bool other;     /* a word that is no category of the protocol, and no relation to treatment */
    size_t n_categories;
    size_t categories[16]; /* indexes into the protocol's causality; more are left out */
};
struct als_relation als_relation_read(const struct als_protocol *protocol, const char *text);

#endif
