package io.jcri.daemon.cri.call;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import org.jspecify.annotations.Nullable;

/** Lets a call know what its caller says it is, for messages to humans. */
public final class Caller implements ServerInterceptor {
  private static final Metadata.Key<String> USER_AGENT =
      Metadata.Key.of("user-agent", Metadata.ASCII_STRING_MARSHALLER);
  private static final Context.Key<String> NAME = Context.key("caller");
  private static final int LONGEST = 80;

  /** Such as {@code grpc-go/1.80.0}. */
  public static String name() {
    @Nullable String name = NAME.get();
    return name == null ? "unknown" : name.substring(0, Math.min(LONGEST, name.length()));
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    @Nullable String agent = headers.get(USER_AGENT);
    return agent == null
        ? next.startCall(call, headers)
        : Contexts.interceptCall(Context.current().withValue(NAME, agent), call, headers, next);
  }
}
