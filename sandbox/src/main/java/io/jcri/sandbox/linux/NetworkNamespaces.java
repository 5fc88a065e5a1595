package io.jcri.sandbox.linux;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Making sockets inside another network namespace. A socket belongs to the namespace in which it
 * was made, wherever it is used later; so all that has to happen in there is {@code socket(2)}.
 *
 * <p>setns(2) changes the calling thread alone, and would leak to whatever a pool runs on it next.
 * Each call therefore gets a platform thread that enters, makes and ends. A helper process that
 * passes the socket back would cost a process and a descriptor receiver for each connection, and
 * the result would be a bare descriptor that Java's channels cannot adopt.
 */
public final class NetworkNamespaces {
  private static final int CLONE_NEWNET = 0x4000_0000;
  private static final long STACK_BYTES = 256 * 1024;

  private NetworkNamespaces() {}

  /**
   * Runs a call inside the network namespace that a file names. The call must only make sockets:
   * threads that it starts would stay in there.
   *
   * @param namespace {@code /proc/<pid>/ns/net}, or where such a file is bind-mounted
   */
  public static <T extends @Nullable Object> T call(String namespace, PlatformThreads.Call<T> call)
      throws IOException {
    CompletableFuture<T> result = new CompletableFuture<>();
    Thread.ofPlatform()
        .name("jcri-netns")
        .daemon()
        .stackSize(STACK_BYTES)
        .start(() -> {
          try (Fd file = Linux.get().open(namespace, OpenFlags.READ_ONLY, 0)) {
            enter(file);
            result.complete(call.run());
          } catch (Throwable t) {
            result.completeExceptionally(t);
          }
        });
    return PlatformThreads.await(result);
  }

  private static void enter(Fd file) throws ErrnoException {
    try (Frame frame = new Frame()) {
      long ignored =
          frame.call(
              "enter", file.toString(), SyscallNumbers.SETNS, file.number(), CLONE_NEWNET, 0);
    }
  }
}
