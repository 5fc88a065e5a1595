package io.jcri.sandbox.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Process identity, pidfds and the daemon's own properties on the real kernel. */
final class ProcessKernelTest {
  private final Syscalls calls = Linux.get();
  private final List<Process> processes = new ArrayList<>();

  @TempDir Path dir;

  @AfterEach
  void leaveNothing() {
    processes.forEach(Process::destroyForcibly);
  }

  private Process start(String... command) throws IOException {
    Process process = new ProcessBuilder(command).start();
    processes.add(process);
    return process;
  }

  @Test
  void aProcessIsWatchedAndSignalled() throws Exception {
    Process process = start("sleep", "1000");
    ProcessId id = ProcessId.of((int) process.pid()).orElseThrow();
    assertThat(id.alive()).isTrue();
    try (Fd pidfd = id.open(calls).orElseThrow()) {
      assertThat(calls.poll(List.of(pidfd), ProcessCalls.POLLIN, Duration.ofMillis(1)))
          .containsExactly(0);
      assertThat(id.signal(calls, ProcessCalls.SIGTERM)).isTrue();
      // With POLLHUP (16) once it was reaped, too.
      assertThat(calls.poll(List.of(pidfd), ProcessCalls.POLLIN, null)[0] & 1).isEqualTo(1);
      assertThat(process.waitFor()).isEqualTo(128 + 15);
      assertThatThrownBy(() -> calls.pidfdSendSignal(pidfd, 0)).hasMessageContaining("ESRCH");
    }
    assertThat(id.alive()).isFalse();
    assertThat(id.signal(ProcessCalls.SIGTERM)).isFalse();
    assertThat(id.open(calls)).isEmpty();
  }

  @Test
  void anAgeIsCountedFromTheProcessesStart() throws Exception {
    Process process = start("sleep", "1000");
    ProcessId child = ProcessId.of((int) process.pid()).orElseThrow();
    ProcessId self = ProcessId.of((int) ProcessHandle.current().pid()).orElseThrow();
    long childs = child.ageNanos();
    assertThat(childs).isLessThanOrEqualTo(self.ageNanos()).isLessThanOrEqualTo(child.ageNanos());
    assertThat(self.ageNanos() - childs)
        .isGreaterThanOrEqualTo((child.startTime() - self.startTime()) * 10_000_000 - 1);
  }

  @Test
  void anotherProcessOfThatNumberIsLeftAlone() throws Exception {
    Process process = start("sleep", "1000");
    ProcessId now = ProcessId.of((int) process.pid()).orElseThrow();
    ProcessId before = new ProcessId(now.pid(), now.startTime() - 1);
    assertThat(before.alive()).isFalse();
    assertThat(before.open(calls)).isEmpty();
    assertThat(before.signal(calls, ProcessCalls.SIGKILL)).isFalse();
    assertThat(now.alive()).isTrue();
  }

  @Test
  void aThreadIsNoProcess() throws Exception {
    int thread;
    try (var tasks = Files.list(Path.of("/proc/self/task"))) {
      thread =
          tasks
              .mapToInt(task -> Integer.parseInt(task.getFileName().toString()))
              .filter(id -> id != ProcessHandle.current().pid())
              .findFirst()
              .orElseThrow();
    }
    Optional<ProcessId> id = ProcessId.of(thread);
    assertThat(id).isPresent();
    assertThat(id.get().open(calls)).isEmpty();
    assertThat(ProcessId.of(0)).isEmpty();
    assertThat(ProcessId.of(-1)).isEmpty();
  }

  @Test
  void onlyTheAskedChildIsReaped() throws Exception {
    int self = (int) ProcessHandle.current().pid();
    assertThatThrownBy(() -> calls.waitpid(self, true)).hasMessageContaining("ECHILD");
    assertThatThrownBy(() -> calls.waitpid(-1, false)).isInstanceOf(IllegalArgumentException.class);
    assertThat(calls.waitpid((int) start("sleep", "1000").pid(), false)).isEmpty();
  }

  @Test
  void theDaemonKnowsItself() throws Exception {
    assertThat((int) calls.getuid())
        .isEqualTo(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
    String status = Files.readString(Path.of("/proc/self/status"));
    assertThat(status)
        .contains("CapEff:\t" + String.format("%016x", calls.effectiveCapabilities()));
    calls.kill((int) ProcessHandle.current().pid(), 0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"path", "@abstract"})
  void datagramsReachTheirSocket(String kind) throws Exception {
    String name = dir + "/notify";
    String address = kind.startsWith("@") ? "@" + name : name;
    // The JDK has no unix datagram sockets.
    Process receiver =
        start(
            "python3",
            "-c",
            """
            import socket, sys
            s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            s.bind(sys.argv[1].replace('@', '\\0'))
            print('ready', flush=True)
            print(s.recv(100).decode())
            """,
            address);
    assertThat(receiver.inputReader().readLine()).isEqualTo("ready");
    calls.sendDatagram(address, "READY=1".getBytes(StandardCharsets.UTF_8));
    assertThat(receiver.inputReader().readLine()).isEqualTo("READY=1");
  }

  @Test
  void datagramsToNobodyAreRefused() {
    assertThatThrownBy(() -> calls.sendDatagram(dir + "/none", new byte[1]))
        .hasMessage("cannot send to " + dir + "/none: ENOENT (No such file or directory)");
    assertThatThrownBy(() -> calls.sendDatagram("x".repeat(108), new byte[1]))
        .hasMessageContaining("ENAMETOOLONG");
  }
}
