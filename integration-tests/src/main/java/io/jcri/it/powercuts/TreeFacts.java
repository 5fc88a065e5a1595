package io.jcri.it.powercuts;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * All that a tree of files says, to the byte. Immutable.
 *
 * @param facts by paths relative to the top: kind, mode, owner and, but for folders, time, and
 *     content or target
 */
record TreeFacts(Map<String, String> facts) {
  TreeFacts {
    facts = Map.copyOf(facts);
  }

  /** Reads a tree. */
  static TreeFacts of(Path top) throws IOException {
    Map<String, String> facts = new TreeMap<>();
    Map<Object, String> contents = new HashMap<>(); // by inode: busybox has 400 names
    Files.walkFileTree(
        top,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            String what =
                attributes.isSymbolicLink()
                    ? "-> " + Files.readSymbolicLink(file)
                    : content(file, attributes, contents);
            facts.put(
                top.relativize(file).toString(),
                owner(file) + " " + attributes.lastModifiedTime().toInstant() + " " + what);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
              throws IOException {
            if (!folder.equals(top)) {
              facts.put(top.relativize(folder).toString(), owner(folder) + " folder");
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return new TreeFacts(facts);
  }

  /** What is otherwise here than it should be, a line each. */
  List<String> differences(TreeFacts right) {
    List<String> differences = new ArrayList<>();
    TreeSet<String> paths = new TreeSet<>(facts.keySet());
    paths.addAll(right.facts.keySet());
    for (String path : paths) {
      String here = facts.getOrDefault(path, "nothing");
      String there = right.facts.getOrDefault(path, "nothing");
      if (!here.equals(there)) {
        differences.add("%s is %s, not %s".formatted(path, here, there));
      }
    }
    return differences;
  }

  /** The files as {@code sha256sum} checks them; of those with the same content one. */
  String sums() {
    Map<String, String> byContent = new TreeMap<>();
    facts.forEach((path, fact) -> {
      int at = fact.indexOf(" sha256:");
      if (at >= 0) {
        byContent.put(fact.substring(at + " sha256:".length()), path);
      }
    });
    StringBuilder lines = new StringBuilder();
    byContent.forEach((sum, path) -> lines.append(sum + "  /" + path + "\n"));
    return lines.toString();
  }

  private static String owner(Path path) throws IOException {
    Map<String, Object> unix =
        Files.readAttributes(path, "unix:mode,uid,gid", LinkOption.NOFOLLOW_LINKS);
    int mode = Integer.parseInt(String.valueOf(unix.get("mode")));
    return "%o %s:%s".formatted(mode, unix.get("uid"), unix.get("gid"));
  }

  private static String content(
      Path file, BasicFileAttributes attributes, Map<Object, String> contents) throws IOException {
    Object inode = String.valueOf(attributes.fileKey());
    String known = contents.get(inode);
    if (known == null) {
      known = "sha256:" + sha256(Files.readAllBytes(file));
      contents.put(inode, known);
    }
    return known;
  }

  private static String sha256(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
