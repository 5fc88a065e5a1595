package io.jcri.sandbox.linux;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Gives addresses to an interface of another network namespace, by the calls of netdevice(7).
 * Stateless.
 */
public final class InterfaceAddresses {
  private static final int AF_INET = 2;
  private static final int AF_INET6 = 10;
  private static final int SOCK_DGRAM = 2;
  private static final int SOCK_CLOEXEC = 0x8_0000;
  private static final int SIOCSIFADDR = 0x8916;
  private static final int SIOCGIFINDEX = 0x8933;

  /** Of a {@code struct ifreq}: a name, then what it is about. */
  private static final int NAME_BYTES = 16;

  private static final int REQUEST_BYTES = 40;

  private InterfaceAddresses() {}

  /**
   * Gives it these addresses, of each family at most one; it may have them already.
   *
   * @param namespace see {@link NetworkNamespaces#call}
   * @param name of the interface, at most 15 bytes
   * @throws IOException when the namespace or the interface is gone, or the kernel refuses
   */
  public static void set(String namespace, String name, List<InetAddress> addresses)
      throws IOException {
    boolean done =
        NetworkNamespaces.call(
            namespace,
            () -> {
              for (InetAddress address : addresses) {
                set(name, address);
              }
              return true;
            });
    assert done;
  }

  private static void set(String name, InetAddress address) throws ErrnoException {
    int family = address instanceof Inet4Address ? AF_INET : AF_INET6;
    try (Frame frame = new Frame();
        Fd socket =
            new Fd(
                (int)
                    frame.call(
                        "make socket for",
                        name,
                        SyscallNumbers.SOCKET,
                        family,
                        SOCK_DGRAM | SOCK_CLOEXEC,
                        0),
                name)) {
      MemorySegment request = frame.memory(REQUEST_BYTES);
      byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
      if (bytes.length >= NAME_BYTES) {
        throw new ErrnoException("find interface", Errno.EINVAL.number(), name);
      }
      MemorySegment.copy(bytes, 0, request, ValueLayout.JAVA_BYTE, 0, bytes.length);
      if (family == AF_INET) {
        request.set(ValueLayout.JAVA_SHORT, NAME_BYTES, (short) AF_INET);
        put(address, request, NAME_BYTES + 4);
        control(frame, socket, name, "set address of", SIOCSIFADDR, request);
      } else {
        control(frame, socket, name, "find interface", SIOCGIFINDEX, request);
        MemorySegment request6 = frame.memory(24);
        put(address, request6, 0);
        request6.set(ValueLayout.JAVA_INT, 16, 128);
        request6.set(ValueLayout.JAVA_INT, 20, request.get(ValueLayout.JAVA_INT, NAME_BYTES));
        try {
          control(frame, socket, name, "set address of", SIOCSIFADDR, request6);
        } catch (ErrnoException e) {
          if (!e.is(Errno.EEXIST)) {
            throw e;
          }
        }
      }
    }
  }

  private static void put(InetAddress address, MemorySegment memory, int offset) {
    byte[] bytes = address.getAddress();
    MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, offset, bytes.length);
  }

  private static void control(
      Frame frame, Fd socket, String name, String action, int request, MemorySegment argument)
      throws ErrnoException {
    long ignored =
        frame.call(
            action, name, SyscallNumbers.IOCTL, socket.number(), request, argument.address());
  }
}
