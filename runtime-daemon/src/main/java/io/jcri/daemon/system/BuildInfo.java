package io.jcri.daemon.system;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/** What this build is called. */
public final class BuildInfo {
  private static final String RESOURCE = "/io/jcri/daemon/build.properties";

  private BuildInfo() {}

  /** The version, such as {@code 0.2.0}. */
  public static String version() {
    try (InputStream in = BuildInfo.class.getResourceAsStream(RESOURCE)) {
      Properties properties = new Properties();
      if (in != null) {
        properties.load(in);
      }
      return properties.getProperty("version", "unknown");
    } catch (IOException e) {
      throw new IllegalStateException("cannot read " + RESOURCE, e);
    }
  }
}
