package io.jcri.it.faults;

import io.jcri.it.kit.CniNetwork;
import io.jcri.it.kit.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.stream.Stream;

/**
 * Programs that a daemon calls, runc and the CNI plugins, each of which can be told to misbehave
 * the next time it comes to a gate. Gates are named after the program and what it is asked, such as
 * {@code runc-run} or {@code bridge-ADD}.
 *
 * @param folder where the programs are, and what they are told
 */
record Gates(Path folder) {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** What a program does at a gate instead of its work, or beside it. */
  enum Misdeed {
    /** It is killed before it begins. */
    DIE_BEFORE,
    /** It is killed in the middle of its work. */
    DIE_MIDWAY,
    /** Its work is done, but it is killed before it can say so. */
    DIE_AFTER,
    /** It refuses. */
    FAIL_BEFORE,
    /** Its work is done, and it says that it failed. */
    FAIL_AFTER,
    /** Its work is done, and what it prints cannot be read. */
    RUBBISH,
    /** It is stopped (SIGSTOP) in the middle of its work, for a while. */
    FREEZE,
    /** It waits before it begins, until it is let go. */
    HOLD_BEFORE,
    /** It waits after its work, until it is let go. */
    HOLD_AFTER
  }

  /** Writes the programs: an OCI runtime over {@code runc}, and the plugins of a bridge network. */
  static Gates create(Path folder, Path runc) throws IOException {
    Gates gates = new Gates(Files.createDirectories(folder));
    Files.createDirectories(gates.plugins());
    String verb = "$(for a; do case $a in run|delete|kill|state|exec) echo $a; break;; esac; done)";
    gates.use(runc);
    gates.write(gates.runc(), "runc", verb, gates.program().toString());
    for (String plugin : new String[] {"bridge", "host-local", "portmap"}) {
      gates.write(
          gates.plugins().resolve("gated-" + plugin),
          plugin,
          "$CNI_COMMAND",
          CniNetwork.PLUGINS.resolve(plugin).toString());
    }
    return gates;
  }

  private void write(Path file, String name, String verb, String program) throws IOException {
    // Of several that come to a gate at once, the one that moves the order away obeys it.
    String script =
        """
        #!/bin/sh
        # %2$s, which misbehaves when it is told to
        dir='%1$s'
        gate=%2$s-%3$s
        do=; ms=; frozen=
        if mv "$dir/order-$gate" "$dir/taken-$gate-$$" 2>/dev/null; then
          read -r do ms frozen < "$dir/taken-$gate-$$"
        fi
        hold() {
          echo $$ > "$dir/held-$gate-$$"
          while [ -e "$dir/held-$gate-$$" ]; do sleep 0.01; done
        }
        case $do in
          '') exec %4$s "$@" ;;
          DIE_BEFORE) kill -9 $$ ;;
          DIE_MIDWAY) %4$s "$@" <&0 & sleep "$ms"; kill -9 $! $$ ;;
          FREEZE)
            (sleep "$ms"; kill -STOP $$; sleep "$frozen"; kill -CONT $$) </dev/null >/dev/null 2>&1 &
            exec %4$s "$@" ;;
          DIE_AFTER) %4$s "$@"; kill -9 $$ ;;
          FAIL_BEFORE) echo '{"cniVersion": "1.0.0", "code": 999, "msg": "told to fail"}'; exit 1 ;;
          FAIL_AFTER) %4$s "$@" >/dev/null; echo '{"cniVersion": "1.0.0", "code": 999, "msg": "told to fail"}'; exit 1 ;;
          RUBBISH) %4$s "$@" >/dev/null; echo '{"cniVersion": ["'; exit 0 ;;
          HOLD_BEFORE) hold; exec %4$s "$@" ;;
          HOLD_AFTER) %4$s "$@"; code=$?; hold; exit $code ;;
        esac
        """
            .formatted(folder, name, verb, program);
    Files.writeString(file, script);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** Has another program do the OCI runtime's work from now on. */
  void use(Path runc) throws IOException {
    Path fresh = folder.resolve("runc-program.tmp");
    Files.createSymbolicLink(fresh, runc);
    Files.move(fresh, program(), StandardCopyOption.ATOMIC_MOVE);
  }

  private Path program() {
    return folder.resolve("runc-program");
  }

  Path runc() {
    return folder.resolve("gated-runc");
  }

  Path plugins() {
    return folder.resolve("plugins");
  }

  Path plugin(String name) {
    return plugins().resolve("gated-" + name);
  }

  /**
   * Has the next program that comes to the gate misbehave.
   *
   * @param midwayMillis how long it works before it is killed or stopped in the middle
   */
  void order(String gate, Misdeed misdeed, int midwayMillis) throws IOException {
    order(gate, misdeed, midwayMillis, 0);
  }

  /** As above, and says how long it is stopped. */
  void order(String gate, Misdeed misdeed, int midwayMillis, int frozenMillis) throws IOException {
    Path draft = folder.resolve("draft-" + gate);
    Files.writeString(
        draft, "%s %.3f %.3f%n".formatted(misdeed, midwayMillis / 1000.0, frozenMillis / 1000.0));
    Files.move(draft, folder.resolve("order-" + gate));
  }

  /** Whether nobody has obeyed an order yet, which is then taken back. */
  boolean withdraw(String gate) throws IOException {
    return Files.deleteIfExists(folder.resolve("order-" + gate));
  }

  /** Waits until a program is held at a gate; false when the clients end and none came there. */
  boolean awaitHeld(String gate, Round round) throws IOException, InterruptedException {
    while (count("held-" + gate + "-") == 0) {
      if (!round.isAtWork()) {
        return false;
      }
      Thread.sleep(Duration.ofMillis(2));
    }
    return true;
  }

  /** Lets go whoever is held anywhere, and forgets all orders. */
  void open() throws IOException {
    for (Path file : files()) {
      String name = String.valueOf(file.getFileName());
      if (name.startsWith("held-")) {
        release(file);
      } else if (name.startsWith("order-") || name.startsWith("taken-")) {
        Files.deleteIfExists(file);
      }
    }
  }

  private static void release(Path held) throws IOException {
    String pid = Files.readString(held).strip();
    Files.deleteIfExists(held);
    // What it does with the rest of its time must not be mistaken for a leak.
    Waiting.until(
        PATIENCE,
        () -> pid.isEmpty() || hasEnded(Path.of("/proc", pid)),
        () -> "what was held runs on: " + pid);
  }

  /** Whose parent has gone may wait to be reaped. */
  private static boolean hasEnded(Path process) {
    try {
      String stat = Files.readString(process.resolve("stat"));
      return stat.charAt(stat.lastIndexOf(')') + 2) == 'Z';
    } catch (IOException gone) {
      return true;
    }
  }

  private long count(String prefix) throws IOException {
    return files().stream()
        .filter(file -> String.valueOf(file.getFileName()).startsWith(prefix))
        .count();
  }

  private java.util.List<Path> files() throws IOException {
    try (Stream<Path> list = Files.list(folder)) {
      return list.toList();
    } catch (NoSuchFileException gone) {
      return java.util.List.of();
    }
  }
}
