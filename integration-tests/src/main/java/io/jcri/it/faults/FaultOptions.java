package io.jcri.it.faults;

import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What the machine was asked for.
 *
 * @param seed of the first round; the next ones count up
 * @param rounds how many at most
 * @param time after which no further round begins
 * @param only the kinds of faults whose name this matches
 */
record FaultOptions(long seed, int rounds, Duration time, Optional<Pattern> only) {
  static final String USAGE =
      """
      usage: faults [--seed N] [--rounds N] [--seconds N] [--only REGEX]

      --seed     of the first round; the same seed breaks the same thing at the same point, as far
                 as clocks let it (default: by the time of day)
      --rounds   how many rounds, each with one fault or a few (default: as many as the time allows)
      --seconds  after which no further round begins (default: 600)
      --only     the kinds of faults whose name matches
      """;

  private static final int DEFAULT_SECONDS = 600;

  /**
   * @throws IllegalArgumentException saying what is wrong with them
   */
  static FaultOptions parse(String... arguments) {
    long seed = System.currentTimeMillis() / 1000 % 1_000_000 * 1000;
    int rounds = Integer.MAX_VALUE;
    Duration time = Duration.ofSeconds(DEFAULT_SECONDS);
    Optional<Pattern> only = Optional.empty();
    for (Iterator<String> rest = List.of(arguments).iterator(); rest.hasNext(); ) {
      String option = rest.next();
      if (!rest.hasNext()) {
        throw new IllegalArgumentException("no value for " + option);
      }
      String value = rest.next();
      switch (option) {
        case "--seed" -> seed = Long.parseLong(value);
        case "--rounds" -> rounds = Integer.parseInt(value);
        case "--seconds" -> time = Duration.ofSeconds(Integer.parseInt(value));
        case "--only" -> only = Optional.of(Pattern.compile(value));
        default -> throw new IllegalArgumentException("no such option: " + option);
      }
    }
    return new FaultOptions(seed, rounds, time, only);
  }

  /** The kinds of faults that are wanted. */
  List<Faults> kinds() {
    List<Faults> kinds =
        Faults.ALL.stream()
            .filter(kind -> only.isEmpty() || only.get().matcher(kind.name()).find())
            .toList();
    if (kinds.isEmpty()) {
      throw new IllegalArgumentException(
          "no such fault; there are: " + Faults.ALL.stream().map(Faults::name).toList());
    }
    return kinds;
  }
}
