package io.jcri.oci.tar;

import static io.jcri.oci.tar.TarHeader.invalid;

import java.util.Arrays;

/**
 * Where the stored bytes of a sparse file belong: extents in ascending order that do not overlap.
 * Bounded.
 */
public final class SparseMap {

  /** 16 bytes of memory each; GNU tar writes one per 512 bytes of data in the worst case. */
  public static final int MAX_EXTENTS = 1 << 16;

  private final long[] numbers;

  private SparseMap(long[] numbers) {
    this.numbers = numbers;
  }

  public int extents() {
    return numbers.length / 2;
  }

  public long offset(int extent) {
    return numbers[2 * extent];
  }

  public long length(int extent) {
    return numbers[2 * extent + 1];
  }

  /** How many bytes are stored. */
  long bytes() {
    long bytes = 0;
    for (int i = 0; i < extents(); i++) {
      bytes += length(i);
    }
    return bytes;
  }

  /**
   * @throws io.jcri.oci.OciException INVALID when the extents do not fit the file's size and the
   *     stored bytes
   */
  void check(long fileSize, long storedSize) {
    long end = 0;
    long stored = 0;
    for (int i = 0; i < extents(); i++) {
      if (offset(i) < end || length(i) < 0 || length(i) > fileSize - offset(i)) {
        throw invalid("bad sparse map");
      }
      end = offset(i) + length(i);
      stored += length(i);
    }
    if (stored != storedSize) {
      throw invalid("sparse map for " + stored + " bytes, " + storedSize + " are stored");
    }
  }

  /** Takes offsets and lengths in turn. */
  public static final class Builder {
    private long[] numbers = new long[8];
    private int count;

    void number(long value) {
      if (value < 0 || count >= 2 * MAX_EXTENTS) {
        throw invalid("bad sparse map");
      }
      if (count == numbers.length) {
        numbers = Arrays.copyOf(numbers, 2 * count);
      }
      numbers[count++] = value;
    }

    public void offset(long value) {
      requireTurn(0);
      number(value);
    }

    public void length(long value) {
      requireTurn(1);
      number(value);
    }

    boolean isEmpty() {
      return count == 0;
    }

    public SparseMap build() {
      requireTurn(0);
      return new SparseMap(Arrays.copyOf(numbers, count));
    }

    private void requireTurn(int remainder) {
      if (count % 2 != remainder) {
        throw invalid("bad sparse map");
      }
    }
  }
}
