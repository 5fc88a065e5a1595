#include "check.h"
#include "guest.h"

int main(void) {
  CHECK(guest_exit_code("{\"id\":\"c1\",\"exitStatus\":7}\n") == 7);
  CHECK(guest_exit_code("{\"exitStatus\": 137, \"id\": \"c1\"}") == 137);
  CHECK(guest_exit_code("{\"id\":\"c1\",\"exitStatus\":0}") == 0);
  /* No code, or none that a process can have. */
  CHECK(guest_exit_code("") == -1);
  CHECK(guest_exit_code("waiting on container \"c1\": it is gone") == -1);
  CHECK(guest_exit_code("{\"exitStatus\":") == -1);
  CHECK(guest_exit_code("{\"exitStatus\":-1}") == -1);
  CHECK(guest_exit_code("{\"exitStatus\":256}") == -1);
  CHECK(guest_exit_code("{\"exitStatus\":99999999999999999999}") == -1);
  CHECK(guest_oom_killed("{\"id\":\"c1\",\"exitStatus\":137,\"oomKilled\":true}\n"));
  CHECK(guest_exit_code("{\"id\":\"c1\",\"exitStatus\":137,\"oomKilled\":true}\n") == 137);
  CHECK(!guest_oom_killed("{\"id\":\"c1\",\"exitStatus\":137}\n"));
  CHECK(!guest_oom_killed("{\"id\":\"c1\",\"exitStatus\":137,\"oomKilled\":false}\n"));
  return 0;
}
