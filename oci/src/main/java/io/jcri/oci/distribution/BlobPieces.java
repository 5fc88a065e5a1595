package io.jcri.oci.distribution;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * The rest of a large blob in pieces, some of which are on their way at once, each over a
 * connection of its own: where a host or what lies before it gives each connection only so much, a
 * layer comes as many times faster. Pieces wait in memory for their turn. One reader; {@link
 * #close} may come from any thread.
 */
final class BlobPieces implements AutoCloseable {

  /** Small enough to wait in memory, large enough that the requests do not count. */
  static final int PIECE = 4 << 20;

  /** Pieces of one blob. */
  private static final int AT_ONCE = 4;

  /** Pieces of all blobs of a client. */
  private static final int AT_ONCE_IN_ALL = (int) (RegistryLimits.PIECES_AT_ONCE / PIECE);

  /** How often a piece is asked for: connections may break, but not each time. */
  private static final int TRIES = 3;

  /** Asks the host for the bytes from an offset to before another; nothing else will do. */
  interface Source {
    BodyPipe open(long from, long to) throws HostFailure, InterruptedException;
  }

  private record Piece(long from, long to, FutureTask<BodyPipe> body) {}

  private final Source source;
  private final Semaphore room;
  private final int places;
  private final long end;
  private final Deque<Piece> pieces = new ArrayDeque<>();
  private @Nullable BodyPipe current;
  private long position;
  private long asked;
  private int failures;
  private boolean closed;

  private BlobPieces(Source source, Semaphore room, int places, long from, long end) {
    this.source = source;
    this.room = room;
    this.places = places;
    this.position = from;
    this.asked = from;
    this.end = end;
  }

  /** Room for the pieces of all blobs of one client. */
  static Semaphore room() {
    return new Semaphore(AT_ONCE_IN_ALL);
  }

  /**
   * Begins to fetch.
   *
   * @param from the first byte
   * @param end the blob's size
   * @return empty when there is no room
   */
  static Optional<BlobPieces> begin(Source source, Semaphore room, long from, long end) {
    int places = 0;
    while (places < AT_ONCE && room.tryAcquire()) {
      places++;
    }
    if (places < 2) {
      room.release(places);
      return Optional.empty();
    }
    BlobPieces pieces = new BlobPieces(source, room, places, from, end);
    pieces.ask();
    return Optional.of(pieces);
  }

  /** The first byte that {@link #read} gives next. */
  long position() {
    return position;
  }

  /**
   * Waits for the host's word on the first piece.
   *
   * @return whether it gives pieces
   */
  boolean works() throws InterruptedIOException {
    try {
      return body() != null;
    } catch (InterruptedIOException e) {
      throw e;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * As {@link java.io.InputStream#read(byte[], int, int)}.
   *
   * @throws IOException when the pieces are to be given up; what came counts
   */
  int read(byte[] buffer, int from, int length) throws IOException {
    while (true) {
      BodyPipe body = body();
      if (body == null) {
        return -1;
      }
      int n = readOf(body, buffer, from, length);
      if (n > 0) {
        position += n;
        return n;
      }
    }
  }

  /** Nothing when the piece has come to its end, or is asked for again. */
  private int readOf(BodyPipe body, byte[] buffer, int from, int length) throws IOException {
    Piece piece = first();
    if (position == piece.to()) {
      body.drain();
      failures = 0;
      next(Optional.empty());
      return 0;
    }
    try {
      int n = body.read(buffer, from, (int) Math.min(length, piece.to() - position));
      if (n > 0) {
        return n;
      }
      throw new IOException("ended after " + position + " of " + piece.to() + " bytes");
    } catch (InterruptedIOException e) {
      throw e;
    } catch (IOException e) {
      failures++;
      if (failures == TRIES) {
        throw e;
      }
      body.close();
      next(Optional.of(new Piece(position, piece.to(), start(position, piece.to()))));
      return 0;
    }
  }

  /** The body of the first piece, or null behind the last. */
  private @Nullable BodyPipe body() throws IOException {
    BodyPipe known = current;
    if (known != null || position == end) {
      return known;
    }
    try {
      BodyPipe opened = first().body().get();
      synchronized (this) {
        if (!closed) {
          current = opened;
          return opened;
        }
      }
      opened.close();
      throw new IOException("the pieces are closed");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (InterruptedIOException) new InterruptedIOException("interrupted").initCause(e);
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    }
  }

  private synchronized Piece first() throws IOException {
    Piece piece = pieces.peek();
    if (piece == null) {
      throw new IOException("the pieces are closed");
    }
    return piece;
  }

  /** Leaves the first piece for what is left of it, or for the one behind it. */
  private synchronized void next(Optional<Piece> rest) {
    current = null;
    if (!closed) {
      pieces.remove();
      rest.ifPresent(pieces::addFirst);
      ask();
    }
  }

  private synchronized void ask() {
    while (pieces.size() < places && asked < end) {
      long to = Math.min(end, asked + PIECE);
      pieces.add(new Piece(asked, to, start(asked, to)));
      asked = to;
    }
  }

  private FutureTask<BodyPipe> start(long from, long to) {
    FutureTask<BodyPipe> opening =
        new FutureTask<>(() -> {
          BodyPipe body = source.open(from, to);
          body.takeWhole(to - from);
          return body;
        });
    Thread.ofVirtual().name("registry-piece").start(opening);
    return opening;
  }

  /** Ends the connections of what has not come. */
  @Override
  public void close() {
    Deque<Piece> left;
    BodyPipe reading;
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      left = new ArrayDeque<>(pieces);
      pieces.clear();
      reading = current;
    }
    if (reading != null) {
      reading.close();
    }
    left.forEach(BlobPieces::abandon);
    room.release(places);
  }

  /** What is opened in the same moment is closed too. */
  private static void abandon(Piece piece) {
    Thread _ =
        Thread.ofVirtual()
            .start(() -> {
              try {
                piece.body().get().close();
              } catch (InterruptedException | ExecutionException e) {
                // Then nothing is open.
              }
            });
  }
}
