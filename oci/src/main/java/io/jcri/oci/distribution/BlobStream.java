package io.jcri.oci.distribution;

import io.jcri.oci.BulkInputStream;
import io.jcri.oci.OciException;
import io.jcri.oci.OciException.Kind;
import io.jcri.oci.distribution.HostFailure.Outlook;
import io.jcri.oci.distribution.config.RegistryHost;
import io.jcri.oci.manifest.Descriptor;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
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

    /** The rest of the blob from there on in pieces; empty when it cannot be. */
    Optional<BlobPieces> pieces(RegistryHost host, long from);

    Instant now();

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

  /** What is left must be as long that it is fetched in pieces. */
  private static final long LEAST_FOR_PIECES = 32 << 20;

  /** Whether the network keeps the reader waiting is looked at after so much. */
  private static final long WINDOW = 8 << 20;

  /** Doubled each time: 3 s in all, as long as a proxy takes to restart. */
  private static final Duration FIRST_PAUSE = Duration.ofMillis(200);

  private final Source source;
  private final Descriptor blob;
  private final @Nullable MessageDigest hash;
  private long position;
  private volatile @Nullable Opened opened;
  private volatile @Nullable BlobPieces pieces;
  private long openedAt;

  /** Of the window: where and when it began, and how much of the time the reader has waited. */
  private long windowAt;

  private Instant windowSince = Instant.EPOCH;
  private Duration waited = Duration.ZERO;

  /** The host has been found not to give pieces, or not reliably. */
  private boolean piecesFailed;

  /** Who sent the last byte. */
  private @Nullable RegistryHost sender;

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
      beginWindow();
    }
  }

  private void beginWindow() {
    windowAt = position;
    windowSince = source.now();
    waited = Duration.ZERO;
  }

  /**
   * The number of bytes, or nothing when the connection has broken and the next call tries anew.
   */
  private int tryRead(byte[] buffer, int from, int length) throws IOException {
    BlobPieces rest = pieces;
    if (rest != null && rest.position() == position && (opened == null || turnTo(rest))) {
      return readPieces(rest, buffer, from, length);
    }
    start();
    Opened now = Objects.requireNonNull(opened);
    sender = now.host;
    BlobPieces later = pieces;
    int most = later == null ? length : (int) Math.min(length, later.position() - position);
    IOException reason;
    boolean shortBody = false;
    try {
      Instant before = source.now();
      int n = now.body().read(buffer, from, most);
      if (n > 0) {
        look(now.host, before, n);
        return n;
      }
      shortBody = true;
      reason = new IOException("ended after " + position + " of " + blob.size() + " bytes");
    } catch (InterruptedIOException e) {
      throw cancelled(e);
    } catch (IOException e) {
      if (closed) {
        throw closed(e);
      }
      reason = e;
    }
    lost(now, reason, shortBody);
    return 0;
  }

  private OciException cancelled(InterruptedIOException e) {
    close();
    return new OciException(Kind.CANCELLED, "cannot read blob " + blob.digest() + ": cancelled", e);
  }

  /** Has more connections opened when one alone keeps the reader waiting most of the time. */
  private void look(RegistryHost host, Instant before, int came) {
    Instant after = source.now();
    waited = waited.plus(Duration.between(before, after));
    long reached = position + came;
    if (reached - windowAt < WINDOW) {
      return;
    }
    boolean slow = waited.multipliedBy(2).compareTo(Duration.between(windowSince, after)) > 0;
    long begin = reached + BlobPieces.PIECE;
    if (slow && pieces == null && !piecesFailed && blob.size() - begin >= LEAST_FOR_PIECES) {
      source.pieces(host, begin).ifPresent(this::adopt);
    }
    windowAt = reached;
    windowSince = after;
    waited = Duration.ZERO;
  }

  private void adopt(BlobPieces rest) {
    pieces = rest;
    if (closed) {
      rest.close();
    }
  }

  /** Ends the one connection, which has come to where the pieces begin, if the host gives them. */
  private boolean turnTo(BlobPieces rest) {
    try {
      if (!rest.works()) {
        giveUp(rest);
        return false;
      }
    } catch (InterruptedIOException e) {
      throw cancelled(e);
    }
    Opened one = opened;
    if (one != null) {
      one.body().close();
      opened = null;
    }
    return true;
  }

  private int readPieces(BlobPieces rest, byte[] buffer, int from, int length) throws IOException {
    try {
      return Math.max(0, rest.read(buffer, from, length));
    } catch (InterruptedIOException e) {
      throw cancelled(e);
    } catch (IOException e) {
      if (closed) {
        throw closed(e);
      }
      // One connection goes on where they ended, and says what is wrong if it still is.
      giveUp(rest);
      return 0;
    }
  }

  private void giveUp(BlobPieces rest) {
    rest.close();
    pieces = null;
    piecesFailed = true;
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
      String host = sender == null ? "" : sender.host() + ": ";
      String why = "the content of blob " + blob.digest() + " is not that of its digest";
      if (sender != null) {
        source.failed(HostFailure.of(sender, Kind.DATA_LOSS, why));
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
    BlobPieces rest = pieces;
    if (rest != null) {
      rest.close();
    }
  }
}
