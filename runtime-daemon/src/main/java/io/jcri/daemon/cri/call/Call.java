package io.jcri.daemon.cri.call;

import java.time.Duration;

/**
 * One unary CRI call: checks the request, calls the domain, makes the reply. Exceptions become a
 * gRPC status in {@link ErrorMapping} alone.
 *
 * @param <Q> the request message
 * @param <R> the reply message
 */
@FunctionalInterface
public interface Call<Q, R> {
  R handle(Q request) throws Exception;

  /** What a reply may take, and how long it takes to make. */
  enum Kind {
    /** Of one object. */
    SINGLE,
    /** It grows with the node's objects. */
    LIST,
    /** The same, and it may have to walk writable layers: who lists must not wait for those. */
    STATS
  }

  default Kind kind() {
    return Kind.SINGLE;
  }

  /** How long it may take by what is asked, before one would wonder: a grace period, say. */
  default Duration allowed(Q request) {
    return Duration.ZERO;
  }
}
