package io.jcri.cni;

import com.google.gson.JsonObject;
import io.jcri.cni.Json.MalformedJsonException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Set;

/**
 * What is left of records of attachments, which are synced by nobody: files that a power cut has
 * emptied or filled with zeros, and those that a daemon has died over before they got their names.
 * Nothing can be made of them. Thread-safe.
 */
final class TornResults {
  private final Path directory;

  // Files are stamped by a clock that lags a few milliseconds behind.
  private final Instant opened = Instant.now().minusSeconds(1);

  TornResults(Path directory) {
    this.directory = directory;
  }

  /** Removes those of one pod, whose networks are left. */
  void remove(String containerId) throws CniException {
    String part = "-" + containerId + "-";
    removeUnfinished(part);
    for (Path file : ResultCache.files(directory, part, false)) {
      removeIfTorn(file);
    }
  }

  /** Removes those of all pods but these. */
  void removeExcept(Set<String> containerIds) throws CniException {
    removeUnfinished("");
    for (Path file : ResultCache.files(directory, "", false)) {
      String name = String.valueOf(file.getFileName());
      if (containerIds.stream().noneMatch(id -> name.contains("-" + id + "-"))) {
        removeIfTorn(file);
      }
    }
  }

  private void removeUnfinished(String part) throws CniException {
    for (Path file : ResultCache.files(directory, part, true)) {
      if (isOld(file)) {
        ResultCache.remove(file);
      }
    }
  }

  private void removeIfTorn(Path file) throws CniException {
    // Not one that libcni, which replaces nothing by a rename, is about to write.
    if (isOld(file) && isTorn(file)) {
      ResultCache.remove(file);
    }
  }

  private boolean isOld(Path file) {
    try {
      return Files.getLastModifiedTime(file).toInstant().isBefore(opened);
    } catch (IOException gone) {
      return false;
    }
  }

  private static boolean isTorn(Path file) {
    try {
      JsonObject _ = Json.read(file);
      return false;
    } catch (MalformedJsonException e) {
      return true;
    } catch (IOException unknown) {
      return false;
    }
  }
}
