package io.jcri.oci.hooks;

import io.jcri.oci.Json;
import io.jcri.oci.OciException;
import io.jcri.oci.OciException.Kind;
import io.jcri.oci.spec.Hooks;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A file of oci-hooks(5), version 1.0.0: a hook, and which containers get it.
 *
 * @param stages at which it is called, as config.json names them
 * @param always whether a container gets it whatever it is; false is as if no container had it
 * @param annotations patterns of names, and of the values that each must have
 * @param commands patterns of the program that a container runs, of which one must fit
 * @param hasBindMounts whether the container must have mounts of its own
 */
record HookFile(
    Hooks.Hook hook,
    List<String> stages,
    Optional<Boolean> always,
    Map<Pattern, Pattern> annotations,
    List<Pattern> commands,
    Optional<Boolean> hasBindMounts) {
  private static final String VERSION = "1.0.0";

  private static final Set<String> STAGES =
      Set.of(
          "prestart",
          "createRuntime",
          "createContainer",
          "startContainer",
          "poststart",
          "poststop");

  HookFile {
    stages = List.copyOf(stages);
    annotations = Map.copyOf(annotations);
    commands = List.copyOf(commands);
  }

  private record Document(String version, Hook hook, When when, List<String> stages) {}

  private record Hook(
      String path, List<String> args, List<String> env, Optional<Integer> timeout) {}

  private record When(
      Optional<Boolean> always,
      Map<String, String> annotations,
      List<String> commands,
      Optional<Boolean> hasBindMounts) {}

  /**
   * Reads the text of a file.
   *
   * @throws OciException INVALID, without the file's name
   */
  static HookFile parse(byte[] json) {
    Document document = Json.parse(json, Document.class);
    Hook hook = document.hook;
    When when = document.when;
    if (!document.version.equals(VERSION)) {
      throw invalid("version is %s, and only %s is known".formatted(document.version, VERSION));
    }
    if (!hook.path.startsWith("/")) {
      throw invalid("hook.path is \"%s\" but must be absolute".formatted(hook.path));
    }
    if (hook.timeout.filter(seconds -> seconds <= 0).isPresent()) {
      throw invalid("hook.timeout must be positive");
    }
    if (document.stages.isEmpty() || !STAGES.containsAll(document.stages)) {
      throw invalid("stages are %s but may be of %s".formatted(document.stages, STAGES));
    }
    if (when.always.isEmpty()
        && when.annotations.isEmpty()
        && when.commands.isEmpty()
        && when.hasBindMounts.isEmpty()) {
      throw invalid("when has no condition");
    }
    Map<Pattern, Pattern> annotations = new LinkedHashMap<>();
    when.annotations.forEach((key, value) -> annotations.put(pattern(key), pattern(value)));
    return new HookFile(
        new Hooks.Hook(hook.path, hook.args, hook.env, hook.timeout),
        document.stages.stream().distinct().toList(),
        when.always,
        annotations,
        when.commands.stream().map(HookFile::pattern).toList(),
        when.hasBindMounts);
  }

  private static Pattern pattern(String text) {
    try {
      return Pattern.compile(text);
    } catch (PatternSyntaxException e) {
      throw invalid("when has \"%s\", which is no regular expression".formatted(text));
    }
  }

  private static OciException invalid(String what) {
    return new OciException(Kind.INVALID, what);
  }

  /**
   * Whether a container gets it: all conditions that there are must be met.
   *
   * @param given the container's annotations
   * @param command its program
   * @param bindMounts whether it has mounts of its own
   */
  boolean fits(Map<String, String> given, String command, boolean bindMounts) {
    return always.orElse(true)
        && (hasBindMounts.isEmpty() || (hasBindMounts.get() && bindMounts))
        && annotations.entrySet().stream().allMatch(wanted -> has(given, wanted))
        && (commands.isEmpty() || commands.stream().anyMatch(one -> one.matcher(command).find()));
  }

  private static boolean has(Map<String, String> given, Map.Entry<Pattern, Pattern> wanted) {
    return given.entrySet().stream()
        .anyMatch(one ->
            wanted.getKey().matcher(one.getKey()).find()
                && wanted.getValue().matcher(one.getValue()).find());
  }
}
