package io.jcri.sandbox.linux;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.function.Predicate;

/**
 * The kernel's table of connections, by netlink (linux/netfilter/nfnetlink_conntrack.h). An address
 * translation is chosen with the first packet of a flow and holds for all others; with datagrams a
 * flow lasts as long as somebody goes on sending. Stateless, and waits for nothing.
 */
public final class ConnectionTracking {
  /** The number of UDP. */
  public static final int UDP = 17;

  private static final int AF_NETLINK = 16;
  private static final int SOCK_RAW = 3;
  private static final int SOCK_CLOEXEC = 0x8_0000;
  private static final int NETLINK_NETFILTER = 12;

  private static final int GET = 0x101;
  private static final int DELETE = 0x102;
  private static final int ENTRY = 0x100;
  private static final int ERROR = 2;
  private static final int DONE = 3;
  private static final int REQUEST = 1;
  private static final int ACK = 4;
  private static final int DUMP = 0x300;

  private static final int TUPLE_ORIG = 1;
  private static final int ID = 12;
  private static final int ZONE = 18;
  private static final int TUPLE_IP = 1;
  private static final int TUPLE_PROTO = 2;
  private static final int IP4_TO = 2;
  private static final int IP6_TO = 4;
  private static final int PROTO_NUMBER = 1;
  private static final int PROTO_TO = 3;

  private static final int HEADER = 16;

  /** And of netfilter's own: the family, a version, a number. */
  private static final int HEADERS = HEADER + 4;

  /** The kernel fills 32 KiB at most. */
  private static final int BUFFER = 64 << 10;

  private static final String ABOUT = "the table of connections";

  /**
   * A flow.
   *
   * @param name what its deletion names it by, as the kernel has written it
   */
  private record Flow(int family, InetAddress to, int protocol, int port, ByteBuffer name) {}

  private ConnectionTracking() {}

  /**
   * Has the kernel forget flows, so that what is sent next begins a new one.
   *
   * @param protocol such as {@link #UDP}
   * @param ports to which who began the flow has sent
   * @param addresses to which he has
   * @return how many there were
   * @throws IOException when the kernel refuses, or cannot do this
   */
  public static int forget(int protocol, Set<Integer> ports, Predicate<InetAddress> addresses)
      throws IOException {
    try (Frame frame = new Frame();
        Fd socket =
            new Fd(
                (int)
                    frame.call(
                        "make socket for",
                        ABOUT,
                        SyscallNumbers.SOCKET,
                        AF_NETLINK,
                        SOCK_RAW | SOCK_CLOEXEC,
                        NETLINK_NETFILTER),
                ABOUT)) {
      MemorySegment buffer = frame.memory(BUFFER);
      send(frame, socket, GET, REQUEST | DUMP, 0, ByteBuffer.allocate(0));
      List<Flow> flows = new ArrayList<>();
      receive(frame, socket, buffer, flows);
      int forgotten = 0;
      for (Flow flow : flows) {
        if (flow.protocol == protocol && ports.contains(flow.port) && addresses.test(flow.to)) {
          send(frame, socket, DELETE, REQUEST | ACK, flow.family, flow.name);
          forgotten += deleted(frame, socket, buffer) ? 1 : 0;
        }
      }
      return forgotten;
    }
  }

  /** It may have ended by itself meanwhile. */
  private static boolean deleted(Frame frame, Fd socket, MemorySegment buffer) throws IOException {
    try {
      receive(frame, socket, buffer, new ArrayList<>());
      return true;
    } catch (ErrnoException e) {
      if (e.is(Errno.ENOENT)) {
        return false;
      }
      throw e;
    }
  }

  private static void send(
      Frame frame, Fd socket, int type, int flags, int family, ByteBuffer attributes)
      throws ErrnoException {
    ByteBuffer message =
        ByteBuffer.allocate(HEADERS + attributes.remaining()).order(ByteOrder.nativeOrder());
    message.putInt(message.capacity()).putShort((short) type).putShort((short) flags);
    message.putInt(0).putInt(0).put((byte) family).put((byte) 0).putShort((short) 0);
    message.put(attributes.duplicate());
    MemorySegment copy = frame.copyOf(message.array());
    long _ =
        frame.call(
            "ask",
            ABOUT,
            SyscallNumbers.WRITE,
            socket.number(),
            copy.address(),
            message.capacity());
  }

