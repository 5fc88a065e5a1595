package io.jcri.daemon.system;

import io.jcri.sandbox.linux.Syscalls;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells systemd how the daemon is (sd_notify(3)). Without a {@code NOTIFY_SOCKET} it tells nobody.
 *
 * <p>Thread-safe.
 */
public final class SdNotify {
  private static final Logger log = LoggerFactory.getLogger(SdNotify.class);

  private final Syscalls syscalls;
  private final String socket;

  /**
   * Speaks to one socket.
   *
   * @param socket {@code $NOTIFY_SOCKET}: a path, or {@code @name} for an abstract address; empty
   *     for none
   */
  public SdNotify(Syscalls syscalls, String socket) {
    this.syscalls = syscalls;
    this.socket = socket;
  }

  /** As whoever started the daemon wishes. */
  public static SdNotify ofEnvironment(Syscalls syscalls) {
    return new SdNotify(syscalls, System.getenv().getOrDefault("NOTIFY_SOCKET", ""));
  }

  /** The socket is bound and what ran before the restart has been taken up. */
  public void ready() {
    ready("serving CRI");
  }

  /**
   * The same, with a line for people.
   *
   * @param status what {@code systemctl status} shows
   */
  public void ready(String status) {
    send("READY=1\nSTATUS=" + status.replace('\n', ' '));
  }

  /** A change of the configuration is looked at; {@link #ready} ends that. */
  public void reloading() {
    // of CLOCK_MONOTONIC, as the Java runtime's own clock is
    send("RELOADING=1\nMONOTONIC_USEC=" + System.nanoTime() / 1000);
  }

  /** All is well, for now; what systemd's watchdog waits for. */
  public void alive() {
    send("WATCHDOG=1");
  }

  public void stopping() {
    send("STOPPING=1");
  }

  private void send(String state) {
    if (socket.isEmpty()) {
      return;
    }
    try {
      syscalls.sendDatagram(socket, state.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      log.warn("cannot notify systemd at {}: {}", socket, e.getMessage());
    }
  }
}
