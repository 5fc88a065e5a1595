package io.jcri.daemon.migrate;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The server of exec, attach and port-forward: its address is judged together with its TLS. */
final class StreamServer {
  private static final String TABLE = "streaming";
  private static final String LOOPBACK =
      "; the kubelet needs no other address than 127.0.0.1, the default";

  private StreamServer() {}

  /**
   * Carries it over.
   *
   * @param address as all that follow: one that is not set is empty
   * @param useTls whether there is TLS at all
   */
  static void carry(
      Optional<Setting> address,
      Optional<Setting> useTls,
      Optional<Setting> certificate,
      Optional<Setting> key,
      Draft draft) {
    List<Draft.Line> lines = new ArrayList<>();
    List<Setting> sources = new ArrayList<>();
    address.filter(one -> !one.idle()).ifPresent(one -> add("address", one, lines, sources));
    address
        .filter(Setting::idle)
        .ifPresent(
            one -> draft.lose(one, "an address of the node's own choice is not jcri's" + LOOPBACK));
    if (useTls.filter(Setting::isTrue).isPresent()) {
      Optional<Setting> one = certificate.filter(file -> !file.idle());
      Optional<Setting> other = key.filter(file -> !file.idle());
      if (one.isPresent() && other.isPresent()) {
        useTls.ifPresent(sources::add);
        add("tls_certificate", one.get(), lines, sources);
        add("tls_key", other.get(), lines, sources);
      } else {
        useTls.ifPresent(flag ->
            draft.lose(
                flag,
                "jcri makes no certificate of its own: set streaming.tls_certificate and"
                    + " streaming.tls_key, PEM files, the key in PKCS #8"));
      }
    } else {
      Stream.of(certificate, key)
          .flatMap(Optional::stream)
          .filter(file -> !file.idle())
          .forEach(file -> draft.spare(file, "TLS of the streaming server is switched off"));
    }
    if (!lines.isEmpty()) {
      draft.add(new Draft.Piece(TABLE, lines, sources), "", LOOPBACK);
    }
  }

  private static void add(
      String key, Setting setting, List<Draft.Line> lines, List<Setting> sources) {
    lines.add(new Draft.Line(key, TomlText.text(setting.text())));
    sources.add(setting);
  }
}
