package io.jcri.daemon.cli;

import io.jcri.daemon.migrate.HostsFile;
import io.jcri.daemon.migrate.MigrateException;
import io.jcri.daemon.migrate.Migration;
import io.jcri.daemon.migrate.SourceKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code jcri config migrate}. */
@Command(
    name = "migrate",
    description = {
      "Make a configuration of containerd's config.toml, with what it imports, or of CRI-O's crio.conf,"
          + " with crio.conf.d beside it. What has no counterpart is told on standard error, a line each.",
      "Exit status: 0 all is carried over, 3 something is not, 2 the file cannot be read, 1 the result"
          + " cannot be written."
    })
final class MigrateCommand implements Callable<Integer> {
  private static final int LEFT_OUT = 3;

  @Parameters(index = "0", paramLabel = "<file>", description = "containerd's or CRI-O's file.")
  private Path file = Path.of("");

  @Option(
      names = "--from",
      paramLabel = "<runtime>",
      description = "Whose it is, where the file does not tell: ${COMPLETION-CANDIDATES}.")
  private @Nullable SourceKind from;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "<file>",
      description = "Where to; standard output by default. It must not be there.")
  private @Nullable Path output;

  @Option(names = "--force", description = "Write over the file of --output.")
  private boolean force;

  @Option(
      names = "--certs-dir",
      paramLabel = "<directory>",
      description =
          "Where mirrors and registries' certificates and credentials that stand in containerd's file"
              + " itself are written, as HOST/hosts.toml; what is there is kept. By default certs.d"
              + " beside the file of --output.")
  private @Nullable Path certs;

  @Override
  public Integer call() {
    Path target = output;
    if (target != null && Files.exists(target) && !force) {
      System.err.println(target + " is there; --force writes over it");
      return CommandLine.ExitCode.SOFTWARE;
    }
    Path beside = target == null ? null : target.resolveSibling("certs.d");
    Optional<Path> hosts =
        Optional.ofNullable(certs == null ? beside : certs)
            .map(path -> path.toAbsolutePath().normalize());
    Migration migration;
    try {
      migration = Migration.of(file, Optional.ofNullable(from), hosts, Files::exists);
    } catch (MigrateException e) {
      System.err.println(e.getMessage());
      return CommandLine.ExitCode.USAGE;
    }
    migration.findings().forEach(finding -> System.err.println(finding.line()));
    try {
      for (HostsFile one : migration.hosts()) {
        write(one);
      }
      if (target == null) {
        System.out.print(migration.text());
      } else {
        makeParent(target);
        Files.writeString(target, migration.text());
      }
    } catch (IOException e) {
      System.err.println("cannot write " + e.getMessage());
      return CommandLine.ExitCode.SOFTWARE;
    }
    return migration.complete() ? CommandLine.ExitCode.OK : LEFT_OUT;
  }

  private static void makeParent(Path path) throws IOException {
    Path parent = path.toAbsolutePath().getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
  }

  /** Only where there is none: what an operator has written is not ours. */
  private static void write(HostsFile hosts) throws IOException {
    makeParent(hosts.file());
    Set<PosixFilePermission> mode =
        PosixFilePermissions.fromString(hosts.secret() ? "rw-------" : "rw-r--r--");
    FileAttribute<Set<PosixFilePermission>> attribute = PosixFilePermissions.asFileAttribute(mode);
    Files.createFile(hosts.file(), attribute);
    Files.writeString(hosts.file(), hosts.text(), StandardOpenOption.WRITE);
    System.err.println("wrote " + hosts.file());
  }
}
