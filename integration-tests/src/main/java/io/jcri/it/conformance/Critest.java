package io.jcri.it.conformance;

import io.jcri.it.kit.Command;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Runs the critest program against a CRI socket. */
final class Critest {
  private static final String PINNED = StandIns.BY_DIGEST + "@sha256:";

  private final Path program;

  /** Where ginkgo is, with which it starts itself several times over for a parallel run. */
  private final Path tools;

  private Critest(Path program, Path tools) {
    this.program = program;
    this.tools = tools;
  }

  /**
   * Copies the program with another digest in place of the one that it pulls by. That digest is a
   * constant of the program and belongs to an image that is in a public registry only; a stand-in
   * has the same name and needs the same number of characters.
   */
  static Critest withDigest(Path original, Path copy, String digest) throws IOException {
    byte[] program = Files.readAllBytes(original);
    byte[] pinned = PINNED.getBytes(StandardCharsets.US_ASCII);
    byte[] hex = digest.substring("sha256:".length()).getBytes(StandardCharsets.US_ASCII);
    int found = 0;
    for (int i = 0; i <= program.length - pinned.length - hex.length; i++) {
      if (program[i] == pinned[0] && matches(program, i, pinned)) {
        System.arraycopy(hex, 0, program, i + pinned.length, hex.length);
        found++;
      }
    }
    if (found == 0) {
      throw new IOException(original + " does not pull " + PINNED);
    }
    Files.write(copy, program);
    Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rwxr-xr-x"));
    return new Critest(copy, original.resolveSibling("."));
  }

  /**
   * Runs the suite; its output goes to this program's, its report to {@code report} as JUnit XML.
   *
   * @param nri where NRI plugins connect; without it, and with a critest older than its NRI specs,
   *     those are left out
   * @return its exit code
   */
  int run(Path socket, Optional<Path> nri, Path report, List<String> moreArguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(program.toString());
    command.add("--runtime-endpoint=unix://" + socket);
    command.add("--image-endpoint=unix://" + socket);
    command.add("--ginkgo.no-color");
    command.add("--ginkgo.junit-report=" + report);
    if (nri.isPresent() && knowsNri()) {
      command.add("--nri-socket=" + nri.get());
    }
    command.addAll(moreArguments);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectInput(new File("/dev/null"))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.INHERIT);
    builder.environment().merge("PATH", sudo() + ":" + tools, (path, own) -> own + ":" + path);
    Process process = builder.start();
    try {
      return process.waitFor();
    } finally {
      process.destroy(); // an interruption ends the suite too
    }
  }

  private boolean knowsNri() throws IOException {
    return Command.of(program.toString(), "--help").run().err().contains("nri-socket");
  }

  /** The AppArmor specs load profiles through sudo, which root's machine may do without. */
  private Path sudo() throws IOException {
    Path folder = Files.createDirectories(program.resolveSibling("critest-path"));
    Path sudo = Files.writeString(folder.resolve("sudo"), "#!/bin/sh\nexec \"$@\"\n");
    Files.setPosixFilePermissions(sudo, PosixFilePermissions.fromString("rwxr-xr-x"));
    return folder;
  }

  private static boolean matches(byte[] content, int offset, byte[] text) {
    for (int i = 0; i < text.length; i++) {
      if (content[offset + i] != text[i]) {
        return false;
      }
    }
    return true;
  }
}
