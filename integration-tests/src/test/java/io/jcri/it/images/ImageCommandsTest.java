package io.jcri.it.images;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.jcri.cri.v1.ContainerConfig;
import io.jcri.it.kit.Command;
import io.jcri.it.kit.Layer;
import io.jcri.it.kit.TarEntry;
import io.jcri.it.kit.TestImage;
import io.jcri.it.kit.TestImages;
import io.jcri.it.node.JcriCommand;
import io.jcri.it.node.TestContainer;
import io.jcri.it.node.TestNode;
import io.jcri.it.node.TestPod;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The commands about images on the node: images, image inspect, tag, pin, rmi, prune. */
class ImageCommandsTest {
  @RegisterExtension static final TestNode NODE = new TestNode();

  private final JcriCommand jcri = new JcriCommand(NODE);

  @AfterEach
  void removeAllButBusybox() throws IOException {
    NODE.cri().removeAllPods();
    for (JsonElement image : images()) {
      if (!tags(image).contains(NODE.busybox())) {
        String _ = jcri.out("rmi", image.getAsJsonObject().get("id").getAsString());
      }
    }
  }

  @Test
  void imagesAreListedWithWhatTheyShare() throws IOException {
    String name = NODE.load("listed", TestImages.marked("listed"));
    JsonObject image = find(name);
    assertThat(image.get("shared").getAsLong()).as("busybox").isGreaterThan(100_000);
    assertThat(image.get("unique").getAsLong()).isPositive().isLessThan(100_000);
    assertThat(image.get("containers").getAsInt()).isZero();
    assertThat(image.get("pinned").getAsBoolean()).isFalse();

    TestPod pod = NODE.pod();
    ContainerConfig.Builder config = pod.container("sleep", "100000");
    config.getImageBuilder().setImage(name);
    TestContainer container = pod.start(config);
    assertThat(find(name).get("containers").getAsInt()).isEqualTo(1);

    String table = jcri.out("images");
    assertThat(table.lines().findFirst().orElseThrow()).startsWith("NAME ").endsWith("CREATED");
    assertThat(table).contains(name + " ");
    JsonObject details =
        JsonParser.parseString(jcri.out("image", "inspect", name))
            .getAsJsonArray()
            .get(0)
            .getAsJsonObject();
    assertThat(details.getAsJsonArray("containers").get(0).getAsString()).isEqualTo(container.id());
  }

  @Test
  void inspectTellsAll() throws IOException {
    TestImage image =
        TestImages.marked("inspected")
            .withEnvironment("A=b")
            .withStopSignal("SIGQUIT")
            .withLabels(Map.of("who", "me"));
    String name = NODE.load("inspected", image);
    String whole = jcri.out("image", "inspect", image.config().digest().substring(7, 19));
    JsonObject details = JsonParser.parseString(whole).getAsJsonArray().get(0).getAsJsonObject();
    assertThat(details.get("id").getAsString()).isEqualTo(image.config().digest());
    assertThat(details.getAsJsonArray("tags").get(0).getAsString()).isEqualTo(name);
    assertThat(details.getAsJsonObject("config").get("stopSignal").getAsString())
        .isEqualTo("SIGQUIT");
    assertThat(details.getAsJsonObject("config").get("environment").toString()).contains("A=b");
    assertThat(details.getAsJsonObject("labels").get("who").getAsString()).isEqualTo("me");
    assertThat(details.getAsJsonArray("layers"))
        .hasSize(2)
        .allSatisfy(
            layer -> assertThat(layer.getAsJsonObject().get("size").getAsLong()).isPositive());
    assertThat(
            details.getAsJsonArray("layers").get(1).getAsJsonObject().get("diffId").getAsString())
        .isEqualTo(image.layers().get(1).diffId());
    assertThat(jcri.refusal("image", "inspect", "nobody").lines())
        .contains("cannot inspect nobody: no image nobody");
  }

  @Test
  void inspectTellsWhichLayersHaveATableOfContents() throws IOException {
    String contents = "sha256:" + "c".repeat(64);
    Layer layer =
        Layer.of(TarEntry.file("stargz.index.json", "{}"))
            .annotated(Map.of("containerd.io/snapshot/stargz/toc.digest", contents));
    String name = NODE.load("seekable", TestImages.marked("seekable").withLayer(layer));
    JsonArray layers =
        JsonParser.parseString(jcri.out("image", "inspect", name))
            .getAsJsonArray()
            .get(0)
            .getAsJsonObject()
            .getAsJsonArray("layers");
    assertThat(layers).hasSize(3);
    assertThat(layers.get(0).getAsJsonObject().has("format")).isFalse();
    JsonObject last = layers.get(2).getAsJsonObject();
    assertThat(last.get("format").getAsString()).isEqualTo("eStargz");
    assertThat(last.get("contents").getAsString()).isEqualTo(contents);
  }

