/* Random names and their comparison, by libsodium. */
#include "alstrack/store/secret.h"

#include <sodium.h>
#include <string.h>

#include "alstrack/core/alloc.h"
#include "alstrack/core/err.h"

void als_secret_random(char *hex, size_t size)
{
    unsigned char bytes[64];
    size_t n = size / 2;
    if (size % 2 == 0 || n > sizeof bytes)
        als_bug("a random name of %zu digits", size - 1);
    randombytes_buf(bytes, n);
    sodium_bin2hex(hex, size, bytes, n);
    sodium_memzero(bytes, sizeof bytes);
}

bool als_secret_same(const char *a, const char *b)
{
    size_t length = strlen(a);
    return length == strlen(b) && sodium_memcmp(a, b, length) == 0;
}
