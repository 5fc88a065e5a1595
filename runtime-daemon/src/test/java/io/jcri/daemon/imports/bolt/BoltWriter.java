package io.jcri.daemon.imports.bolt;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Writes a database as bbolt lays it out, page by page. */
public final class BoltWriter {
  static final int BRANCH = 1;
  static final int LEAF = 2;
  private static final int HEADER = 16;
  private static final int ELEMENT = 16;

  private final int pageSize;
  private final Map<Integer, byte[]> pages = new TreeMap<>();

  /** Of pages of that size. */
  public BoltWriter(int pageSize) {
    this.pageSize = pageSize;
  }

  /** What stands in a leaf. */
  // Nobody compares two of them.
  @SuppressWarnings("ArrayRecordComponent")
  public record Item(String key, byte[] value, boolean bucket) {
    /** A value of text. */
    public static Item value(String key, String value) {
      return new Item(key, value.getBytes(StandardCharsets.UTF_8), false);
    }

    /** A value of bytes. */
    public static Item value(String key, byte[] value) {
      return new Item(key, value, false);
    }

    /** A bucket on a page of its own. */
    public static Item bucket(String key, long root) {
      return new Item(key, longs(root, 0), true);
    }

    /** A bucket in its parent's page. */
    public static Item inline(String key, Item... entries) {
      ByteArrayOutputStream value = new ByteArrayOutputStream();
      value.writeBytes(longs(0, 0));
      value.writeBytes(body(0, LEAF, 0, List.of(entries)));
      return new Item(key, value.toByteArray(), true);
    }
  }

  /** A leaf, with as many pages behind it as it needs. */
  public BoltWriter leaf(int number, Item... entries) {
    byte[] body = body(number, LEAF, 0, List.of(entries));
    int overflow = (body.length - 1) / pageSize;
    pages.put(number, body(number, LEAF, overflow, List.of(entries)));
    return this;
  }

  BoltWriter branch(int number, long... children) {
    ByteBuffer page = buffer(HEADER + ELEMENT * children.length + children.length);
    header(page, number, BRANCH, children.length, 0);
    for (int i = 0; i < children.length; i++) {
      int at = HEADER + ELEMENT * i;
      page.putInt(at, HEADER + ELEMENT * children.length + i - at);
      page.putInt(at + 4, 1);
      page.putLong(at + 8, children[i]);
      page.put(HEADER + ELEMENT * children.length + i, (byte) ('a' + i));
    }
    pages.put(number, bytes(page));
    return this;
  }

  /** A state of the database; bbolt writes it to the page of the transaction's parity. */
  public BoltWriter meta(long transaction, long root, long count) {
    int number = (int) (transaction % 2);
    pages.put(number, meta(number, pageSize, transaction, root, count));
    return this;
  }

  static byte[] meta(int number, int pageSize, long transaction, long root, long count) {
    ByteBuffer page = buffer(HEADER + 64);
    header(page, number, 4, 0, 0);
    page.position(HEADER);
    page.putInt(0xED0CDAED).putInt(2).putInt(pageSize).putInt(0);
    page.putLong(root).putLong(0).putLong(2).putLong(count).putLong(transaction);
    long hash = 0xcbf29ce484222325L;
    for (int i = HEADER; i < HEADER + 56; i++) {
      hash = (hash ^ (page.get(i) & 0xff)) * 0x100000001b3L;
    }
    page.putLong(hash);
    return bytes(page);
  }

  /** The file. */
  public byte[] bytes() {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    pages.forEach((number, page) -> {
      file.writeBytes(new byte[Math.max(0, number * pageSize - file.size())]);
      int length = (page.length + pageSize - 1) / pageSize * pageSize;
      file.writeBytes(Arrays.copyOf(page, length));
    });
    return file.toByteArray();
  }

  private static byte[] body(int number, int flags, int overflow, List<Item> entries) {
    int bytes = entries.stream().mapToInt(e -> ELEMENT + e.key.length() + e.value.length).sum();
    ByteBuffer page = buffer(HEADER + bytes);
    header(page, number, flags, entries.size(), overflow);
    int data = HEADER + ELEMENT * entries.size();
    for (int i = 0; i < entries.size(); i++) {
      Item entry = entries.get(i);
      byte[] key = entry.key.getBytes(StandardCharsets.US_ASCII);
      int at = HEADER + ELEMENT * i;
      page.putInt(at, entry.bucket ? 1 : 0);
      page.putInt(at + 4, data - at);
      page.putInt(at + 8, key.length);
      page.putInt(at + 12, entry.value.length);
      page.put(data, key).put(data + key.length, entry.value);
      data += key.length + entry.value.length;
    }
    return bytes(page);
  }

  private static void header(ByteBuffer page, long number, int flags, int count, int overflow) {
    page.putLong(0, number);
    page.putShort(8, (short) flags);
    page.putShort(10, (short) count);
    page.putInt(12, overflow);
  }

  private static byte[] longs(long first, long second) {
    return bytes(buffer(2 * Long.BYTES).putLong(first).putLong(second));
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.capacity()];
    buffer.get(0, bytes);
    return bytes;
  }

  private static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
