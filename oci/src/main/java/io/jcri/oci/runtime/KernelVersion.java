package io.jcri.oci.runtime;

import io.jcri.oci.OciException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The part of a kernel's version that features depend on. */
public record KernelVersion(int major, int minor) implements Comparable<KernelVersion> {
  private static final Pattern SYNTAX = Pattern.compile("(\\d{1,4})\\.(\\d{1,4}).*");
  private static final Comparator<KernelVersion> ORDER =
      Comparator.comparingInt(KernelVersion::major).thenComparingInt(KernelVersion::minor);

  /** Of {@code 6.18.44-anything}. */
  public static KernelVersion parse(String text) {
    Matcher matcher = SYNTAX.matcher(text.strip());
    if (!matcher.matches()) {
      throw new OciException(
          OciException.Kind.INVALID, "\"" + text.strip() + "\" is not a kernel version");
    }
    return new KernelVersion(
        Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
  }

  public static KernelVersion running() {
    Path release = Path.of("/proc/sys/kernel/osrelease");
    try {
      return parse(Files.readString(release));
    } catch (IOException e) {
      throw OciException.ofIo("cannot read " + release, e);
    }
  }

  @Override
  public int compareTo(KernelVersion other) {
    return ORDER.compare(this, other);
  }
}
