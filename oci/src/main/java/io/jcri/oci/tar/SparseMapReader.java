package io.jcri.oci.tar;

import static io.jcri.oci.tar.TarHeader.BLOCK;
import static io.jcri.oci.tar.TarHeader.invalid;

import java.io.IOException;

/**
 * Reads the sparse maps that are outside PAX records (GNU tar manual, "Storing Sparse Files"): of
 * the old GNU format and of PAX 1.0.
 */
final class SparseMapReader {

  private SparseMapReader() {}

  /**
   * The map of the old GNU format: four extents in the header, more in blocks behind it.
   *
   * @param header the block; it stays as it is
   * @param input at the block behind the header
   */
  static SparseMap oldGnu(byte[] header, TarInput input) throws IOException {
    SparseMap.Builder builder = new SparseMap.Builder();
    byte[] part = header;
    int at = 386;
    int entries = 4;
    int more = 482;
    while (true) {
      for (int i = 0; i < 2 * entries && part[at + 12 * (i & ~1)] != 0; i++) {
        builder.number(TarHeader.sparseNumber(part, at + 12 * i));
      }
      if (part[more] == 0) {
        return builder.build();
      }
      // The header itself is still needed: what follows it goes elsewhere.
      part = new byte[BLOCK];
      input.read(part);
      at = 0;
      entries = 21;
      more = 504;
    }
  }

  /**
   * The map of PAX 1.0, at the start of the data. Decimal numbers, one a line: how many extents,
   * then offset and length of each, filled up to a block.
   */
  static SparseMap inData(TarData data) throws IOException {
    SparseMap.Builder builder = new SparseMap.Builder();
    byte[] part = new byte[BLOCK];
    long left = -1;
    long number = 0;
    int digits = 0;
    while (left != 0) {
      if (data.remaining() < BLOCK) {
        throw invalid("bad sparse map");
      }
      data.read(part);
      for (int i = 0; i < BLOCK && left != 0; i++) {
        if (part[i] >= '0' && part[i] <= '9' && digits < 18) {
          number = number * 10 + part[i] - '0';
          digits++;
        } else if (part[i] == '\n' && digits > 0) {
          if (left < 0) {
            left = 2 * number;
          } else {
            builder.number(number);
            left--;
          }
          number = 0;
          digits = 0;
        } else {
          throw invalid("bad sparse map");
        }
      }
    }
    return builder.build();
  }
}
