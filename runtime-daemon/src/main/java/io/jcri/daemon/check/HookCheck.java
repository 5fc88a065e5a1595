package io.jcri.daemon.check;

import io.jcri.oci.hooks.HookDirectories;
import java.nio.file.Path;
import java.util.List;

/** The node's OCI hooks: one that can't be used keeps every container from being made. */
final class HookCheck implements Check {
  private static final String NAME = "hooks";

  @Override
  public String about() {
    return NAME;
  }

  @Override
  public List<Finding> look(CheckedNode node) {
    List<Path> directories = node.config().containers().hooks();
    if (directories.isEmpty()) {
      return List.of(Finding.skipped(NAME, "containers.hooks_dirs names no directory"));
    }
    HookDirectories.Found found = HookDirectories.look(directories);
    if (!found.problems().isEmpty()) {
      return List.of(
          Finding.fail(
              NAME,
              "no container can be made: " + String.join("; ", found.problems()),
              "Correct or remove what is named, or take its directory out of hooks_dirs; man 5"
                  + " oci-hooks has the form."));
    }
    if (!found.missing().isEmpty()) {
      return List.of(
          Finding.warn(
              NAME,
              "not to be executed: " + String.join(" ", found.missing()),
              "Install what is missing, and make it executable: containers that such a hook is for"
                  + " don't start."));
    }
    return List.of(
        Finding.ok(
            NAME,
            found.files().isEmpty()
                ? "none in " + directories
                : String.join(" ", found.files().stream().map(Path::toString).toList())));
  }
}
