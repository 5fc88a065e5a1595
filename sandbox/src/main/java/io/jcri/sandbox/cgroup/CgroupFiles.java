package io.jcri.sandbox.cgroup;

import io.jcri.sandbox.linux.Errno;
import io.jcri.sandbox.linux.ErrnoException;
import io.jcri.sandbox.linux.Fd;
import io.jcri.sandbox.linux.OpenFlags;
import io.jcri.sandbox.linux.Syscalls;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** The small files of control groups. One that is not there, or whose group just went, is empty. */
final class CgroupFiles {
  /** What the kernel gives to one read at least, when there is that much in short lines. */
  private static final int PAGE = 4000;

  private static final int BUFFER = 8192;
  private static final int MAX_BYTES = 16 << 20;

  private final Syscalls calls;

  CgroupFiles(Syscalls calls) {
    this.calls = calls;
  }

  /** A file that a group has; none of their lines is long. */
  Optional<String> read(Path file) throws IOException {
    try {
      byte[] content = calls.readOnce(file.toString(), BUFFER);
      // Only lists of processes and such are longer, or given in several parts.
      if (content.length < PAGE) {
        return Optional.of(new String(content, StandardCharsets.ISO_8859_1));
      }
      return Optional.of(readAll(file));
    } catch (ErrnoException e) {
      if (e.is(Errno.ENOENT, Errno.ENODEV, Errno.ENOTDIR, Errno.EOPNOTSUPP)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** A file of any length, and of lines of any length, which the kernel gives in parts. */
  String readAll(Path file) throws ErrnoException {
    try (Fd open = calls.open(file.toString(), OpenFlags.READ_ONLY, 0);
        Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(BUFFER);
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      int length = calls.read(open, buffer);
      while (length > 0 && all.size() < MAX_BYTES) {
        all.writeBytes(buffer.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE));
        length = calls.read(open, buffer);
      }
      return all.toString(StandardCharsets.ISO_8859_1);
    }
  }

  void write(Path file, String text) throws IOException {
    try (Fd open = calls.open(file.toString(), OpenFlags.WRITE_ONLY, 0);
        Arena arena = Arena.ofConfined()) {
      byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
      MemorySegment content = arena.allocate(bytes.length);
      MemorySegment.copy(bytes, 0, content, ValueLayout.JAVA_BYTE, 0, bytes.length);
      calls.writeFully(open, content);
    } catch (ErrnoException e) {
      // The call names the descriptor; the reader wants the file.
      throw new ErrnoException("write \"" + text.strip() + "\" to", e.errno(), file.toString());
    }
  }

  /** The one number of a file; "max" and what is no number are empty. */
  OptionalLong number(Path file) throws IOException {
    Optional<String> text = read(file);
    return text.isEmpty() ? OptionalLong.empty() : parseNumber(text.get().strip());
  }

  /** Lines of a key and a number. */
  Map<String, Long> table(Path file) throws IOException {
    return parseTable(read(file).orElse(""), Set.of());
  }

  /** As {@link #table}, but only the lines of these keys: most of memory.stat is for nobody. */
  Map<String, Long> table(Path file, Set<String> keys) throws IOException {
    return parseTable(read(file).orElse(""), keys);
  }

  /** By hand: memory.stat has 40 lines, and a node's statistics read hundreds of them. */
  private static Map<String, Long> parseTable(String text, Set<String> keys) {
    Map<String, Long> numbers = new HashMap<>();
    int start = 0;
    while (start < text.length()) {
      int newline = text.indexOf('\n', start);
      int end = newline < 0 ? text.length() : newline;
      int blank = text.indexOf(' ', start);
      if (blank > start && blank < end) {
        String key = text.substring(start, blank);
        if (keys.isEmpty() || keys.contains(key)) {
          parseNumber(text.substring(blank + 1, end)).ifPresent(n -> numbers.put(key, n));
        }
      }
      start = end + 1;
    }
    return numbers;
  }

  static OptionalLong parseNumber(String text) {
    try {
      return OptionalLong.of(Long.parseLong(text));
    } catch (NumberFormatException notANumber) {
      try {
        // A version 1 counter of 64 unsigned bits.
        return OptionalLong.of(Long.parseUnsignedLong(text) < 0 ? Long.MAX_VALUE : 0);
      } catch (NumberFormatException stillNot) {
        return OptionalLong.empty();
      }
    }
  }
}
