package io.jcri.oci.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.oci.OciException;
import io.jcri.oci.runtime.RuntimeFeatures;
import io.jcri.oci.spec.ContainerMount;
import io.jcri.oci.spec.ContainerProcess;
import io.jcri.oci.spec.ContainerSpec;
import io.jcri.oci.spec.DeviceNode;
import io.jcri.oci.spec.DeviceRule;
import io.jcri.oci.spec.Hooks;
import io.jcri.oci.spec.IntelRdt;
import io.jcri.oci.spec.ProcessUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CdiDevicesTest {
  private static final RuntimeFeatures OLD = RuntimeFeatures.UNKNOWN;

  @TempDir Path directory;
  private Path first = Path.of("");
  private Path second = Path.of("");
  private CdiDevices devices = new CdiDevices(List.of());

  @BeforeEach
  void makeDirectories() throws IOException {
    first = Files.createDirectory(directory.resolve("etc"));
    second = directory.resolve("run"); // not there, as after the start of a node
    devices = new CdiDevices(List.of(first, second));
  }

  @Test
  void leavesAContainerAloneThatAsksForNothing() {
    ContainerSpec spec = container();
    assertThat(devices.inject(spec, List.of(), OLD)).isSameAs(spec);
  }

  @Test
  void doesWhatADeviceSaysAndOnceWhatItsFileSays() throws IOException {
    declare(
        first,
        "a.yaml",
        """
        cdiVersion: 0.7.0
        kind: v.com/c
        containerEdits:
          env: [SHARED=file, PATH=/vendor]
          additionalGids: [44]
        devices:
        - name: x
          containerEdits:
            env: [X=1]
            additionalGids: [0, 7]
            deviceNodes:
            - {path: /dev/hole, hostPath: /dev/null, permissions: rw}
            - {path: /dev/made, type: c, major: 10, minor: 200, uid: 9, fileMode: 0600}
            - {path: /dev/nothing, hostPath: /dev/zero, permissions: none}
            mounts:
            - {hostPath: /etc, containerPath: /a/b/, options: [bind, ro]}
            - {hostPath: tmpfs, containerPath: /late, type: tmpfs, options: [size=1k]}
            hooks:
            - {hookName: createRuntime, path: /bin/true, args: [true, x], timeout: 2}
            - {hookName: startContainer, path: /only/in/the/container}
            intelRdt: {closID: gold}
        - name: y
          containerEdits:
            env: [Y=2, X=3]
        """);
    ContainerSpec spec =
        container().toBuilder()
            .mounts(
                List.of(
                    ContainerMount.bind("/old", "/a/b", false),
                    ContainerMount.bind("/deep", "/a/b/c", false)))
            .devices(
                List.of(
                    new DeviceNode(
                        "/dev/hole",
                        "c",
                        9,
                        9,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty())))
            .build();
    ContainerSpec made = devices.inject(spec, List.of("v.com/c=x", "v.com/c=y", "v.com/c=x"), OLD);

    assertThat(made.process().env()).containsExactly("SHARED=file", "PATH=/vendor", "Y=2", "X=3");
    assertThat(made.process().user().additionalGids()).containsExactly(1L, 7L, 44L);
    assertThat(made.devices())
        .extracting(d -> "%s %s %d:%d".formatted(d.path(), d.type(), d.major(), d.minor()))
        .containsExactly("/dev/hole c 1:3", "/dev/made c 10:200", "/dev/nothing c 1:5");
    assertThat(made.devices().get(0).uid()).as("who it runs as").contains(1000L);
    assertThat(made.devices().get(0).fileMode()).contains(0666);
    assertThat(made.devices().get(1).uid()).contains(9L);
    assertThat(made.devices().get(1).gid()).contains(1001L);
    assertThat(made.devices().get(1).fileMode()).contains(0600);
    assertThat(made.resources().devices())
        .containsExactly(
            DeviceRule.DENY_ALL,
            DeviceRule.allow(made.devices().get(0), "rw"),
            DeviceRule.allow(made.devices().get(1), "rwm"));
    assertThat(made.mounts())
        .containsExactly(
            ContainerMount.of("/late", "tmpfs", "tmpfs", "size=1k"),
            ContainerMount.of("/a/b", "bind", "/etc", "bind", "ro"),
            ContainerMount.bind("/deep", "/a/b/c", false));
    assertThat(made.hooks().createRuntime())
        .containsExactly(
            new Hooks.Hook("/bin/true", List.of("true", "x"), List.of(), Optional.of(2)));
    assertThat(made.hooks().startContainer()).hasSize(1);
    assertThat(made.intelRdt()).contains(new IntelRdt("gold", "", "", List.of(), false));
  }

  @Test
  void namesTheDeviceThatNobodyDeclaresAndTheFilesThatCantBeRead() throws IOException {
    declare(first, "good.json", simple("c", "x", "A=1"));
    declare(first, "bad.json", "{");
    refused("v.com/c=z", "v.com/c=z", "not known", first.toString(), "bad.json");
    refused("v.com/other=x", "v.com/other=x");
    assertThatThrownBy(() -> devices.inject(container(), List.of("/dev/null"), OLD))
        .hasMessageContaining("\"/dev/null\"")
        .satisfies(e -> assertThat(((OciException) e).kind()).isEqualTo(OciException.Kind.INVALID));
    assertThat(environment("v.com/c=x")).as("one bad file hurts itself only").contains("A=1");
  }

  @Test
  void aLaterDirectoryBeatsAnEarlierOne() throws IOException {
    declare(first, "a.json", simple("c", "x", "A=first"));
    declare(second, "z.json", simple("c", "x", "A=second"));
    assertThat(environment("v.com/c=x")).contains("A=second");
  }

  @Test
  void twoFilesOfADirectoryThatDeclareTheSameDeclareNothing() throws IOException {
    declare(first, "a.json", simple("c", "x", "A=1"));
    declare(first, "b.json", simple("c", "x", "A=2"));
    refused("v.com/c=x", "v.com/c=x", "a.json", "b.json", "both");

    declare(second, "c.json", simple("c", "x", "A=3"));
    assertThat(environment("v.com/c=x")).as("decided by one above").contains("A=3");
  }

  @Test
  void seesFilesThatComeChangeAndGo() throws IOException {
    refused("v.com/c=x", "v.com/c=x");
    declare(second, "a.json", simple("c", "x", "A=1"));
    assertThat(environment("v.com/c=x")).contains("A=1");
    declare(second, "a.json", simple("c", "x", "A=200"));
    assertThat(environment("v.com/c=x")).contains("A=200");
    Files.delete(second.resolve("a.json"));
    refused("v.com/c=x", "v.com/c=x");
  }

  @Test
  void ignoresWhatIsNoSpecification() throws IOException {
    declare(first, "readme.txt", "hello");
    Files.createDirectory(first.resolve("folder.json"));
    Files.createSymbolicLink(first.resolve("dangling.yaml"), Path.of("/no/such"));
    String message = refused("v.com/c=x", "v.com/c=x");
    assertThat(message).doesNotContain("readme", "folder", "dangling");
  }

  @Test
  void refusesWhatTheNodeDoesNotHave() throws IOException {
    declare(first, "a.json", edits("node", "\"deviceNodes\": [{\"path\": \"/dev/no-such\"}]"));
    declare(
        first,
        "b.json",
        edits("type", "\"deviceNodes\": [{\"path\": \"/dev/null\", \"type\": \"b\"}]"));
    declare(first, "c.json", edits("file", "\"deviceNodes\": [{\"path\": \"/etc/passwd\"}]"));
    declare(
        first,
        "d.json",
        edits("mount", "\"mounts\": [{\"hostPath\": \"/no/lib\", \"containerPath\": \"/x\"}]"));
    declare(
        first,
        "e.json",
        edits("hook", "\"hooks\": [{\"hookName\": \"prestart\", \"path\": \"/no/hook\"}]"));
    declare(
        first,
        "f.json",
        edits("net", "\"netDevices\": [{\"hostInterfaceName\": \"a\", \"name\": \"b\"}]"));
    refused("v.com/node=x", "v.com/node=x", "/dev/no-such is not on this node");
    refused("v.com/type=x", "/dev/null is of type c and not b");
    refused("v.com/file=x", "/etc/passwd is not on this node");
    refused("v.com/mount=x", "/no/lib");
    refused("v.com/hook=x", "/no/hook");
    refused("v.com/net=x", "network interfaces");
  }

  @Test
  void movesInterfacesWhereTheRuntimeCan() throws IOException {
    declare(
        first,
        "f.json",
        edits("net", "\"netDevices\": [{\"hostInterfaceName\": \"a\", \"name\": \"b\"}]"));
    RuntimeFeatures able =
        new RuntimeFeatures(
            "1.0.0",
            "1.3.0",
            List.of(),
            List.of(),
            Optional.of(
                new RuntimeFeatures.Linux(
                    List.of(),
                    List.of(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of(new RuntimeFeatures.Switch(true)))),
            Map.of());
    assertThat(devices.inject(container(), List.of("v.com/net=x"), able).netDevices())
        .containsExactly(Map.entry("a", new ContainerSpec.NetDevice("b")));
  }

  private List<String> environment(String name) {
    return devices.inject(container(), List.of(name), OLD).process().env();
  }

  private String refused(String name, String... parts) {
    String[] message = {""};
    assertThatThrownBy(() -> devices.inject(container(), List.of(name), OLD))
        .satisfies(e -> {
          assertThat(((OciException) e).kind()).isEqualTo(OciException.Kind.FAILED_PRECONDITION);
          assertThat(e.getMessage()).contains(parts);
          message[0] = String.valueOf(e.getMessage());
        });
    return message[0];
  }

  private static ContainerSpec container() {
    ContainerProcess process =
        ContainerProcess.of(List.of("sh")).toBuilder()
            .env(List.of("PATH=/bin"))
            .user(new ProcessUser(1000, 1001, Optional.empty(), List.of(1L)))
            .build();
    ContainerSpec spec =
        ContainerSpec.builder(process, new ContainerSpec.Root("/r", false)).build();
    return spec.toBuilder()
        .resources(spec.resources().toBuilder().devices(List.of(DeviceRule.DENY_ALL)).build())
        .build();
  }

  private static String simple(String kind, String device, String variable) {
    return """
    {"cdiVersion": "0.3.0", "kind": "v.com/%s",
     "devices": [{"name": "%s", "containerEdits": {"env": ["%s"]}}]}
    """
        .formatted(kind, device, variable);
  }

  private static String edits(String kind, String edits) {
    return """
    {"cdiVersion": "1.1.0", "kind": "v.com/%s",
     "devices": [{"name": "x", "containerEdits": {%s}}]}
    """
        .formatted(kind, edits);
  }

  private static void declare(Path directory, String name, String text) throws IOException {
    Files.createDirectories(directory);
    Files.writeString(directory.resolve(name), text);
  }
}
