package io.jcri.daemon.cri;

/**
 * One unary CRI call: checks the request, calls the domain, makes the reply. Exceptions become a
 * gRPC status in {@link ErrorMapping} alone.
 *
 * @param <Q> the request message
 * @param <R> the reply message
 */
@FunctionalInterface
interface Call<Q, R> {
  R handle(Q request) throws Exception;

  /** Whether the reply grows with the node's objects. */
  default boolean isList() {
    return false;
  }
}
