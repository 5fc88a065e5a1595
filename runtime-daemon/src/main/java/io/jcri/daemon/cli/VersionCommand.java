package io.jcri.daemon.cli;

import io.jcri.daemon.system.BuildInfo;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** {@code jcri version}. */
@Command(name = "version", description = "Print the version.")
final class VersionCommand implements Runnable {

  @Override
  public void run() {
    System.out.println(text());
  }

  private static String text() {
    return "jcri %s (CRI v1, Java %s)".formatted(BuildInfo.version(), Runtime.version());
  }

  /** For {@code --version}. */
  static final class Provider implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {text()};
    }
  }
}
