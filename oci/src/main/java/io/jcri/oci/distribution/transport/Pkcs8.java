package io.jcri.oci.distribution.transport;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.HexFormat;

/**
 * Wraps the older key formats into PKCS #8 (RFC 5208), the only one that Java reads: PKCS #1 of RSA
 * (RFC 8017) and SEC 1 of elliptic curves (RFC 5915). Both are what {@code openssl} wrote for
 * years.
 */
final class Pkcs8 {

  private static final int SEQUENCE = 0x30;
  private static final int OCTETS = 0x04;
  private static final int OID = 0x06;
  private static final int PARAMETERS = 0xa0;
  private static final byte[] VERSION_0 = {2, 1, 0};
  private static final byte[] RSA = HexFormat.of().parseHex("300d06092a864886f70d0101010500");
  private static final byte[] EC_PUBLIC_KEY = HexFormat.of().parseHex("06072a8648ce3d0201");

  private Pkcs8() {}

  static byte[] ofRsa(byte[] pkcs1) {
    return element(SEQUENCE, VERSION_0, RSA, element(OCTETS, pkcs1));
  }

  /** The curve stands in the inner key's optional parameters; PKCS #8 wants it outside. */
  static byte[] ofEc(byte[] sec1) throws IOException {
    Der outer = new Der(sec1, 0, sec1.length).enter(SEQUENCE);
    while (outer.hasNext()) {
      if (outer.tag() == PARAMETERS) {
        Der parameters = outer.enter(PARAMETERS);
        if (parameters.hasNext() && parameters.tag() == OID) {
          byte[] algorithm = element(SEQUENCE, EC_PUBLIC_KEY, parameters.whole());
          return element(SEQUENCE, VERSION_0, algorithm, element(OCTETS, sec1));
        }
      }
      outer.skip();
    }
    throw new IOException("the EC key does not name its curve");
  }

  private static byte[] element(int tag, byte[]... parts) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      content.writeBytes(part);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    int length = content.size();
    if (length < 0x80) {
      out.write(length);
    } else {
      int bytes = (39 - Integer.numberOfLeadingZeros(length)) / 8;
      out.write(0x80 | bytes);
      for (int i = bytes - 1; i >= 0; i--) {
        out.write(length >>> (8 * i));
      }
    }
    out.writeBytes(content.toByteArray());
    return out.toByteArray();
  }

  /** Walks over the elements of one DER value. */
  private static final class Der {
    private final byte[] bytes;
    private final int end;
    private int at;

    Der(byte[] bytes, int from, int end) {
      this.bytes = bytes;
      this.at = from;
      this.end = end;
    }

    boolean hasNext() {
      return at < end;
    }

    int tag() {
      return bytes[at] & 0xff;
    }

    Der enter(int tag) throws IOException {
      if (!hasNext() || tag() != tag) {
        throw new IOException("the key is not in the form it says");
      }
      int start = contentStart();
      return new Der(bytes, start, contentEnd(start));
    }

    byte[] whole() throws IOException {
      return java.util.Arrays.copyOfRange(bytes, at, contentEnd(contentStart()));
    }

    void skip() throws IOException {
      at = contentEnd(contentStart());
    }

    private int contentStart() throws IOException {
      int first = byteAt(at + 1);
      return first < 0x80 ? at + 2 : at + 2 + (first & 0x7f);
    }

    private int contentEnd(int start) throws IOException {
      int length = byteAt(at + 1);
      if (length >= 0x80) {
        if (length > 0x84) {
          throw new IOException("the key is too long");
        }
        length = 0;
        for (int i = at + 2; i < start; i++) {
          length = (length << 8) | byteAt(i);
        }
      }
      if (length < 0 || length > end - start) {
        throw new IOException("the key is cut off");
      }
      return start + length;
    }

    private int byteAt(int index) throws IOException {
      if (index >= end) {
        throw new IOException("the key is cut off");
      }
      return bytes[index] & 0xff;
    }
  }
}
