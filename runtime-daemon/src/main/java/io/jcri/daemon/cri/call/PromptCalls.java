package io.jcri.daemon.cri.call;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallExecutorSupplier;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Calls that are told at once what happens on their connection, in the connection's own thread, and
 * so do nothing there that takes time. What a new thread would be told a moment later comes too
 * late when the daemon is killed in that moment.
 *
 * @param methods their full names, such as {@code runtime.v1.RuntimeService/GetContainerEvents}
 */
public record PromptCalls(Set<String> methods) implements ServerCallExecutorSupplier {
  public PromptCalls {
    methods = Set.copyOf(methods);
  }

  /** Null for all others, which then get the server's. */
  @Override
  public <Q, R> @Nullable Executor getExecutor(ServerCall<Q, R> call, Metadata metadata) {
    return methods.contains(call.getMethodDescriptor().getFullMethodName()) ? Runnable::run : null;
  }
}
