package io.jcri.oci.runtime;

import io.jcri.oci.Json;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What an OCI runtime can do, as its {@code features} verb tells.
 *
 * @param ociVersionMin lowest config.json version it reads
 * @param ociVersionMax highest config.json version it reads
 */
public record RuntimeFeatures(
    String ociVersionMin,
    String ociVersionMax,
    List<String> hooks,
    List<String> mountOptions,
    Optional<Linux> linux,
    Map<String, String> annotations) {

  /**
   * A runtime that does not know the verb: nothing optional may be asked of it, which is safe for
   * every runtime since version 1.0.
   */
  public static final RuntimeFeatures UNKNOWN =
      new RuntimeFeatures("1.0.0", "1.0.2", List.of(), List.of(), Optional.empty(), Map.of());

  private static final Set<String> USUAL =
      Set.of(
          "exec",
          "noexec",
          "dev",
          "nodev",
          "suid",
          "nosuid",
          "noatime",
          "relatime",
          "strictatime",
          "diratime",
          "nodiratime");

  /** The Linux part. */
  public record Linux(
      List<String> namespaces,
      List<String> capabilities,
      Optional<Cgroup> cgroup,
      Optional<Switch> apparmor,
      Optional<Switch> selinux,
      Optional<MountExtensions> mountExtensions,
      Optional<Switch> netDevices) {
    public Linux {
      namespaces = List.copyOf(namespaces);
      capabilities = List.copyOf(capabilities);
    }

    private Linux withoutMountExtensions() {
      return new Linux(
          namespaces, capabilities, cgroup, apparmor, selinux, Optional.empty(), netDevices);
    }
  }

  /** Cgroup support. */
  public record Cgroup(boolean v1, boolean v2, boolean systemd) {}

  /** A feature that is compiled in or not. */
  public record Switch(boolean enabled) {}

  /** Features of mounts beyond their options. */
  public record MountExtensions(Optional<Switch> idmap) {}

  public RuntimeFeatures {
    hooks = List.copyOf(hooks);
    mountOptions = List.copyOf(mountOptions);
    annotations = Map.copyOf(annotations);
  }

  /**
   * @throws io.jcri.oci.OciException INVALID when the output is not a features document
   */
  static RuntimeFeatures parse(byte[] output) {
    return Json.parse(output, RuntimeFeatures.class);
  }

  /** Recursive read-only mounts ({@code rro}). */
  public boolean recursiveReadOnlyMounts() {
    return mountOptions.contains("rro");
  }

  /**
   * The same on a kernel older than 5.12, which has no mount_setattr(2): without recursive
   * read-only and id-mapped mounts.
   */
  public RuntimeFeatures withoutMountAttributes() {
    return new RuntimeFeatures(
        ociVersionMin,
        ociVersionMax,
        hooks,
        mountOptions.stream().filter(option -> !option.equals("rro")).toList(),
        linux.map(Linux::withoutMountExtensions),
        annotations);
  }

  /** Whether a mount may have this option; a runtime that does not tell knows the usual ones. */
  public boolean knowsMountOption(String option) {
    return mountOptions.isEmpty() ? USUAL.contains(option) : mountOptions.contains(option);
  }

  /** Id-mapped mounts. */
  public boolean idmappedMounts() {
    return linux
        .flatMap(Linux::mountExtensions)
        .flatMap(MountExtensions::idmap)
        .filter(Switch::enabled)
        .isPresent();
  }

  /**
   * Whether it can checkpoint and restore containers, as far as it says: runc and crun tell so in
   * an annotation of their own each.
   */
  public Optional<Boolean> checkpoints() {
    return annotations.entrySet().stream()
        .filter(entry -> entry.getKey().endsWith(".checkpoint.enabled"))
        .map(entry -> entry.getValue().equals("true"))
        .findFirst();
  }

  /** Interfaces of the host that move into a container. */
  public boolean netDevices() {
    return linux.flatMap(Linux::netDevices).filter(Switch::enabled).isPresent();
  }

  /** User namespaces together with the id-mapped mounts that pods with volumes need. */
  public boolean userNamespaces() {
    return idmappedMounts()
        && linux.filter(value -> value.namespaces().contains("user")).isPresent();
  }
}
