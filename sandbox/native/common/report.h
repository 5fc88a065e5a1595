#ifndef JCRI_COMMON_REPORT_H
#define JCRI_COMMON_REPORT_H

/* Each program has its own way to say what failed, and its own status to end with. The message has
 * ": EINVAL (Invalid argument)" after it when error is not 0. */
_Noreturn void die(const char *stage, int error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
