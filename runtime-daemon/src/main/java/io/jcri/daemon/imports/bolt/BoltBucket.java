package io.jcri.daemon.imports.bolt;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A bucket: values and further buckets by name. Entries are looked at one after the other, since
 * the few that are asked for stand in small buckets. Valid in its reading only; not thread-safe.
 */
public final class BoltBucket {
  private static final int BRANCH_FLAG = 0x01;
  private static final int LEAF_FLAG = 0x02;
  private static final int BUCKET_FLAG = 0x01;
  private static final int ELEMENT = 16;

  /** What stands before the page of a bucket that is kept in its parent's. */
  private static final int BUCKET_HEADER = 16;

  /** A tree of pages of two entries each would have fewer, however large the disk. */
  private static final int DEEPEST = 40;

  private final Pages pages;
  private final ByteBuffer top;

  private record Entry(String name, ByteBuffer value, boolean bucket) {}

  private BoltBucket(Pages pages, ByteBuffer top) {
    this.pages = pages;
    this.top = top;
  }

  static BoltBucket root(Pages pages, long page) throws IOException {
    return new BoltBucket(pages, pages.read(page));
  }

  /** The value of that name. */
  public Optional<byte[]> value(String name) throws IOException {
    for (Entry entry : entries()) {
      if (!entry.bucket && entry.name.equals(name)) {
        byte[] value = new byte[entry.value.remaining()];
        entry.value.get(entry.value.position(), value);
        return Optional.of(value);
      }
    }
    return Optional.empty();
  }

  /** The value of that name as text. */
  public Optional<String> text(String name) throws IOException {
    return value(name).map(bytes -> new String(bytes, StandardCharsets.UTF_8));
  }

  /** The bucket of that name. */
  public Optional<BoltBucket> bucket(String name) throws IOException {
    for (Entry entry : entries()) {
      if (entry.bucket && entry.name.equals(name)) {
        return Optional.of(opened(entry));
      }
    }
    return Optional.empty();
  }

  /**
   * A bucket with its name.
   *
   * @param name in its parent
   */
  public record Named(String name, BoltBucket bucket) {}

  /** All buckets in this one, in the order of their names. */
  public List<Named> buckets() throws IOException {
    List<Named> buckets = new ArrayList<>();
    for (Entry entry : entries()) {
      if (entry.bucket) {
        buckets.add(new Named(entry.name(), opened(entry)));
      }
    }
    return buckets;
  }

  private BoltBucket opened(Entry entry) throws IOException {
    ByteBuffer value = entry.value;
    if (value.remaining() < BUCKET_HEADER) {
      throw Pages.damaged("a bucket has " + value.remaining() + " bytes");
    }
    long page = value.getLong(value.position());
    if (page != 0) {
      return root(pages, page);
    }
    ByteBuffer inline =
        value.slice(value.position() + BUCKET_HEADER, value.remaining() - BUCKET_HEADER);
    return new BoltBucket(pages, inline.order(ByteOrder.LITTLE_ENDIAN));
  }

  private List<Entry> entries() throws IOException {
    List<Entry> entries = new ArrayList<>();
    collect(top, 0, entries);
    return entries;
  }

  private void collect(ByteBuffer page, int depth, List<Entry> into) throws IOException {
    if (depth > DEEPEST) {
      throw Pages.damaged("its pages are nested deeper than " + DEEPEST);
    }
    if (page.remaining() < Meta.HEADER) {
      throw Pages.damaged("a page has " + page.remaining() + " bytes");
    }
    int flags = page.getShort(8);
    int count = Short.toUnsignedInt(page.getShort(10));
    if (Meta.HEADER + (long) count * ELEMENT > page.remaining()) {
      throw Pages.damaged(count + " entries do not fit in a page");
    }
    for (int i = 0; i < count; i++) {
      int at = Meta.HEADER + i * ELEMENT;
      if ((flags & BRANCH_FLAG) != 0) {
        collect(pages.read(page.getLong(at + 8)), depth + 1, into);
      } else if ((flags & LEAF_FLAG) != 0) {
        into.add(entry(page, at));
      } else {
        throw Pages.damaged("a page of entries has the flags " + flags);
      }
    }
  }

  private static Entry entry(ByteBuffer page, int at) throws IOException {
    long start = at + Integer.toUnsignedLong(page.getInt(at + 4));
    long keyLength = Integer.toUnsignedLong(page.getInt(at + 8));
    long valueLength = Integer.toUnsignedLong(page.getInt(at + 12));
    if (start + keyLength + valueLength > page.remaining()) {
      throw Pages.damaged("an entry reaches beyond its page");
    }
    byte[] key = new byte[(int) keyLength];
    page.get((int) start, key);
    ByteBuffer value =
        page.slice((int) (start + keyLength), (int) valueLength).order(ByteOrder.LITTLE_ENDIAN);
    return new Entry(
        new String(key, StandardCharsets.UTF_8), value, (page.getInt(at) & BUCKET_FLAG) != 0);
  }
}
