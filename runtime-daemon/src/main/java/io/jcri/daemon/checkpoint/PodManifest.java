package io.jcri.daemon.checkpoint;

import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.pod.Pod;
import io.jcri.daemon.pod.PodMetadata;
import io.jcri.daemon.runtime.Handler;
import io.jcri.oci.Json;
import io.jcri.oci.OciException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a pod's checkpoint holds: {@code pod.options}, written last.
 *
 * <pre>
 * {"version":1,"containers":{"app":"4f53cda1..."},
 *  "annotations":{"org.criu.checkpoint.engine.name":"jcri",
 *                 "org.criu.checkpoint.runtime.name":"runc", ...}}
 * </pre>
 *
 * @param containers names, and the ids by which their archives are called
 */
record PodManifest(int version, Map<String, String> containers, Map<String, String> annotations) {
  static final String FILE = "pod.options";

  private static final int VERSION = 1;
  private static final String PREFIX = "org.criu.checkpoint.";
  private static final String RUNTIME = PREFIX + "runtime.name";
  private static final String ARCHITECTURE = PREFIX + "host.arch";

  PodManifest {
    containers = Map.copyOf(containers);
    annotations = Map.copyOf(annotations);
  }

  /**
   * The one of this node.
   *
   * @param runtime the program's name: another runtime names what it leaves to itself differently
   */
  static PodManifest of(Pod pod, Map<String, String> containers, String runtime) {
    PodMetadata metadata = pod.config().metadata();
    Map<String, String> annotations = new TreeMap<>();
    annotations.put(PREFIX + "engine.name", "jcri");
    annotations.put(PREFIX + "pod.name", metadata.name());
    annotations.put(PREFIX + "pod.namespace", metadata.namespace());
    annotations.put(PREFIX + "pod.uid", metadata.uid());
    annotations.put(PREFIX + "pod.id", pod.id());
    annotations.put(RUNTIME, runtime);
    annotations.put(ARCHITECTURE, architecture());
    return new PodManifest(VERSION, containers, annotations);
  }

  /** What a runtime is called in a manifest: its program, since handlers' names are the node's. */
  static String runtimeName(Handler handler) {
    return handler.programName();
  }

  private static String architecture() {
    return System.getProperty("os.arch", "");
  }

  void write(Path directory) throws IOException {
    Metadata.write(directory.resolve(FILE), Json.toPrettyBytes(this));
  }

  /** The name of a container's archive. */
  static String archive(String id) {
    return id + ".tar";
  }

  /**
   * Reads and checks the file, which may say anything.
   *
   * @throws JcriException INVALID
   */
  static PodManifest read(Path directory) throws IOException {
    Path file = directory.resolve(FILE);
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw JcriException.invalid(
          "checkpoint_path %s holds no pod's checkpoint: there is no %s"
              .formatted(directory, FILE));
    }
    PodManifest manifest;
    try {
      manifest = Json.parse(Metadata.read(file), PodManifest.class);
    } catch (OciException e) {
      throw JcriException.invalid(file + ": " + e.getMessage());
    }
    if (manifest.version != VERSION) {
      throw JcriException.invalid(file + " has the unknown version " + manifest.version);
    }
    manifest.containers.forEach((name, id) -> {
      if (!id.matches("[0-9a-f]{1,64}")) {
        throw JcriException.invalid(file + ": container " + name + " has no id but \"" + id + "\"");
      }
    });
    return manifest;
  }

  /**
   * Whether this node's runtime can restore it.
   *
   * @throws JcriException FAILED_PRECONDITION
   */
  void requireRestorable(String runtime) {
    requireEqual(RUNTIME, runtime, "the handler's runtime is");
    requireEqual(ARCHITECTURE, architecture(), "this machine is");
  }

  private void requireEqual(String annotation, String here, String what) {
    String there = annotations.getOrDefault(annotation, "");
    if (!there.equals(here)) {
      throw JcriException.precondition(
          "checkpoint was made with %s \"%s\", %s \"%s\"".formatted(annotation, there, what, here));
    }
  }
}
