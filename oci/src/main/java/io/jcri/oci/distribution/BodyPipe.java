package io.jcri.oci.distribution;

import io.jcri.oci.BulkInputStream;
import io.jcri.sandbox.linux.Reasons;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * A response's body as a stream that is read ahead a little, and that fails when nothing comes for
 * a while or too little all the time: the JDK's own stream waits forever. One reader.
 */
final class BodyPipe extends BulkInputStream implements BodySubscriber<BodyPipe> {

  /**
   * Chunks of up to 64 KiB each that may wait for the reader, so that the network and the disk work
   * at the same time.
   */
  private static final int AHEAD = 8;

  private static final int MAX_SKIPPED_AT_CLOSE = 16 << 10;

  /** What the network says. */
  private sealed interface Event {}

  private record Data(List<ByteBuffer> buffers) implements Event {}

  private record Failed(Throwable error) implements Event {}

  private enum End implements Event {
    END
  }

  private final Patience patience;
  private final Timing timing;
  private final LinkedBlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final ArrayDeque<ByteBuffer> current = new ArrayDeque<>();
  private final CompletableFuture<BodyPipe> body = CompletableFuture.completedFuture(this);
  private volatile Flow.@Nullable Subscription subscription;
  private volatile boolean whole;
  private volatile long most = Long.MAX_VALUE;
  private boolean ended;
  private volatile boolean closed;

  /** How long the reader has waited since the rate was last looked at, and what came since. */
  private Duration waited = Duration.ZERO;

  private long came;

  /** Used by the network's thread. */
  private long arrived;

  BodyPipe(Patience patience, Timing timing) {
    this.patience = patience;
    this.timing = timing;
  }

  @Override
  public CompletionStage<BodyPipe> getBody() {
    return body;
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    this.subscription = subscription;
    if (closed) {
      subscription.cancel();
    } else {
      subscription.request(whole ? Long.MAX_VALUE : AHEAD);
    }
  }

  /**
   * Takes in all there is before anyone reads it; for a body that may wait in memory. Whatever its
   * host says of its length, it fails when it has more bytes than that.
   */
  void takeWhole(long bytes) {
    most = bytes;
    whole = true;
    Flow.Subscription source = subscription;
    if (source != null) {
      source.request(Long.MAX_VALUE);
    }
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    for (ByteBuffer buffer : buffers) {
      arrived += buffer.remaining();
    }
    if (arrived <= most) {
      events.add(new Data(buffers));
      return;
    }
    Flow.Subscription source = subscription;
    if (source != null) {
      source.cancel();
    }
    events.add(new Failed(new IOException("it sends more than was asked for")));
  }

  @Override
  public void onError(Throwable error) {
    events.add(new Failed(error));
  }

  @Override
  public void onComplete() {
    events.add(End.END);
  }

  @Override
  public int read(byte[] buffer, int from, int length) throws IOException {
    Objects.checkFromIndexSize(from, length, buffer.length);
    if (length == 0) {
      return 0;
    }
    ByteBuffer chunk = chunk();
    if (chunk == null) {
      return -1;
    }
    int copied = 0;
    while (chunk != null && copied < length) {
      int n = Math.min(length - copied, chunk.remaining());
      chunk.get(buffer, from + copied, n);
      copied += n;
      chunk = nextWithoutWaiting();
    }
    return copied;
  }

  /** Passes over what has come without copying it. */
  @Override
  public long skip(long count) throws IOException {
    ByteBuffer chunk = count <= 0 ? null : chunk();
    if (chunk == null) {
      return 0;
    }
    int n = (int) Math.min(count, chunk.remaining());
    chunk.position(chunk.position() + n);
    return n;
  }

  /**
   * The end of a body that has come whole is taken in, so that its connection serves the next
   * request.
   */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    Flow.Subscription source = subscription;
    if (source != null && !ended && events.peek() != End.END) {
      source.cancel();
    }
    // Wakes a reader that waits in another thread; it owns the buffers.
    events.add(new Failed(new IOException("the stream is closed")));
  }

  /** Reads what is left when it is little; better than a new connection. */
  void drain() {
    try {
      skipNBytes(MAX_SKIPPED_AT_CLOSE);
    } catch (IOException e) {
      // The end, or a broken connection: either way there is nothing left to read.
      ended = true;
    }
    close();
  }

  private @Nullable ByteBuffer nextWithoutWaiting() {
    while (!current.isEmpty() && !current.element().hasRemaining()) {
      current.remove();
    }
    return current.peek();
  }

  /** The buffer to read from; waits for one; null at the end. */
  private @Nullable ByteBuffer chunk() throws IOException {
    ByteBuffer ready = nextWithoutWaiting();
    while (ready == null) {
      if (closed) {
        throw new IOException("the stream is closed");
      }
      if (ended) {
        return null;
      }
      switch (await()) {
        case End end -> {
          ended = true;
          return null;
        }
        case Failed(Throwable error) -> {
          ended = true;
          throw new IOException(Reasons.of(error), error);
        }
        case Data(List<ByteBuffer> buffers) -> {
          current.addAll(buffers);
          requestMore();
          checkRate(buffers);
        }
      }
      ready = nextWithoutWaiting();
    }
    return ready;
  }

  private void requestMore() {
    Flow.Subscription source = subscription;
    if (source != null) {
      source.request(1);
    }
  }

  /** A host that drips keeps its connection, and whoever reads it, as long as it likes. */
  private void checkRate(List<ByteBuffer> buffers) throws TooSlowException {
    for (ByteBuffer buffer : buffers) {
      came += buffer.remaining();
    }
    if (waited.compareTo(patience.silence()) < 0) {
      return;
    }
    long least = patience.least(waited);
    if (came < least) {
      close();
      throw new TooSlowException(
          "only %d bytes in %d s, the least is %d bytes a second"
              .formatted(came, waited.toSeconds(), patience.leastRate()),
          least);
    }
    waited = Duration.ZERO;
    came = 0;
  }

  private Event await() throws IOException {
    Event ready = events.poll();
    if (ready != null) {
      return ready;
    }
    Instant from = timing.now();
    try {
      Event event = timing.poll(events, patience.silence());
      if (event == null) {
        close();
        throw new IOException("no data for " + patience.silence().toSeconds() + " s");
      }
      waited = waited.plus(Duration.between(from, timing.now()));
      return event;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      close();
      throw (InterruptedIOException) new InterruptedIOException("interrupted").initCause(e);
    }
  }
}
