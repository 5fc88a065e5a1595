/* The little JSON that is read and written here: flat objects and quoted texts. */
#ifndef JCRI_TASK_JSON_H
#define JCRI_TASK_JSON_H

#include "util.h"

/* Copies the value of an object's own member, a string without its quotes and escapes, anything
 * else as it stands. False when it is no object, has no such member, or the value is too long. */
bool json_member(const char *text, const char *name, char *value, size_t capacity);

/* Writes a text in quotes, cut to the capacity; gives it back. */
const char *json_quoted(const char *text, char *quoted, size_t capacity);

#endif
