package io.jcri.daemon.cli.pod;

import io.jcri.sandbox.linux.TerminalMode;
import java.io.IOException;
import java.util.List;

/**
 * The whole terminal for what changes: on the screen beside the usual one, so that closing it shows
 * again what was there before. Closed by whatever ends this process but SIGKILL, too. For one
 * thread.
 */
final class LiveScreen implements AutoCloseable {
  /** No key was pressed. */
  static final int NONE = -1;

  private static final String OPEN = "\033[?1049h\033[?25l";
  private static final String CLOSE = "\033[?25h\033[?1049l";
  private static final String HOME = "\033[H";
  private static final String END_LINE = "\033[K";
  private static final String CLEAR_REST = "\033[J";
  private static final String BOLD = "\033[1m";
  private static final String REVERSE = "\033[7m";
  private static final String PLAIN = "\033[0m";

  private static final TerminalMode.Size USUAL = new TerminalMode.Size(80, 24);
  private static final int STANDARD_OUTPUT = 1;
  private static final long POLL_MILLIS = 50;

  private final TerminalMode mode;
  private final Thread closing = new Thread(this::restore);
  private boolean closed;
  private long until;

  private LiveScreen(TerminalMode mode) {
    this.mode = mode;
  }

  /** Takes over the terminal that standard input and output are. */
  static LiveScreen open() throws IOException {
    LiveScreen screen = new LiveScreen(TerminalMode.keys(0));
    Runtime.getRuntime().addShutdownHook(screen.closing);
    System.out.print(OPEN);
    return screen;
  }

  TerminalMode.Size size() {
    return TerminalMode.size(STANDARD_OUTPUT)
        .filter(size -> size.columns() > 0 && size.rows() > 0)
        .orElse(USUAL);
  }

  /**
   * Shows this in place of what is there, as much as there is room for.
   *
   * @param lines a table, with its heads in the first one
   */
  synchronized void show(String title, List<String> lines) {
    if (closed) {
      return;
    }
    TerminalMode.Size size = size();
    StringBuilder text = new StringBuilder(HOME);
    text.append(BOLD).append(cut(title, size.columns())).append(PLAIN).append(END_LINE);
    for (int i = 0; i < lines.size() && i < size.rows() - 1; i++) {
      String line = cut(lines.get(i), size.columns());
      text.append('\n');
      if (i == 0) {
        text.append(REVERSE).append(line).append(" ".repeat(size.columns() - line.length()));
        text.append(PLAIN);
      } else {
        text.append(line).append(END_LINE);
      }
    }
    System.out.print(text.append(CLEAR_REST));
    System.out.flush();
  }

  private static String cut(String line, int width) {
    return line.length() > width ? line.substring(0, width) : line;
  }

  /** Waits for a key; {@link #NONE} when there is none in this time. */
  int key(long millis) throws IOException, InterruptedException {
    until = System.nanoTime() + millis * 1_000_000;
    do {
      if (System.in.available() > 0) {
        return System.in.read();
      }
      Thread.sleep(Math.min(POLL_MILLIS, Math.max(1, millis)));
    } while (System.nanoTime() < until);
    return NONE;
  }

  /** How many milliseconds were left when the last key came. */
  long left() {
    return (until - System.nanoTime()) / 1_000_000;
  }

  private synchronized void restore() {
    if (closed) {
      return;
    }
    closed = true;
    System.out.print(CLOSE);
    System.out.flush();
    try {
      mode.close();
    } catch (IOException e) {
      // the terminal has gone
    }
  }

  @Override
  public void close() {
    restore();
  }
}
