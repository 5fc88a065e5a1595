package io.jcri.daemon.cli;

import io.jcri.daemon.cli.kit.JcriVersion;
import picocli.CommandLine.Command;

/** {@code jcri version}. */
@Command(name = "version", description = "Print the version.", mixinStandardHelpOptions = true)
final class VersionCommand implements Runnable {
  @Override
  public void run() {
    System.out.println(JcriVersion.text());
  }
}
