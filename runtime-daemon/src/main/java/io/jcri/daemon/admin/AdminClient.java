package io.jcri.daemon.admin;

import io.jcri.sandbox.linux.SocketPath;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Asks a running daemon. Stateless. */
public final class AdminClient {
  private final Path socket;

  public AdminClient(Path socket) {
    this.socket = socket;
  }

  /**
   * Has the daemon take up an archive of images.
   *
   * @return a line for each image: its id and its names
   * @throws IOException when no daemon answers, or with what the daemon says of its failure
   */
  public List<String> load(InputStream archive) throws IOException {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      try {
        try (SocketPath name = SocketPath.of(socket)) {
          channel.connect(UnixDomainSocketAddress.of(name.path()));
        }
      } catch (IOException e) {
        throw new IOException("no jcri daemon answers on " + socket + ": " + e.getMessage(), e);
      }
      @Nullable IOException broken = send(channel, archive);
      List<String> images = new ArrayList<>();
      try (BufferedReader in =
          new BufferedReader(
              new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.UTF_8))) {
        for (String line = in.readLine(); line != null; line = in.readLine()) {
          if (line.startsWith("failed: ")) {
            throw new IOException(line.substring("failed: ".length()));
          }
          if (line.equals("done")) {
            return images;
          }
          images.add(line.substring(line.indexOf(' ') + 1));
        }
      }
      throw new IOException("the daemon ended in the middle of it", broken);
    }
  }

  /** A daemon that refuses what it has read stops reading; its answer tells why. */
  private static @Nullable IOException send(SocketChannel channel, InputStream archive) {
    try {
      OutputStream out = Channels.newOutputStream(channel);
      out.write("load\n".getBytes(StandardCharsets.UTF_8));
      archive.transferTo(out);
      channel.shutdownOutput();
      return null;
    } catch (IOException e) {
      return e;
    }
  }
}
