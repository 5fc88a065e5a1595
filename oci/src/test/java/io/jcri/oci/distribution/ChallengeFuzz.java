package io.jcri.oci.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** Any header has challenges or none. */
public final class ChallengeFuzz {

  private ChallengeFuzz() {}

  /** Called by the fuzzer. */
  public static void fuzzerTestOneInput(byte[] input) {
    String header = new String(input, StandardCharsets.ISO_8859_1);
    List<Challenge> found = Challenge.parse(List.of(header));
    int characters = 0;
    for (Challenge challenge : found) {
      assertThat(challenge.scheme()).isNotEmpty().isEqualTo(lower(challenge.scheme()));
      characters += challenge.scheme().length();
      for (var parameter : challenge.parameters().entrySet()) {
        assertThat(parameter.getKey()).isNotEmpty().isEqualTo(lower(parameter.getKey()));
        characters += parameter.getKey().length() + parameter.getValue().length();
      }
    }
    assertThat(characters).isLessThanOrEqualTo(2 * header.length());
    assertThat(Challenge.parse(List.of(header, header))).hasSizeGreaterThanOrEqualTo(found.size());
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }
}
