package io.jcri.oci.seccomp;

import io.jcri.oci.OciException;
import io.jcri.oci.OciException.Kind;
import io.jcri.oci.runtime.KernelVersion;
import io.jcri.oci.spec.Capability;
import io.jcri.oci.spec.CapabilitySet;
import io.jcri.oci.spec.SeccompProfile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where a container's seccomp profile comes from: jcri's own default, or a file of the
 * administrator. Unconfined is the absence of a profile. Thread-safe.
 *
 * <p>The default profile (seccomp-default.json beside this class) lists what a container may call
 * and refuses the rest with EPERM. It grants a privileged call only together with the capability
 * that the kernel wants for it, and leaves out what is not namespaced or has been a way out of
 * containers: the kernel's key rings, io_uring, userfaultfd, kexec, swap, AF_ALG and AF_VSOCK
 * sockets. It cannot look behind socketcall(2), by which 32-bit programs make sockets of any kind.
 *
 * <p>Every architecture in a profile costs each container start its share: runc compiles all rules
 * once per architecture, which takes 5 to 6 ms of a start's 30. So x32, which nobody ships programs
 * for, is left out, and i386 where the kernel cannot execute it or the caller does not want it;
 * their programs are killed.
 */
public final class SeccompProfiles {
  private static final String DEFAULT = "seccomp-default.json";
  private static final int MAX_FILE_BYTES = 1 << 20;
  private static final int CACHED = 32;

  /** Docker's name of an architecture and libseccomp's. */
  private enum Arch {
    AMD64("amd64", "SCMP_ARCH_X86_64"),
    ARM64("arm64", "SCMP_ARCH_AARCH64"),
    S390X("s390x", "SCMP_ARCH_S390X"),
    PPC64LE("ppc64le", "SCMP_ARCH_PPC64LE"),
    RISCV64("riscv64", "SCMP_ARCH_RISCV64");

    private final String docker;
    private final String seccomp;

    Arch(String docker, String seccomp) {
      this.docker = docker;
      this.seccomp = seccomp;
    }

    static Arch running() {
      String name = System.getProperty("os.arch", "");
      return switch (name) {
        case "amd64", "x86_64" -> AMD64;
        case "aarch64" -> ARM64;
        case "s390x" -> S390X;
        case "ppc64le" -> PPC64LE;
        case "riscv64" -> RISCV64;
        default ->
            throw new OciException(
                Kind.FAILED_PRECONDITION, "no seccomp profile for architecture " + name);
      };
    }
  }

  private final Arch arch;
  private final KernelVersion kernel;
  private final boolean subArchitectures;
  private @Nullable SeccompDocument defaultDocument;

  /** A node's containers have a handful of capability sets; profiles need not be built anew. */
  private final Map<Set<Capability>, SeccompProfile> defaults =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Set<Capability>, SeccompProfile> eldest) {
          return size() > CACHED;
        }
      };

  /**
   * For the machine that this runs on, with its 32-bit programs when its kernel can execute them.
   *
   * @throws OciException FAILED_PRECONDITION on an architecture that has no profile
   */
  public SeccompProfiles() {
    this(true);
  }

  /**
   * For the machine that this runs on.
   *
   * @param programs32 whether the default profile lets 32-bit programs run at all
   * @throws OciException FAILED_PRECONDITION on an architecture that has no profile
   */
  public SeccompProfiles(boolean programs32) {
    this.arch = Arch.running();
    this.kernel = KernelVersion.running();
    // The sysctl is there exactly when an x86-64 kernel was built with the 32-bit calls.
    this.subArchitectures =
        programs32 && (arch != Arch.AMD64 || Files.exists(Path.of("/proc/sys/abi/vsyscall32")));
  }

  /**
   * CRI's RuntimeDefault.
   *
   * @param capabilities what the container's process gets: its bounding set decides
   */
  public SeccompProfile runtimeDefault(CapabilitySet capabilities) {
    Set<Capability> bounding = toSet(capabilities.bounding());
    synchronized (defaults) {
      return defaults.computeIfAbsent(
          bounding, key -> defaultDocument().resolve(target(key, subArchitectures)));
    }
  }

  /**
   * CRI's Localhost: a file in the runtime specification's format or in Docker's.
   *
   * @param file absolute; the kubelet has put its seccomp root in front
   * @throws OciException NOT_FOUND when there is none, INVALID when it is no profile, both with the
   *     path
   */
  public SeccompProfile localhost(Path file, CapabilitySet capabilities) {
    byte[] json = read(file);
    try {
      return SeccompDocument.parse(json).resolve(target(toSet(capabilities.bounding()), true));
    } catch (OciException e) {
      throw new OciException(
          Kind.INVALID, "bad seccomp profile " + file + ": " + e.getMessage(), e);
    }
  }

  private static byte[] read(Path file) {
    if (!file.isAbsolute()) {
      throw new OciException(Kind.INVALID, "seccomp profile " + file + " is not an absolute path");
    }
    // A directory or a pipe at this path must not make a create wait.
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new OciException(Kind.INVALID, "seccomp profile " + file + " is not a regular file");
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] json = in.readNBytes(MAX_FILE_BYTES + 1);
      if (json.length > MAX_FILE_BYTES) {
        throw new OciException(
            Kind.INVALID, "seccomp profile " + file + " is larger than " + MAX_FILE_BYTES);
      }
      return json;
    } catch (IOException e) {
      throw OciException.ofIo("cannot read seccomp profile " + file, e);
    }
  }

  private SeccompDocument defaultDocument() {
    SeccompDocument document = defaultDocument;
    if (document == null) {
      try (InputStream in = SeccompProfiles.class.getResourceAsStream(DEFAULT)) {
        if (in == null) {
          throw new IllegalStateException("resource " + DEFAULT + " is missing");
        }
        document = SeccompDocument.parse(in.readAllBytes());
      } catch (IOException e) {
        throw OciException.ofIo("cannot read resource " + DEFAULT, e);
      }
      defaultDocument = document;
    }
    return document;
  }

  private SeccompDocument.Target target(Set<Capability> capabilities, boolean others) {
    return new SeccompDocument.Target(arch.seccomp, arch.docker, others, kernel, capabilities);
  }

  private static Set<Capability> toSet(Collection<Capability> list) {
    EnumSet<Capability> set = EnumSet.noneOf(Capability.class);
    set.addAll(list);
    return set;
  }
}
