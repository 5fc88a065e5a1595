package io.jcri.daemon.cri.call;

/**
 * One CRI call with many replies. Runs in a virtual thread of its own, which is interrupted when
 * the caller has gone; ends the stream by returning, or by an exception that becomes a gRPC status
 * in {@link ErrorMapping}.
 *
 * @param <Q> the request message
 * @param <R> the reply messages
 */
@FunctionalInterface
public interface StreamCall<Q, R> {
  void handle(Q request, PacedReplies<R> replies) throws Exception;
}
