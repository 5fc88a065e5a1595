package io.jcri.daemon.pod;

import io.jcri.cni.Bandwidth;
import io.jcri.daemon.core.JcriException;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The pod annotations {@code kubernetes.io/ingress-bandwidth} and {@code egress-bandwidth}: a
 * Kubernetes quantity in bits a second, such as {@code 10M}.
 */
public final class Bandwidths {
  private static final String INGRESS = "kubernetes.io/ingress-bandwidth";
  private static final String EGRESS = "kubernetes.io/egress-bandwidth";
  private static final Map<String, BigDecimal> FACTORS =
      Map.ofEntries(
          Map.entry("", BigDecimal.ONE),
          Map.entry("k", BigDecimal.valueOf(1_000L)),
          Map.entry("M", BigDecimal.valueOf(1_000_000L)),
          Map.entry("G", BigDecimal.valueOf(1_000_000_000L)),
          Map.entry("T", BigDecimal.valueOf(1_000_000_000_000L)),
          Map.entry("P", BigDecimal.valueOf(1_000_000_000_000_000L)),
          Map.entry("Ki", BigDecimal.valueOf(1L << 10)),
          Map.entry("Mi", BigDecimal.valueOf(1L << 20)),
          Map.entry("Gi", BigDecimal.valueOf(1L << 30)),
          Map.entry("Ti", BigDecimal.valueOf(1L << 40)),
          Map.entry("Pi", BigDecimal.valueOf(1L << 50)));

  private Bandwidths() {}

  /**
   * Refuses what {@link #of} would.
   *
   * @throws JcriException INVALID naming the annotation that is no quantity
   */
  public static void check(Map<String, String> annotations) {
    Optional<Bandwidth> _ = of(annotations);
  }

  /**
   * The limits that a pod's annotations ask for, if any.
   *
   * @throws JcriException INVALID naming the annotation that is no quantity
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
        long bits = new BigDecimal(text.substring(0, end)).multiply(factor).longValueExact();
        if (bits >= 0) {
          return bits;
        }
      }
    } catch (ArithmeticException | NumberFormatException e) {
      throw notQuantity(name, text);
    }
    throw notQuantity(name, text);
  }

  private static JcriException notQuantity(String name, String text) {
    return JcriException.invalid(
        "config.annotations: annotation %s is \"%s\", which is no quantity of bits a second"
            .formatted(name, text));
  }
}
