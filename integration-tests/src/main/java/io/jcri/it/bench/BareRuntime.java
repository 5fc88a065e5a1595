package io.jcri.it.bench;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.jcri.it.kit.Command;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The OCI runtime by itself: the base that a pod's time is a multiple of. Runs the bundle that jcri
 * made for a container, with a cgroup of its own, while that container waits to be started.
 */
final class BareRuntime implements AutoCloseable {
  private static final String ID = "jcri-bench-bare";

  private final Path root;
  private final Path bundle;

  private BareRuntime(Path root, Path bundle) {
    this.root = root;
    this.bundle = bundle;
  }

  /**
   * Takes over a bundle.
   *
   * @param original a folder with config.json
   * @param folder for the copy and the runtime's state
   */
  static BareRuntime of(Path original, Path folder) throws IOException {
    JsonObject config =
        JsonParser.parseString(Files.readString(original.resolve("config.json"))).getAsJsonObject();
    config.getAsJsonObject("linux").addProperty("cgroupsPath", "/" + ID);
    Path bundle = Files.createDirectories(folder.resolve("bundle"));
    Files.writeString(bundle.resolve("config.json"), config.toString());
    return new BareRuntime(folder.resolve("runc"), bundle);
  }

  /** Runs the container once and removes it again. */
  void round(Samples runs) throws IOException {
    long begin = System.nanoTime();
    int exitCode = runc("run", "--detach", "--bundle", bundle.toString(), ID);
    if (exitCode != 0) {
      throw new IOException("runc run ended with " + exitCode);
    }
    runs.addMillisSince(begin);
    close();
  }

  /** Not by the kit's Command, whose files for the outputs cost time as well. */
  private int runc(String... arguments) throws IOException {
    List<String> line = new ArrayList<>(List.of("runc", "--root", root.toString()));
    line.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(line)
            .redirectInput(new File("/dev/null"))
            .redirectOutput(Redirect.DISCARD)
            .redirectError(Redirect.DISCARD)
            .start();
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  @Override
  public void close() throws IOException {
    Command.of("runc", "--root", root.toString(), "delete", "--force", ID).run().orThrow();
  }
}
