package io.jcri.daemon.migrate;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Where Prometheus finds the runtime's figures: of jcri's own, by other names. */
final class Figures {
  private static final String TABLE = "metrics";
  private static final String OTHER_NAMES =
      "jcri's figures have names of their own: docs/metrics.md has a table, a dashboard and alerts";

  private Figures() {}

  /** containerd's: one address, without TLS. */
  static void containerd(Settings settings, Draft draft) {
    settings
        .take("metrics", "grpc_histogram")
        .filter(Setting::isTrue)
        .ifPresent(one -> draft.spare(one, "jcri tells how long calls took, always"));
    settings
        .take("metrics", "address")
        .filter(one -> !one.idle())
        .ifPresent(
            one -> carry(one, List.of(one), one.text(), Optional.empty(), Optional.empty(), draft));
  }

  /** CRI-O's: a port, and a unix socket too if there shall be one; jcri has one address. */
  static void crio(Settings settings, Draft draft) {
    Optional<Setting> enabled = settings.take("crio", "metrics", "enable_metrics");
    Optional<Setting> host = settings.take("crio", "metrics", "metrics_host");
    Optional<Setting> port = settings.take("crio", "metrics", "metrics_port");
    Optional<Setting> socket = set(settings, "metrics_socket");
    Optional<Setting> certificate = set(settings, "metrics_cert");
    Optional<Setting> key = set(settings, "metrics_key");
    Optional<Setting> collectors = set(settings, "metrics_collectors");
    if (enabled.filter(Setting::isTrue).isEmpty()) {
      return; // and nobody misses the rest
    }
    collectors.ifPresent(one -> draft.spare(one, "jcri's figures are few enough to be told all"));
    socket.ifPresent(one ->
        draft.lose(one, "jcri serves one address, and this is the second: set metrics.address"));
    String name = host.map(Setting::text).orElse("127.0.0.1");
    String number = port.map(one -> one.value().toString()).orElse("9090");
    carry(
        enabled.get(),
        Stream.of(enabled, host, port, certificate, key).flatMap(Optional::stream).toList(),
        (name.contains(":") ? "[" + name + "]" : name) + ":" + number,
        certificate,
        key,
        draft);
  }

  private static Optional<Setting> set(Settings settings, String name) {
    return settings.take("crio", "metrics", name).filter(one -> !one.idle());
  }

  private static void carry(
      Setting about,
      List<Setting> sources,
      String address,
      Optional<Setting> certificate,
      Optional<Setting> key,
      Draft draft) {
    List<Draft.Line> lines = new ArrayList<>();
    lines.add(new Draft.Line("address", TomlText.text(address)));
    certificate.ifPresent(
        one -> lines.add(new Draft.Line("tls_certificate", TomlText.text(one.text()))));
    key.ifPresent(one -> lines.add(new Draft.Line("tls_key", TomlText.text(one.text()))));
    int before = draft.pieces().size();
    draft.add(new Draft.Piece(TABLE, lines, sources), "", "");
    if (draft.pieces().size() > before) {
      draft.note(about, OTHER_NAMES);
    }
  }
}
