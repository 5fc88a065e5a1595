package io.jcri.daemon.cli.pod;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** {@code 10m}, {@code 1h30m} ago, or a time such as {@code 2026-11-30T10:00:00Z}. */
final class SinceConverter implements ITypeConverter<Instant> {
  @Override
  public Instant convert(String text) {
    return parse(text, Instant.now());
  }

  static Instant parse(String text, Instant now) {
    try {
      if (text.contains("T") && text.contains("-")) {
        return OffsetDateTime.parse(text).toInstant();
      }
      String days = text.matches("\\d+d") ? "P" : "PT";
      return now.minus(Duration.parse(days + text.toUpperCase(Locale.ROOT)));
    } catch (DateTimeException | ArithmeticException e) {
      throw new TypeConversionException(
          "'" + text + "' is neither a time such as 2026-11-30T10:00:00Z nor one such as 1h30m");
    }
  }
}
