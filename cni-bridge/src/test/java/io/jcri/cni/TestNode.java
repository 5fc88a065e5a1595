package io.jcri.cni;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The directories of a node below a test's temporary directory, and requests for its pods. */
final class TestNode {
  final Path confDir;
  final Path cacheDir;
  final Path leaseDir;
  final ScriptPlugins plugins;

  TestNode(Path root) throws IOException {
    confDir = Files.createDirectories(root.resolve("net.d"));
    cacheDir = root.resolve("cni");
    leaseDir = root.resolve("leases");
    plugins = new ScriptPlugins(root);
  }

  CniSettings settings() {
    return settings(List.of(plugins.bin()), Duration.ofSeconds(30), Optional.empty(), "jcrit0");
  }

  CniSettings settings(
      List<Path> binDirs, Duration timeout, Optional<String> podCidr, String bridge) {
    return new CniSettings(
        confDir, binDirs, cacheDir, leaseDir, 1, timeout, podCidr, bridge, "jcri_test_" + bridge);
  }

  Cni open() throws CniException {
    return Cni.open(settings());
  }

  /** What the plugins answer, however long that takes them: the probe itself waits but briefly. */
  static NetworkStatus answered(Cni cni) throws InterruptedException {
    NetworkStatus status = cni.status();
    while (status.message().contains("have not answered STATUS yet")) {
      Thread.sleep(5);
      status = cni.status();
    }
    return status;
  }

  /** A conflist named {@code net} whose plugins are these JSON objects. */
  void conflist(String version, String... plugins) throws IOException {
    write(
        "10-net.conflist",
        "{\"cniVersion\":\"%s\",\"name\":\"net\",\"plugins\":[%s]}"
            .formatted(version, String.join(",", plugins)));
  }

  void write(String name, String content) throws IOException {
    Path temporary = confDir.resolve("." + name);
    Files.writeString(temporary, content);
    Files.move(temporary, confDir.resolve(name), StandardCopyOption.ATOMIC_MOVE);
  }

  Path cacheFile(String network, String id) {
    return cacheDir.resolve("results").resolve(network + "-" + id + "-eth0");
  }

  static PodNetworkRequest pod(String id) {
    return PodNetworkRequest.of(
        id, Optional.of(Path.of("/proc/self/ns/net")), "web", "default", "uid-1");
  }
}
