package io.jcri.daemon.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;

/**
 * {@code jcri train-commands}, for {@code packaging/train} alone: an AOT cache is made of what one
 * Java runtime has loaded, and is to know more than one command.
 */
public final class Training {
  private Training() {}

  /**
   * Runs the commands, a line each with words between spaces, whatever becomes of them.
   *
   * @return the exit status
   */
  public static int run(InputStream commands) {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(commands, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        System.out.println("jcri " + line + ": " + Cli.run(line.split(" ", -1)));
      }
      return CommandLine.ExitCode.OK;
    } catch (IOException e) {
      System.err.println("cannot read commands: " + e.getMessage());
      return CommandLine.ExitCode.SOFTWARE;
    }
  }
}
