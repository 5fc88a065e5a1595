/* Finds the runtime's own words in its JSON log: `{"level":"error","msg":"...","time":"..."}`. */
#ifndef JCRI_RUNTIME_LOG_H
#define JCRI_RUNTIME_LOG_H

#include "util.h"

/* Copies the message of the last line of level error or fatal, unescaped and on one line. False
 * when there is none. The text is the runtime's and may quote an image's names: not trusted. */
bool runtime_log_error(const char *log, size_t length, char *text, size_t capacity);

#endif
