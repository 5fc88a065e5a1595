package io.jcri.daemon.cri;

import java.lang.management.ManagementFactory;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * What the heap holds on to: the JVM collects all garbage and then counts, so that the figures tell
 * what is reachable and not when the collector last ran.
 *
 * @param bytes of all objects
 * @param instances of one class
 */
record LiveHeap(long bytes, long instances) {
  private static final Pattern LINE = Pattern.compile(" *\\d+: +(\\d+) +(\\d+) +(\\S+).*");

  /** Counts all, and the instances of that class. */
  static LiveHeap now(Class<?> counted) {
    long bytes = 0;
    long instances = 0;
    for (String line : histogram().split("\n", -1)) {
      Matcher parts = LINE.matcher(line);
      if (parts.matches()) {
        bytes += Long.parseLong(parts.group(2));
        if (parts.group(3).equals(counted.getName())) {
          instances += Long.parseLong(parts.group(1));
        }
      }
    }
    return new LiveHeap(bytes, instances);
  }

  private static String histogram() {
    try {
      return (String)
          ManagementFactory.getPlatformMBeanServer()
              .invoke(
                  new ObjectName("com.sun.management:type=DiagnosticCommand"),
                  "gcClassHistogram",
                  new Object[] {new String[0]},
                  new String[] {String[].class.getName()});
    } catch (JMException e) {
      throw new LinkageError("this JVM has no histogram of its heap", e);
    }
  }
}
