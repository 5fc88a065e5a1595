package io.jcri.daemon.cli.pod;

import io.jcri.daemon.admin.AdminClient;
import io.jcri.daemon.admin.NodeMessages;
import io.jcri.daemon.cli.kit.AdminCommand;
import io.jcri.daemon.cli.kit.OutputFormat;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code jcri inspect}. A name that a pod and a container have means the pod. */
@Command(
    name = "inspect",
    description =
        "Print all that is known of pods or containers: paths, processes, runtime, cgroup, mounts,"
            + " network, and what they were made of.")
public final class InspectCommand extends AdminCommand {
  @Parameters(
      arity = "1..*",
      paramLabel = "<pod|container>",
      description = "Name, namespace/pod, pod/container, ID or a prefix of it.")
  private List<String> names = List.of();

  @Option(
      names = {"-o", "--output"},
      defaultValue = "json",
      description = "json or yaml; ${DEFAULT-VALUE} by default.")
  private OutputFormat format = OutputFormat.json;

  @Override
  protected int run(AdminClient daemon) throws IOException {
    List<NodeMessages.Pod> pods = Node.pods(daemon);
    List<NodeMessages.Container> containers = Node.containers(daemon);
    List<Map<String, @Nullable Object>> found = new ArrayList<>();
    int status = each(names, failure(), name -> found.add(details(daemon, pods, containers, name)));
    (format == OutputFormat.table ? OutputFormat.json : format).print(found, List::of);
    return status;
  }

  private static Map<String, @Nullable Object> details(
      AdminClient daemon,
      List<NodeMessages.Pod> pods,
      List<NodeMessages.Container> containers,
      String name)
      throws IOException {
    Optional<NodeMessages.Pod> pod = Names.findPod(pods, name);
    if (pod.isPresent()) {
      return ask(daemon, "pod", pod.get().id());
    }
    return ask(
        daemon,
        "container",
        Names.findContainer(containers, name)
            .orElseThrow(() ->
                new IOException(
                    "neither a pod nor a container; jcri pods and jcri ps -a list them"))
            .id());
  }

  private static Map<String, @Nullable Object> ask(AdminClient daemon, String verb, String id)
      throws IOException {
    return Node.one(daemon, verb, new NodeMessages.One(id), NodeMessages.Details.class).details();
  }

  @Override
  protected String failure() {
    return "cannot inspect";
  }
}
