package io.jcri.oci.spec;

import io.jcri.oci.PlacedJson.Placed;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Commands that the runtime executes in the life of a container; CDI devices bring them. */
public record Hooks(
    List<Hook> prestart,
    List<Hook> createRuntime,
    List<Hook> createContainer,
    List<Hook> startContainer,
    List<Hook> poststart,
    List<Hook> poststop) {

  public static final Hooks NONE =
      new Hooks(List.of(), List.of(), List.of(), List.of(), List.of(), List.of());

  /**
   * One command.
   *
   * @param path absolute, on the host (for startContainer: in the container)
   * @param args argv, including the name of the program; empty leaves it to the runtime
   * @param timeoutSeconds the runtime kills the hook afterwards
   */
  public record Hook(
      String path,
      List<String> args,
      List<String> env,
      @Placed("timeout") Optional<Integer> timeoutSeconds) {
    public Hook {
      args = List.copyOf(args);
      env = List.copyOf(env);
    }
  }

  public Hooks {
    prestart = List.copyOf(prestart);
    createRuntime = List.copyOf(createRuntime);
    createContainer = List.copyOf(createContainer);
    startContainer = List.copyOf(startContainer);
    poststart = List.copyOf(poststart);
    poststop = List.copyOf(poststop);
  }

  /**
   * The same with one more hook, after those of its kind.
   *
   * @param name as in config.json
   */
  public Hooks plus(String name, Hook hook) {
    return new Hooks(
        name.equals("prestart") ? append(prestart, hook) : prestart,
        name.equals("createRuntime") ? append(createRuntime, hook) : createRuntime,
        name.equals("createContainer") ? append(createContainer, hook) : createContainer,
        name.equals("startContainer") ? append(startContainer, hook) : startContainer,
        name.equals("poststart") ? append(poststart, hook) : poststart,
        name.equals("poststop") ? append(poststop, hook) : poststop);
  }

  private static List<Hook> append(List<Hook> hooks, Hook hook) {
    return Stream.concat(hooks.stream(), Stream.of(hook)).toList();
  }

  public boolean isEmpty() {
    return Stream.of(prestart, createRuntime, createContainer, startContainer, poststart, poststop)
        .allMatch(List::isEmpty);
  }
}
