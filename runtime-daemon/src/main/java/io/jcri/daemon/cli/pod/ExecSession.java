package io.jcri.daemon.cli.pod;

import io.jcri.sandbox.linux.ErrnoException;
import io.jcri.sandbox.linux.TerminalMode;
import io.jcri.shim.ExecStreams;
import io.jcri.shim.Shim;
import io.jcri.shim.ShimException;
import io.jcri.shim.ShimLauncher;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A command in a container between this process's streams and the container's shim. Used once. */
final class ExecSession {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final long SIZE_MILLIS = 250;
  private static final int BUFFER = 32 << 10;

  private final Path folder;
  private final boolean tty;
  private final boolean stdin;

  /**
   * Does nothing yet.
   *
   * @param folder of the container, where its shim listens
   */
  ExecSession(Path folder, boolean tty, boolean stdin) {
    this.folder = folder;
    this.tty = tty;
    this.stdin = stdin;
  }

  /**
   * Runs it to its end.
   *
   * @param process object of the OCI runtime specification
   * @return the command's exit code
   */
  int run(byte[] process) throws IOException, InterruptedException {
    // Nobody is launched: what shims are started from does not matter.
    try (Shim shim = new ShimLauncher(folder).connect(folder, PATIENCE);
        ExecStreams streams = shim.exec(process, tty, stdin);
        Terminal _ = terminal()) {
      if (tty) {
        daemon("terminal's size", () -> followSize(shim, streams.id()));
      }
      streams.stdin().ifPresent(in -> daemon("input", () -> input(in)));
      List<Thread> outputs = new ArrayList<>();
      streams.stdout().ifPresent(out -> outputs.add(output(out, FileDescriptor.out)));
      streams.stderr().ifPresent(err -> outputs.add(output(err, FileDescriptor.err)));
      int code = streams.waitFor();
      for (Thread output : outputs) {
        output.join();
      }
      return code;
    }
  }

  /** The terminal of a person who types, as it was at the end, whatever the end is. */
  private record Terminal(@Nullable TerminalMode mode) implements AutoCloseable {
    @Override
    public void close() throws ErrnoException {
      if (mode != null) {
        mode.close();
      }
    }
  }

  private Terminal terminal() throws ErrnoException {
    if (!tty || !stdin) {
      return new Terminal(null);
    }
    TerminalMode mode = TerminalMode.raw(0);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> restore(mode)));
    return new Terminal(mode);
  }

  private static void restore(TerminalMode mode) {
    try {
      mode.close();
    } catch (ErrnoException e) {
      // the terminal has gone
    }
  }

  /** Signals would tell of a new size, but Java has no say in them. */
  private static void followSize(Shim shim, String session) {
    Optional<TerminalMode.Size> last = Optional.empty();
    try {
      while (true) {
        Optional<TerminalMode.Size> now = TerminalMode.size(1).or(() -> TerminalMode.size(0));
        if (now.isPresent() && !now.equals(last)) {
          shim.resize(Optional.of(session), now.get().columns(), now.get().rows());
          last = now;
        }
        Thread.sleep(SIZE_MILLIS);
      }
    } catch (ShimException e) {
      // it has ended
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void input(OutputStream process) {
    try (process;
        InputStream in = new FileInputStream(FileDescriptor.in)) {
      copy(in, process);
    } catch (IOException e) {
      // the command takes no more
    }
  }

  private static Thread output(InputStream process, FileDescriptor target) {
    return daemon(
        "output",
        () -> {
          try {
            copy(process, new FileOutputStream(target));
          } catch (IOException e) {
            // whoever reads us has gone, or the shim
          }
        });
  }

  private static void copy(InputStream from, OutputStream to) throws IOException {
    byte[] buffer = new byte[BUFFER];
    for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
      to.write(buffer, 0, count);
    }
  }

  private static Thread daemon(String name, Runnable work) {
    return Thread.ofPlatform().daemon().name(name).start(work);
  }
}
