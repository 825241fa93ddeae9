/* Colours, dashes and marks. */
#include "theme.h"

static const struct als_look looks[] = {
    {"#0072b2", "solid", 7},       {"#d55e00", "(10,5)", 5},         {"#009e73", "(3,4)", 9},
    {"#000000", "(12,4,3,4)", 13}, {"#cc79a7", "(16,4)", 11},        {"#56b4e9", "solid", 6},
    {"#e69f00", "(6,3)", 4},       {"#7f7f7f", "(12,3,3,3,3,3)", 8},
};
const size_t als_looks = sizeof looks / sizeof *looks;

const struct als_look *als_look(size_t index)
{
    return &looks[index % als_looks];
}

const char *als_grade_colour(int grade)
{
    static const char *const colours[] = {"#c8c8c8", "#f5dc8c", "#e69f00",
                                          "#c04d00", "#7a1f4b", "#000000"};
    return colours[grade >= 1 && grade <= 5 ? grade : 0];
}
