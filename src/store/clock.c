/* The real clock, for the trail and for sessions. */
#include <stdio.h>
#include <time.h>

#include "people_int.h"

void als_now_utc(char text[32])
{
    struct timespec now;
    struct tm utc;
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    size_t n = strftime(text, 32, "%Y-%m-%dT%H:%M:%S", &utc);
    snprintf(text + n, 32 - n, ".%03ldZ", now.tv_nsec / 1000000);
}

int64_t als_now_seconds(void)
{
    return (int64_t)time(NULL);
}
