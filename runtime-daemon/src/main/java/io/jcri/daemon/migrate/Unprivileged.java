package io.jcri.daemon.migrate;

import java.util.ArrayList;
import java.util.List;

/** What containerd lets programs do that are not root's, which are kernel settings of pods. */
final class Unprivileged {
  private Unprivileged() {}

  /** Two keys there, one list here. */
  static void carry(Settings settings, Draft draft) {
    List<String> sysctls = new ArrayList<>();
    List<Setting> sources = new ArrayList<>();
    settings
        .take("runtime", "enable_unprivileged_ports")
        .filter(Setting::isTrue)
        .ifPresent(one -> {
          sysctls.add("net.ipv4.ip_unprivileged_port_start=0");
          sources.add(one);
        });
    settings
        .take("runtime", "enable_unprivileged_icmp")
        .filter(Setting::isTrue)
        .ifPresent(one -> {
          sysctls.add("net.ipv4.ping_group_range=0 2147483647");
          sources.add(one);
        });
    if (!sysctls.isEmpty()) {
      Draft.Line line = new Draft.Line("sysctls", TomlText.value(sysctls));
      draft.add(new Draft.Piece("containers", List.of(line), sources));
    }
  }
}
