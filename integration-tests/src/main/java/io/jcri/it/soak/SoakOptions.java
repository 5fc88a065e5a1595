package io.jcri.it.soak;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a soak was asked for.
 *
 * @param time how long it works
 * @param cycles after how many pods it ends before that
 * @param clients how many take pods up and down at once
 * @param pause of each between two pods
 * @param interval between two samples
 * @param kept exited containers that stay all the time
 * @param file what the samples are appended to
 * @param report files of earlier runs to report of, instead of a run
 * @param plot where to draw these
 * @param lists with how many pods to measure lists, instead of all else; 0 for not at all
 * @param lives of how many containers to look at the events, instead of all else; 0 for none
 * @param restarts of the daemon meanwhile
 */
record SoakOptions(
    Duration time,
    int cycles,
    int clients,
    Duration pause,
    Duration interval,
    int kept,
    Path file,
    List<Path> report,
    Optional<Path> plot,
    int lists,
    int lives,
    int restarts) {
  static final String USAGE =
      """
      usage: soak [--minutes 60] [--cycles N] [--clients 2] [--pause MILLIS] [--interval SECONDS]
                  [--kept 1000] [--file soak.jsonl]
             soak --report FILE,FILE... [--plot soak.svg]
             soak --lists 500
             soak --lives 10000 [--restarts 10]

      --minutes   how long
      --cycles    ends after so many pods
      --clients   how many take pods up and down at once
      --pause     of each between two pods, 500 by default
      --interval  between two samples, 60 by default
      --kept      exited containers that stay all the time, in hundreds
      --file      where the samples go, a line of JSON each
      --report    tells of samples that are there already
      --plot      and draws them
      --lists     measures lists of so many pods while 50 more hang in their making
      --lives     looks whether each event of so many containers is told once, and in its order
      --restarts  of the daemon meanwhile, every second of them by a kill
      """;

  /**
   * @throws IllegalArgumentException saying what is wrong with them
   */
  static SoakOptions parse(List<String> arguments) {
    double minutes = 60;
    int cycles = Integer.MAX_VALUE;
    int clients = 2;
    int pause = 500;
    int interval = 60;
    int kept = 1000;
    Path file = Path.of("soak.jsonl");
    List<Path> report = List.of();
    Optional<Path> plot = Optional.empty();
    int lists = 0;
    int lives = 0;
    int restarts = 10;
    for (int i = 0; i < arguments.size(); i += 2) {
      String option = arguments.get(i);
      if (i + 1 == arguments.size()) {
        throw new IllegalArgumentException("no value for " + option);
      }
      String value = arguments.get(i + 1);
      switch (option) {
        case "--minutes" -> minutes = Double.parseDouble(value);
        case "--cycles" -> cycles = Integer.parseInt(value);
        case "--clients" -> clients = Integer.parseInt(value);
        case "--pause" -> pause = Integer.parseInt(value);
        case "--interval" -> interval = Integer.parseInt(value);
        case "--kept" -> kept = Integer.parseInt(value);
        case "--file" -> file = Path.of(value);
        case "--report" -> report = Stream.of(value.split(",", -1)).map(Path::of).toList();
        case "--plot" -> plot = Optional.of(Path.of(value));
        case "--lists" -> lists = Integer.parseInt(value);
        case "--lives" -> lives = Integer.parseInt(value);
        case "--restarts" -> restarts = Integer.parseInt(value);
        default -> throw new IllegalArgumentException("no such option: " + option);
      }
    }
    return new SoakOptions(
        Duration.ofMillis(Math.round(minutes * 60_000)),
        cycles,
        clients,
        Duration.ofMillis(pause),
        Duration.ofSeconds(interval),
        kept,
        file,
        report,
        plot,
        lists,
        lives,
        restarts);
  }
}
