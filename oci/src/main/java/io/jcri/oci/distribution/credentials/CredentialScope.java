package io.jcri.oci.distribution.credentials;

import io.jcri.oci.distribution.config.HostsConfig;
import io.jcri.oci.distribution.config.RegistryHost;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Which hosts a pull's credentials are for. */
public final class CredentialScope {

  private CredentialScope() {}

  /**
   * Whether credentials may be shown to a host: to the one they name, or when they name none, to
   * the registry of the reference. Never to a mirror of it by that alone: the mirror's operator is
   * someone else.
   */
  public static boolean covers(Credentials credentials, String registry, RegistryHost host) {
    String server = credentials.serverAddress().strip();
    if (server.isEmpty()) {
      return host.isRegistry(registry);
    }
    String authority = authority(server);
    return authority.indexOf('*') >= 0
        ? matchesGlob(authority.toLowerCase(Locale.ROOT), host.host().toLowerCase(Locale.ROOT))
        : host.isRegistry(authority);
  }

  /**
   * Docker's configuration holds {@code https://index.docker.io/v1/} as well as {@code
   * quay.io/team}.
   */
  private static String authority(String server) {
    int scheme = server.indexOf("://");
    String rest = scheme < 0 ? server : server.substring(scheme + 3);
    int slash = rest.indexOf('/');
    return slash < 0 ? rest : rest.substring(0, slash);
  }

  /**
   * As the kubelet matches: a star stands for any part of one label, the number of labels is equal.
   */
  static boolean matchesGlob(String glob, String host) {
    List<String> wanted = Arrays.asList(glob.split("\\."));
    List<String> labels = Arrays.asList(host.split("\\."));
    if (wanted.size() != labels.size()) {
      return false;
    }
    for (int i = 0; i < wanted.size(); i++) {
      int star = wanted.get(i).indexOf('*');
      boolean same =
          star < 0
              ? wanted.get(i).equals(labels.get(i))
              : labels.get(i).length() >= wanted.get(i).length() - 1
                  && labels.get(i).startsWith(wanted.get(i).substring(0, star))
                  && labels.get(i).endsWith(wanted.get(i).substring(star + 1));
      if (!same) {
        return false;
      }
    }
    return true;
  }

  /**
   * Whether a token server may be shown credentials that the registry's challenge sends there: over
   * TLS, on loopback, or where the registry itself is reached without TLS.
   */
  public static boolean isSafeRealm(URI realm, RegistryHost challenger) {
    String scheme = realm.getScheme();
    if (scheme == null || realm.getHost() == null || realm.getUserInfo() != null) {
      return false;
    }
    return scheme.equalsIgnoreCase("https")
        || (scheme.equalsIgnoreCase("http")
            && (challenger.scheme().equals("http") || HostsConfig.isLoopback(realm.getHost())));
  }
}
