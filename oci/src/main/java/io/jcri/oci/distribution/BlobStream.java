package io.jcri.oci.distribution;

import io.jcri.oci.BulkInputStream;
import io.jcri.oci.OciException;
import io.jcri.oci.OciException.Kind;
import io.jcri.oci.distribution.HostFailure.Outlook;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A blob that survives broken connections: it is opened again where it stopped, at the host that
 * the {@link Source} deems best. Its digest is checked at the end when it was read from the
 * beginning.
 */
final class BlobStream extends BulkInputStream {

  /** Opens the blob at an offset; finds out which hosts can be trusted. */
  interface Source {
    Opened open(long offset);

    void failed(HostFailure failure);

    /** Waits a moment before the next try. */
    void pause(Duration time);
  }

  /** An open body and who sends it. */
  record Opened(RegistryHost host, BlobEndpoint.Opened from) {
    BodyPipe body() {
      return from.body();
    }
  }

  /** A connection that brought this much was worth it; the count of failures starts anew. */
  private static final long PROGRESS = 64 << 10;

  /**
   * So was one that first had to bring again what was there, if what it added is no smaller part of
   * that: the bytes of all connections together stay within some multiple of the blob's.
   */
  private static final int PROGRESS_PART = 16;

  private static final int MAX_FAILURES = 6;

  /** Doubled each time: 3 s in all, as long as a proxy takes to restart. */
  private static final Duration FIRST_PAUSE = Duration.ofMillis(200);

  private final Source source;
  private final Descriptor blob;
  private final @Nullable MessageDigest hash;
  private long position;
  private volatile @Nullable Opened opened;
  private long openedAt;
  private int failures;
  private boolean verified;
  private volatile boolean closed;

  BlobStream(Source source, Descriptor blob, long offset) {
    this.source = source;
    this.blob = blob;
    this.position = offset;
    this.hash = offset == 0 ? blob.digest().newHash() : null;
  }

  @Override
  public int read(byte[] buffer, int from, int length) throws IOException {
    Objects.checkFromIndexSize(from, length, buffer.length);
    if (length == 0) {
      return 0;
    }
    while (position < blob.size()) {
      if (closed) {
        throw closed(null);
      }
      int n = tryRead(buffer, from, (int) Math.min(length, blob.size() - position));
      if (n > 0) {
        position += n;
        if (hash != null) {
          hash.update(buffer, from, n);
        }
        return n;
      }
    }
    verify();
    return -1;
  }

  /** Starts at once: the first error comes from here and not from the first read. */
  void start() {
    if (opened == null && position < blob.size()) {
      opened = source.open(position);
      openedAt = position;
    }
  }

  /**
   * The number of bytes, or nothing when the connection has broken and the next call tries anew.
   */
  private int tryRead(byte[] buffer, int from, int length) throws IOException {
    start();
    Opened now = Objects.requireNonNull(opened);
    IOException reason;
    boolean shortBody = false;
    try {
      int n = now.body().read(buffer, from, length);
      if (n > 0) {
        return n;
      }
      shortBody = true;
      reason = new IOException("ended after " + position + " of " + blob.size() + " bytes");
    } catch (InterruptedIOException e) {
      close();
      throw new OciException(
          Kind.CANCELLED, "cannot read blob " + blob.digest() + ": cancelled", e);
    } catch (IOException e) {
      if (closed) {
        throw closed(e);
      }
      reason = e;
    }
    lost(now, reason, shortBody);
    return 0;
  }

  private void lost(Opened from, IOException reason, boolean shortBody) {
    from.body().close();
    opened = null;
    String why = reason.getMessage() + " (at byte " + position + ")";
    long added = position - openedAt;
    // A host that sends a little at once and then drips would be asked for ever.
    long fast = reason instanceof TooSlowException slow ? 2 * slow.least() : 0;
    boolean worthIt =
        added >= Math.max(PROGRESS, fast) && added >= from.from.skipped() / PROGRESS_PART;
    failures = worthIt ? 1 : failures + 1;
    Kind kind = shortBody ? Kind.DATA_LOSS : Kind.UNAVAILABLE;
    if (failures > 1) {
      source.failed(new HostFailure(from.host, kind, Outlook.TRANSIENT, why, null, reason));
    }
    if (failures >= MAX_FAILURES) {
      throw new OciException(
          kind, "cannot read blob " + blob.digest() + ": " + from.host.host() + ": " + why, reason);
    }
    if (failures > 1) {
      source.pause(FIRST_PAUSE.multipliedBy(1L << (failures - 2)));
    }
  }

  private IOException closed(@Nullable IOException cause) {
    return new IOException("the stream of blob " + blob.digest() + " is closed", cause);
  }

  private void verify() {
    if (verified) {
      return;
    }
    Opened last = opened;
    if (last != null) {
      last.body().drain();
    }
    if (hash != null && !blob.digest().matches(hash.digest())) {
      String host = last == null ? "" : last.host.host() + ": ";
      String why = "the content of blob " + blob.digest() + " is not that of its digest";
      if (last != null) {
        source.failed(HostFailure.of(last.host, Kind.DATA_LOSS, why));
      }
      throw new OciException(Kind.DATA_LOSS, host + why);
    }
    verified = true;
  }

  @Override
  public void close() {
    closed = true;
    Opened last = opened;
    if (last != null) {
      last.body().close();
    }
  }
}
