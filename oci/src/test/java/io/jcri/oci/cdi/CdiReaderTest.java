package io.jcri.oci.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.oci.OciException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CdiReaderTest {
  private static final String FULL =
      """
      {
        "cdiVersion": "1.1.0",
        "kind": "vendor.com/net.gpu",
        "annotations": {"a": "b"},
        "containerEdits": {"env": ["ALL=1"]},
        "devices": [
          {
            "name": "0",
            "annotations": {"c": "d"},
            "containerEdits": {
              "env": ["ONE=1"],
              "deviceNodes": [
                {"path": "/dev/x", "hostPath": "/dev/y", "type": "c", "major": 1, "minor": 3,
                 "fileMode": 438, "permissions": "rw", "uid": 5, "gid": 6}
              ],
              "netDevices": [{"hostInterfaceName": "eth1", "name": "fast0"}],
              "hooks": [
                {"hookName": "createContainer", "path": "/bin/true", "args": ["true"],
                 "env": ["A=B"], "timeout": 3}
              ],
              "mounts": [
                {"hostPath": "/lib", "containerPath": "/vendor", "options": ["ro", "bind"],
                 "type": "none"}
              ],
              "intelRdt": {"closID": "gold", "l3CacheSchema": "L3:0=f", "memBwSchema": "MB:0=50",
                "schemata": ["L2:0=1"], "enableMonitoring": true},
              "additionalGids": [44, 0]
            }
          }
        ]
      }
      """;

  @TempDir Path directory;

  @Test
  void readsAllThereIs() throws IOException {
    CdiSpec spec = read("full.json", FULL);
    assertThat(spec.kind()).isEqualTo("vendor.com/net.gpu");
    assertThat(spec.annotations()).containsEntry("a", "b");
    assertThat(spec.edits().env()).containsExactly("ALL=1");
    CdiSpec.Device device = spec.devices().getFirst();
    assertThat(device.name()).isEqualTo("0");
    assertThat(device.annotations()).containsEntry("c", "d");
    assertThat(device.edits())
        .isEqualTo(
            new CdiSpec.Edits(
                List.of("ONE=1"),
                List.of(
                    new CdiSpec.Node(
                        "/dev/x",
                        "/dev/y",
                        "c",
                        1,
                        3,
                        Optional.of(0666),
                        "rw",
                        Optional.of(5L),
                        Optional.of(6L))),
                List.of(new CdiSpec.NetDevice("eth1", "fast0")),
                List.of(
                    new CdiSpec.Hook(
                        "createContainer",
                        "/bin/true",
                        List.of("true"),
                        List.of("A=B"),
                        Optional.of(3))),
                List.of(new CdiSpec.Mount("/lib", "/vendor", List.of("ro", "bind"), "none")),
                Optional.of(new CdiSpec.Rdt("gold", "L3:0=f", "MB:0=50", List.of("L2:0=1"), true)),
                List.of(44L, 0L)));
  }

  /** JSON is YAML too, so the same file under the other name must say the same. */
  @Test
  void readsTheSameAsYaml() throws IOException {
    assertThat(read("full.yaml", FULL)).isEqualTo(read("full.json", FULL));
  }

  @Test
  void givesYamlsScalarsTheTypeThatIsWanted() throws IOException {
    CdiSpec spec =
        read(
            "a.yaml",
            """
            ---
            cdiVersion: 0.5.0
            kind: vendor.com/gpu
            devices:
            - name: 0   # a name and no number
              containerEdits:
                env: [ON=yes, "N=1"]
                deviceNodes:
                - {path: /dev/null, fileMode: 0640, permissions: r}
                - path: /dev/zero
                  fileMode: 0o600
            containerEdits:
            """);
    CdiSpec.Edits edits = spec.devices().getFirst().edits();
    assertThat(spec.devices().getFirst().name()).isEqualTo("0");
    assertThat(edits.env()).containsExactly("ON=yes", "N=1");
    assertThat(edits.deviceNodes())
        .extracting(CdiSpec.Node::fileMode)
        .containsExactly(Optional.of(0640), Optional.of(0600));
    assertThat(spec.edits().isEmpty()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          "cdiVersion": "1.1.0" | "cdiVersion": "9.0.0" | cdiVersion is "9.0.0"
          "cdiVersion": "1.1.0" | "cdiVersion": "0.8.0" | needs 1.1.0
          "cdiVersion": "1.1.0" | "version": "1.1.0" | cdiVersion must not be empty
          vendor.com/net.gpu | gpu | kind is "gpu"
          "name": "0" | "name": "a b" | devices[0].name
          "path": "/dev/x", | | deviceNodes[0].path must not be empty
          "path": "/dev/x" | "path": "dev/x" | must be absolute
          "type": "c" | "type": "x" | deviceNodes[0].type
          "major": 1 | "major": "one" | deviceNodes[0].major
          "fileMode": 438 | "fileMode": 99999 | deviceNodes[0].fileMode
          "permissions": "rw" | "permissions": "rx" | deviceNodes[0].permissions
          "uid": 5 | "uid": -1 | deviceNodes[0].uid
          createContainer | later | hooks[0].hookName
          "timeout": 3 | "timeout": 0 | hooks[0].timeout
          "ALL=1" | "ALL" | NAME=value
          "closID": "gold" | "closID": "a/b" | closID
          [44, 0] | [4294967296] | additionalGids
          "containerEdits": {"env": ["ALL=1"]} | "containerEdits": [] | containerEdits must be an object
          "annotations": {"a": "b"} | "annotation": {"a": "b"} | annotation is not known
          "hostPath": "/dev/y" | "hostpath": "/dev/y" | devices[0].containerEdits.deviceNodes[0].hostpath is not known
          """)
  void saysWhatIsWrong(String what, String instead, String message) throws IOException {
    assertThat(FULL).contains(what);
    String broken = FULL.replace(what, instead == null ? "" : instead);
    for (String name : List.of("broken.json", "broken.yaml")) {
      assertThatThrownBy(() -> read(name, broken))
          .isInstanceOf(OciException.class)
          .hasMessageContaining(message);
    }
  }

  @Test
  void refusesWhatIsNoDocument() {
    for (String text : List.of("", "[]", "x", "a: b: c", "{", "a: &a [*a]")) {
      assertThatThrownBy(() -> read("x.yaml", text)).isInstanceOf(OciException.class);
    }
    String bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n";
    for (char c = 'b'; c < 'j'; c++) {
      char before = (char) (c - 1);
      bomb += "%c: &%c [%s]\n".formatted(c, c, ("*" + before + ",").repeat(9));
    }
    String yaml = bomb;
    assertThatThrownBy(() -> read("bomb.yaml", yaml)).isInstanceOf(OciException.class);
  }

  @Test
  void refusesWhatIsPartOfItself() {
    for (String text : List.of("a: &a [*a]", "a: &a {b: {c: *a}}")) {
      assertThatThrownBy(() -> read("loop.yaml", text))
          .isInstanceOf(OciException.class)
          .hasMessageContaining("part of itself: *a");
    }
  }

  /** Deeper than a stack, in each of the ways that YAML has. */
  @Test
  void refusesWhatIsNestedTooDeep() {
    for (String level : List.of("[", "{a: ", "- ", "? ")) {
      String deep = level.repeat(200_000);
      assertThatThrownBy(() -> read("deep.yaml", deep))
          .isInstanceOf(OciException.class)
          .hasMessageContaining(
              level.equals("? ") ? "a key that is no text" : "nested deeper than 64 levels");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0.3.0, vendor.com/gpu, a, '\"env\": [\"A=B\"]'",
    "0.4.0, vendor.com/gpu, a, '\"mounts\": [{\"hostPath\": \"/a\", \"containerPath\": \"/b\", \"type\": \"bind\"}]'",
    "0.5.0, vendor.com/gpu, 1, '\"env\": [\"A=B\"]'",
    "0.5.0, vendor.com/gpu, a, '\"deviceNodes\": [{\"path\": \"/a\", \"hostPath\": \"/b\"}]'",
    "0.6.0, vendor.com/g.pu, a, '\"env\": [\"A=B\"]'",
    "0.7.0, vendor.com/gpu, a, '\"additionalGids\": [1]'",
    "0.7.0, vendor.com/gpu, a, '\"intelRdt\": {\"closID\": \"x\"}'",
    "1.1.0, vendor.com/gpu, a, '\"intelRdt\": {\"enableMonitoring\": true}'"
  })
  void knowsTheFirstVersionOfEachThing(String first, String kind, String name, String edits)
      throws IOException {
    List<String> versions =
        List.of("0.3.0", "0.4.0", "0.5.0", "0.6.0", "0.7.0", "0.8.0", "1.0.0", "1.1.0");
    for (String version : versions) {
      String text =
          """
          {"cdiVersion": "%s", "kind": "%s",
           "devices": [{"name": "%s", "containerEdits": {%s}}]}
          """
              .formatted(version, kind, name, edits);
      if (versions.indexOf(version) < versions.indexOf(first)) {
        assertThatThrownBy(() -> read("x.json", text)).hasMessageContaining("needs " + first);
      } else {
        assertThat(read("x.json", text).version()).isEqualTo(version);
      }
    }
  }

  private CdiSpec read(String name, String text) throws IOException {
    return CdiReader.read(Files.writeString(directory.resolve(name), text));
  }
}
