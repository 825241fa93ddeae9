/*
 * Are two texts the same but for capital letters and blanks?
 */
#ifndef ALSTRACK_CORE_FOLD_H
#define ALSTRACK_CORE_FOLD_H

/* Order of two texts in which small and capital letters are one (Latin, Greek and Cyrillic), blanks
 * at the ends do not count, and several of them are one; as strcmp, 0: the same. */
int als_fold_compare(const char *a, const char *b);

#endif
