package io.jcri.oci.distribution;

import com.sun.net.httpserver.HttpExchange;
import io.jcri.oci.distribution.TestHost.Asked;
import io.jcri.oci.distribution.credentials.Credentials;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/** Hosts that want to know who asks, and somebody they may know. */
final class Challenges {

  static final Credentials ME = Credentials.of("me", "s3cret");

  /** The header of {@link #ME}. */
  static final String BASIC =
      "Basic " + Base64.getEncoder().encodeToString("me:s3cret".getBytes(StandardCharsets.UTF_8));

  private Challenges() {}

  /** Replies 401 with a challenge, unless the request has the header that is wanted. */
  static boolean demand(HttpExchange exchange, Asked asked, String challenge, String wanted)
      throws IOException {
    if (asked.header("Authorization").equals(Optional.of(wanted))) {
      return false;
    }
    exchange.getResponseHeaders().set("WWW-Authenticate", challenge);
    TestHost.reply(exchange, 401, "");
    return true;
  }

  /** The challenge that names a token server. */
  static String bearer(TestHost realm) {
    return "Bearer realm=\"http://" + realm.name() + "/token?x=1\",service=\"the service\"";
  }

  /** Makes a host reply the same to whatever it is asked. */
  static TestHost tokenServer(TestHost host, String json) {
    host.before((exchange, asked) -> {
      TestHost.reply(exchange, 200, json);
      return true;
    });
    return host;
  }
}
