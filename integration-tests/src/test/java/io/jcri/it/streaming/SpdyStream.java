package io.jcri.it.streaming;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A stream of a {@link SpdyClient}. */
public final class SpdyStream {
  private static final byte[] END = new byte[0];
  private static final int PATIENCE_SECONDS = 60;

  private final SpdyClient client;
  private final int id;
  private final LinkedBlockingQueue<byte[]> received = new LinkedBlockingQueue<>();

  SpdyStream(SpdyClient client, int id) {
    this.client = client;
    this.id = id;
  }

  void received(byte[] data) {
    if (data.length > 0) {
      received.add(data);
    }
  }

  void ended() {
    received.add(END);
  }

  public void write(String text) throws IOException {
    client.data(id, text.getBytes(StandardCharsets.UTF_8), false);
  }

  /** Ends our half. */
  public void end() throws IOException {
    client.data(id, END, true);
  }

  /** Takes the whole stream away, as kubectl does with each that it has forwarded. */
  void reset() throws IOException {
    client.reset(id);
  }

  /** The next piece of data; empty at the end. */
  public byte[] next() throws IOException {
    try {
      byte[] next = received.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (next == null) {
        throw new IOException("nothing came on stream %d in time".formatted(id));
      }
      return next;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** All that comes until the end. */
  public String rest() throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] piece = next(); piece.length > 0; piece = next()) {
      all.writeBytes(piece);
    }
    return all.toString(StandardCharsets.UTF_8);
  }

  /** What comes until it has the text. */
  public String until(String text) throws IOException {
    StringBuilder seen = new StringBuilder();
    while (seen.indexOf(text) < 0) {
      byte[] piece = next();
      if (piece.length == 0) {
        throw new IOException("stream %d ended after: %s".formatted(id, seen));
      }
      seen.append(new String(piece, StandardCharsets.UTF_8));
    }
    return seen.toString();
  }
}
