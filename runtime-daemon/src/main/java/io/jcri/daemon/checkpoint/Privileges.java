package io.jcri.daemon.checkpoint;

import io.jcri.daemon.checkpoint.CriuImage.Message;
import io.jcri.daemon.core.JcriException;
import io.jcri.oci.spec.Capability;
import io.jcri.oci.spec.ContainerProcess;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * What CRIU's images would give the processes of a container, held against what the container may
 * have: CRIU runs as root and restores whatever they say. Checked are every thread's capabilities,
 * ids, no_new_privs and seccomp mode, and the types of all mounts. The content of memory and of
 * seccomp filters is the checkpoint's own, as the request wants it.
 */
final class Privileges {
  // core_entry, thread_core_entry and creds_entry, by CRIU's numbers
  private static final int THREAD = 5;
  private static final int CREDS = 10;
  private static final int SECCOMP_MODE = 11;
  private static final int SECCOMP_FILTER = 2;
  private static final List<Integer> USER_IDS = List.of(1, 3, 5, 7);
  private static final List<Integer> CAPABILITIES = List.of(9, 10, 11, 12, 19);
  private static final int LSM_PROFILE = 15;
  private static final int NO_NEW_PRIVILEGES = 18;

  // mnt_entry
  private static final int FS_TYPE = 1;
  private static final int MOUNT_POINT = 7;
  private static final int EXTERNAL_KEY = 18;

  /**
   * proc, sysfs, tmpfs, devpts, cgroup, mqueue, cgroup2: what lets nobody reach the host's data.
   */
  private static final Set<Long> HARMLESS = Set.of(1L, 2L, 5L, 6L, 12L, 14L, 23L);

  private Privileges() {}

  /**
   * Reads the images.
   *
   * @param name of the container, for messages
   * @param process what the container's first process may have
   * @param seccomp whether its specification has a seccomp profile
   * @throws JcriException INVALID that names the image
   */
  static void check(String name, Path images, ContainerProcess process, boolean seccomp)
      throws IOException {
    int threads = 0;
    try (DirectoryStream<Path> files = Files.newDirectoryStream(images)) {
      for (Path file : files) {
        String image = String.valueOf(file.getFileName());
        if (image.startsWith("core-")) {
          for (Message core : CriuImage.read(name, file)) {
            checkThread(name + ": " + image, core, process, seccomp);
            threads++;
          }
        } else if (image.startsWith("mountpoints-")) {
          for (Message mount : CriuImage.read(name, file)) {
            checkMount(name + ": " + image, mount);
          }
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    if (threads == 0) {
      throw refused(name, "has no process in its images");
    }
  }

  private static void checkThread(
      String where, Message core, ContainerProcess process, boolean seccomp) {
    Message thread =
        core.message(THREAD).orElseThrow(() -> refused(where, "says nothing of its thread"));
    Message creds =
        thread.message(CREDS).orElseThrow(() -> refused(where, "says nothing of its rights"));
    long allowed = 0;
    for (Capability capability : process.capabilities().bounding()) {
      allowed |= 1L << capability.number();
    }
    for (int set : CAPABILITIES) {
      long more = mask(creds.numbers(set)) & ~allowed;
      if (more != 0) {
        throw refused(where, "has capabilities beyond the request's: " + Capability.ofMask(more));
      }
    }
    if (process.user().uid() != 0) {
      for (int id : USER_IDS) {
        if (creds.number(id) == 0) {
          throw refused(where, "is root's, the request has user " + process.user().uid());
        }
      }
    }
    if (process.noNewPrivileges() && creds.number(NO_NEW_PRIVILEGES) != 1) {
      throw refused(where, "may gain privileges, the request says no_new_privs");
    }
    if (seccomp && thread.number(SECCOMP_MODE) != SECCOMP_FILTER) {
      throw refused(where, "has no seccomp filter, the request has one");
    }
    String profile = creds.text(LSM_PROFILE);
    if (process.apparmorProfile().isPresent() && profile.isEmpty()) {
      throw refused(where, "is unconfined, the request has an AppArmor profile");
    }
  }

  private static long mask(List<Long> words) {
    long mask = 0;
    for (int i = 0; i < words.size(); i++) {
      long word = words.get(i) & 0xffff_ffffL;
      mask |= i == 0 ? word : i == 1 ? word << Integer.SIZE : word == 0 ? 0 : -1;
    }
    return mask;
  }

  /** What is external is mounted by the runtime from the specification, and so is the root. */
  private static void checkMount(String where, Message mount) {
    String point = mount.text(MOUNT_POINT);
    boolean ours = point.equals("/") || !mount.text(EXTERNAL_KEY).isEmpty();
    if (!ours && !HARMLESS.contains(mount.number(FS_TYPE))) {
      throw refused(
          where,
          "mounts a file system of CRIU's type %d on %s".formatted(mount.number(FS_TYPE), point));
    }
  }

  private static JcriException refused(String where, String why) {
    return JcriException.invalid("checkpoint of container " + where + " " + why);
  }
}
