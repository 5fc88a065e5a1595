package io.jcri.cni;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;

/** Writes plugins that are shell scripts and that record how they were called. */
final class ScriptPlugins {
  /** A result with one address, for {@link #add}. */
  static final String RESULT =
      "echo '{\"cniVersion\":\"1.0.0\",\"interfaces\":[{\"name\":\"eth0\",\"sandbox\":\"/x\"}],"
          + "\"ips\":[{\"address\":\"10.9.0.2/24\",\"gateway\":\"10.9.0.1\",\"interface\":0}]}'";

  static final String FAIL =
      "echo '{\"code\":11,\"msg\":\"no luck\",\"details\":\"really\"}'; exit 1";

  private final Path bin;
  private final Path records;

  ScriptPlugins(Path root) throws IOException {
    bin = Files.createDirectories(root.resolve("bin"));
    records = Files.createDirectories(root.resolve("records"));
  }

  Path bin() {
    return bin;
  }

  /** A plugin that runs the given shell line for a verb, and does nothing for the others. */
  void add(String type, Map<String, String> lineByVerb) throws IOException {
    StringBuilder script = new StringBuilder("#!/bin/sh\n");
    script.append("records=").append(records).append("\ntype=").append(type).append('\n');
    script.append("cat > $records/$type.$CNI_COMMAND.stdin\n");
    script.append("env | grep ^CNI_ > $records/$type.$CNI_COMMAND.env\n");
    script.append("[ \"$CNI_COMMAND\" = VERSION ] || echo $CNI_COMMAND $type >> $records/calls\n");
    script.append("case \"$CNI_COMMAND\" in\n");
    lineByVerb.forEach(
        (verb, line) -> script.append((verb.isEmpty() ? "''" : verb) + ") " + line + ";;\n"));
    script.append("esac\n");
    Path file = bin.resolve(type);
    Files.writeString(file, script);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** The line for VERSION of a plugin that speaks these. */
  static String versions(String... versions) {
    return "echo '{\"cniVersion\":\"1.0.0\",\"supportedVersions\":[\""
        + String.join("\",\"", versions)
        + "\"]}'";
  }

  void remove(String type) throws IOException {
    Files.delete(bin.resolve(type));
  }

  /** {@code VERB type} of each call so far, VERSION excepted. */
  List<String> calls() throws IOException {
    Path calls = records.resolve("calls");
    return Files.exists(calls) ? Files.readAllLines(calls) : List.of();
  }

  void forgetCalls() throws IOException {
    Files.deleteIfExists(records.resolve("calls"));
  }

  JsonObject stdin(String type, String verb) throws IOException {
    return Json.read(records.resolve(type + "." + verb + ".stdin"));
  }

  List<String> environment(String type, String verb) throws IOException {
    return Files.readAllLines(records.resolve(type + "." + verb + ".env"));
  }

  Path records() {
    return records;
  }
}
