package io.jcri.sandbox.cgroup;

import io.jcri.sandbox.linux.Linux;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Transient scopes of systemd (org.freedesktop.systemd1), for processes that the daemon starts
 * itself on a host where systemd owns the control groups. Safe for any thread; each call has a
 * connection of its own.
 */
public final class SystemdScopes {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  /** What D-Bus, whose numbers have no sign here, takes for infinity. */
  private static final long UNLIMITED = -1;

  private final Path privateSocket;
  private final Path busSocket;
  private final Duration limit;

  /** The scopes of this host's systemd. */
  public SystemdScopes() {
    this(Path.of("/run/systemd/private"), Path.of("/run/dbus/system_bus_socket"), LIMIT);
  }

  /**
   * Those of a systemd with other sockets.
   *
   * @param privateSocket its own, tried first as it works before and without a bus
   * @param busSocket of the system bus
   * @param limit for each call
   */
  public SystemdScopes(Path privateSocket, Path busSocket, Duration limit) {
    this.privateSocket = privateSocket;
    this.busSocket = busSocket;
    this.limit = limit;
  }

  /**
   * Makes a scope with one process in it and waits until it is there. It has the least share of the
   * CPUs. Groups below it are ours (Delegate), and systemd forgets the scope when its last process
   * has gone. One of the same name that a crash left is stopped first, with what runs in it.
   *
   * @param scopeName {@code jcri-abc.scope}
   * @param slice {@code kubepods-pod1.slice}, made when it is not there
   * @param pid in the daemon's pid namespace
   */
  public void start(String scopeName, String slice, int pid) throws IOException {
    // It competes with the pod's containers, of which the least may have no more.
    start(
        scopeName,
        slice,
        pid,
        "jcri pod " + scopeName,
        body -> body.property("CPUWeight", CpuShare.LEAST_WEIGHT));
  }

  /** As {@link #start}, for processes that are no pod's, with an ordinary share and any number. */
  public void startService(String scopeName, String slice, int pid, String description)
      throws IOException {
    start(scopeName, slice, pid, description, body -> body.property("TasksMax", UNLIMITED));
  }

  private void start(
      String scopeName, String slice, int pid, String description, Consumer<DbusWriter> limits)
      throws IOException {
    try (SystemdConnection systemd = connect()) {
      try {
        startOnce(systemd, scopeName, slice, pid, description, limits);
      } catch (SystemdConnection.Refused e) {
        if (!e.is("UnitExists")) {
          throw e;
        }
        stop(systemd, scopeName);
        startOnce(systemd, scopeName, slice, pid, description, limits);
      }
    }
  }

  private static void startOnce(
      SystemdConnection systemd,
      String scopeName,
      String slice,
      int pid,
      String description,
      Consumer<DbusWriter> limits)
      throws IOException {
    DbusWriter body = new DbusWriter();
    body.string(scopeName).string("replace");
    body.array(
        8,
        () -> {
          body.property("Description", description);
          body.property("Slice", slice);
          body.property("Delegate", true);
          limits.accept(body);
          // Not stopped at shutdown before the services that use it.
          body.property("DefaultDependencies", false);
          // A failed scope does not stay in memory and block its name.
          body.property("CollectMode", "inactive-or-failed");
          body.align(8).string("PIDs").signature("au").array(4, () -> body.uint32(pid));
        });
    body.array(8, () -> {});
    systemd.job("StartTransientUnit", "ssa(sv)a(sa(sv))", body, scopeName);
  }

  /** Stops a scope: ends what runs in it and waits until it is gone. None of that name is fine. */
  public void stop(String scopeName) throws IOException {
    try (SystemdConnection systemd = connect()) {
      stop(systemd, scopeName);
    }
  }

  private static void stop(SystemdConnection systemd, String scopeName) throws IOException {
    try {
      systemd.job(
          "StopUnit", "ss", new DbusWriter().string(scopeName).string("replace"), scopeName);
      // Before systemd 236 a failed scope stays until it is forgotten.
      DbusMessage ignored =
          systemd.manager("ResetFailedUnit", "s", new DbusWriter().string(scopeName));
    } catch (SystemdConnection.Refused e) {
      if (!e.is("NoSuchUnit")) {
        throw e;
      }
    }
  }

  /**
   * Waits until systemd has carried out what it answered before. It writes the files of a unit
   * whose properties were set only after its answer, but before it looks at another message.
   */
  public void settle() throws IOException {
    // To connect is a question to the manager; the second is not read in the same turn.
    try (SystemdConnection systemd = connect()) {
      DbusMessage _ = systemd.manager("GetDefaultTarget", "", new DbusWriter());
    }
  }

  private SystemdConnection connect() throws IOException {
    long uid = Linux.get().getuid();
    if (Files.exists(privateSocket)) {
      try {
        return SystemdConnection.open(privateSocket, false, uid, limit);
      } catch (IOException e) {
        if (!Files.exists(busSocket)) {
          throw e;
        }
      }
    }
    return SystemdConnection.open(busSocket, true, uid, limit);
  }
}
