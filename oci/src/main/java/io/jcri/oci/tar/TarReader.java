package io.jcri.oci.tar;

import static io.jcri.oci.tar.TarHeader.BLOCK;
import static io.jcri.oci.tar.TarHeader.invalid;

import io.jcri.oci.OciException;
import io.jcri.oci.inflate.ChunkSource;
import io.jcri.sandbox.linux.PathBytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads a tar archive in one pass: ustar, PAX, GNU long names and sparse files (old GNU and PAX
 * 0.0, 0.1, 1.0).
 *
 * <p>File data is handed out in the producer's own buffers, not copied. Memory is bounded whatever
 * the archive says: at most {@link #MAX_SPECIAL} bytes for the headers of one entry. Where formats
 * leave a choice it reads as Go's archive/tar does, since most images are made and read with it:
 * global PAX headers are skipped, links and directories have no data. Not thread-safe.
 *
 * <p>All methods throw {@link OciException}: INVALID for a malformed archive, DATA_LOSS for one
 * that ends too early.
 */
public final class TarReader {

  /** The most bytes of a PAX header or a long name. */
  static final int MAX_SPECIAL = 1 << 20;

  private final TarInput input;
  private final TarData data;
  private final byte[] block = new byte[BLOCK];
  private boolean ended;

  public TarReader(ChunkSource source) {
    this.input = new TarInput(source);
    this.data = new TarData(input);
  }

  /**
   * The next entry, or null at the end of the archive. Skips what is left of the current one's
   * data.
   */
  @Nullable
  public TarEntry next() throws IOException {
    if (ended) {
      return null;
    }
    PaxRecords pax = PaxRecords.NONE;
    String longName = null;
    String longLink = null;
    while (true) {
      data.skip();
      if (!readHeaderBlock()) {
        ended = true;
        return null;
      }
      TarHeader header = new TarHeader(block);
      switch (header.typeFlag()) {
        case 'x' -> pax = PaxRecords.parse(special(header, "PAX header"));
        case 'L' -> longName = longText(header);
        case 'K' -> longLink = longText(header);
        case 'g', 'V' -> data.begin(size(header.size()));
        default -> {
          return entry(header, pax, longName, longLink);
        }
      }
    }
  }

  /**
   * The next piece of the current entry's data, or null when there is no more; it belongs at {@link
   * #dataOffset} of the file. Valid until the next call of any method.
   */
  @Nullable
  public ByteBuffer data() throws IOException {
    return data.next();
  }

  /** Where in the file the last piece belongs. */
  public long dataOffset() {
    return data.offset();
  }

  /**
   * Reads the source to its end: what follows the end mark of the archive counts for a layer's
   * digest.
   */
  public void finish() throws IOException {
    ended = true;
    input.drain();
  }

  private TarEntry entry(
      TarHeader header, PaxRecords pax, @Nullable String longName, @Nullable String longLink)
      throws IOException {
    String name = first(longName, pax.text("GNU.sparse.name"), pax.text("path"), header.name());
    String place = '"' + TarEntry.shown(name) + '"';
    input.setPlace(place);
    try {
      return checkedEntry(
          header, pax, name, first(longLink, pax.text("linkpath"), null, header.linkName()));
    } catch (OciException e) {
      throw new OciException(e.kind(), "tar entry " + place + ": " + e.getMessage(), e);
    }
  }

  private TarEntry checkedEntry(TarHeader header, PaxRecords pax, String name, String link)
      throws IOException {
    TarEntry.Type type = type(header.typeFlag(), name);
    long size = 0;
    SparseMap sparse = null;
    if (type == TarEntry.Type.FILE) {
      size = size(pax.number("size", header.size()));
      data.begin(size);
      sparse = sparseMap(header, pax);
      if (sparse != null) {
        size =
            header.typeFlag() == 'S'
                ? size(TarHeader.sparseNumber(block, 483))
                : size(pax.number("GNU.sparse.realsize", pax.number("GNU.sparse.size", -1)));
        sparse.check(size, data.remaining());
        data.spread(sparse);
      }
    }
    String mtime = pax.text("mtime");
    PaxTime time = mtime == null ? new PaxTime(header.mtime(), 0) : PaxTime.parse(mtime);
    boolean device = type == TarEntry.Type.CHARACTER_DEVICE || type == TarEntry.Type.BLOCK_DEVICE;
    boolean linked = type == TarEntry.Type.SYMLINK || type == TarEntry.Type.HARD_LINK;
    return new TarEntry(
        type,
        name,
        linked ? link : "",
        header.mode(),
        id("uid", pax.number("uid", header.uid())),
        id("gid", pax.number("gid", header.gid())),
        size,
        time.seconds(),
        time.nanos(),
        device ? header.deviceMajor() : 0,
        device ? header.deviceMinor() : 0,
        pax.xattrs(),
        sparse != null);
  }

  private @Nullable SparseMap sparseMap(TarHeader header, PaxRecords pax) throws IOException {
    if (header.typeFlag() == 'S' && header.isGnu()) {
      return SparseMapReader.oldGnu(block, input);
    }
    if (pax.hasSparseMapInData()) {
      return SparseMapReader.inData(data);
    }
    return pax.sparse();
  }

  private static TarEntry.Type type(char flag, String name) {
    return switch (flag) {
      case 0, '0', '7', 'S' ->
          flag == 0 && name.endsWith("/") ? TarEntry.Type.DIRECTORY : TarEntry.Type.FILE;
      case '1' -> TarEntry.Type.HARD_LINK;
      case '2' -> TarEntry.Type.SYMLINK;
      case '3' -> TarEntry.Type.CHARACTER_DEVICE;
      case '4' -> TarEntry.Type.BLOCK_DEVICE;
      case '5' -> TarEntry.Type.DIRECTORY;
      case '6' -> TarEntry.Type.FIFO;
      default ->
          throw invalid("type '" + TarEntry.shown(String.valueOf(flag)) + "' is not supported");
    };
  }

  private String longText(TarHeader header) throws IOException {
    byte[] text = special(header, "long name");
    int end = 0;
    while (end < text.length && text[end] != 0) {
      end++;
    }
    return PathBytes.decode(text, 0, end);
  }

  private byte[] special(TarHeader header, String what) throws IOException {
    long size = size(header.size());
    if (size > MAX_SPECIAL) {
      throw invalid("tar: a " + what + " of " + size + " bytes, the limit is " + MAX_SPECIAL);
    }
    data.begin(size);
    byte[] content = new byte[(int) size];
    data.read(content);
    return content;
  }

  private static long size(long size) {
    // Room for sums of a few sizes without overflow.
    if (size < 0 || size > Long.MAX_VALUE / 4) {
      throw invalid("bad size " + size);
    }
    return size;
  }

  private static long id(String what, long id) {
    // 2^32-1 is -1 to chown(2), which would leave the owner as it is.
    if (id < 0 || id >= 0xffffffffL) {
      throw invalid("bad " + what + " " + id);
    }
    return id;
  }

  private static String first(
      @Nullable String a, @Nullable String b, @Nullable String c, String last) {
    return a != null ? a : b != null ? b : c != null ? c : last;
  }

  /** False at the end: two blocks of zeros, or one or none where the input ends. */
  private boolean readHeaderBlock() throws IOException {
    if (!input.hasMore()) {
      return false;
    }
    input.read(block);
    if (!TarHeader.isZero(block)) {
      return true;
    }
    if (!input.hasMore()) {
      return false;
    }
    input.read(block);
    if (!TarHeader.isZero(block)) {
      throw invalid("tar: a header after a block of zeros, behind " + input.place());
    }
    return false;
  }
}
