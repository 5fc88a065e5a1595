package io.jcri.it.kit;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Finds a TCP port for a program that wants to be told one.
 *
 * <p>It is below those that the kernel gives to clients. Of that range any connection might take it
 * before the program does; and who tries to connect to such a port of the own machine before anyone
 * listens there is now and then given that very port, and so connected to itself.
 */
public final class FreePort {
  private static final int FIRST = 10_000;
  private static final int BEHIND_LAST = 32_768;
  private static final int ATTEMPTS = 1000;

  private FreePort() {}

  /** Returns a port of 127.0.0.1 on which nobody listens. */
  public static int find() throws IOException {
    for (int attempt = 1; ; attempt++) {
      int port = ThreadLocalRandom.current().nextInt(FIRST, BEHIND_LAST);
      try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.ofLiteral("127.0.0.1"))) {
        return probe.getLocalPort();
      } catch (BindException taken) {
        if (attempt == ATTEMPTS) {
          throw taken;
        }
      }
    }
  }
}
