package io.jcri.daemon.pod;

import io.jcri.cni.Bandwidth;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The pod annotations {@code kubernetes.io/ingress-bandwidth} and {@code egress-bandwidth}: a
 * Kubernetes quantity in bits a second, such as {@code 10M}.
 */
final class Bandwidths {
  private static final String INGRESS = "kubernetes.io/ingress-bandwidth";
  private static final String EGRESS = "kubernetes.io/egress-bandwidth";
  private static final Map<String, BigDecimal> FACTORS =
      Map.of(
          "", BigDecimal.ONE,
          "k", BigDecimal.valueOf(1_000L),
          "M", BigDecimal.valueOf(1_000_000L),
          "G", BigDecimal.valueOf(1_000_000_000L),
          "T", BigDecimal.valueOf(1_000_000_000_000L),
          "Ki", BigDecimal.valueOf(1L << 10),
          "Mi", BigDecimal.valueOf(1L << 20),
          "Gi", BigDecimal.valueOf(1L << 30),
          "Ti", BigDecimal.valueOf(1L << 40));

  private Bandwidths() {}

  /**
   * The limits that a pod's annotations ask for, if any.
   *
   * @throws IllegalArgumentException naming the annotation that is no quantity
   */
  static Optional<Bandwidth> of(Map<String, String> annotations) {
    long ingress = bits(annotations, INGRESS);
    long egress = bits(annotations, EGRESS);
    // the plugin wants a burst: the most that its 32-bit bucket holds
    return ingress == 0 && egress == 0
        ? Optional.empty()
        : Optional.of(new Bandwidth(ingress, burst(ingress), egress, burst(egress)));
  }

  private static long burst(long rate) {
    return rate == 0 ? 0 : Integer.MAX_VALUE;
  }

  private static long bits(Map<String, String> annotations, String name) {
    @Nullable String text = annotations.get(name);
    if (text == null) {
      return 0;
    }
    int end = text.length();
    while (end > 0 && Character.isLetter(text.charAt(end - 1))) {
      end--;
    }
    @Nullable BigDecimal factor = FACTORS.get(text.substring(end));
    try {
      if (factor != null) {
        return new BigDecimal(text.substring(0, end)).multiply(factor).longValueExact();
      }
    } catch (ArithmeticException | NumberFormatException e) {
      throw new IllegalArgumentException(notQuantity(name, text), e);
    }
    throw new IllegalArgumentException(notQuantity(name, text));
  }

  private static String notQuantity(String name, String text) {
    return "annotation " + name + " is \"" + text + "\", which is no quantity of bits a second";
  }
}
