package io.jcri.daemon.config;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A device of the node's for containers, as Docker, Podman and CRI-O write it: {@code
 * HOST[:CONTAINER][:PERMISSIONS]}.
 *
 * @param permissions any of r, w, m
 */
public record HostDevice(Path hostPath, String containerPath, String permissions) {
  private static final Pattern FORM =
      Pattern.compile("(/dev/[^:,\\s]+)(?::(/dev/[^:,\\s]+))?(?::([rwm]{1,3}))?");

  /**
   * Reads one.
   *
   * @throws IllegalArgumentException saying what is wrong with it
   */
  public static HostDevice parse(String text) {
    Matcher parts = FORM.matcher(text);
    if (!parts.matches() || !Path.of(parts.group(1)).normalize().startsWith("/dev")) {
      throw new IllegalArgumentException(
          "has \"%s\", which is no device such as /dev/fuse or /dev/a:/dev/b:rw".formatted(text));
    }
    String inside = parts.group(2) == null ? parts.group(1) : parts.group(2);
    return new HostDevice(
        Path.of(parts.group(1)).normalize(),
        inside,
        parts.group(3) == null ? "rwm" : parts.group(3));
  }

  static List<HostDevice> parse(List<String> texts) {
    return texts.stream().map(HostDevice::parse).toList();
  }
}
