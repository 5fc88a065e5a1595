package io.jcri.daemon.cli.kit;

import io.jcri.daemon.system.BuildInfo;
import picocli.CommandLine.IVersionProvider;

/** For {@code --version}, and {@code jcri version}. */
public final class JcriVersion implements IVersionProvider {
  @Override
  public String[] getVersion() {
    return new String[] {text()};
  }

  public static String text() {
    return "jcri %s (CRI v1, Java %s)".formatted(BuildInfo.version(), Runtime.version());
  }
}
