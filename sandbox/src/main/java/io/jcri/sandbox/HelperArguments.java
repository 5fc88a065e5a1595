package io.jcri.sandbox;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The arguments of {@code jcri-sandbox}; their meaning is written at the top of native/src/main.c.
 */
final class HelperArguments {
  private HelperArguments() {}

  /**
   * Puts the specification into words.
   *
   * @throws SandboxException when a value holds a NUL, which an argument cannot carry
   */
  static List<String> of(SandboxSpec spec) throws SandboxException {
    List<String> arguments = new ArrayList<>();
    arguments.add("id=" + spec.id());
    arguments.add("dir=" + spec.directory());
    addNamespaces(spec, arguments);
    if (spec.uts() && !spec.hostname().isEmpty()) {
      arguments.add("hostname=" + spec.hostname());
    }
    // In the order of their names, so that the same request fails at the same one.
    spec.sysctls().entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(sysctl -> arguments.add("sysctl=" + sysctl.getKey() + "=" + sysctl.getValue()));
    arguments.add("oom=" + spec.oomScoreAdj());
    if (spec.ipc() && spec.shmBytes() > 0) {
      arguments.add("shm=" + spec.shmBytes());
    }
    for (String argument : arguments) {
      if (argument.indexOf('\0') >= 0) {
        throw new SandboxException(
            SandboxException.Kind.INVALID,
            "pod " + spec.id() + ": NUL in " + argument.replace('\0', '?'));
      }
    }
    return arguments;
  }

  private static void addNamespaces(SandboxSpec spec, List<String> arguments) {
    if (spec.net()) {
      arguments.add("new=net");
    }
    if (spec.ipc()) {
      arguments.add("new=ipc");
    }
    if (spec.uts()) {
      arguments.add("new=uts");
    }
    if (spec.pid()) {
      arguments.add("new=pid");
    }
    spec.user()
        .ifPresent(user -> {
          arguments.add("new=user");
          user.uidMappings().forEach(mapping -> arguments.add("uidmap=" + ranges(mapping)));
          user.gidMappings().forEach(mapping -> arguments.add("gidmap=" + ranges(mapping)));
        });
  }

  private static String ranges(IdMapping mapping) {
    return mapping.containerId() + " " + mapping.hostId() + " " + mapping.size();
  }
}
