#include "check.h"
#include "runtime_log.h"

static char text[64];

static const char *found(const char *log) {
  return runtime_log_error(log, strlen(log), text, sizeof text) ? text : "(none)";
}

int main(void) {
  CHECK_TEXT(found(""), "(none)");
  CHECK_TEXT(found("{\"level\":\"error\",\"msg\":\"no such file\",\"time\":\"t\"}\n"),
             "no such file");
  CHECK_TEXT(found("{\"msg\": \"crun\", \"level\": \"error\", \"time\": \"t\"}"), "crun");
  CHECK_TEXT(
      found("{\"timestamp\":\"t\",\"level\":\"ERROR\",\"message\":\"youki\",\"target\":\"y\"}"),
      "youki");
  CHECK_TEXT(found("{\"level\":\"warning\",\"msg\":\"mind\"}\n"), "(none)");
  CHECK_TEXT(found("{\"level\":\"error\",\"msg\":\"one\"}\n{\"level\":\"error\",\"msg\":\"two\"}\n"
                   "{\"level\":\"debug\",\"msg\":\"three\"}\n"),
             "two");
  CHECK_TEXT(found("{\"level\":\"fatal\",\"msg\":\"a \\\"b\\\" \\\\ c\\nd\\u00e9\\u0007\"}\n"),
             "a \"b\" \\ c d\xc3\xa9 ");
  CHECK_TEXT(found("{\"level\":\"error\",\"n\":1,\"msg\":\"after a number\"}"), "after a number");
  CHECK_TEXT(found("not json\n{\"level\":\"error\"}\n{\"level\":\"error\",\"msg\":\"cut"),
             "(none)");
  /* A quoted message inside a message is no message. */
  CHECK_TEXT(
      found("{\"level\":\"info\",\"msg\":\"{\\\"level\\\":\\\"error\\\",\\\"msg\\\":\\\"x\\\"}\"}"),
      "(none)");
  char longest[256];
  memset(longest, 'x', sizeof longest);
  memcpy(longest, "{\"level\":\"error\",\"msg\":\"", 24);
  memcpy(longest + 200, "\"}\n", 4);
  CHECK(strlen(found(longest)) == sizeof text - 1);
  return 0;
}