  /** Reads up to the end of an answer. */
  private static void receive(Frame frame, Fd socket, MemorySegment buffer, List<Flow> flows)
      throws IOException {
    while (true) {
      long size =
          frame.call("read", ABOUT, SyscallNumbers.READ, socket.number(), buffer.address(), BUFFER);
      ByteBuffer messages =
          ByteBuffer.wrap(buffer.asSlice(0, size).toArray(ValueLayout.JAVA_BYTE))
              .order(ByteOrder.nativeOrder());
      for (int at = 0; at + HEADER <= size; ) {
        int length = messages.getInt(at);
        int type = messages.getShort(at + 4);
        if (length < HEADER || at + length > size) {
          throw new IOException("a broken answer of " + ABOUT);
        }
        if (type == ERROR || type == DONE) {
          int error = length >= HEADER + 4 ? -messages.getInt(at + HEADER) : 0;
          if (error > 0) {
            throw new ErrnoException("ask", error, ABOUT);
          }
          return;
        }
        if (type == ENTRY && length > HEADERS) {
          flow(
                  messages.get(at + HEADER),
                  messages.slice(at + HEADERS, length - HEADERS).order(ByteOrder.nativeOrder()))
              .ifPresent(flows::add);
        }
        at += aligned(length);
      }
    }
  }

  private static Optional<Flow> flow(int family, ByteBuffer attributes) throws IOException {
    ByteBuffer tuple = attribute(attributes, TUPLE_ORIG);
    ByteBuffer ip = attribute(tuple, TUPLE_IP);
    ByteBuffer protocol = attribute(tuple, TUPLE_PROTO);
    ByteBuffer to = attribute(ip, IP4_TO);
    if (!to.hasRemaining()) {
      to = attribute(ip, IP6_TO);
    }
    ByteBuffer port = attribute(protocol, PROTO_TO).order(ByteOrder.BIG_ENDIAN);
    ByteBuffer number = attribute(protocol, PROTO_NUMBER);
    if (!to.hasRemaining() || port.remaining() < 2 || !number.hasRemaining()) {
      return Optional.empty(); // of a protocol without ports
    }
    byte[] address = new byte[to.remaining()];
    to.get(address);
    ByteBuffer name = ByteBuffer.allocate(attributes.remaining());
    for (int type : new int[] {TUPLE_ORIG, ZONE, ID}) {
      name.put(whole(attributes, type));
    }
    byte[] used = new byte[name.position()];
    name.flip().get(used);
    return Optional.of(
        new Flow(
            family,
            InetAddress.getByAddress(address),
            number.get() & 0xff,
            port.getShort() & 0xffff,
            ByteBuffer.wrap(used)));
  }

  /** What an attribute holds; nothing where it is missing. */
  private static ByteBuffer attribute(ByteBuffer attributes, int wanted) {
    return find(attributes, wanted, at -> attributes.slice(at + 4, length(attributes, at) - 4));
  }

  /** An attribute with its header, up to where the next begins. */
  private static ByteBuffer whole(ByteBuffer attributes, int wanted) {
    return find(
        attributes,
        wanted,
        at ->
            attributes.slice(
                at, Math.min(aligned(length(attributes, at)), attributes.limit() - at)));
  }

  private static ByteBuffer find(ByteBuffer attributes, int wanted, IntFunction<ByteBuffer> found) {
    for (int at = 0; at + 4 <= attributes.limit(); ) {
      int length = length(attributes, at);
      if (length < 4 || at + length > attributes.limit()) {
        break;
      }
      // The two highest bits say of what kind it is.
      if ((attributes.getShort(at + 2) & 0x3fff) == wanted) {
        return found.apply(at).order(ByteOrder.nativeOrder());
      }
      at += aligned(length);
    }
    return ByteBuffer.allocate(0);
  }

  private static int length(ByteBuffer attributes, int at) {
    return attributes.getShort(at) & 0xffff;
  }

  private static int aligned(int length) {
    return (length + 3) & ~3;
  }
}
