package io.jcri.oci.spec;

import io.jcri.oci.OciException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** The capabilities of Linux in the order of their numbers (capabilities(7)). */
public enum Capability {
  CAP_CHOWN,
  CAP_DAC_OVERRIDE,
  CAP_DAC_READ_SEARCH,
  CAP_FOWNER,
  CAP_FSETID,
  CAP_KILL,
  CAP_SETGID,
  CAP_SETUID,
  CAP_SETPCAP,
  CAP_LINUX_IMMUTABLE,
  CAP_NET_BIND_SERVICE,
  CAP_NET_BROADCAST,
  CAP_NET_ADMIN,
  CAP_NET_RAW,
  CAP_IPC_LOCK,
  CAP_IPC_OWNER,
  CAP_SYS_MODULE,
  CAP_SYS_RAWIO,
  CAP_SYS_CHROOT,
  CAP_SYS_PTRACE,
  CAP_SYS_PACCT,
  CAP_SYS_ADMIN,
  CAP_SYS_BOOT,
  CAP_SYS_NICE,
  CAP_SYS_RESOURCE,
  CAP_SYS_TIME,
  CAP_SYS_TTY_CONFIG,
  CAP_MKNOD,
  CAP_LEASE,
  CAP_AUDIT_WRITE,
  CAP_AUDIT_CONTROL,
  CAP_SETFCAP,
  CAP_MAC_OVERRIDE,
  CAP_MAC_ADMIN,
  CAP_SYSLOG,
  CAP_WAKE_ALARM,
  CAP_BLOCK_SUSPEND,
  CAP_AUDIT_READ,
  CAP_PERFMON,
  CAP_BPF,
  CAP_CHECKPOINT_RESTORE;

  /**
   * Finds a capability by its name.
   *
   * @param name in any case, with or without {@code CAP_}
   * @throws OciException INVALID for a name that Linux does not have
   */
  public static Capability parse(String name) {
    String upper = name.toUpperCase(Locale.ROOT);
    String full = upper.startsWith("CAP_") ? upper : "CAP_" + upper;
    for (Capability capability : values()) {
      if (capability.name().equals(full)) {
        return capability;
      }
    }
    throw new OciException(OciException.Kind.INVALID, "unknown capability \"" + name + "\"");
  }

  /** The kernel's number of it. */
  @SuppressWarnings("EnumOrdinal") // the kernel only ever appends, and so does this enum
  public int number() {
    return ordinal();
  }

  /** Those whose bit is set in a mask as /proc/pid/status shows it. */
  public static Set<Capability> ofMask(long mask) {
    EnumSet<Capability> set = EnumSet.noneOf(Capability.class);
    for (Capability capability : values()) {
      if (((mask >>> capability.number()) & 1) == 1) {
        set.add(capability);
      }
    }
    return set;
  }

  /**
   * What this process may hand on: its own permitted set, which the kernel's last capability
   * limits. More cannot be given to a container that lives in the daemon's user namespace: the
   * runtime's capset would fail with EPERM.
   *
   * @throws OciException INTERNAL when /proc cannot be read
   */
  public static Set<Capability> ofDaemon() {
    Path status = Path.of("/proc/self/status");
    try {
      return Files.readAllLines(status).stream()
          .filter(line -> line.startsWith("CapPrm:"))
          .map(line -> ofMask(Long.parseUnsignedLong(line.substring(7).strip(), 16)))
          .findFirst()
          .orElseThrow(() -> new IOException("no CapPrm line"));
    } catch (IOException e) {
      throw OciException.ofIo("cannot read " + status, e);
    }
  }

  /**
   * What this kernel knows, all of which a process in a user namespace of its own may hold.
   *
   * @throws OciException INTERNAL when /proc cannot be read
   */
  public static Set<Capability> ofKernel() {
    Path last = Path.of("/proc/sys/kernel/cap_last_cap");
    // One large read: a sysctl number answers the first one only, and Files.readString asks for a
    // single byte first.
    byte[] text = new byte[32];
    try (InputStream in = Files.newInputStream(last)) {
      int length = Math.max(0, in.read(text));
      int number = Integer.parseInt(new String(text, 0, length, StandardCharsets.US_ASCII).strip());
      return ofMask(number >= Long.SIZE - 1 ? -1L : (1L << (number + 1)) - 1);
    } catch (IOException e) {
      throw OciException.ofIo("cannot read " + last, e);
    }
  }
}
