package io.jcri.daemon.security;

import io.jcri.daemon.node.SelinuxFacts;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * SELinux labels of pods and containers. Where the node has no SELinux there are none, whatever is
 * asked for.
 *
 * <p>All of a pod's containers have the pod's level, so that they can share memory and files; two
 * pods have the same level only when the kubelet says so.
 *
 * <p>Thread-safe.
 */
public final class Selinux {
  /** The extended attribute that holds a file's label; its value is {@link #attribute}. */
  public static final String ATTRIBUTE = "security.selinux";

  private final Optional<SelinuxLabels> policy;
  private final McsLevels levels = new McsLevels();

  private Selinux(Optional<SelinuxLabels> policy) {
    this.policy = policy;
  }

  /** Of a node as it was found. */
  public static Selinux of(SelinuxFacts facts) {
    return new Selinux(
        facts.enabled()
            ? Optional.of(new SelinuxLabels(facts.process(), facts.file()))
            : Optional.empty());
  }

  public boolean enabled() {
    return policy.isPresent();
  }

  /**
   * The labels of a new pod. Its level is taken until {@link #release}.
   *
   * @param privileged its processes run as the policy has them, and may use all files
   */
  public Optional<SelinuxLabels> allocate(Optional<SelinuxOptions> options, boolean privileged) {
    if (policy.isEmpty()) {
      return Optional.empty();
    }
    if (privileged) {
      return Optional.of(new SelinuxLabels("", policy.get().mount()));
    }
    String asked = options.map(SelinuxOptions::level).orElse("");
    String base = part(policy.get().process(), 3);
    String level = asked.isEmpty() ? base + ":" + levels.take() : asked;
    if (!asked.isEmpty()) {
      levels.reserve(categories(asked));
    }
    return Optional.of(with(policy.get(), options, level));
  }

  /** The labels of a container in a pod: the pod's, but for what the container has of its own. */
  public Optional<SelinuxLabels> ofContainer(
      Optional<SelinuxLabels> pod, Optional<SelinuxOptions> options, boolean privileged) {
    if (policy.isEmpty() || pod.isEmpty()) {
      return Optional.empty();
    }
    if (privileged) {
      return Optional.of(new SelinuxLabels("", pod.get().mount()));
    }
    String asked = options.map(SelinuxOptions::level).orElse("");
    SelinuxLabels base =
        pod.get().process().isEmpty()
            ? policy.get() // an unprivileged container of a privileged pod
            : pod.get();
    return Optional.of(with(base, options, asked.isEmpty() ? pod.get().level() : asked));
  }

  /** Takes up a pod of before the restart. */
  public void reserve(SelinuxLabels labels) {
    levels.reserve(categories(labels.level()));
  }

  /** Gives a pod's level back. */
  public void release(SelinuxLabels labels) {
    levels.release(categories(labels.level()));
  }

  /** The attribute's value that labels a file. */
  public static byte[] attribute(String label) {
    return (label + "\0").getBytes(StandardCharsets.US_ASCII);
  }

  /** {@code s0:c1,c2} has the categories {@code c1,c2}; a level alone has none. */
  private static String categories(String level) {
    int colon = level.indexOf(':');
    return colon < 0 ? "" : level.substring(colon + 1);
  }

  private static SelinuxLabels with(
      SelinuxLabels base, Optional<SelinuxOptions> options, String level) {
    SelinuxOptions own = options.orElse(new SelinuxOptions("", "", "", ""));
    String process =
        String.join(
            ":",
            or(own.user(), part(base.process(), 0)),
            or(own.role(), part(base.process(), 1)),
            or(own.type(), part(base.process(), 2)),
            level);
    // Only the level and the user are the files' as well: roles and types of processes are not.
    String mount =
        String.join(
            ":",
            or(own.user(), part(base.mount(), 0)),
            part(base.mount(), 1),
            part(base.mount(), 2),
            level);
    return new SelinuxLabels(process, mount);
  }

  private static String or(String text, String otherwise) {
    return text.isEmpty() ? otherwise : text;
  }

  /** The level is all that follows the third colon, and has one of its own. */
  static String part(String label, int index) {
    String[] parts = label.split(":", 4);
    return index < parts.length ? parts[index] : "";
  }
}