  @Test
  void tagsComeAndGoAndTheLastOneTakesTheImage() throws IOException {
    String name = NODE.load("tagged", TestImages.marked("tagged"));
    String _ = jcri.out("tag", name, "mine");
    String full = "docker.io/library/mine:latest";
    assertThat(tags(find(name))).containsExactlyInAnyOrder(name, full);

    assertThat(jcri.out("rmi", "mine")).isEqualTo("untagged " + full + "\n");
    assertThat(jcri.out("rmi", name)).startsWith("removed sha256:").contains(name, ", freed ");
    assertThat(jcri.out("images")).doesNotContain(name);
    assertThat(jcri.refusal("rmi", name)).isEqualTo("cannot remove " + name + ": no image " + name);
    assertThat(jcri.refusal("tag", name, "x"))
        .isEqualTo("cannot tag " + name + " as x: no image " + name);
    assertThat(jcri.refusal("tag", NODE.busybox(), "UPPER")).startsWith("cannot tag ");
  }

  @Test
  void oneThatIsNotHereDoesNotKeepTheOthers() throws IOException {
    String name = NODE.load("many", TestImages.marked("many"));
    Command.Result result = jcri.run("rmi", "nobody", name);
    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.err().strip()).isEqualTo("cannot remove nobody: no image nobody");
    assertThat(result.out()).contains("removed ", name);
  }

  @Test
  void pruneTakesWhatNobodyNeeds() throws IOException {
    String pinned = NODE.load("pinned", TestImages.marked("pinned"));
    String used = NODE.load("used", TestImages.marked("used"));
    String old = NODE.load("moved", TestImages.marked("old"));
    String oldId = find(old).get("id").getAsString();
    assertThat(NODE.load("moved", TestImages.marked("new"))).isEqualTo(old);
    String _ = jcri.out("pin", pinned, NODE.busybox());
    TestPod pod = NODE.pod();
    ContainerConfig.Builder config = pod.container("sleep", "100000");
    config.getImageBuilder().setImage(used);
    TestContainer _ = pod.start(config);

    assertThat(jcri.out("prune", "--dry-run"))
        .contains("would remove " + oldId, "would remove 1 image");
    assertThat(jcri.out("prune")).contains("removed " + oldId, "removed 1 image, freed ");
    assertThat(jcri.out("prune")).isEqualTo("removed 0 images, freed 0 B\n");
    assertThat(jcri.out("prune", "--all")).contains(old, "removed 1 image");
    assertThat(jcri.out("images")).contains(pinned, used, NODE.busybox()).doesNotContain(old);

    NODE.cri().removeAllPods();
    String _ = jcri.out("unpin", pinned);
    assertThat(jcri.out("prune", "-a")).contains(pinned, used, "removed 2 images");
  }

  /** Without the cache, of which all is loaded at once: what other commands need, too. */
  @Test
  void aCommandStartsWithoutTheDaemonsParts() throws IOException {
    Command.Result result =
        Command.of(jcri.line("images"))
            .withEnvironment("JCRI_JAVA_OPTS", "-XX:AOTMode=off -Xlog:class+load:stdout")
            .run();
    assertThat(result.exitCode()).as(result.err()).isZero();
    List<String> parts =
        List.of(
            "io.grpc.",
            "io.netty.",
            "ch.qos.logback.",
            "org.tomlj.",
            "io.jcri.daemon.app.Daemon ",
            "io.jcri.daemon.admin.AdminServer",
            "io.jcri.daemon.image.",
            "io.jcri.oci.image.");
    assertThat(result.out().lines())
        .filteredOn(line -> parts.stream().anyMatch(line::contains))
        .isEmpty();
  }

  private JsonArray images() throws IOException {
    return JsonParser.parseString(jcri.out("images", "-o", "json")).getAsJsonArray();
  }

  private JsonObject find(String name) throws IOException {
    for (JsonElement image : images()) {
      if (tags(image).contains(name)) {
        return image.getAsJsonObject();
      }
    }
    throw new AssertionError("no image " + name);
  }

  private static List<String> tags(JsonElement image) {
    return image.getAsJsonObject().getAsJsonArray("tags").asList().stream()
        .map(JsonElement::getAsString)
        .toList();
  }
}
