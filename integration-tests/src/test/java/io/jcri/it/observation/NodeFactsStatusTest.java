package io.jcri.it.observation;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.jcri.cri.v1.StatusRequest;
import io.jcri.it.kit.Command;
import io.jcri.it.kit.Workspace;
import io.jcri.it.node.TestNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What this node can do, told by a daemon and without one. */
class NodeFactsStatusTest {
  @RegisterExtension static final TestNode NODE = new TestNode();

  @Test
  void statusAndCheckTellTheSame() throws IOException {
    JsonObject node = info().getAsJsonObject("node");
    Command.Result check = check(NODE.daemon().configuration(), "--facts");
    assertThat(check.exitCode()).as(check.out() + check.err()).isZero();
    List<String> lines = check.out().lines().toList();
    for (String group : List.of("cgroups", "kernel")) {
      JsonObject facts = node.getAsJsonObject(group);
      assertThat(facts.keySet()).isNotEmpty();
      facts
          .asMap()
          .forEach((name, value) ->
              assertThat(lines).contains("%s.%s: %s".formatted(group, name, text(value))));
    }
    assertThat(lines)
        .anyMatch(line -> line.startsWith("seccomp.actions: "))
        .anyMatch(line -> line.startsWith("runtimes.runc.version: "));
  }

  @Test
  void whatIsMissingIsTold() throws IOException {
    Path without = NODE.scratch().disk().resolve("check.toml");
    Files.writeString(without, "[handlers.runc]\nbinary = \"/no/such/runc\"\n");
    Command.Result check = check(without);
    assertThat(check.exitCode()).isEqualTo(1);
    assertThat(check.out().lines())
        .anyMatch(line -> line.matches("handlers\\.runc +FAIL +.*/no/such/runc.*"));
  }

  private static JsonObject info() {
    String text =
        NODE.cri()
            .runtime()
            .status(StatusRequest.newBuilder().setVerbose(true).build())
            .getInfoOrThrow("info");
    return JsonParser.parseString(text).getAsJsonObject();
  }

  private static Command.Result check(Path configuration, String... more) throws IOException {
    List<String> line = new ArrayList<>();
    line.add(Workspace.distribution().resolve("bin/jcri").toString());
    line.addAll(List.of("check", "--config", configuration.toString()));
    line.addAll(List.of(more));
    return Command.of(line).run();
  }

  private static String text(JsonElement value) {
    if (value.isJsonArray()) {
      List<String> items =
          value.getAsJsonArray().asList().stream().map(JsonElement::getAsString).toList();
      return items.isEmpty() ? "none" : String.join(" ", items);
    }
    return value.getAsJsonPrimitive().isBoolean()
        ? value.getAsBoolean() ? "yes" : "no"
        : value.getAsString();
  }
}
