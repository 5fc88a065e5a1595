package io.jcri.daemon.core;

import java.math.BigInteger;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers of bytes as Kubernetes writes them: {@code 128Mi}, {@code 64M}, {@code 4096}. */
public final class Quantity {
  private static final Pattern FORM = Pattern.compile("([0-9]{1,19})(Ki|Mi|Gi|Ti|k|M|G|T|)");

  private static final Map<String, Long> UNITS =
      Map.of(
          "", 1L,
          "k", 1_000L,
          "M", 1_000_000L,
          "G", 1_000_000_000L,
          "T", 1_000_000_000_000L,
          "Ki", 1L << 10,
          "Mi", 1L << 20,
          "Gi", 1L << 30,
          "Ti", 1L << 40);

  private Quantity() {}

  /** How many; empty for none, and for what is no quantity. */
  public static Optional<Long> bytes(String text) {
    Matcher parts = FORM.matcher(text.strip());
    if (!parts.matches()) {
      return Optional.empty();
    }
    long unit = UNITS.getOrDefault(parts.group(2), 1L);
    BigInteger bytes = new BigInteger(parts.group(1)).multiply(BigInteger.valueOf(unit));
    return bytes.signum() == 0 || bytes.bitLength() >= Long.SIZE
        ? Optional.empty()
        : Optional.of(bytes.longValueExact());
  }
}
