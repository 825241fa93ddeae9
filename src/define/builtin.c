/* Looking up the definition files compiled into the program. */
#include "alstrack/define/builtin.h"

#include <string.h>

const struct als_builtin *als_builtin_find(const char *name)
{
    for (size_t i = 0; i < als_builtin_instrument_count; i++)
        if (strcmp(als_builtin_instruments[i].name, name) == 0)
            return &als_builtin_instruments[i];
    return NULL;
}
