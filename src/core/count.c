/* Numbers with a noun. */
#include "alstrack/core/count.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct als_counted als_counted(size_t n, const char *one)
{
    struct als_counted counted;
    size_t length = strlen(one);
    bool y = length > 1 && one[length - 1] == 'y' && !strchr("aeiou", one[length - 2]);
    if (n == 1)
        snprintf(counted.text, sizeof counted.text, "1 %s", one);
    else if (y)
        snprintf(counted.text, sizeof counted.text, "%zu %.*sies", n, (int)(length - 1), one);
    else
        snprintf(counted.text, sizeof counted.text, "%zu %ss", n, one);
    return counted;
}
