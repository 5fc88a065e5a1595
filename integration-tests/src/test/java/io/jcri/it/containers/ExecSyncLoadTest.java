package io.jcri.it.containers;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.jcri.cri.v1.ExecSyncRequest;
import io.jcri.cri.v1.ExecSyncResponse;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestContainer.Exec;
import io.jcri.it.node.TestNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** More output of commands at once than the daemon's heap of 128 MiB could hold. */
class ExecSyncLoadTest {
  private static final int PROBES = 64;
  private static final int SIZE = 7_000_000;
  private static final String MARK = "\n[jcri: the rest of this output was cut off]\n";

  @RegisterExtension static final TestNode NODE = new TestNode();

  /** What is of interest in a reply, which itself is let go at once. */
  private record Judged(int exitCode, boolean out, boolean err, boolean whole) {}

  /** Either all of it, or a beginning and the mark. */
  private static boolean right(ByteString stream, byte letter) {
    boolean cut = stream.endsWith(ByteString.copyFromUtf8(MARK));
    int length = stream.size() - (cut ? MARK.length() : 0);
    for (int i = 0; i < length; i++) {
      if (stream.byteAt(i) != letter) {
        return false;
      }
    }
    return cut ? length < SIZE : length == SIZE;
  }

  private static Judged big(TestContainer container) {
    ExecSyncResponse reply =
        NODE.cri()
            .runtime()
            .execSync(
                ExecSyncRequest.newBuilder()
                    .setContainerId(container.id())
                    .addAllCmd(List.of("sh", "-c", "cat /tmp/x; cat /tmp/y >&2; exit 7"))
                    .build());
    return new Judged(
        reply.getExitCode(),
        right(reply.getStdout(), (byte) 'x'),
        right(reply.getStderr(), (byte) 'y'),
        reply.getStdout().size() == SIZE && reply.getStderr().size() == SIZE);
  }

  private static <T> List<Future<T>> submit(ExecutorService threads, int count, Callable<T> call) {
    List<Future<T>> calls = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      calls.add(threads.submit(call));
    }
    return calls;
  }

  @Test
  void manyLargeOutputsAtOnceLeaveTheDaemonAlive() throws Exception {
    TestContainer container = NODE.pod().idle();
    for (String letter : List.of("x", "y")) {
      container.sh("head -c %d /dev/zero | tr '\\0' %s > /tmp/%s".formatted(SIZE, letter, letter));
    }
    long daemon = NODE.daemon().process().pid();
    List<Judged> replies = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Judged>> large = submit(threads, PROBES, () -> big(container));
      List<Future<Exec>> small = submit(threads, 8, () -> container.exec("echo", "small"));
      for (Future<Exec> call : small) {
        assertThat(call.get()).isEqualTo(new Exec(0, "small\n", ""));
      }
      for (Future<Judged> call : large) {
        replies.add(call.get());
      }
    }
    assertThat(replies)
        .allMatch(reply -> reply.exitCode() == 7 && reply.out() && reply.err())
        .anyMatch(Judged::whole);
    assertThat(NODE.daemon().process().isAlive()).isTrue();
    assertThat(NODE.daemon().process().pid()).isEqualTo(daemon);
  }

  /** Who has gone must not keep what its reply would have taken. */
  @Test
  void repliesThatNobodyWaitsForTakeNothing() throws IOException {
    TestContainer container = NODE.pod().idle();
    container.sh("head -c %d /dev/zero | tr '\\0' x > /tmp/x".formatted(SIZE));
    container.sh("head -c %d /dev/zero | tr '\\0' y > /tmp/y".formatted(SIZE));
    for (int i = 0; i < 10; i++) {
      HastyCalls.leave(
          NODE, container, "sh", "-c", "cat /tmp/x; cat /tmp/y >&2; exec sleep 54321" + i);
    }
    assertThat(big(container).whole()).isTrue();
  }
}
