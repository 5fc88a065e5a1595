package io.jcri.sandbox.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The kernel's numbers as both architectures see them, whichever one this runs on. */
class ArchitecturesTest {
  /** Lines of name, x86-64's number and aarch64's, out of the kernel's own headers. */
  private static final Path NUMBERS = Path.of("src/test/resources/syscalls.txt");

  @Test
  void callNumbersAreThoseOfTheKernelsHeaders() throws Exception {
    Map<String, Integer> intel = new HashMap<>();
    Map<String, Integer> arm = new HashMap<>();
    for (String line : Files.readAllLines(NUMBERS)) {
      String[] words = line.split(" ", -1);
      intel.put(words[0], Integer.valueOf(words[1]));
      arm.put(words[0], Integer.valueOf(words[2]));
    }
    assertThat(numbersOn("amd64", SyscallNumbers.class)).isEqualTo(intel);
    assertThat(numbersOn("aarch64", SyscallNumbers.class)).isEqualTo(arm);
  }

  @Test
  void openFlagsThatDifferAreThoseOfTheArchitecture() throws Exception {
    assertThat(numbersOn("amd64", OpenFlags.class))
        .containsEntry("DIRECTORY", 0200000)
        .containsEntry("NOFOLLOW", 0400000)
        .containsEntry("PATH", 010000000);
    assertThat(numbersOn("aarch64", OpenFlags.class))
        .containsEntry("DIRECTORY", 040000)
        .containsEntry("NOFOLLOW", 0100000)
        .containsEntry("PATH", 010000000);
  }

  /** Initializes the class once more, as on a machine of that architecture. */
  private static Map<String, Integer> numbersOn(String arch, Class<?> type)
      throws ReflectiveOperationException {
    String here = System.getProperty("os.arch");
    System.setProperty("os.arch", arch);
    try {
      Map<String, Integer> numbers = new HashMap<>();
      for (Field field : new Anew(type).loadClass(type.getName()).getDeclaredFields()) {
        field.setAccessible(true);
        if (field.getType() == int.class) {
          numbers.put(field.getName(), field.getInt(null));
        }
      }
      return numbers;
    } finally {
      System.setProperty("os.arch", here);
    }
  }

  /** Defines one class itself. */
  private static final class Anew extends ClassLoader {
    private final Class<?> type;

    Anew(Class<?> type) {
      super(type.getClassLoader());
      this.type = type;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!name.equals(type.getName())) {
        return super.loadClass(name, resolve);
      }
      String file = type.getSimpleName() + ".class";
      try (InputStream in = type.getResourceAsStream(file)) {
        if (in == null) {
          throw new ClassNotFoundException(name);
        }
        byte[] bytes = in.readAllBytes();
        return defineClass(name, bytes, 0, bytes.length);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
