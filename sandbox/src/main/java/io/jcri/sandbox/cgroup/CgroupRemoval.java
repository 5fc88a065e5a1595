package io.jcri.sandbox.cgroup;

import io.jcri.sandbox.linux.DirectoryEntry;
import io.jcri.sandbox.linux.Errno;
import io.jcri.sandbox.linux.ErrnoException;
import io.jcri.sandbox.linux.Fd;
import io.jcri.sandbox.linux.OpenFlags;
import io.jcri.sandbox.linux.Syscalls;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Empties and removes the directories of one group. Idempotent. */
final class CgroupRemoval {
  /** A group stays busy until its killed tasks are gone: waits 1, 2, 4 … 64, 64 … ms, some 2 s. */
  private static final int ATTEMPTS = 36;

  private static final int LONGEST_WAIT_MS = 64;

  private final Syscalls calls;
  private final CgroupFiles files;
  private final CgroupMembers members;

  CgroupRemoval(Syscalls calls, CgroupFiles files, CgroupMembers members) {
    this.calls = calls;
    this.files = files;
    this.members = members;
  }

  /**
   * Kills what is left in the group and below, and removes it, deepest first.
   *
   * <p>A hierarchy that refuses does not keep the others; its refusal is thrown at the end.
   *
   * @param directories of the group, one in each hierarchy
   */
  void remove(List<Path> directories) throws IOException {
    List<Path> left = new ArrayList<>(directories);
    ErrnoException refused = null;
    for (int attempt = 0; ; attempt++) {
      ErrnoException busy = null;
      for (Path directory : List.copyOf(left)) {
        try {
          removeTree(directory);
          left.remove(directory);
        } catch (ErrnoException e) {
          if (e.is(Errno.EBUSY)) {
            busy = e;
          } else {
            refused = e;
            left.remove(directory);
          }
        }
      }
      if (busy == null && refused == null) {
        return;
      }
      if (busy == null || attempt == ATTEMPTS) {
        throw refused != null ? refused : busy;
      }
      // Each time anew, as what was about to fork may have done so; and in every hierarchy, as it
      // may be the freezer of another that keeps a killed process from going.
      for (Path directory : left) {
        kill(directory);
      }
      pause(Math.min(LONGEST_WAIT_MS, 1 << Math.min(attempt, 6)));
    }
  }

  /**
   * Removes the group when nothing is in it or below.
   *
   * @return whether it is gone
   */
  boolean removeIfEmpty(Path directory) throws IOException {
    try {
      calls.unlinkat(Fd.CWD, directory.toString(), OpenFlags.AT_REMOVEDIR);
      return true;
    } catch (ErrnoException e) {
      // A name that is too long to be asked for is too long to have been made.
      if (e.is(Errno.ENOENT, Errno.ENAMETOOLONG)) {
        return true;
      }
      if (e.is(Errno.EBUSY, Errno.ENOTEMPTY)) {
        return false;
      }
      throw e;
    }
  }

  private void removeTree(Path directory) throws IOException {
    // Often there is nothing below; the kernel says so faster than a listing.
    if (removeIfEmpty(directory)) {
      return;
    }
    for (Path child : children(directory)) {
      removeTree(child);
    }
    try {
      calls.unlinkat(Fd.CWD, directory.toString(), OpenFlags.AT_REMOVEDIR);
    } catch (ErrnoException e) {
      if (!e.is(Errno.ENOENT)) {
        throw e;
      }
    }
  }

  /** Kills every process in the group and below. */
  void kill(Path directory) throws IOException {
    try {
      files.write(directory.resolve("cgroup.kill"), "1");
      return;
    } catch (ErrnoException e) {
      // Version 1, or before Linux 5.14, or gone already: one by one.
      if (!e.is(Errno.ENOENT, Errno.ENODEV, Errno.EOPNOTSUPP)) {
        throw e;
      }
    }
    for (Path group : tree(directory)) {
      members.kill(group);
      // A frozen process dies only when it thaws.
      if (files.read(group.resolve("freezer.state")).orElse("").startsWith("FR")) {
        thaw(group);
      }
    }
  }

  private void thaw(Path group) throws IOException {
    try {
      files.write(group.resolve("freezer.state"), "THAWED");
    } catch (ErrnoException e) {
      // Its last process may have gone, and the group with it, since it was listed.
      if (!e.is(Errno.ENOENT, Errno.ENODEV)) {
        throw e;
      }
    }
  }

  /** The group and all below it. */
  List<Path> tree(Path directory) throws IOException {
    List<Path> found = new ArrayList<>();
    found.add(directory);
    for (int i = 0; i < found.size(); i++) {
      found.addAll(children(found.get(i)));
    }
    return found;
  }

  private List<Path> children(Path directory) throws IOException {
    try (Fd open = calls.open(directory.toString(), OpenFlags.READ_ONLY | OpenFlags.DIRECTORY, 0)) {
      return calls.list(open).stream()
          .filter(DirectoryEntry::isDirectory)
          .map(entry -> directory.resolve(entry.name()))
          .toList();
    } catch (ErrnoException e) {
      if (e.is(Errno.ENOENT, Errno.ENODEV)) {
        return List.of();
      }
      throw e;
    }
  }

  private static void pause(long millis) throws IOException {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while a control group was removed");
    }
  }
}
