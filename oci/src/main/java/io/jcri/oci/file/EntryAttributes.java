package io.jcri.oci.file;

import io.jcri.sandbox.linux.Errno;
import io.jcri.sandbox.linux.ErrnoException;
import io.jcri.sandbox.linux.Fd;
import io.jcri.sandbox.linux.Syscalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives unpacked files their attributes in the one order that works: an owner clears set-id bits
 * and capabilities, a mode changes an ACL, and all of them may touch times. Leaves out calls that
 * would change nothing. Thread-safe.
 */
public final class EntryAttributes {

  private static final Logger LOG = LoggerFactory.getLogger(EntryAttributes.class);

  private final Syscalls sys;
  private final int umask;

  public EntryAttributes(Syscalls sys) {
    this.sys = sys;
    this.umask = umask();
  }

  /** The extended attributes of a file that is there; a link is not followed. */
  public Map<String, byte[]> read(String place) throws IOException {
    Map<String, byte[]> xattrs = new HashMap<>();
    for (String name : sys.llistxattr(place)) {
      sys.lgetxattr(place, name).ifPresent(value -> xattrs.put(name, value));
    }
    return xattrs;
  }

  /**
   * The mode to make a file with: the final one when nothing later would spoil it, else closed to
   * others.
   */
  public int initialMode(Attributes attributes) {
    return isFinal(attributes) ? attributes.mode() : 0600;
  }

  /** Sets all but the mode that {@link #initialMode} has given already. */
  public void applyToFile(Fd file, Attributes attributes) throws IOException {
    if (!isFinal(attributes)) {
      apply(file, attributes);
    }
    setTimes(file, attributes);
  }

  /** Sets all. */
  public void applyToDirectory(Fd directory, Attributes attributes) throws IOException {
    apply(directory, attributes);
    setTimes(directory, attributes);
  }

  /** Sets all of a device or pipe, which must not be opened. */
  public void applyToNode(Fd parent, String leaf, Attributes attributes) throws IOException {
    if (!attributes.isRoots()) {
      sys.fchownat(parent, leaf, attributes.uid(), attributes.gid());
    }
    sys.fchmodat(parent, leaf, attributes.mode());
    applyToLeaf(parent, leaf, attributes);
  }

  /** Sets all of a symbolic link; it has no mode. */
  public void applyToLink(Fd parent, String leaf, Attributes attributes) throws IOException {
    if (!attributes.isRoots()) {
      sys.fchownat(parent, leaf, attributes.uid(), attributes.gid());
    }
    applyToLeaf(parent, leaf, attributes);
  }

  private void applyToLeaf(Fd parent, String leaf, Attributes attributes) throws IOException {
    for (Map.Entry<String, byte[]> xattr : attributes.xattrs().entrySet()) {
      if (isWanted(xattr.getKey())) {
        ifTaken(
            xattr.getKey(),
            // No link or device can have one of these (xattr(7)).
            xattr.getKey().startsWith("user."),
            () -> sys.setxattrat(parent, leaf, xattr.getKey(), xattr.getValue()));
      }
    }
    sys.utimensat(
        parent,
        leaf,
        attributes.mtimeSeconds(),
        attributes.mtimeNanos(),
        attributes.mtimeSeconds(),
        attributes.mtimeNanos());
  }

  private void apply(Fd file, Attributes attributes) throws IOException {
    if (!attributes.isRoots()) {
      sys.fchown(file, attributes.uid(), attributes.gid());
    }
    sys.fchmod(file, attributes.mode());
    for (Map.Entry<String, byte[]> xattr : attributes.xattrs().entrySet()) {
      if (isWanted(xattr.getKey())) {
        ifTaken(xattr.getKey(), false, () -> sys.fsetxattr(file, xattr.getKey(), xattr.getValue()));
      }
    }
  }

  private void setTimes(Fd file, Attributes attributes) throws ErrnoException {
    sys.futimens(
        file,
        attributes.mtimeSeconds(),
        attributes.mtimeNanos(),
        attributes.mtimeSeconds(),
        attributes.mtimeNanos());
  }

  private boolean isFinal(Attributes attributes) {
    return attributes.isRoots()
        && attributes.xattrs().isEmpty()
        && (attributes.mode() & (umask | 07000)) == 0;
  }

  /**
   * An image must not steer overlayfs ({@code trusted.overlay.redirect} would show any directory of
   * any layer), and labels and ACLs of the machine that built it mean nothing here.
   */
  private static boolean isWanted(String xattr) {
    return !xattr.startsWith("trusted.overlay.")
        && !xattr.startsWith("user.overlay.")
        && !xattr.equals("security.selinux")
        && !xattr.equals("system.nfs4_acl");
  }

  private interface Call {
    void run() throws ErrnoException;
  }

  /**
   * A file system without this kind of attribute still holds the file, as every other unpacker has
   * it.
   *
   * @param mayBeRefused whether EPERM means so too
   */
  private static void ifTaken(String xattr, boolean mayBeRefused, Call call) throws ErrnoException {
    try {
      call.run();
    } catch (ErrnoException e) {
      if (!e.is(Errno.EOPNOTSUPP) && !(mayBeRefused && e.is(Errno.EPERM))) {
        throw e;
      }
      LOG.debug("the attribute {} is left out: {}", xattr, e.getMessage());
    }
  }

  private static int umask() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
        if (line.startsWith("Umask:")) {
          return Integer.parseInt(line.substring("Umask:".length()).strip(), 8);
        }
      }
    } catch (IOException | NumberFormatException e) {
      // Then every mode is set by a call of its own.
      return 0777;
    }
    return 0777;
  }
}
