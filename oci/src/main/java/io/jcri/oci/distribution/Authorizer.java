package io.jcri.oci.distribution;

import io.jcri.oci.OciException;
import io.jcri.oci.distribution.TokenServer.Secret;
import io.jcri.oci.distribution.TokenServer.Token;
import io.jcri.oci.distribution.config.RegistryHost;
import io.jcri.oci.distribution.credentials.CredentialScope;
import io.jcri.oci.distribution.credentials.Credentials;
import io.jcri.oci.distribution.credentials.NodeCredentials;
import io.jcri.oci.manifest.ImageReference;
import java.net.URI;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiPredicate;

/**
 * Gives each host of one pull its {@code Authorization} header. The caller's credentials go to the
 * hosts that {@link CredentialScope} names; every other host is asked with what {@code hosts.toml}
 * has for it, else with what the node has for it ({@link NodeCredentials}), else as no one.
 * Thread-safe: layers that meet the same challenge at once fetch one token.
 */
final class Authorizer {

  private record Known(String header, Instant until) {}

  private static final Secret NO_ONE = new Secret(Optional.empty(), Optional.empty());

  private final TokenServer tokens;
  private final Timing timing;
  private final Credentials credentials;
  private final Optional<NodeCredentials> node;
  private final ImageReference reference;
  private final BiPredicate<Credentials, RegistryHost> scope;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Known> known = new HashMap<>();

  /** By origin that a redirect led to: apart, since nothing in it comes from our credentials. */
  private final Map<String, Known> anonymous = new HashMap<>();

  /**
   * @param credentials of the caller
   * @param node what this node has itself
   */
  Authorizer(
      TokenServer tokens,
      Timing timing,
      ImageReference reference,
      Credentials credentials,
      Optional<NodeCredentials> node) {
    this.tokens = tokens;
    this.timing = timing;
    this.reference = reference;
    this.credentials = credentials;
    this.node = node;
    this.scope = (secret, host) -> CredentialScope.covers(secret, reference.registry(), host);
  }

  /** What to send before any challenge. */
  Optional<String> current(RegistryHost host) {
    lock.lock();
    try {
      Known one = known.get(place(host));
      if (one != null && one.until.isAfter(timing.now())) {
        return Optional.of(one.header);
      }
    } finally {
      lock.unlock();
    }
    return registryToken(host).or(() -> configured(host));
  }

  /**
   * What to send after a 401.
   *
   * @param used what was sent with the refused request
   * @return empty when there is nothing else to try
   */
  Optional<String> answer(RegistryHost host, List<Challenge> challenges, Optional<String> used)
      throws HostFailure, InterruptedException {
    lock.lockInterruptibly();
    try {
      Known other = known.get(place(host));
      if (other != null
          && !used.equals(Optional.of(other.header))
          && other.until.isAfter(timing.now())) {
        return Optional.of(other.header);
      }
      Optional<Known> fresh = fresh(host, challenges, used);
      if (fresh.isEmpty() || used.equals(fresh.map(Known::header))) {
        return Optional.empty();
      }
      known.put(place(host), fresh.get());
      return fresh.map(Known::header);
    } finally {
      lock.unlock();
    }
  }

