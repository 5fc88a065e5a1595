package io.jcri.oci.spec;

import io.jcri.oci.OciException;
import java.util.ArrayList;
import java.util.List;

/** Joins what the image starts with what the pod asks for. */
public final class ProcessArgs {

  private ProcessArgs() {}

  /**
   * The argv of the container. As Kubernetes documents it: a command replaces the image's
   * entrypoint and makes its CMD void, args alone replace the CMD.
   *
   * @throws OciException INVALID when nothing is left to execute
   */
  public static List<String> merge(
      List<String> imageEntrypoint,
      List<String> imageCmd,
      List<String> command,
      List<String> args) {
    List<String> merged = new ArrayList<>();
    if (command.isEmpty()) {
      merged.addAll(imageEntrypoint);
      merged.addAll(args.isEmpty() ? imageCmd : args);
    } else {
      merged.addAll(command);
      merged.addAll(args);
    }
    if (merged.isEmpty() || merged.getFirst().isEmpty()) {
      throw new OciException(
          OciException.Kind.INVALID, "no command: neither the image nor the container names one");
    }
    return List.copyOf(merged);
  }
}
