package io.jcri.daemon.check;

import io.jcri.daemon.runtime.Handler;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The program of each handler: whether it is there, answers, and is free of known escapes. */
final class HandlerCheck implements Check {
  @Override
  public String about() {
    return "handlers";
  }

  @Override
  public List<Finding> look(CheckedNode node) {
    Map<String, Handler> offered = node.handlers().all();
    List<Finding> findings = new ArrayList<>();
    new TreeMap<>(node.config().handlers())
        .forEach((name, wanted) -> {
          @Nullable Handler handler = offered.get(name);
          boolean byDefault = name.equals(node.config().defaultHandler());
          findings.add(
              handler == null
                  ? Finding.warn(
                      "handlers." + name,
                      wanted.program() + " is not installed: pods cannot name this handler",
                      install(wanted.program())
                          + ", or leave [handlers."
                          + name
                          + "] out of the configuration")
                  : look(name, wanted.program(), handler, byDefault));
        });
    return findings;
  }

  private static Finding look(
      String handlerName, String program, Handler handler, boolean byDefault) {
    String name = "handlers." + handlerName;
    Optional<String> problem = handler.problem();
    if (problem.isPresent()) {
      String remedy = install(program) + ", or set another binary in the configuration";
      return byDefault
          ? Finding.fail(name, problem.get(), remedy)
          : Finding.warn(name, problem.get(), remedy);
    }
    Optional<String> silence = handler.silence();
    if (silence.isPresent()) {
      return Finding.warn(
          name,
          silence.get(),
          "Try it by hand: " + program + " --version; it may be no OCI runtime.");
    }
    Map<String, Object> facts = handler.facts();
    String seen =
        "%s, %s %s%s%s"
            .formatted(
                facts.getOrDefault("binary", facts.getOrDefault("shim", program)),
                facts.getOrDefault("name", "of an unknown kind"),
                facts.getOrDefault("version", ""),
                facts.containsKey("package") ? " mended in " + facts.get("package") : "",
                byDefault ? ", the default" : "");
    return facts.containsKey("knownEscapes")
        ? Finding.warn(
            name,
            facts.getOrDefault("binary", program)
                + " "
                + facts.get("knownEscapes")
                + "; a distribution may have mended it under the same number",
            "Update it: apt update && apt install --only-upgrade "
                + facts.getOrDefault("name", "runc")
                + "; compare with the distribution's security tracker.")
        : Finding.ok(name, seen.strip());
  }

  private static String install(String program) {
    return program.indexOf('/') < 0
        ? "Install it: apt install " + program
        : "Install " + program + " and make it executable";
  }
}
