package io.jcri.daemon.config;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Kernel settings that pods get: only such as a namespace of a pod's own has, since any other would
 * be the node's.
 */
public final class PodSysctls {
  private static final Pattern NAME = Pattern.compile("[a-z0-9_]+(?:\\.[A-Za-z0-9_/*-]+)+");

  private static final Set<String> OF_IPC =
      Set.of(
          "kernel.msgmax",
          "kernel.msgmnb",
          "kernel.msgmni",
          "kernel.sem",
          "kernel.shmall",
          "kernel.shmmax",
          "kernel.shm_rmid_forced",
          "kernel.shmmni");

  private PodSysctls() {}

  /**
   * Reads {@code name=value} each.
   *
   * @throws IllegalArgumentException saying what is wrong with which
   */
  static Map<String, String> parse(List<String> texts) {
    Map<String, String> sysctls = new TreeMap<>();
    for (String text : texts) {
      int equals = text.indexOf('=');
      String name = equals < 0 ? "" : name(text.substring(0, equals).strip());
      String value = text.substring(equals + 1).strip();
      if (!NAME.matcher(name).matches() || value.chars().anyMatch(c -> c < ' ')) {
        throw bad(text, "which is no setting such as net.core.somaxconn=1024");
      }
      if (!ofNetwork(name) && !ofIpc(name)) {
        throw bad(
            text, "which is the node's: only net.*, fs.mqueue.* and System V IPC are a pod's");
      }
      if (sysctls.put(name, value) != null) {
        throw bad(text, "which is set twice");
      }
    }
    return sysctls;
  }

  private static IllegalArgumentException bad(String text, String what) {
    return new IllegalArgumentException("has \"%s\", %s".formatted(text, what));
  }

  /** A setting's name with dots, of either spelling of sysctl(8). */
  public static String name(String name) {
    int dot = name.indexOf('.');
    int slash = name.indexOf('/');
    if (slash < 0 || (dot >= 0 && dot < slash)) {
      return name;
    }
    StringBuilder dotted = new StringBuilder(name);
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      dotted.setCharAt(i, c == '/' ? '.' : c == '.' ? '/' : c);
    }
    return dotted.toString();
  }

  private static boolean ofNetwork(String name) {
    return name.startsWith("net.");
  }

  private static boolean ofIpc(String name) {
    return OF_IPC.contains(name) || name.startsWith("fs.mqueue.");
  }

  /**
   * Those that a pod gets beside its own.
   *
   * @param defaults of the configuration
   * @param own by names of either spelling: these count
   * @param network whether the pod has a network namespace of its own
   * @param ipc likewise of System V IPC and message queues
   */
  public static Map<String, String> with(
      Map<String, String> defaults, Map<String, String> own, boolean network, boolean ipc) {
    if (defaults.isEmpty()) {
      return own;
    }
    Predicate<String> has = name -> ofNetwork(name) ? network : ipc;
    Map<String, String> all = new TreeMap<>();
    defaults.forEach((name, value) -> {
      if (has.test(name)) {
        all.put(name, value);
      }
    });
    own.keySet().forEach(name -> all.remove(name(name)));
    all.putAll(own);
    return all;
  }
}
