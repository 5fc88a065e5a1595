package io.jcri.daemon.cri.stream;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.jcri.cri.v1.ExecSyncRequest;
import io.jcri.cri.v1.ExecSyncResponse;
import io.jcri.daemon.container.CommandEnd;
import io.jcri.daemon.container.Containers;
import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.core.JcriException.Kind;
import io.jcri.daemon.cri.call.ErrorMapping;
import io.jcri.daemon.cri.call.FailedCalls;
import io.jcri.daemon.cri.call.Seconds;
import io.jcri.daemon.cri.call.Texts;
import io.jcri.daemon.log.CurrentCall;
import io.jcri.daemon.system.HeapGuard;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * {@code ExecSync}: runs a command in a container to its end. On timeout the command's whole
 * process tree is killed and the status is DEADLINE_EXCEEDED, as the kubelet's prober expects; it
 * is killed as well when its caller has gone. All calls' output together has a bound, which counts
 * it until the reply has left.
 */
final class ExecSync {
  private static final String NAME = "ExecSync";

  private final Containers containers;

  ExecSync(Containers containers) {
    this.containers = containers;
  }

  /** What a call holds until gRPC is done with it. */
  private static final class Hold {
    private @Nullable CommandEnd held; // guarded by this
    private boolean over; // guarded by this

    synchronized void keep(CommandEnd end) {
      held = end;
      if (over) {
        end.output().close();
      }
    }

    synchronized void over() {
      over = true;
      if (held != null) {
        held.output().close();
      }
    }
  }

  /** In a thread beside gRPC's own, which must stay free to tell of the caller's leaving. */
  void answer(ExecSyncRequest request, StreamObserver<ExecSyncResponse> observer) {
    var server = (ServerCallStreamObserver<ExecSyncResponse>) observer;
    Hold hold = new Hold();
    Runnable work = counted(request, HeapGuard.expendable(NAME, () -> run(request, server, hold)));
    Thread thread = Thread.ofVirtual().name(NAME).unstarted(Context.current().wrap(work));
    server.setOnCloseHandler(hold::over);
    server.setOnCancelHandler(() -> {
      thread.interrupt();
      hold.over();
    });
    thread.start();
  }

  /** One without a time limit may take as long as it takes. */
  private static Runnable counted(ExecSyncRequest request, Runnable work) {
    Supplier<String> subject = () -> "container " + request.getContainerId();
    Duration timeout = Seconds.of(request.getTimeout());
    return timeout.isZero()
        ? CurrentCall.unwatched(NAME, subject, work)
        : CurrentCall.watched(NAME, subject, timeout, work);
  }

  private void run(
      ExecSyncRequest request, ServerCallStreamObserver<ExecSyncResponse> server, Hold hold) {
    ExecSyncResponse reply;
    try {
      reply = reply(request, hold);
    } catch (Exception e) {
      if (!server.isCancelled()) {
        Status status = ErrorMapping.status(e);
        FailedCalls.report(NAME, request, status, e);
        server.onError(status.asRuntimeException());
      }
      return;
    } catch (Error e) {
      // One in gRPC's own thread is dealt with by gRPC; here the caller would wait on.
      server.onError(ErrorMapping.status(e).asRuntimeException());
      throw e;
    }
    server.onNext(reply);
    server.onCompleted();
  }

  private ExecSyncResponse reply(ExecSyncRequest request, Hold hold) throws IOException {
    Texts.check(request);
    if (request.getCmdCount() == 0) {
      throw JcriException.invalid("cmd must not be empty");
    }
    String id = containers.require(request.getContainerId()).id();
    Duration timeout = Seconds.of(request.getTimeout());
    CommandEnd end = containers.execSync(id, request.getCmdList(), timeout);
    hold.keep(end);
    if (end.timedOut()) {
      throw new JcriException(
          Kind.DEADLINE_EXCEEDED,
          "command %s in container %s timed out after %d s"
              .formatted(request.getCmd(0), id, timeout.toSeconds()));
    }
    return ExecSyncResponse.newBuilder()
        .setStdout(joined(end.output().stdout()))
        .setStderr(joined(end.output().stderr()))
        .setExitCode(end.exitCode())
        .build();
  }

  /** Without a copy of what is large. */
  private static ByteString joined(List<ByteBuffer> blocks) {
    return ByteString.copyFrom(blocks.stream().map(UnsafeByteOperations::unsafeWrap).toList());
  }
}
