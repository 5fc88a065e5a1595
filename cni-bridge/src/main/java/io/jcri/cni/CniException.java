package io.jcri.cni;

import java.io.IOException;
import java.util.List;

/** A network operation failed; the message names network, plugin and verb, and what it said. */
public final class CniException extends IOException {
  private static final long serialVersionUID = 1L;

  /** Why, for callers that must choose what to do next. */
  public enum Reason {
    /** The plugin ran and reported an error. */
    PLUGIN_FAILED,
    /** The plugin's binary is in none of the binary directories. */
    PLUGIN_MISSING,
    /** The plugin did not end in time; it and all its children were killed. */
    TIMEOUT,
    /** The calling thread was interrupted; the plugin and all its children were killed. */
    INTERRUPTED,
    /** The plugin ended well but what it printed is not a usable result. */
    BAD_OUTPUT,
    /** There is no valid network configuration. */
    NOT_CONFIGURED,
    /** The caller's request cannot be right. */
    INVALID,
    /** A host port that is asked for is another pod's. */
    PORT_TAKEN,
    /** Host ports cannot be led to the pod. */
    HOST_PORTS,
    /** Our own files cannot be written or read. */
    STORAGE
  }

  private final Reason reason;
  private final String plugin;
  private final String verb;
  private final int code;

  /**
   * A failure.
   *
   * @param plugin the plugin's type, or empty
   * @param verb the CNI command, or empty
   * @param code the plugin's error code (below 100: the spec's), or 0
   */
  public CniException(Reason reason, String plugin, String verb, int code, String message) {
    super(message);
    this.reason = reason;
    this.plugin = plugin;
    this.verb = verb;
    this.code = code;
  }

  CniException(Reason reason, String message) {
    this(reason, "", "", 0, message);
  }

  /**
   * Throws the failures as one, with the words of all and the reason of the first; none is fine.
   */
  static void throwAll(List<CniException> failures) throws CniException {
    if (failures.isEmpty()) {
      return;
    }
    CniException first = failures.getFirst();
    if (failures.size() == 1) {
      throw first;
    }
    CniException all =
        new CniException(
            first.reason,
            first.plugin,
            first.verb,
            first.code,
            String.join("; ", failures.stream().map(Throwable::getMessage).toList()));
    failures.forEach(all::addSuppressed);
    throw all;
  }

  /** Why it failed. */
  public Reason reason() {
    return reason;
  }

  /** The plugin's type, or empty when no plugin is to blame. */
  public String plugin() {
    return plugin;
  }

  /** The CNI command that failed, or empty. */
  public String verb() {
    return verb;
  }

  /** The plugin's own error code, or 0. */
  public int code() {
    return code;
  }
}
