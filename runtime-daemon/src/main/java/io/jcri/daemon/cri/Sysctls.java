package io.jcri.daemon.cri;

import static io.jcri.daemon.JcriException.invalid;

import io.jcri.daemon.pod.NamespaceMode;
import io.jcri.daemon.pod.NamespaceOptions;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which sysctls a pod may set: only those that belong to a namespace of its own, so that a pod
 * never changes the node. Names and values are checked before anything sees them (CVE-2022-0811
 * smuggled options through a value).
 */
final class Sysctls {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]+([./][A-Za-z0-9_-]+)+");
  private static final Set<String> IPC =
      Set.of(
          "kernel.msgmax",
          "kernel.msgmnb",
          "kernel.msgmni",
          "kernel.sem",
          "kernel.shmall",
          "kernel.shmmax",
          "kernel.shmmni",
          "kernel.shm_rmid_forced");

  private Sysctls() {}

  static void check(String name, String value, NamespaceOptions namespaces) {
    if (!NAME.matcher(name).matches()) {
      throw invalid("linux.sysctls: " + name + " is no name of a sysctl");
    }
    if (value.chars().anyMatch(c -> c < ' ' && c != '\t')) {
      throw invalid("linux.sysctls: the value of " + name + " has a control character");
    }
    String dotted = name.replace('/', '.');
    if (dotted.startsWith("net.")) {
      require(name, namespaces.network(), "network");
    } else if (IPC.contains(dotted) || dotted.startsWith("fs.mqueue.")) {
      require(name, namespaces.ipc(), "ipc");
    } else if (dotted.equals("kernel.domainname")) {
      require(name, namespaces.network(), "uts (shared with the network's)");
    } else {
      throw invalid(
          "linux.sysctls: " + name + " is not namespaced: it would change the whole node");
    }
  }

  private static void require(String name, NamespaceMode mode, String namespace) {
    if (mode == NamespaceMode.NODE) {
      throw invalid(
          "linux.sysctls: %s needs a %s namespace of the pod's own, not the node's"
              .formatted(name, namespace));
    }
  }
}
