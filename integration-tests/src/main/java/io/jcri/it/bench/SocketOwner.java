package io.jcri.it.bench;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Finds the process that listens on a unix socket, as {@code ss -xlp} does. */
final class SocketOwner {
  private static final Path PROC = Path.of("/proc");
  private static final String LISTENS = "00010000";

  private SocketOwner() {}

  static long find(Path socket) throws IOException {
    String link = "socket:[%s]".formatted(inode(socket));
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path process : processes) {
        if (holds(process, link)) {
          return Long.parseLong(process.getFileName().toString());
        }
      }
    }
    throw new FileNotFoundException(socket + ": no process has it open");
  }

  /** A line is: num refcount protocol flags type state inode path. */
  private static String inode(Path socket) throws IOException {
    for (String line : Files.readAllLines(PROC.resolve("net/unix"))) {
      String[] fields = line.strip().split("\\s+", 8);
      if (fields.length == 8 && fields[3].equals(LISTENS) && fields[7].equals(socket.toString())) {
        return fields[6];
      }
    }
    throw new FileNotFoundException(socket + ": nobody listens");
  }

  private static boolean holds(Path process, String link) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(process.resolve("fd"))) {
      for (Path file : files) {
        if (Files.readSymbolicLink(file).toString().equals(link)) {
          return true;
        }
      }
    } catch (IOException endedMeanwhile) {
      return false;
    }
    return false;
  }
}
