package io.jcri.sandbox.mount;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A user namespace, held by a process that waits. */
record UserNamespace(Process holder) implements AutoCloseable {
  /** One that maps its ids from 0 to the host's from {@code host}. */
  static UserNamespace mapping(long host, long size) throws IOException {
    Process process =
        new ProcessBuilder("unshare", "-U", "sh", "-c", "echo ready; exec cat").start();
    UserNamespace made = new UserNamespace(process);
    InputStream out = process.getInputStream();
    if (out.read() != 'r') {
      made.close();
      throw new IOException("no user namespace");
    }
    Path proc = Path.of("/proc", Long.toString(process.pid()));
    Files.writeString(proc.resolve("uid_map"), "0 " + host + " " + size);
    Files.writeString(proc.resolve("gid_map"), "0 " + host + " " + size);
    return made;
  }

  Path file() {
    return Path.of("/proc", Long.toString(holder.pid()), "ns/user");
  }

  @Override
  public void close() {
    holder.destroyForcibly();
  }
}