  /** What to send to an origin that a redirect led to, if it challenged before. */
  Optional<String> asNoOne(URI uri) {
    lock.lock();
    try {
      return Optional.ofNullable(anonymous.get(RegistryHost.origin(uri)))
          .filter(one -> one.until.isAfter(timing.now()))
          .map(Known::header);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Answers the challenge of an origin that a redirect led to with what anyone gets: nothing of
   * ours is for it.
   *
   * @param host that redirected
   * @return whether there is an answer; {@link #asNoOne} has it
   */
  boolean answerAsNoOne(RegistryHost host, URI uri, List<Challenge> challenges)
      throws HostFailure, InterruptedException {
    Optional<Challenge> bearer = first(challenges, "bearer");
    if (bearer.isEmpty()) {
      return false;
    }
    RegistryHost stranger =
        new RegistryHost(
            uri.getScheme(),
            uri.getRawAuthority(),
            "",
            Set.of(),
            host.transport().withoutClients(),
            Map.of());
    lock.lockInterruptibly();
    try {
      Token token;
      try {
        token = tokens.fetch(stranger, bearer.get(), scope(host), NO_ONE);
      } catch (HostFailure e) {
        throw e.through(host);
      }
      Known answer = known(token);
      anonymous.put(RegistryHost.origin(uri), answer);
      return true;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Whether the pull's credentials were kept from this host; an operator wants to know when it says
   * 401.
   */
  boolean withholds(RegistryHost host) {
    return !credentials.isAnonymous() && !scope.test(credentials, host);
  }

  private Optional<Known> fresh(
      RegistryHost host, List<Challenge> challenges, Optional<String> used)
      throws HostFailure, InterruptedException {
    Credentials own = own(host);
    if (!own.registryToken().isEmpty()) {
      Known given = new Known("Bearer " + own.registryToken(), Instant.MAX);
      if (!used.equals(Optional.of(given.header))) {
        return Optional.of(given);
      }
    }
    Secret secret = secret(host, own);
    Optional<Challenge> bearer = first(challenges, "bearer");
    if (bearer.isPresent() && own.registryToken().isEmpty()) {
      return Optional.of(known(tokens.fetch(host, bearer.get(), scope(host), secret)));
    }
    // Some registries say 401 and nothing more: name and password are all that can be meant.
    boolean basic = challenges.isEmpty() || first(challenges, "basic").isPresent();
    return secret
        .basic()
        .filter(header -> basic)
        .map(header -> new Known("Basic " + header, Instant.MAX));
  }

  /** What is for this host, of the caller or of the node. */
  private Credentials own(RegistryHost host) throws HostFailure, InterruptedException {
    if (scope.test(credentials, host) && !credentials.isAnonymous()) {
      return credentials;
    }
    if (node.isEmpty() || configured(host).isPresent()) {
      return Credentials.anonymous();
    }
    try {
      return node.get().find(host, host.repositoryOf(reference)).orElseGet(Credentials::anonymous);
    } catch (OciException e) {
      throw HostFailure.of(host, e.kind(), String.valueOf(e.getMessage()));
    }
  }

  /** A token is for one repository. */
  private static String place(RegistryHost host) {
    return host.origin() + " " + host.repository();
  }

  private String scope(RegistryHost host) {
    return "repository:" + host.repositoryOf(reference) + ":pull";
  }

  private Known known(Token token) {
    return new Known("Bearer " + token.value(), timing.now().plus(token.lifetime()));
  }

  private static Secret secret(RegistryHost host, Credentials own) {
    if (!own.isAnonymous()) {
      return new Secret(
          own.basic(), Optional.of(own.identityToken()).filter(token -> !token.isEmpty()));
    }
    Optional<String> basic =
        configured(host)
            .filter(header -> header.toLowerCase(Locale.ROOT).startsWith("basic "))
            .map(header -> header.substring("basic ".length()).strip());
    return new Secret(basic, Optional.empty());
  }

  private Optional<String> registryToken(RegistryHost host) {
    return Optional.of(credentials.registryToken())
        .filter(token -> !token.isEmpty() && scope.test(credentials, host))
        .map(token -> "Bearer " + token);
  }

  /** The operator's own header for this host. */
  private static Optional<String> configured(RegistryHost host) {
    return host.headers().entrySet().stream()
        .filter(header -> header.getKey().equalsIgnoreCase("authorization"))
        .flatMap(header -> header.getValue().stream())
        .findFirst();
  }

  private static Optional<Challenge> first(List<Challenge> challenges, String scheme) {
    return challenges.stream().filter(challenge -> challenge.scheme().equals(scheme)).findFirst();
  }
}
