/*
 * Secrets: random names that nobody can guess, and comparing them without telling by the time it
 * takes. (Passwords and users: people.h.)
 */
#ifndef ALSTRACK_STORE_SECRET_H
#define ALSTRACK_STORE_SECRET_H

#include <stdbool.h>
#include <stddef.h>

/* Fill hex[size] with size - 1 (an even number of) hexadecimal digits of the system's random
 * source, and NUL. */
void als_secret_random(char *hex, size_t size);

/* Are the texts equal? In time that depends on their lengths only. */
bool als_secret_same(const char *a, const char *b);

#endif
