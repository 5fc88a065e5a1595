package io.jcri.daemon.admin;

import io.jcri.oci.Json;
import io.jcri.oci.OciException;
import io.jcri.sandbox.linux.Reasons;
import io.jcri.sandbox.linux.SocketPath;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Asks a running daemon. Stateless. */
public final class AdminClient {
  private final Path socket;

  public AdminClient(Path socket) {
    this.socket = socket;
  }

  /**
   * Asks for something.
   *
   * @param content what goes with the request; empty for verbs that take none
   * @param type of the answers
   * @param answers hears of each as it comes
   * @param target takes the bytes that come between the answers
   * @throws AdminException with what the daemon says of its failure
   * @throws IOException when no daemon answers
   */
  public <T extends Record> void ask(
      String verb,
      Record arguments,
      Optional<InputStream> content,
      Class<T> type,
      Consumer<T> answers,
      OutputStream target)
      throws IOException {
    try (Wire wire = new Wire(connect())) {
      Upload upload = new Upload(wire, content);
      upload.start(Map.of("version", Wire.VERSION, "verb", verb, "arguments", arguments));
      byte[] line;
      try {
        line = wire.line();
      } catch (IOException e) {
        throw upload.broken().orElse(e);
      }
      for (; line != null; line = wire.line()) {
        if (line.length == 0 || line[0] != '{') {
          throw new IOException(
              "the daemon is older than this jcri: " + new String(line, StandardCharsets.UTF_8));
        }
        Wire.Control control = parse(line, Wire.Control.class);
        if (control.isAnswer()) {
          answers.accept(parse(line, type));
        } else if (control.failed().isPresent()) {
          throw new AdminException(control.failed().get().kind(), control.failed().get().message());
        } else if (control.done()) {
          return;
        } else {
          wire.copyPiece(control.content(), target);
        }
      }
      throw new IOException("the daemon ended in the middle of it", upload.broken().orElse(null));
    }
  }

  /** The same without content in either direction. */
  public <T extends Record> void ask(
      String verb, Record arguments, Class<T> type, Consumer<T> answers) throws IOException {
    ask(verb, arguments, Optional.empty(), type, answers, OutputStream.nullOutputStream());
  }

  private SocketChannel connect() throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    try (SocketPath name = SocketPath.of(socket)) {
      channel.connect(UnixDomainSocketAddress.of(name.path()));
      return channel;
    } catch (IOException e) {
      channel.close();
      throw new IOException(
          "no jcri daemon answers on %s: %s; %s".formatted(socket, Reasons.of(e), advice()), e);
    }
  }

  private String advice() {
    Path folder = socket.toAbsolutePath().getParent();
    return folder != null && Files.isDirectory(folder) && !Files.isReadable(folder)
        ? "only root may ask it"
        : "start it with systemctl start jcri, or name its socket with --socket";
  }

  private static <T> T parse(byte[] line, Class<T> type) throws IOException {
    try {
      return Json.parse(line, type);
    } catch (OciException e) {
      throw new IOException("the daemon's answer is not understood: " + e.getMessage(), e);
    }
  }
}
