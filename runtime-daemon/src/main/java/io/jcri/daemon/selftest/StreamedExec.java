package io.jcri.daemon.selftest;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.spdy.DefaultSpdyDataFrame;
import io.netty.handler.codec.spdy.DefaultSpdySynStreamFrame;
import io.netty.handler.codec.spdy.SpdyDataFrame;
import io.netty.handler.codec.spdy.SpdyFrameCodec;
import io.netty.handler.codec.spdy.SpdyVersion;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/**
 * The client of an exec with stdin and stdout, over SPDY as kubectl's are. Nothing is written to
 * the command.
 */
final class StreamedExec implements AutoCloseable {
  private static final String PROTOCOL = "v4.channel.k8s.io";
  private static final int PATIENCE_MILLIS = 30_000;
  private static final int ERROR = 1;
  private static final int STDIN = 3;
  private static final int STDOUT = 5;

  private final Socket socket;
  private final EmbeddedChannel codec =
      new EmbeddedChannel(new SpdyFrameCodec(SpdyVersion.SPDY_3_1));

  private StreamedExec(Socket socket) {
    this.socket = socket;
  }

  /** Runs the command that a URL was given out for, and returns its output. */
  static String output(URI url) throws IOException {
    try (StreamedExec exec = new StreamedExec(new Socket(url.getHost(), url.getPort()))) {
      exec.socket.setSoTimeout(PATIENCE_MILLIS);
      exec.upgrade(url);
      exec.open(ERROR, "error");
      exec.open(STDIN, "stdin");
      exec.open(STDOUT, "stdout");
      DefaultSpdyDataFrame end = new DefaultSpdyDataFrame(STDIN);
      end.setLast(true);
      exec.send(end);
      return exec.read();
    }
  }

  private void upgrade(URI url) throws IOException {
    String request =
        "POST %s HTTP/1.1\r\nHost: %s\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: %s\r\nContent-Length: 0\r\n\r\n"
            .formatted(url.getPath(), url.getAuthority(), PROTOCOL);
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    StringBuilder answer = new StringBuilder();
    InputStream in = socket.getInputStream();
    while (answer.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        break;
      }
      answer.append((char) next);
    }
    if (!answer.toString().startsWith("HTTP/1.1 101 ")) {
      throw new IOException(url.getAuthority() + " does not upgrade: " + answer);
    }
  }

  private void open(int stream, String type) throws IOException {
    DefaultSpdySynStreamFrame frame = new DefaultSpdySynStreamFrame(stream, 0, (byte) 0);
    frame.headers().set("streamtype", type);
    send(frame);
  }

  private void send(Object frame) throws IOException {
    codec.writeOutbound(frame);
    for (ByteBuf bytes; (bytes = codec.readOutbound()) != null; ) {
      try {
        bytes.readBytes(socket.getOutputStream(), bytes.readableBytes());
      } finally {
        bytes.release();
      }
    }
  }

  private String read() throws IOException {
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    byte[] buffer = new byte[4096];
    int count;
    while ((count = socket.getInputStream().read(buffer)) >= 0) {
      codec.writeInbound(Unpooled.copiedBuffer(buffer, 0, count));
      for (Object frame; (frame = codec.readInbound()) != null; ) {
        try {
          if (frame instanceof SpdyDataFrame data && data.streamId() == STDOUT) {
            data.content().readBytes(output, data.content().readableBytes());
            if (data.isLast()) {
              return output.toString(StandardCharsets.UTF_8);
            }
          }
        } finally {
          ReferenceCountUtil.release(frame);
        }
      }
    }
    throw new IOException("the streams ended before the command's output did");
  }

  @Override
  public void close() throws IOException {
    codec.finishAndReleaseAll();
    socket.close();
  }
}
