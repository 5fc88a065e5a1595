package io.jcri.daemon.checkpoint;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.daemon.core.JcriException;
import io.jcri.oci.OciException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CheckpointMatchTest {
  private static final String SPEC =
      """
      {"ociVersion":"1.0.2",
       "process":{"user":{"uid":1000,"gid":1000,"additionalGids":[5]},"args":["a","b"],
         "env":["PATH=/bin","TOKEN=secret"],"cwd":"/w","noNewPrivileges":true,
         "capabilities":{"bounding":["CAP_KILL"],"effective":[]}},
       "root":{"path":"/r/1"},
       "mounts":[{"destination":"/proc","type":"proc","source":"proc"},
         {"destination":"/etc/hosts","type":"bind","source":"/h/1","options":["rbind","ro"]}],
       "annotations":{"x":"1"},
       "linux":{"cgroupsPath":"/p/1","resources":{"memory":{"limit":5}},
         "namespaces":[{"type":"pid"},{"type":"ipc","path":"/n/1"}],
         "maskedPaths":["/proc/kcore"]}}
      """;

  private static void compare(String then, String now) {
    CheckpointMatch.require(
        "app", then.getBytes(StandardCharsets.UTF_8), now.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void whatTheNodeChoosesMayDiffer() {
    String now =
        SPEC.replace("/r/1", "/r/2")
            .replace("/h/1", "/h/2")
            .replace("/n/1", "/n/2")
            .replace("/p/1", "/p/2")
            .replace("\"limit\":5", "\"limit\":6")
            .replace("\"x\":\"1\"", "\"x\":\"2\"")
            .replace("\"PATH=/bin\",\"TOKEN=secret\"", "\"TOKEN=secret\",\"PATH=/bin\"");
    assertThatCode(() -> compare(SPEC, now)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          "uid":1000 | "uid":0 | process.user
          [5] | [6] | process.user
          ["a","b"] | ["a","c"] | process.args
          "/w" | "/" | process.cwd
          TOKEN= | KEY= | process.env
          "noNewPrivileges":true | "noNewPrivileges":false | process.noNewPrivileges
          CAP_KILL | CAP_CHOWN | process.capabilities
          /proc/kcore | /proc/keys | linux.maskedPaths
          {"type":"pid"} | {"type":"mount"} | linux.namespaces
          /etc/hosts | /etc/host | mounts
          "ro" | "rw" | mounts
          "path":"/r/1" | "path":"/r/1","readonly":true | root.readonly
          """)
  void whatComesBackMustBeTheSame(String part, String other, String field) {
    String now = SPEC.replace(part, other);
    assertThatThrownBy(() -> compare(SPEC, now))
        .isInstanceOfSatisfying(
            JcriException.class,
            e ->
                org.assertj.core.api.Assertions.assertThat(e.kind())
                    .isEqualTo(JcriException.Kind.INVALID))
        .hasMessageContaining("container app cannot be restored: its " + field + " is ");
    assertThatThrownBy(() -> compare(now, SPEC)).hasMessageContaining(field);
  }

  @Test
  void valuesOfVariablesAreNotTold() {
    assertThatThrownBy(() -> compare(SPEC, SPEC.replace("secret", "other")))
        .hasMessageContaining("TOKEN=...")
        .hasMessageNotContaining("secret")
        .hasMessageNotContaining("other");
  }

  @Test
  void aSpecificationOfAnyShapeIsRefusedAndBreaksNothing() {
    for (String hostile :
        new String[] {
          "{}",
          "[]",
          "{\"process\":[],\"linux\":7,\"mounts\":{}}",
          "{\"mounts\":[1,null],\"linux\":{\"namespaces\":\"x\"}}"
        }) {
      assertThatThrownBy(() -> compare(hostile, SPEC)).isInstanceOf(JcriException.class);
    }
    for (String hostile : new String[] {"", "null", "{", "{}{}"}) {
      assertThatThrownBy(() -> compare(hostile, SPEC)).isInstanceOf(OciException.class);
    }
  }
}
