package io.jcri.daemon.log;

/**
 * What a line is about, in a word that an operator knows: it stands where others have the name of a
 * class.
 */
final class Topics {
  private static final String OURS = "io.jcri.";
  private static final String DAEMON = "io.jcri.daemon.";

  private Topics() {}

  /** Of a logger's name, which is the name of its class. */
  static String of(String logger) {
    if (logger.startsWith(DAEMON)) {
      String part = segment(logger, DAEMON.length());
      return part.equals("cri") ? call(segment(logger, DAEMON.length() + 4)) : daemon(part);
    }
    if (logger.startsWith(OURS)) {
      return module(segment(logger, OURS.length()), logger);
    }
    if (logger.startsWith("io.grpc.") || logger.startsWith("io.netty.")) {
      return "server";
    }
    return "java";
  }

  /** The first part of the rest of a name, unless that is the class itself. */
  private static String segment(String logger, int from) {
    int dot = logger.indexOf('.', from);
    return dot < 0 ? "" : logger.substring(from, dot);
  }

  private static String daemon(String part) {
    return switch (part) {
      case "app", "core", "system", "log", "record", "node", "config", "budget", "" -> "daemon";
      case "pull" -> "image";
      default -> part; // container, pod, image, runtime, nri, events, streaming, stats, recovery…
    };
  }

  private static String call(String part) {
    return part.isEmpty() || part.equals("observe") ? "call" : part;
  }

  private static String module(String part, String logger) {
    return switch (part) {
      case "cni" -> "network";
      case "shim" -> "container";
      case "sandbox" -> "pod";
      case "oci" ->
          switch (segment(logger, OURS.length() + "oci.".length())) {
            case "runtime" -> "runtime";
            case "cdi" -> "device";
            case "spec", "seccomp", "user" -> "container";
            default -> "image";
          };
      default -> "daemon";
    };
  }
}
