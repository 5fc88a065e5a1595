package io.jcri.oci.distribution;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** A proxy that ends a connection whenever so many bytes of answers have gone over it. */
final class CuttingRelay implements AutoCloseable {

  private final ServerSocket server = new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
  private final int target;
  private final long most;
  private final AtomicLong sent = new AtomicLong();
  private final AtomicInteger cuts = new AtomicInteger();

  /**
   * @param host that it stands before
   * @param most bytes of a connection
   */
  CuttingRelay(TestHost host, long most) throws IOException {
    this.target = Integer.parseInt(host.name().substring(host.name().indexOf(':') + 1));
    this.most = most;
    Thread _ = Thread.ofVirtual().start(this::accept);
  }

  String name() {
    return "127.0.0.1:" + server.getLocalPort();
  }

  /** What clients were sent in all, headers too. */
  long sent() {
    return sent.get();
  }

  int cuts() {
    return cuts.get();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        Thread _ = Thread.ofVirtual().start(() -> serve(client));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket client) {
    try (client;
        Socket host = new Socket(InetAddress.ofLiteral("127.0.0.1"), target)) {
      Thread _ = Thread.ofVirtual().start(() -> copy(client, host));
      byte[] buffer = new byte[64 << 10];
      InputStream from = host.getInputStream();
      OutputStream to = client.getOutputStream();
      for (long left = most; left > 0; ) {
        int n = from.read(buffer, 0, (int) Math.min(buffer.length, left));
        if (n < 0) {
          return;
        }
        to.write(buffer, 0, n);
        left -= n;
        sent.addAndGet(n);
      }
      cuts.incrementAndGet();
    } catch (IOException e) {
      // One of them has gone, as this is about.
    }
  }

  private static void copy(Socket client, Socket host) {
    try {
      client.getInputStream().transferTo(host.getOutputStream());
    } catch (IOException e) {
      // The same.
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
