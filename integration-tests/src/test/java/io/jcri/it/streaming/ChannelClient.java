package io.jcri.it.streaming;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A WebSocket client with the JDK's WebSocket; keeps what comes, channel by channel. */
public final class ChannelClient implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 60;

  private final HttpClient http;
  private final ByteArrayOutputStream[] channels = new ByteArrayOutputStream[8];
  private final CompletableFuture<Integer> closed = new CompletableFuture<>();
  private final boolean base64;
  private final WebSocket socket;

  ChannelClient(String url, String protocol) throws IOException {
    this(HttpClient.newHttpClient(), url, protocol);
  }

  /** Connects; the client is closed with this. */
  public ChannelClient(HttpClient http, String url, String protocol) throws IOException {
    this.http = http;
    Arrays.setAll(channels, _ -> new ByteArrayOutputStream());
    this.base64 = protocol.contains("base64");
    this.socket =
        await(
            http.newWebSocketBuilder()
                .subprotocols(protocol)
                .buildAsync(URI.create(url.replaceFirst("^http", "ws")), new Listener()));
    if (!socket.getSubprotocol().equals(protocol)) {
      throw new IOException("server chose " + socket.getSubprotocol());
    }
  }

  private final class Listener implements WebSocket.Listener {
    private final ByteArrayOutputStream message = new ByteArrayOutputStream();

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
      byte[] bytes = new byte[data.remaining()];
      data.get(bytes);
      message.writeBytes(bytes);
      if (last) {
        byte[] whole = message.toByteArray();
        message.reset();
        keep(whole[0], Arrays.copyOfRange(whole, 1, whole.length));
      }
      from.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      message.writeBytes(data.toString().getBytes(StandardCharsets.US_ASCII));
      if (last) {
        String whole = message.toString(StandardCharsets.US_ASCII);
        message.reset();
        keep(whole.charAt(0) - '0', Base64.getDecoder().decode(whole.substring(1)));
      }
      from.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int status, String reason) {
      closed.complete(status);
      return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
      closed.completeExceptionally(error);
    }
  }

  private void keep(int channel, byte[] data) {
    channels[channel].writeBytes(data);
  }

  /** Sends what a channel carries. */
  public void send(int channel, String text) throws IOException {
    byte[] data = text.getBytes(StandardCharsets.UTF_8);
    if (base64) {
      await(socket.sendText(channel + Base64.getEncoder().encodeToString(data), true));
      return;
    }
    ByteBuffer message = ByteBuffer.allocate(1 + data.length);
    await(socket.sendBinary(message.put((byte) channel).put(data).flip(), true));
  }

  /** The close signal of v5. */
  void end(int channel) throws IOException {
    await(socket.sendBinary(ByteBuffer.wrap(new byte[] {(byte) 255, (byte) channel}), true));
  }

  /** Waits for the server's goodbye. Returns its status code. */
  public int awaitClose() throws IOException {
    return await(closed);
  }

  /** What came on a channel so far. */
  public byte[] bytes(int channel) {
    return channels[channel].toByteArray();
  }

  /** What came on a channel so far. */
  public String text(int channel) {
    return new String(bytes(channel), StandardCharsets.UTF_8);
  }

  private static <T> T await(CompletableFuture<T> future) throws IOException {
    try {
      return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  @Override
  public void close() {
    socket.abort();
    http.shutdownNow();
  }
}
