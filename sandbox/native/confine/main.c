/* jcri-confine: runs a program that strangers' bytes go through with as few rights as it can do
 * with.
 *
 *   jcri-confine [key=value ...] -- PROGRAM [ARG ...]
 *
 *   cgroup=<directory>    a cgroup that exists, of version 1 or 2; repeated, one for each hierarchy
 *   keep=<path>           a directory or file that the program sees, read-only; repeated. What is
 *                         mounted below a directory comes along, save roots of containers
 *                         (overlay), pinned namespaces, file systems in memory (tmpfs) and
 *                         automounts. keep=/ is the root file system alone, nothing mounted in it
 *   writable=<directory>  one that it may write to, without what is mounted below; repeated
 *   cap=<name>            a capability that it has, as in cap=dac_override; repeated. One that the
 *                         caller lacks is not given
 *   mounts=refused        it may not mount and unmount either
 *
 * Paths are absolute and free of symbolic links. The program is started in / by execve, with the
 * same environment and standard files and no other descriptor, in a mount namespace of its own. In
 * that there is nothing but what keep= and writable= name, /proc (read-only), /dev with null, zero,
 * full, random and urandom, and the symbolic links of /; so no mount of the host stays busy because
 * of it. Devices cannot be opened by new nodes. It has no new privileges, no capability but the
 * named ones, and the calls of filter.c are refused.
 *
 * It is still uid 0, in the host's network and pid namespaces: it may signal root's processes. With
 * cap=sys_admin but without mounts=refused it is not walled in, since it may mount a devtmpfs and a
 * proc of its own.
 *
 * What fails is said on standard error, "jcri-confine: <stage>: <message>", with status 125; as
 * env(1) does, 127 is for a program that is not there and 126 for one that cannot be run. Stages:
 * request, cgroup, mounts, capabilities, filter, exec. Nothing is left behind: what it makes ends
 * with it. Linux 5.6 or newer.
 */
#include <errno.h>
#include <unistd.h>

#include "../common/cgroup.h"
#include "../common/descriptor.h"
#include "../common/report.h"
#include "confine.h"

extern char **environ;

static struct request request;

static void cgroups_enter(void) {
  for (size_t i = 0; i < request.cgroup_count; i++) {
    int cgroup2 CLOSE = cgroup_join(request.cgroups[i]);
    if (cgroup2 >= 0) cgroup2_join(cgroup2, request.cgroups[i]);
  }
}

int main(int argc, char **argv) {
  descriptors_settle();
  struct request_error refused;
  if (argc < 1 || !request_parse(&request, argc - 1, argv + 1, &refused))
    die("request", 0, "%s", argc < 1 ? "no arguments" : refused.text);
  cgroups_enter();
  tree_enter(&request);
  capabilities_keep(request.capabilities);
  filter_install(request.mounts_refused);
  (void)execve(request.program[0], request.program, environ);
  die_with(errno == ENOENT ? STATUS_NOT_FOUND : STATUS_NOT_RUN, "exec", errno, "cannot run %s",
           request.program[0]);
}
