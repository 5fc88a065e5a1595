package io.jcri.cni;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class ProcessTreeTest {
  private static final int PROCESSES = 30;

  private static Process start(String mark) throws Exception {
    ProcessBuilder builder = new ProcessBuilder("sh", "-c", "setsid sleep 1000 & sleep 1000; :");
    builder.environment().put(ProcessTree.MARK, mark);
    return builder.start();
  }

  private static long marked(String prefix) {
    return ProcessHandle.allProcesses().filter(process -> carries(process, prefix)).count();
  }

  private static boolean carries(ProcessHandle process, String prefix) {
    try {
      return new String(
              java.nio.file.Files.readAllBytes(
                  java.nio.file.Path.of("/proc", Long.toString(process.pid()), "environ")),
              java.nio.charset.StandardCharsets.UTF_8)
          .contains(ProcessTree.MARK + "=" + prefix);
    } catch (java.io.IOException gone) {
      return false;
    }
  }

  @Test
  void manyThatAreKilledAtOnceShareTheirLooksAtTheMachine() throws Exception {
    String prefix = "test-" + ProcessHandle.current().pid() + "-";
    List<Process> processes = new ArrayList<>();
    for (int i = 0; i < PROCESSES; i++) {
      processes.add(start(prefix + i + "."));
    }
    Process other = start("other-" + prefix);
    long before = ProcessTree.looks();
    CountDownLatch go = new CountDownLatch(1);
    List<Thread> killers = new ArrayList<>();
    for (int i = 0; i < PROCESSES; i++) {
      Process process = processes.get(i);
      String mark = prefix + i + ".";
      killers.add(
          Thread.ofVirtual()
              .start(() -> {
                try {
                  go.await();
                  ProcessTree.kill(process, mark);
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              }));
    }
    go.countDown();
    for (Thread killer : killers) {
      killer.join();
    }
    assertThat(marked(prefix)).isZero();
    assertThat(other.isAlive()).isTrue();
    assertThat(ProcessTree.looks() - before).isBetween(1L, 2L * PROCESSES - 1);
    ProcessTree.kill(other, "other-" + prefix);
    assertThat(marked("other-" + prefix)).isZero();
  }
}
