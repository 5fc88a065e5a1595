package io.jcri.cni;

import java.util.List;

/**
 * The {@code dns} capability: resolver configuration of a pod.
 *
 * @param servers addresses of name servers
 * @param searches search domains
 * @param options resolver options such as {@code ndots:5}
 */
public record Dns(List<String> servers, List<String> searches, List<String> options) {
  /** Copies its lists. */
  public Dns {
    servers = List.copyOf(servers);
    searches = List.copyOf(searches);
    options = List.copyOf(options);
  }
}
