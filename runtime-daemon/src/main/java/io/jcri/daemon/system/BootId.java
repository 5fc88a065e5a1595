package io.jcri.daemon.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Which boot of the machine this is: what was made in another one is not in the kernel any more.
 */
public final class BootId {
  private static final Path FILE = Path.of("/proc/sys/kernel/random/boot_id");

  private BootId() {}

  public static String current() throws IOException {
    return Files.readString(FILE).strip();
  }
}
