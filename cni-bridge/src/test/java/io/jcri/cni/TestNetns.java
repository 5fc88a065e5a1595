package io.jcri.cni;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** A network namespace of a test, as {@code ip netns} makes it. */
final class TestNetns implements AutoCloseable {
  final String name;

  TestNetns() throws Exception {
    name = "jcri-test-" + unique();
    command("ip", "netns", "add", name);
  }

  /** Eight characters that no other test uses. */
  static String unique() {
    return HexFormat.of().toHexDigits(RandomGenerator.getDefault().nextInt());
  }

  Path path() {
    return Path.of("/var/run/netns", name);
  }

  PodNetworkRequest pod(String id) {
    return PodNetworkRequest.of(id, Optional.of(path()), "web", "default", "uid-1");
  }

  /** Runs a command in the namespace and returns its output. */
  String run(String... command) throws Exception {
    List<String> words = new ArrayList<>(List.of("ip", "netns", "exec", name));
    words.addAll(List.of(command));
    return command(words.toArray(String[]::new));
  }

  /** Does nothing when it is gone already. */
  void delete() throws IOException, InterruptedException {
    if (Files.exists(path())) {
      command("ip", "netns", "delete", name);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      delete();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while removing " + name, e);
    }
  }

  /** Runs a command and returns what it printed; an error when it fails. */
  static String command(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", command) + ": " + output);
    }
    return output;
  }

  static void deleteLink(String link) throws Exception {
    if (Files.exists(Path.of("/sys/class/net", link))) {
      command("ip", "link", "delete", link);
    }
  }
}
