package io.jcri.daemon.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** With real ones, which wait for a parent that says nothing. */
final class StrandedLaunchersTest {
  private static final Path JAVA_HOME = Path.of(System.getProperty("java.home"));

  /** Its standard input is where it reads what to become. */
  private static final List<String> LAUNCHER =
      List.of(
          JAVA_HOME.resolve("lib/jspawnhelper").toString(),
          System.getProperty("java.vm.version"),
          "0:2:1");

  /** Started by a shell that ends, with both ends of its pipe, so that it sees no end of it. */
  private static final String STRAND =
      "d=$(mktemp -d); mkfifo $d/p; exec 3<>$d/p; rm -r $d; \"$@\" <&3 & echo $!";

  @Test
  void thoseOfADeadParentAreEndedAndOthersAreNot() throws Exception {
    Process own = new ProcessBuilder(LAUNCHER).start();
    ProcessHandle stranded = strand();
    try {
      while (!runs(own.toHandle())) {
        Thread.sleep(1);
      }

      StrandedLaunchers.end(JAVA_HOME);

      assertThat(runs(stranded)).isFalse();
      assertThat(runs(own.toHandle())).isTrue();
    } finally {
      stranded.destroyForcibly();
      own.destroyForcibly().waitFor();
    }
  }

  @Test
  void anotherRuntimesAreNotTouched() throws Exception {
    ProcessHandle stranded = strand();
    try {
      StrandedLaunchers.end(Path.of("/usr/lib/jcri/runtime"));
      assertThat(runs(stranded)).isTrue();
    } finally {
      stranded.destroyForcibly();
    }
  }

  private static ProcessHandle strand() throws Exception {
    List<String> command = new ArrayList<>(List.of("sh", "-c", STRAND, "sh"));
    command.addAll(LAUNCHER);
    Process shell = new ProcessBuilder(command).start();
    try (BufferedReader out = shell.inputReader()) {
      ProcessHandle launcher = ProcessHandle.of(Long.parseLong(out.readLine())).orElseThrow();
      shell.waitFor();
      while (!runs(launcher)) {
        assertThat(launcher.isAlive()).isTrue();
        Thread.sleep(1);
      }
      return launcher;
    }
  }

  /** Not so of one that waits to be reaped. */
  private static boolean runs(ProcessHandle process) {
    return process.info().command().orElse("").equals(LAUNCHER.getFirst());
  }
}
