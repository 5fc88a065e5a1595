package io.jcri.it.faults;

import io.grpc.StatusRuntimeException;
import io.jcri.cri.v1.ContainerStatusRequest;
import io.jcri.it.kit.CriClient;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the shims of the runtimes that are compared. */
final class PeerShims {
  private static final Pattern SHIM = Pattern.compile("\"shimPid\"\\s*:\\s*(\\d+)");

  private PeerShims() {}

  /** jcri has one for each container, and tells its number. */
  static OptionalLong ofJcri(CriClient client, String container) {
    try {
      String info =
          client
              .runtime()
              .containerStatus(
                  ContainerStatusRequest.newBuilder()
                      .setContainerId(container)
                      .setVerbose(true)
                      .build())
              .getInfoMap()
              .getOrDefault("info", "");
      Matcher matcher = SHIM.matcher(info);
      return matcher.find() && Long.parseLong(matcher.group(1)) > 1
          ? OptionalLong.of(Long.parseLong(matcher.group(1)))
          : OptionalLong.empty();
    } catch (StatusRuntimeException gone) {
      return OptionalLong.empty();
    }
  }

  /** containerd has one for each pod, named by the sandbox. */
  static OptionalLong ofContainerd(String sandbox) {
    return ProcessHandle.allProcesses()
        .filter(each -> isShimOf(sandbox, each.info().arguments().orElse(new String[0])))
        .mapToLong(ProcessHandle::pid)
        .findAny();
  }

  /** Its program is also called for a moment, to start or to delete. */
  static boolean isShimOf(String sandbox, String... arguments) {
    List<String> line = List.of(arguments);
    int id = line.indexOf("-id");
    return id >= 0
        && line.contains("-namespace")
        && line.indexOf(sandbox) == id + 1
        && !line.getLast().equals("start")
        && !line.getLast().equals("delete");
  }
}
