package io.jcri.sandbox.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.sandbox.linux.Linux;
import io.jcri.sandbox.linux.Syscalls;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real processes, and a file that says who is in the group. */
final class CgroupMembersTest {
  /** No kernel gives a process such a number, all of which are below 2^22. */
  private static final int NOBODY = 1 << 22;

  @TempDir private Path group = Path.of("/");
  private final List<Process> processes = new ArrayList<>();

  @AfterEach
  void leaveNothing() {
    processes.forEach(Process::destroyForcibly);
  }

  private Process start() throws IOException {
    Process process = new ProcessBuilder("cat").start();
    processes.add(process);
    return process;
  }

  private void list(String text) throws IOException {
    Files.writeString(group.resolve("cgroup.procs"), text);
  }

  private static String many() {
    return IntStream.rangeClosed(1, 20_000)
        .mapToObj(i -> (NOBODY + i) + "\n")
        .collect(Collectors.joining());
  }

  private static CgroupMembers members(Syscalls calls) {
    return new CgroupMembers(calls, new CgroupFiles(calls));
  }

  /** One that ends by itself when its input does was not killed. */
  private static void assertLives(Process process) throws Exception {
    process.getOutputStream().close();
    assertThat(process.waitFor()).isZero();
  }

  @Test
  void theLastOfManyIsKilledAndACutNumberIsNobody() throws Exception {
    Process member = start();
    Process bystander = start();
    list(many() + member.pid() + "\n" + bystander.pid());
    assertThat(members(Linux.get()).list(group))
        .hasSize(20_001)
        .endsWith(NOBODY + 20_000, (int) member.pid());
    members(Linux.get()).kill(group);
    assertThat(member.waitFor()).isEqualTo(128 + 9);
    assertLives(bystander);
  }

  @Test
  void zeroAndWhatIsNoNumberAreNobody() throws Exception {
    list("0\n\n-7\nx\n99999999999\n12\n");
    assertThat(members(Linux.get()).list(group)).containsExactly(12);
  }

  /** The number was listed, and is another's by the time that it is to be signalled. */
  @Test
  void whoHasTheNumberOfAMemberThatIsGoneLives() throws Exception {
    Process member = start();
    Process other = start();
    list(member.pid() + "\n" + other.pid() + "\n");
    members(before("pidfdOpen", () -> list(member.pid() + "\n"))).kill(group);
    assertThat(member.waitFor()).isEqualTo(128 + 9);
    assertLives(other);
  }

  @FunctionalInterface
  private interface Event {
    void happen() throws IOException;
  }

  /** The kernel, and something that happens just before a call. */
  private static Syscalls before(String name, Event event) {
    return (Syscalls)
        Proxy.newProxyInstance(
            Syscalls.class.getClassLoader(),
            new Class<?>[] {Syscalls.class},
            (_, method, arguments) -> {
              if (method.getName().equals(name)) {
                event.happen();
              }
              try {
                return method.invoke(Linux.get(), arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
