package io.jcri.oci.layer;

import io.jcri.oci.Digest;
import io.jcri.oci.OciException;
import io.jcri.oci.inflate.BlobChannel;
import io.jcri.oci.inflate.BufferRing;
import io.jcri.oci.inflate.ChunkPipe;
import io.jcri.oci.inflate.ChunkReader;
import io.jcri.oci.inflate.ChunkSource;
import io.jcri.oci.inflate.GunzipChannel;
import io.jcri.oci.inflate.IsaL;
import io.jcri.oci.inflate.IsaLGunzipChannel;
import io.jcri.oci.inflate.WindowRoom;
import io.jcri.oci.inflate.ZstdChannel;
import io.jcri.sandbox.linux.Syscalls;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The tar bytes of a layer blob, inflated and hashed. What compression it has is told by its first
 * bytes, not by its media type, since registries have many with the wrong one.
 *
 * <p>Three threads work on a layer: one reads the blob (and whatever its stream does, such as
 * hashing it), one inflates, and the caller hashes the tar bytes and unpacks them. Buffers are 3.5
 * MiB a layer. For a small blob the caller does it all, with buffers of 192 KiB. Not thread-safe.
 */
public final class LayerStream implements ChunkSource, AutoCloseable {

  private static final int RAW_BUFFERS = 6;
  private static final int RAW_SIZE = 256 << 10;
  private static final int TAR_BUFFERS = 4;
  private static final int TAR_SIZE = 512 << 10;
  private static final int HASH_PIECE = 32 << 10;

  /** A blob up to this size is done before threads and their buffers would be there. */
  private static final int SMALL_BLOB = 128 << 10;

  private static final int SMALL_RAW = 64 << 10;
  private static final int SMALL_TAR = 128 << 10;

  /** Deflate reaches 1032:1 at most; zstd could make terabytes of zeros from a few bytes. */
  private static final long MAX_RATIO = 1100;

  private final Syscalls sys;
  private final boolean small;

  /** The first reads the blob. */
  private final Deque<Closeable> stages = new ArrayDeque<>();

  private final ChunkSource tar;
  private final MessageDigest hash = Digest.newSha256();
  private final byte[] hashed = new byte[HASH_PIECE];
  private final long limit;
  private long length;

  /**
   * @param name of the layer in thread names
   * @param blobSize in bytes, bounds what may come out
   * @param maxBytes the most tar bytes of any layer
   */
  public LayerStream(Syscalls sys, InputStream blob, String name, long blobSize, long maxBytes)
      throws IOException {
    this.sys = sys;
    this.limit =
        Math.min(maxBytes, (64 << 20) + MAX_RATIO * Math.min(blobSize, Long.MAX_VALUE / 4096));
    this.small = blobSize <= SMALL_BLOB;
    try {
      ChunkSource raw = raw(name, new BlobChannel(blob, 64 << 10));
      ByteBuffer first = raw.next();
      ChunkSource whole = new Prepended(first, raw);
      Compression compression = Compression.of(first);
      this.tar =
          switch (compression) {
            case GZIP -> inflated(name, gunzip(whole));
            case ZSTD -> inflated(name, new ZstdChannel(whole, limit, WindowRoom.ofNode()));
            case NONE -> whole;
            case XZ, BZIP2, LZ4, LZMA, LZIP, COMPRESS -> throw compression.refused();
          };
    } catch (IOException | RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  @Override
  public @Nullable ByteBuffer next() throws IOException {
    ByteBuffer chunk = tar.next();
    if (chunk == null) {
      return null;
    }
    length += chunk.remaining();
    if (length > limit) {
      throw new OciException(
          OciException.Kind.INVALID,
          "it has more than " + limit + " bytes when inflated, the limit for its size");
    }
    // In pieces that stay in the cache; the provider would copy 4 KiB at a time.
    ByteBuffer view = chunk.duplicate();
    while (view.hasRemaining()) {
      int piece = Math.min(view.remaining(), HASH_PIECE);
      view.get(hashed, 0, piece);
      hash.update(hashed, 0, piece);
    }
    return chunk;
  }

  /** The most tar bytes that it may have. */
  long limit() {
    return limit;
  }

  /** The diff ID of what was read; call once, at the end. */
  Digest digest() {
    return Digest.ofHash(hash.digest());
  }

  /** Ends the threads; does not close the blob's stream, which belongs to the caller. */
  @Override
  public void close() throws IOException {
    // The last stage first: it reads from the buffers of the one before.
    while (!stages.isEmpty()) {
      stages.pop().close();
    }
  }

  private ChunkSource raw(String name, ReadableByteChannel blob) throws IOException {
    return small
        ? stage(new ChunkReader(blob, SMALL_RAW))
        : stage(
            new ChunkPipe("jcri-fetch-" + name, blob, new BufferRing(sys, RAW_BUFFERS, RAW_SIZE)));
  }

  private ChunkSource inflated(String name, ReadableByteChannel tarBytes) throws IOException {
    return small
        ? stage(new ChunkReader(tarBytes, SMALL_TAR))
        : stage(
            new ChunkPipe(
                "jcri-inflate-" + name, tarBytes, new BufferRing(sys, TAR_BUFFERS, TAR_SIZE)));
  }

  private <T extends ChunkSource & Closeable> T stage(T stage) {
    stages.push(stage);
    return stage;
  }

  private static ReadableByteChannel gunzip(ChunkSource blob) {
    IsaL library = IsaL.get();
    return library == null ? new GunzipChannel(blob) : new IsaLGunzipChannel(blob, library);
  }

  /** Puts back the piece that was looked at. */
  private static final class Prepended implements ChunkSource {
    private @Nullable ByteBuffer first;
    private final ChunkSource rest;

    Prepended(@Nullable ByteBuffer first, ChunkSource rest) {
      this.first = first;
      this.rest = rest;
    }

    @Override
    public @Nullable ByteBuffer next() throws IOException {
      ByteBuffer next = first;
      first = null;
      return next != null ? next : rest.next();
    }
  }
}
