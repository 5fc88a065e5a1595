package io.jcri.daemon.pod;

import io.jcri.daemon.core.Layout;
import io.jcri.daemon.pod.NamespaceOptions.UserMappings;
import io.jcri.daemon.security.Selinux;
import io.jcri.sandbox.SandboxState;
import io.jcri.sandbox.linux.Syscalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The files that all containers of a pod see: {@code /etc/hostname}, {@code /etc/hosts} and {@code
 * /etc/resolv.conf}. The kubelet mounts an {@code /etc/hosts} of its own over ours; crictl does
 * not.
 */
final class PodFiles {
  private static final Path HOST_HOSTS = Path.of("/etc/hosts");
  private static final Path HOST_RESOLV_CONF = Path.of("/etc/resolv.conf");
  private static final Set<PosixFilePermission> PUBLIC =
      PosixFilePermissions.fromString("rw-r--r--");

  private final Layout layout;
  private final Syscalls syscalls;

  PodFiles(Layout layout, Syscalls syscalls) {
    this.layout = layout;
    this.syscalls = syscalls;
  }

  /**
   * Writes the pod's files.
   *
   * @param ips the pod's addresses; empty with the host's network
   */
  void write(Pod pod, List<String> ips) throws IOException {
    PodConfig config = pod.config();
    String hostname = HostName.of(pod);
    write(layout.podHostname(pod.id()), hostname + "\n");
    write(
        layout.podHosts(pod.id()),
        config.hostNetwork()
            ? hostFile(HOST_HOSTS, "127.0.0.1\tlocalhost\n")
            : hosts(hostname, ips));
    write(
        layout.podResolvConf(pod.id()),
        config.dns().isEmpty() ? hostFile(HOST_RESOLV_CONF, "") : resolvConf(config.dns()));
    if (config.namespaces().user().isPresent()) {
      own(pod.id(), config.namespaces().user().get());
    }
    if (pod.labels().isPresent()) {
      label(pod, pod.labels().get().mount());
    }
  }

  /** The pod's shared memory too: what is made in there has the label of its directory. */
  private void label(Pod pod, String label) throws IOException {
    List<Path> files = new ArrayList<>(files(pod.id()));
    pod.sandbox().flatMap(SandboxState::shm).ifPresent(files::add);
    for (Path file : files) {
      syscalls.lsetxattr(file.toString(), Selinux.ATTRIBUTE, Selinux.attribute(label));
    }
  }

  private List<Path> files(String id) {
    return List.of(layout.podHostname(id), layout.podHosts(id), layout.podResolvConf(id));
  }

  /** What the pod's root owns it may change, in a user namespace as elsewhere. */
  private void own(String id, UserMappings user) throws IOException {
    for (Path file : files(id)) {
      Files.setAttribute(file, "unix:uid", (int) user.rootUid());
      Files.setAttribute(file, "unix:gid", (int) user.rootGid());
    }
  }

  static String hosts(String hostname, List<String> ips) {
    StringBuilder text = new StringBuilder();
    text.append("127.0.0.1\tlocalhost\n");
    text.append("::1\tlocalhost ip6-localhost ip6-loopback\n");
    text.append("fe00::\tip6-localnet\nff02::1\tip6-allnodes\nff02::2\tip6-allrouters\n");
    if (!hostname.isEmpty()) {
      ips.forEach(ip -> text.append(ip).append('\t').append(hostname).append('\n'));
    }
    return text.toString();
  }

  static String resolvConf(DnsConfig dns) {
    StringBuilder text = new StringBuilder();
    if (!dns.searches().isEmpty()) {
      text.append("search ").append(String.join(" ", dns.searches())).append('\n');
    }
    dns.servers().forEach(server -> text.append("nameserver ").append(server).append('\n'));
    if (!dns.options().isEmpty()) {
      text.append("options ").append(String.join(" ", dns.options())).append('\n');
    }
    return text.toString();
  }

  /** The host's file, or the fallback on a host that has none. */
  private static String hostFile(Path file, String fallback) throws IOException {
    return Files.exists(file) ? Files.readString(file) : fallback;
  }

  private static void write(Path file, String text) throws IOException {
    Files.writeString(file, text);
    // Users of the pod's containers other than root read it.
    Files.setPosixFilePermissions(file, PUBLIC);
  }
}
