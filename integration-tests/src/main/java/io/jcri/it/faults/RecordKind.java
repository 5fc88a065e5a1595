package io.jcri.it.faults;

import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What jcri keeps in files, and what may be lost with one of them. Paths are below the daemon's
 * root ({@code lib}), its state ({@code run}) or the cache of results ({@code cni}).
 */
enum RecordKind {
  POD("lib/pods/(ID)\\.json", Loss.CONTAINERS_OF_POD),
  CONTAINER("lib/containers/(ID)\\.json", Loss.CONTAINER),
  SNAPSHOT("lib/image/snapshots/(ID)/snapshot\\.json", Loss.CONTAINER),
  IMAGE("lib/image/images/[^/]*\\.json", Loss.IMAGE),
  LAYER("lib/image/layers/(?:chain-)?ID/layer\\.json", Loss.IMAGE),
  PAUSE("run/pods/ID/pause", Loss.NOTHING),
  POD_CGROUP("run/pods/ID/cgroup", Loss.NOTHING),
  POD_FILE("run/pods/ID/(?:hosts|hostname|resolv\\.conf)", Loss.NOTHING),
  BUNDLE("run/containers/(ID)/bundle/config\\.json", Loss.CONTAINER),
  EXIT("run/containers/(ID)/exit", Loss.CONTAINER),
  RUNNING("run/containers/ID/running", Loss.NOTHING),
  INIT_PID("run/containers/(ID)/init\\.pid", Loss.NOTHING),
  PROGRAMS_LOG("run/containers/ID/(?:shim|runtime-[a-z]*)\\.log", Loss.NOTHING),
  EVENTS("run/events", Loss.NOTHING),
  LOCK("(?:lib|run)/lock", Loss.NOTHING),
  NETWORK_RESULT("cni/results/[^/]*-ID-[^/]*", Loss.NOTHING);

  /** What it takes with it, for all that nobody else can know. */
  enum Loss {
    NOTHING,
    /** How the container ends, or whether it can be started; its status says so. */
    CONTAINER,
    /** The same of all containers of the pod. */
    CONTAINERS_OF_POD,
    /** The image, which is pulled again. */
    IMAGE
  }

  /** What lies there and is no record: what is half written, and others' state. */
  private static final Pattern NONE =
      pattern(
          "run/containers/ID/exec-.*|(?:lib|run)/leases/.*|run/runtime/.*|run/ballast|lib/ballast|.*\\.(?:tmp|new)"
              + "|lib/image/(?:blobs|worker)/.*|lib/image/layers/(?:new|gone|kept)-.*"
              + "|lib/image/(?:layers|snapshots)/[^/]*/(?:diff|upper|work|rootfs|fs)(?:/.*)?");

  private final Pattern path;
  private final Loss loss;

  RecordKind(String path, Loss loss) {
    this.path = pattern(path);
    this.loss = loss;
  }

  Loss loss() {
    return loss;
  }

  /** Whose record a file is; empty when it is of another kind, or of nobody in particular. */
  Optional<String> owner(String file) {
    Matcher matcher = path.matcher(file);
    return matcher.matches() && matcher.groupCount() > 0
        ? Optional.of(matcher.group(1))
        : Optional.empty();
  }

  /**
   * The kind of a file, by its path as above; empty when it is no record.
   *
   * @throws IllegalStateException when nobody has thought of it
   */
  static Optional<RecordKind> of(String file) {
    for (RecordKind kind : values()) {
      if (kind.path.matcher(file).matches()) {
        return Optional.of(kind);
      }
    }
    if (NONE.matcher(file).matches()) {
      return Optional.empty();
    }
    throw new IllegalStateException("a kind of record that no fault damages: " + Path.of(file));
  }

  private static Pattern pattern(String text) {
    return Pattern.compile(text.replace("ID", "[0-9a-f]{64}"));
  }
}
