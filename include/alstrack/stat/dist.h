/*
 * Distribution functions that the analyses print, by GSL where it is accurate enough.
 * Precision: relative 1e-12 for p >= 1e-12. Arguments outside the domain give NAN.
 */
#ifndef ALSTRACK_STAT_DIST_H
#define ALSTRACK_STAT_DIST_H

double als_t_quantile(double p, double df);    /* p in (0, 1), df > 0 */
double als_t_two_sided_p(double t, double df); /* P(|T| > |t|) */
double als_normal_quantile(double p);
double als_normal_two_sided_p(double z);
double als_chisq_upper_p(double x, double df);
/* df2 above 1e5 takes the chi-squared limit unless df1 is 1. */
double als_f_upper_p(double f, double df1, double df2);

#endif
