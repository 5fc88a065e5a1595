package io.jcri.daemon.imports;

import io.jcri.oci.BulkInputStream;
import io.jcri.oci.Digest;
import io.jcri.oci.Json;
import io.jcri.oci.OciException;
import io.jcri.oci.manifest.Descriptor;
import io.jcri.oci.manifest.ImageReference;
import io.jcri.oci.manifest.MediaTypes;
import io.jcri.oci.tar.TarEntry;
import io.jcri.oci.tar.TarWriter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * An image as the tar archive of an OCI layout (OCI image-spec, image-layout.md), made while it is
 * read: no more of it is held than what is read at once. For one reader; others may ask how far it
 * is, and close it.
 */
public final class ImageArchive extends BulkInputStream {
  private static final int BLOCK = 512;
  private static final String NAME = "io.containerd.image.name";

  /** A piece of the archive: a header, a file or what follows it. */
  private record Piece(String what, long size, boolean counts, StoredFile.Content content) {
    static Piece of(byte[] bytes) {
      return new Piece("a header", bytes.length, false, () -> new ByteArrayInputStream(bytes));
    }
  }

  /** A piece on its way. */
  private static final class Open {
    private final Piece piece;
    private final InputStream in;
    private long left;

    Open(Piece piece) throws IOException {
      this.piece = piece;
      this.in = piece.content().open();
      this.left = piece.size();
    }
  }

  private final Deque<Piece> pieces = new ArrayDeque<>();
  private final long size;
  private final AtomicLong position = new AtomicLong();

  /** Whoever sends the archive may be at it when it is closed. */
  private final ReentrantLock lock = new ReentrantLock();

  private @Nullable Open open;
  private boolean closed;
  private volatile @Nullable IOException failure;

  /**
   * Of an image.
   *
   * @param wanted which layers it has, by their place from the lowest: the daemon asks for none
   *     that it has
   */
  public ImageArchive(ForeignImage image, IntPredicate wanted) {
    List<StoredFile> files = new ArrayList<>(image.documents());
    for (int i = 0; i < image.layers().size(); i++) {
      if (wanted.test(i)) {
        files.add(image.layers().get(i));
      }
    }
    Set<Digest> taken = new HashSet<>();
    files.removeIf(file -> !taken.add(file.digest()));
    this.size = files.stream().mapToLong(StoredFile::size).sum();
    add("oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}".getBytes(StandardCharsets.UTF_8));
    add("index.json", index(image));
    files.forEach(this::add);
    pieces.add(Piece.of(new byte[2 * BLOCK]));
  }

  /** How many bytes the image's files have. */
  public long size() {
    return size;
  }

  /** How many of these have been read. */
  public long position() {
    return position.get();
  }

  /** Why it could not be read to its end, when that is so. */
  public Optional<IOException> failure() {
    return Optional.ofNullable(failure);
  }

  private static byte[] index(ForeignImage image) {
    List<Map<String, Object>> entries = new ArrayList<>();
    for (Descriptor top : image.tops()) {
      for (ImageReference name : image.names()) {
        Map<String, Object> entry = new HashMap<>();
        entry.put("mediaType", top.mediaType());
        entry.put("digest", top.digest().toString());
        entry.put("size", top.size());
        entry.put("annotations", Map.of(NAME, name.toString()));
        entries.add(entry);
      }
    }
    return Json.toBytes(
        Map.of("schemaVersion", 2, "mediaType", MediaTypes.OCI_INDEX, "manifests", entries));
  }

  private void add(String name, byte[] content) {
    pieces.add(Piece.of(header(name, content.length)));
    pieces.add(Piece.of(content));
    addPadding(content.length);
  }

  private void add(StoredFile file) {
    Digest digest = file.digest();
    pieces.add(Piece.of(header("blobs/" + digest.algorithm() + "/" + digest.hex(), file.size())));
    pieces.add(new Piece(digest.toString(), file.size(), true, file.content()));
    addPadding(file.size());
  }

  private void addPadding(long size) {
    pieces.add(Piece.of(new byte[(int) (-size & (BLOCK - 1))]));
  }

  private static byte[] header(String name, long size) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    TarEntry entry =
        new TarEntry(TarEntry.Type.FILE, name, "", 0600, 0, 0, size, 0, 0, 0, 0, Map.of(), false);
    try (TarWriter tar = new TarWriter(bytes)) {
      tar.begin(entry);
    } catch (IOException e) {
      throw new IllegalStateException("memory does not fail to be written", e);
    }
    return bytes.toByteArray();
  }

  @Override
  public int read(byte[] target, int from, int length) throws IOException {
    lock.lock();
    try {
      return length == 0 ? 0 : next(target, from, length);
    } catch (IOException e) {
      failure = e;
      throw e;
    } catch (OciException e) {
      IOException told = new ImportException(String.valueOf(e.getMessage()), e);
      failure = told;
      throw told;
    } finally {
      lock.unlock();
    }
  }

  private int next(byte[] target, int from, int length) throws IOException {
    while (true) {
      Open now = open;
      if (now != null && now.left > 0) {
        int count = now.in.read(target, from, (int) Math.min(length, now.left));
        if (count < 0) {
          throw new ImportException(
              "%s ends %d bytes too early".formatted(now.piece.what(), now.left));
        }
        now.left -= count;
        if (now.piece.counts()) {
          var _ = position.addAndGet(count);
        }
        return count;
      }
      finish();
      Piece following = closed ? null : pieces.poll();
      if (following == null) {
        return -1;
      }
      open = new Open(following);
    }
  }

  @Override
  public void close() throws IOException {
    lock.lock();
    try {
      closed = true;
      finish();
    } finally {
      lock.unlock();
    }
  }

  private void finish() throws IOException {
    Open now = open;
    open = null;
    if (now != null) {
      now.in.close();
    }
  }
}
