package io.jcri.it.nri;

import com.google.protobuf.ByteString;
import io.jcri.it.kit.Waiting;
import io.jcri.it.node.TestNode;
import io.jcri.nri.v1alpha1.Ttrpc;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;

/** A shell script in the plugin directory. What it finds itself started with is in its trace. */
final class InstalledPlugin implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /**
   * Registers and takes in what it is told, in canned words: the daemon's first two calls on a
   * connection are Configure and Synchronize. Its answer to the registration may come before or
   * after the first of them.
   */
  static final String POLITE =
      """
      piece() {
        set -- $(head -c 8 <&3 | od -An -tu1)
        head -c $(( ($5 << 24) + ($6 << 16) + ($7 << 8) + $8 )) <&3 > /dev/null
      }
      cat %1$s/register >&3
      piece; piece; cat %1$s/answer-1 >&3
      piece; cat %1$s/answer-3 >&3
      echo synchronized >> %1$s/trace
      cat <&3 > /dev/null
      echo over >> %1$s/trace
      """;

  private final Path program;
  private final Path folder;

  private InstalledPlugin(Path program, Path folder) {
    this.program = program;
    this.folder = folder;
  }

  static InstalledPlugin put(TestNode node, String name, String script) throws IOException {
    Path folder = Files.createDirectories(node.scratch().disk().resolve("installed-" + name));
    Files.write(
        folder.resolve("register"),
        message(
            PluginWire.RUNTIME_SERVICE,
            1,
            PluginWire.REQUEST,
            Ttrpc.Request.newBuilder()
                .setService("nri.pkg.api.v1alpha1.Runtime")
                .setMethod("RegisterPlugin")
                .build()
                .toByteString()));
    for (int stream : new int[] {1, 3}) {
      Files.write(
          folder.resolve("answer-" + stream),
          message(PluginWire.PLUGIN_SERVICE, stream, PluginWire.RESPONSE, ByteString.EMPTY));
    }
    String text =
        """
        #!/bin/sh
        PATH=/usr/sbin:/usr/bin:/sbin:/bin
        echo "$NRI_PLUGIN_NAME $NRI_PLUGIN_IDX $NRI_PLUGIN_SOCKET" > %1$s/trace
        readlink /proc/self/fd/3 >> %1$s/trace
        """
            + script;
    Path program =
        Files.writeString(
            Files.createDirectories(node.daemon().nriPlugins()).resolve(name),
            text.formatted(folder));
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    return new InstalledPlugin(program, folder);
  }

  private static byte[] message(int connection, int stream, byte type, ByteString data) {
    return ByteBuffer.allocate(18 + data.size())
        .putInt(connection)
        .putInt(10 + data.size())
        .putInt(data.size())
        .putInt(stream)
        .put(type)
        .put((byte) 0)
        .put(data.asReadOnlyByteBuffer())
        .array();
  }

  String trace() throws IOException {
    Path trace = folder.resolve("trace");
    return Files.exists(trace) ? Files.readString(trace) : "";
  }

  void awaitTrace(String text) throws IOException {
    Waiting.until(PATIENCE, () -> trace().contains(text), () -> "no \"" + text + "\" in its trace");
  }

  @Override
  public void close() throws IOException {
    Files.delete(program);
  }
}
