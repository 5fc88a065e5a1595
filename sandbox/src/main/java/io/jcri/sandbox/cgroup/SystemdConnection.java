package io.jcri.sandbox.cgroup;

import io.jcri.sandbox.cgroup.DbusMessage.Target;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/**
 * A connection to systemd's manager, over its private socket or the system bus. Used by one thread;
 * after its time is up every call fails.
 */
final class SystemdConnection implements AutoCloseable {
  private static final String MANAGER = "org.freedesktop.systemd1";
  private static final String BUS = "org.freedesktop.DBus";
  private static final int MAX_LINE = 1024;

  private final SocketChannel socket;
  private final Path path;
  private final Duration limit;
  private final Thread watchdog;

  /** Results of finished jobs by their object path: the signal may overtake the call's answer. */
  private final Map<String, String> finished = new HashMap<>();

  private int serial;

  private SystemdConnection(SocketChannel socket, Path path, Duration limit) {
    this.socket = socket;
    this.path = path;
    this.limit = limit;
    this.watchdog = Thread.ofVirtual().start(() -> closeAfter(socket, limit));
  }

  /** An error that the other side answered with. */
  static final class Refused extends IOException {
    private static final long serialVersionUID = 1;
    private final String name;

    Refused(String name, String message) {
      super(message);
      this.name = name;
    }

    /** As in {@code org.freedesktop.systemd1.NoSuchUnit}, the last word. */
    boolean is(String lastWord) {
      return name.endsWith("." + lastWord);
    }
  }

  /**
   * Connects.
   *
   * @param bus whether the socket is a message bus's, not systemd's own
   * @param uid the daemon's, by which the other side knows it
   */
  static SystemdConnection open(Path path, boolean bus, long uid, Duration limit)
      throws IOException {
    SocketChannel socket = SocketChannel.open(StandardProtocolFamily.UNIX);
    SystemdConnection connection = new SystemdConnection(socket, path, limit);
    try {
      // A local connect does not wait unless the other side's backlog is full.
      if (!socket.connect(UnixDomainSocketAddress.of(path))) {
        throw new IOException("cannot connect to " + path);
      }
      connection.authenticate(uid);
      if (bus) {
        connection.call(
            new Target(BUS, "/org/freedesktop/DBus", "Hello", BUS), "", new DbusWriter());
        connection.call(
            new Target(BUS, "/org/freedesktop/DBus", "AddMatch", BUS),
            "s",
            new DbusWriter()
                .string("type='signal',interface='" + MANAGER + ".Manager',member='JobRemoved'"));
      }
      connection.manager("Subscribe", "", new DbusWriter());
      return connection;
    } catch (IOException e) {
      connection.close();
      throw e;
    }
  }

  /**
   * Says who we are and begins, in one packet. systemd overlooks a call that it happens to read
   * together with a BEGIN sent later, until more arrives; this way it has read BEGIN before it
   * answers, and calls follow the answer.
   */
  private void authenticate(long uid) throws IOException {
    String name = HexFormat.of().formatHex(Long.toString(uid).getBytes(StandardCharsets.US_ASCII));
    send(("\0AUTH EXTERNAL " + name + "\r\nBEGIN\r\n").getBytes(StandardCharsets.US_ASCII));
    String answer = line();
    if (!answer.startsWith("OK")) {
      throw new IOException(path + " refuses user " + uid + ": " + answer);
    }
  }

  /** Calls systemd's manager. */
  DbusMessage manager(String member, String signature, DbusWriter body) throws IOException {
    Target target = new Target(MANAGER, "/org/freedesktop/systemd1", member, MANAGER + ".Manager");
    return call(target, signature, body);
  }

  /** Calls a method of the manager that starts a job, and waits for the job's end. */
  void job(String member, String signature, DbusWriter body, String unit) throws IOException {
    String job;
    try {
      job = manager(member, signature, body).reader().string();
    } catch (Refused e) {
      throw new Refused(e.name, "unit " + unit + ": " + e.getMessage());
    }
    while (!finished.containsKey(job)) {
      note(receive());
    }
    String result = finished.get(job);
    if (!"done".equals(result)) {
      throw new IOException("unit " + unit + ": systemd's " + member + " ended as " + result);
    }
  }

  private DbusMessage call(Target target, String signature, DbusWriter body) throws IOException {
    int mine = ++serial;
    send(DbusMessage.call(mine, target, signature, body.bytes()));
    while (true) {
      DbusMessage message = receive();
      if (message.replySerial() == mine && message.type() == DbusMessage.RETURN) {
        return message;
      }
      if (message.replySerial() == mine && message.type() == DbusMessage.ERROR) {
        String text = message.signature().startsWith("s") ? message.reader().string() : "";
        throw new Refused(
            message.errorName(),
            "systemd's " + target.member() + " failed: " + message.errorName() + ": " + text);
      }
      note(message);
    }
  }

  /** Keeps the result of a job: its number, object path, unit and result. */
  private void note(DbusMessage message) throws IOException {
    if (message.type() == DbusMessage.SIGNAL
        && message.member().equals("JobRemoved")
        && message.signature().equals("uoss")) {
      DbusReader body = message.reader();
      int ignored = body.uint32();
      String job = body.string();
      String unit = body.string();
      finished.put(job, unit.isEmpty() ? "unknown" : body.string());
    }
  }

  private void send(byte[] bytes) throws IOException {
    ByteBuffer out = ByteBuffer.wrap(bytes);
    try {
      while (out.hasRemaining()) {
        int ignored = socket.write(out);
      }
    } catch (ClosedChannelException e) {
      throw timeout(e);
    }
  }

  private DbusMessage receive() throws IOException {
    ByteBuffer start = read(DbusMessage.FIXED_BYTES);
    int length = DbusMessage.length(start);
    ByteBuffer message = ByteBuffer.allocate(length).put(start);
    message.put(read(length - DbusMessage.FIXED_BYTES)).flip();
    return DbusMessage.parse(message);
  }

  private ByteBuffer read(int bytes) throws IOException {
    ByteBuffer in = ByteBuffer.allocate(bytes);
    try {
      while (in.hasRemaining()) {
        if (socket.read(in) < 0) {
          throw new EOFException(path + " closed the connection");
        }
      }
    } catch (ClosedChannelException e) {
      throw timeout(e);
    }
    return in.flip();
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    while (line.length() < MAX_LINE) {
      char c = (char) read(1).get();
      if (c == '\n') {
        return line.toString().strip();
      }
      line.append(c);
    }
    throw new IOException("no answer of D-Bus from " + path);
  }

  private IOException timeout(ClosedChannelException cause) {
    return new IOException(path + " did not answer within " + limit.toSeconds() + " s", cause);
  }

  private static void closeAfter(SocketChannel socket, Duration limit) {
    try {
      Thread.sleep(limit);
      socket.close();
    } catch (InterruptedException done) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      // Closing a unix socket does not fail; whoever reads from it will say so.
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    watchdog.interrupt();
    socket.close();
  }
}
