package io.jcri.daemon.life;

import org.jspecify.annotations.Nullable;

/** What of a container survives the daemon and is no record: files, a shim, a process. */
final class SimulatedMachine {
  boolean root;
  boolean files;
  boolean shim;
  boolean socket; // of the shim, and there when the shim has died
  boolean silent;
  boolean process;
  @Nullable Integer exitRecord;
  int boot;
  private @Nullable Integer unsaid;

  void launchShim() {
    shim = true;
    socket = true;
  }

  void run() {
    process = true;
    unsaid = null;
  }

  void processEnds(int code) {
    if (process) {
      process = false;
      if (shim && silent) {
        unsaid = code; // until the shim comes to itself
      } else if (shim) {
        exitRecord = code;
      }
    }
  }

  void endShim(int code) {
    processEnds(code);
    process = false;
    shim = false;
    silent = false;
    socket = false;
  }

  void shimDies() {
    shim = false;
    silent = false;
  }

  /** It comes to itself, if there is one. */
  void shimSpeaks() {
    if (silent && unsaid != null) {
      exitRecord = unsaid;
    }
    silent = false;
  }

  /** What a disk has stays. */
  void reboot() {
    shim = false;
    socket = false;
    silent = false;
    process = false;
    files = false;
    exitRecord = null;
    boot++;
  }

  /** Whether nothing of the container is here but an exit record. */
  boolean isClean() {
    return !(process || shim || socket || root || files);
  }

  @Override
  public String toString() {
    return "root %s files %s shim %s socket %s silent %s process %s exit %s"
        .formatted(root, files, shim, socket, silent, process, exitRecord);
  }
}
