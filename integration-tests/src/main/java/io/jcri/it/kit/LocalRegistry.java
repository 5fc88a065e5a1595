package io.jcri.it.kit;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;

/**
 * Debian's docker-registry on a free port of 127.0.0.1, over plain HTTP, with its data in a folder
 * of the caller's. Ends with {@link #close}.
 */
public final class LocalRegistry implements AutoCloseable {
  /** The user that a registry with a password knows. */
  public static final String USER = "tester";

  /** That user's password. */
  public static final String PASSWORD = "secret";

  private static final String HTPASSWD_LINE =
      USER + ":$2y$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a";

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Path folder;
  private volatile Process process;
  private final Path log;
  private final InetSocketAddress address;
  private final boolean password;

  private LocalRegistry(
      Path folder, Process process, Path log, InetSocketAddress address, boolean password) {
    this.folder = folder;
    this.process = process;
    this.log = log;
    this.address = address;
    this.password = password;
  }

  /** Starts a registry that everyone may use; {@code folder} need not exist. */
  public static LocalRegistry start(Path folder) throws IOException {
    return start(folder, false);
  }

  /** Starts a registry that asks for {@link #USER} and {@link #PASSWORD}. */
  public static LocalRegistry startWithPassword(Path folder) throws IOException {
    return start(folder, true);
  }

  private static LocalRegistry start(Path folder, boolean password) throws IOException {
    Files.createDirectories(folder);
    InetSocketAddress address =
        new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), FreePort.find());
    Path configuration = folder.resolve("config.yml");
    Files.writeString(configuration, configuration(folder, address, password));
    Files.writeString(folder.resolve("htpasswd"), HTPASSWD_LINE + "\n");
    Path log = folder.resolve("log");
    LocalRegistry registry = new LocalRegistry(folder, serve(folder, log), log, address, password);
    try {
      registry.awaitListening();
    } catch (IOException | RuntimeException e) {
      registry.close();
      throw e;
    }
    return registry;
  }

  private static Process serve(Path folder, Path log) throws IOException {
    return new ProcessBuilder("docker-registry", "serve", "" + folder.resolve("config.yml"))
        .redirectInput(new File("/dev/null"))
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
        .start();
  }

  /** Ends it with no chance to do anything; {@link #restart} has to follow. */
  public void kill() throws IOException {
    Waiting.end(process.destroyForcibly(), PATIENCE);
  }

  /** Starts it again after {@link #kill}, with the same address and data. */
  public void restart() throws IOException {
    process = serve(folder, log);
    awaitListening();
  }

  /** Returns the process that serves now. */
  public ProcessHandle process() {
    return process.toHandle();
  }

  /** Returns the folder of the registry's own file tree. */
  public Path data() {
    return folder.resolve("data");
  }

  /** Returns host and port, as they stand in a reference. */
  public String hostAndPort() {
    return address.getHostString() + ":" + address.getPort();
  }

  /** Returns the registry's address. */
  public URI uri() {
    return URI.create("http://" + hostAndPort());
  }

  /** Returns where the registry writes what it was asked, a line for each request. */
  public Path log() {
    return log;
  }

  /** Returns a pusher that is let in. */
  public RegistryPush pusher() {
    return new RegistryPush(uri(), password ? Optional.of(basicAuthorization()) : Optional.empty());
  }

  /** Pushes one artifact. Returns the reference it can be pulled by. */
  public String push(String repository, String tag, TestArtifact artifact) throws IOException {
    try (RegistryPush pusher = pusher()) {
      pusher.push(repository, tag, artifact);
    }
    return "%s/%s:%s".formatted(hostAndPort(), repository, tag);
  }

  @Override
  public void close() throws IOException {
    process.destroy();
    if (!Waiting.end(process, Duration.ofSeconds(5))) {
      Waiting.end(process.destroyForcibly(), Duration.ofSeconds(5));
    }
  }

  private static String basicAuthorization() {
    byte[] pair = (USER + ":" + PASSWORD).getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(pair);
  }

  private void awaitListening() throws IOException {
    Waiting.until(
        PATIENCE,
        () -> {
          if (!process.isAlive()) {
            throw new IOException("docker-registry ended: " + Files.readString(log));
          }
          try (Socket socket = new Socket()) {
            socket.connect(address);
            return true;
          } catch (IOException notYet) {
            return false;
          }
        },
        () -> "docker-registry does not listen on " + hostAndPort());
  }

  private static String configuration(Path folder, InetSocketAddress address, boolean password) {
    String open =
        """
        version: 0.1
        log:
          level: info
        storage:
          filesystem:
            rootdirectory: %s
          delete:
            enabled: true
        http:
          addr: %s:%d
        """
            .formatted(folder.resolve("data"), address.getHostString(), address.getPort());
    String closed =
        """
        auth:
          htpasswd:
            realm: test
            path: %s
        """
            .formatted(folder.resolve("htpasswd"));
    return password ? open + closed : open;
  }
}
