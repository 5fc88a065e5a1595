#include "json.h"

#include <stdio.h>
#include <string.h>

static const char *blanks(const char *at) { return at + strspn(at, " \t\r\n"); }

/* Takes a string whose quote is next into value, which may be NULL; NULL when it is none or does
 * not fit. Escapes other than the simple ones become a blank: no name or address has them. */
static const char *string(const char *at, char *value, size_t capacity) {
  if (*at++ != '"') return NULL;
  size_t length = 0;
  for (; *at != '"'; at++) {
    char c = *at;
    if (c == '\0') return NULL;
    if (c == '\\') {
      c = *++at;
      if (c == '\0') return NULL;
      if (strchr("bfnrtu", c) != NULL) c = ' ';
    }
    if (value == NULL) continue;
    if (length + 1 >= capacity) return NULL;
    value[length++] = c;
  }
  if (value != NULL) value[length] = '\0';
  return at + 1;
}

/* Goes over a value that is no string: up to the comma or brace after it, at its own depth. */
static const char *skipped(const char *at) {
  for (size_t depth = 0; *at != '\0';) {
    if (*at == '"') {
      at = string(at, NULL, 0);
      if (at == NULL) return NULL;
      continue;
    }
    if (depth == 0 && (*at == ',' || *at == '}')) return at;
    if (*at == '{' || *at == '[') depth++;
    if ((*at == '}' || *at == ']') && depth-- == 0) return NULL;
    at++;
  }
  return NULL;
}

bool json_member(const char *text, const char *name, char *value, size_t capacity) {
  const char *at = blanks(text);
  if (*at++ != '{') return false;
  for (;;) {
    char key[64];
    at = blanks(at);
    const char *end = string(at, key, sizeof key);
    bool wanted = end != NULL && strcmp(key, name) == 0;
    if (end == NULL) end = string(at, NULL, 0);
    if (end == NULL) return false;
    at = blanks(end);
    if (*at++ != ':') return false;
    at = blanks(at);
    if (*at == '"') {
      at = string(at, wanted ? value : NULL, capacity);
      if (at == NULL || wanted) return at != NULL;
    } else {
      end = skipped(at);
      if (end == NULL) return false;
      size_t length = (size_t)(end - at);
      while (length > 0 && strchr(" \t\r\n", at[length - 1]) != NULL) length--;
      if (wanted && (length == 0 || length >= capacity)) return false;
      if (wanted) {
        memcpy(value, at, length);
        value[length] = '\0';
        return true;
      }
      at = end;
    }
    at = blanks(at);
    if (*at++ != ',') return false;
  }
}

const char *json_quoted(const char *text, char *quoted, size_t capacity) {
  enum { LONGEST = 6 };
  size_t length = 0;
  quoted[length++] = '"';
  for (; *text != '\0' && length + LONGEST + 2 <= capacity; text++) {
    unsigned char c = (unsigned char)*text;
    if (c == '"' || c == '\\') quoted[length++] = '\\';
    if (c < 0x20)
      length += (size_t)snprintf(quoted + length, LONGEST + 1, "\\u%04x", c);
    else
      quoted[length++] = (char)c;
  }
  quoted[length++] = '"';
  quoted[length] = '\0';
  return quoted;
}
