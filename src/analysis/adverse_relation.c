/* Relations of adverse events, word by word. */
#include "adverse_relation.h"

#include <string.h>

#define MOST_CATEGORIES (sizeof((struct als_relation){0}.categories) / sizeof(size_t))

static bool begins_with(const char *text, const char *word)
{
    return strncmp(text, word, strlen(word)) == 0;
}

/* One category of the list. The disease itself is no relation to treatment. */
static void take_word(struct als_relation *relation, const struct als_protocol *protocol,
                      const char *text, size_t length)
{
    for (size_t i = 0; i < protocol->n_causality; i++) {
        const char *category = protocol->causality[i];
        if (strlen(category) != length || memcmp(category, text, length) != 0)
            continue;
        relation->treatment |= !begins_with(category, "disease");
        relation->procedure |= begins_with(category, "procedure");
        if (relation->n_categories < MOST_CATEGORIES)
            relation->categories[relation->n_categories++] = i;
        return;
    }
    relation->other = true;
}

struct als_relation als_relation_read(const struct als_protocol *protocol, const char *text)
{
    struct als_relation relation = {.treatment = false};
    for (const char *part = text; part && *part;) {
        part += strspn(part, "; ");
        size_t length = strcspn(part, ";"), trimmed = length;
        while (trimmed && part[trimmed - 1] == ' ')
            trimmed--;
        if (trimmed)
            take_word(&relation, protocol, part, trimmed);
        part += length;
    }
    relation.other = relation.other && !relation.treatment;
    return relation;
}
