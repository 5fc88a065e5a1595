package io.jcri.shim;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Everything a shim must know of its container.
 *
 * @param containerId 1 to 128 characters of {@code [A-Za-z0-9_.-]}
 * @param bundle directory with config.json
 * @param stateDirectory existing directory of this container alone, mode 0700, below /run
 * @param runtime absolute path of the OCI runtime
 * @param runtimeRoot the runtime's {@code --root}
 * @param runtimeArguments further global options of the runtime, at most 32
 * @param systemdCgroup whether the runtime makes cgroups through systemd
 * @param execCgroup whether the runtime knows {@code exec --cgroup} (runc since 1.1; crun since 1.8
 *     on cgroup v2 only): then an exec that runs out of time is killed with all it started,
 *     whatever that did to hide; else only what /proc still connects with it
 * @param guest whether the runtime looks after the container's process itself, so that it is no
 *     child of the shim's whatever its parents look like; one that can't be a child is noticed
 *     without this
 * @param terminal as in config.json's process
 * @param stdinOpen whether the container gets a stdin that attaching clients write to
 * @param stdinOnce whether that stdin ends when the first client's input ends
 * @param log the CRI log file, empty for none; the folders between it and its log directory are
 *     made
 * @param logDirectory the pod's, which the log is in: below it no link is followed, neither now nor
 *     when the log is reopened; empty for that of the file itself
 * @param logLimit bytes above which another file takes the log's place, and what was written is
 *     lost but for a line that tells of it; 0 for no limit: a net below the kubelet's rotation
 * @param exitRecord where {@link ExitRecord} is written
 * @param cgroupPath the container's cgroup as a path below the mount of each hierarchy, empty to
 *     learn it from /proc alone, which tells nothing of a process that is dead before the runtime
 *     has returned (cgroup v1), so that its OOM kill would go unseen
 * @param restore directory with {@code checkpoint/}, the images that a start continues from instead
 *     of running the command; logs of the restore go there; empty for an ordinary start
 * @param ioOwner who owns the stdio pipes, as host ids: the container's root when it has a user
 *     namespace, else empty
 */
public record ShimSpec(
    String containerId,
    Path bundle,
    Path stateDirectory,
    Path runtime,
    Path runtimeRoot,
    List<String> runtimeArguments,
    boolean systemdCgroup,
    boolean execCgroup,
    boolean guest,
    boolean terminal,
    boolean stdinOpen,
    boolean stdinOnce,
    Optional<Path> log,
    Optional<Path> logDirectory,
    long logLimit,
    Path exitRecord,
    Optional<String> cgroupPath,
    Optional<Path> restore,
    Optional<IoOwner> ioOwner) {

  /** The host's ids of the owner of the stdio pipes. */
  public record IoOwner(long uid, long gid) {}

  /** Copies the list. */
  public ShimSpec {
    runtimeArguments = List.copyOf(runtimeArguments);
  }

  /** The command line of the shim, without its binary. */
  List<String> arguments() {
    List<String> words = new ArrayList<>();
    put(words, "--id", containerId);
    put(words, "--bundle", bundle.toString());
    put(words, "--state", stateDirectory.toString());
    put(words, "--runtime", runtime.toString());
    put(words, "--runtime-root", runtimeRoot.toString());
    runtimeArguments.forEach(argument -> put(words, "--runtime-argument", argument));
    flag(words, "--systemd-cgroup", systemdCgroup);
    flag(words, "--exec-cgroup", execCgroup);
    flag(words, "--guest", guest);
    flag(words, "--terminal", terminal);
    flag(words, "--stdin", stdinOpen);
    flag(words, "--stdin-once", stdinOnce);
    log.ifPresent(path -> put(words, "--log", path.toString()));
    logDirectory.ifPresent(path -> put(words, "--log-directory", path.toString()));
    put(words, "--log-limit", Long.toString(logLimit));
    put(words, "--exit-record", exitRecord.toString());
    cgroupPath.ifPresent(path -> put(words, "--cgroup", path));
    restore.ifPresent(path -> put(words, "--restore", path.toString()));
    ioOwner.ifPresent(owner -> {
      put(words, "--io-uid", Long.toString(owner.uid()));
      put(words, "--io-gid", Long.toString(owner.gid()));
    });
    return words;
  }

  private static void put(List<String> words, String option, String value) {
    words.add(option);
    words.add(value);
  }

  private static void flag(List<String> words, String option, boolean set) {
    if (set) {
      words.add(option);
    }
  }
}
