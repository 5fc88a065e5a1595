package io.jcri.daemon.migrate;

import io.jcri.daemon.config.ConfigFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * From another runtime's configuration to jcri's.
 *
 * @param text of jcri's file, which the daemon's reader has accepted
 * @param findings what is not in it, in the order of the source's files and lines
 * @param hosts files of registries that belong to it, none of which is there
 */
public record Migration(String text, List<Finding> findings, List<HostsFile> hosts) {

  public Migration {
    findings = List.copyOf(findings);
    hosts = List.copyOf(hosts);
  }

  /** Whether something is other than it was. */
  public boolean complete() {
    return findings.stream().noneMatch(one -> one.weight() == Finding.Weight.LEFT_OUT);
  }

  /**
   * Reads a configuration and all that belongs to it.
   *
   * @param kind whose it is; empty to look at it
   * @param certs where files for registries may be made, absolute
   * @param present what is on the node
   * @throws MigrateException when it cannot be read
   */
  public static Migration of(
      Path file, Optional<SourceKind> kind, Optional<Path> certs, Predicate<Path> present) {
    try {
      return switch (kind.orElseGet(() -> SourceKind.of(file))) {
        case CONTAINERD -> containerd(file, certs, present);
        case CRIO -> crio(file, present);
      };
    } catch (StackOverflowError e) {
      throw new MigrateException(file, "its values are nested too deeply");
    }
  }

  private static Migration containerd(Path file, Optional<Path> certs, Predicate<Path> present) {
    Draft draft = new Draft();
    ContainerdFiles.Loaded loaded = ContainerdFiles.load(file, draft);
    Settings settings = loaded.settings();
    ContainerdRuntimes.carry(settings, draft);
    List<HostsFile> hosts = new Registries(settings, draft, certs, present).carry();
    settings
        .take("images", "pinned_images", "sandbox")
        .filter(one -> !one.idle())
        .ifPresent(one -> draft.spare(one, "jcri holds a pod with a process of its own, no image"));
    PinnedImages.carry(settings.takeBelow("images", "pinned_images"), draft);
    StreamServer.carry(
        settings.take("server", "stream_server_address"),
        settings.take("server", "enable_tls_streaming"),
        settings.take("server", "x509_key_pair_streaming", "tls_cert_file"),
        settings.take("server", "x509_key_pair_streaming", "tls_key_file"),
        draft);
    Programs.verifiers(settings.take("verifier", "bin_dir"), file, present, draft);
    Programs.network(
        Stream.concat(
                settings.take("runtime", "cni", "bin_dirs").stream(),
                settings.take("runtime", "cni", "bin_dir").stream())
            .filter(one -> !one.idle())
            .findFirst(),
        draft);
    NriValidator.carry(settings, draft);
    Figures.containerd(settings, draft);
    TraceKeys.ofContainerd(settings, draft);
    Unprivileged.carry(settings, draft);
    Rules.read("containerd.rules", "is not known here; `jcri config default` shows jcri's keys")
        .apply(settings, draft);
    return result("containerd's configuration, version " + loaded.version(), draft, hosts);
  }

  private static Migration crio(Path file, Predicate<Path> present) {
    Draft draft = new Draft();
    Settings settings = CrioFiles.load(file);
    Origin unsaid = new Origin(file, 0);
    CrioRuntimes.carry(settings, draft, unsaid);
    CrioDefaults.carry(settings, draft, unsaid, present);
    settings
        .take("crio", "image", "pinned_images")
        .ifPresent(one -> PinnedImages.carry(List.of(one), draft));
    StreamServer.carry(
        settings.take("crio", "api", "stream_address"),
        settings.take("crio", "api", "stream_enable_tls"),
        settings.take("crio", "api", "stream_tls_cert"),
        settings.take("crio", "api", "stream_tls_key"),
        draft);
    Programs.network(
        Stream.concat(
                settings.take("crio", "network", "plugin_dirs").stream(),
                settings.take("crio", "network", "plugin_dir").stream())
            .filter(one -> !one.idle())
            .findFirst(),
        draft);
    Figures.crio(settings, draft);
    TraceKeys.ofCrio(settings, draft);
    Rules.read("crio.rules", "is not known here; `jcri config default` shows jcri's keys")
        .apply(settings, draft);
    return result("CRI-O's configuration", draft, List.of());
  }

  private static Migration result(String source, Draft draft, List<HostsFile> hosts) {
    String text = Document.of(source, draft.pieces());
    // Each piece was accepted alone. That the whole is not would be a mistake of ours, told as
    // such.
    ConfigFile.parse(text, "the result");
    List<Finding> findings = draft.findings().stream().sorted(Finding.ORDER).toList();
    return new Migration(text, findings, hosts);
  }
}
