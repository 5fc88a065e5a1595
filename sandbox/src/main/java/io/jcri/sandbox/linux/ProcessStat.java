package io.jcri.sandbox.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What /proc/[pid]/stat tells of a process, alive or dead.
 *
 * @param state one letter: {@code R}, {@code S}, {@code T}, {@code Z} …
 * @param parent the number of its parent
 * @param startTime clock ticks since boot
 * @param waitStatus once it is dead: as wait(2) gives it
 */
public record ProcessStat(String state, int parent, long startTime, int waitStatus) {
  // Positions after the name, which proc(5) counts as field 2.
  private static final int PARENT = 1;
  private static final int START_TIME = 19;
  private static final int EXIT_CODE = 49;

  /** The process that has this number now, be it a zombie; empty when none has. */
  public static Optional<ProcessStat> of(int pid) throws IOException {
    Path file = Path.of("/proc", Integer.toString(pid), "stat");
    try {
      return Optional.of(parse(Files.readString(file, StandardCharsets.ISO_8859_1)));
    } catch (NoSuchFileException gone) {
      return Optional.empty();
    } catch (IOException e) {
      // A process that ends between open and read gives ESRCH, which the JDK has no type for.
      if (Files.exists(file)) {
        throw e;
      }
      return Optional.empty();
    }
  }

  /** Reads a line; the name, in parentheses, may hold spaces and parentheses itself. */
  static ProcessStat parse(String line) {
    List<String> fields = List.of(line.substring(line.lastIndexOf(')') + 2).strip().split(" ", -1));
    return new ProcessStat(
        fields.getFirst(),
        Integer.parseInt(fields.get(PARENT)),
        Long.parseLong(fields.get(START_TIME)),
        fields.size() > EXIT_CODE ? Integer.parseInt(fields.get(EXIT_CODE)) : 0);
  }

  /** Whether it has ended and its parent has not taken note yet. */
  public boolean dead() {
    return state.equals("Z") || state.equals("X");
  }

  /** Of one that is dead: its own code, or 128 + the signal that ended it. */
  public int exitCode() {
    int signal = waitStatus & 0x7f;
    return signal == 0 ? waitStatus >> 8 & 0xff : 128 + signal;
  }
}
