/*
 * Distribution functions that the analyses print, by GSL where it is accurate enough.
 * Precision: relative 1e-10 for p >= 1e-12.
 */
#ifndef ALSTRACK_STAT_DIST_H
#define ALSTRACK_STAT_DIST_H

double als_t_quantile(double p, double df);    /* p in (0, 1), df > 0 */
double als_t_two_sided_p(double t, double df); /* P(|T| > |t|) */
double als_normal_quantile(double p);
double als_normal_two_sided_p(double z);
double als_chisq_upper_p(double x, double df);
double als_f_upper_p(double f, double df1, double df2);

#endif
