package io.jcri.cni;

import com.google.gson.JsonObject;
import io.jcri.sandbox.linux.Reasons;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The directory of network configurations. A file that cannot be used is reported and left out; it
 * does not stop the others.
 */
final class ConfigDirectory {
  /**
   * What the directory held.
   *
   * @param networks in the order of their file names, our generated one last
   * @param problems one message per file that was left out
   * @param foreignFiles how many configuration files, good or bad, are not our generated one; one
   *     of its name that is no JSON is ours, torn, unless it was written just now
   * @param settled whether another look, soon, need not find anything else
   */
  record Contents(
      List<Network> networks, List<String> problems, int foreignFiles, boolean settled) {
    Contents {
      networks = List.copyOf(networks);
      problems = List.copyOf(problems);
    }
  }

  private final Path directory;

  ConfigDirectory(Path directory) {
    this.directory = directory;
  }

  Contents load() {
    List<Network> networks = new ArrayList<>();
    List<Network> generated = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    int torn = 0;
    boolean settled = true;
    List<Path> files;
    try {
      files = list(directory, List.of(".conflist", ".conf", ".json"));
    } catch (IOException e) {
      return new Contents(
          List.of(), List.of("cannot read " + directory + ": " + reason(e)), 0, true);
    }
    for (Path file : files) {
      try {
        Network network = parse(file);
        (network.generated() ? generated : networks).add(network);
      } catch (NoSuchFileException e) {
        // Removed between listing and reading: a change that the watch reports next.
      } catch (IOException | RuntimeException e) {
        problems.add(file + ": " + reason(e));
        if (e instanceof Json.MalformedJsonException && file.endsWith(DefaultNetwork.FILE_NAME)) {
          settled = DefaultNetwork.settled(file);
          torn += settled ? 1 : 0;
        }
      }
    }
    int foreign = networks.size() + problems.size() - torn;
    networks.addAll(generated);
    return new Contents(networks, problems, foreign, settled);
  }

  /** Changes whenever a file that {@link #load} reads is added, removed, replaced or written. */
  String fingerprint() {
    StringBuilder text = new StringBuilder();
    append(text, directory, 1);
    return text.toString();
  }

  private void append(StringBuilder text, Path dir, int depth) {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(dir)) {
      List<String> lines = new ArrayList<>();
      for (Path entry : entries) {
        BasicFileAttributes attributes;
        try {
          attributes = Files.readAttributes(entry, BasicFileAttributes.class);
        } catch (IOException e) {
          lines.add(entry + " unreadable\n");
          continue;
        }
        if (attributes.isDirectory()) {
          if (depth > 0) {
            StringBuilder below = new StringBuilder(entry + "/\n");
            append(below, entry, depth - 1);
            lines.add(below.toString());
          }
        } else {
          lines.add(
              "%s %s %d %s\n"
                  .formatted(
                      entry,
                      attributes.fileKey(),
                      attributes.size(),
                      attributes.lastModifiedTime()));
        }
      }
      lines.stream().sorted().forEach(text::append);
    } catch (IOException e) {
      text.append("absent");
    }
  }

  private Network parse(Path file) throws IOException {
    JsonObject json = Json.read(file);
    if (!file.toString().endsWith(".conflist")) {
      return NetworkParser.parseSingle(json, file.toString());
    }
    List<JsonObject> folder = new ArrayList<>();
    if (NetworkParser.loadsFolder(json)) {
      for (Path part : list(directory.resolve(NetworkParser.name(json)), List.of(".conf"))) {
        folder.add(Json.read(part));
      }
    }
    return NetworkParser.parseList(json, folder, file.toString());
  }

  private static List<Path> list(Path dir, List<String> endings) throws IOException {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(dir)) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString().toLowerCase(Locale.ROOT);
        if (endings.stream().anyMatch(name::endsWith) && !Files.isDirectory(entry)) {
          files.add(entry);
        }
      }
    } catch (NoSuchFileException | NotDirectoryException e) {
      return List.of();
    }
    files.sort(null);
    return files;
  }

  private static String reason(Exception e) {
    return switch (e) {
      case FileSystemException file -> Reasons.ofNamed(file);
      case Json.MalformedJsonException malformed -> "invalid JSON: " + malformed.getMessage();
      case NetworkParser.InvalidNetworkException invalid -> String.valueOf(invalid.getMessage());
      default -> Reasons.of(e);
    };
  }
}
