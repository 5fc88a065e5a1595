package io.jcri.daemon.pod;

import java.util.List;

/** {@code DNSConfig}: what goes into the pod's resolv.conf. All empty means the host's file. */
public record DnsConfig(List<String> servers, List<String> searches, List<String> options) {
  public DnsConfig {
    servers = List.copyOf(servers);
    searches = List.copyOf(searches);
    options = List.copyOf(options);
  }

  public boolean isEmpty() {
    return servers.isEmpty() && searches.isEmpty() && options.isEmpty();
  }
}
