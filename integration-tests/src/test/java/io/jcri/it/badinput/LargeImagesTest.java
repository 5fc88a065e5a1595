package io.jcri.it.badinput;

import static io.jcri.it.node.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import io.grpc.Status.Code;
import io.jcri.cri.v1.Image;
import io.jcri.cri.v1.ImageSpec;
import io.jcri.cri.v1.ListImagesRequest;
import io.jcri.cri.v1.RemoveImageRequest;
import io.jcri.it.kit.Blob;
import io.jcri.it.kit.TestImage;
import io.jcri.it.kit.TestImages;
import io.jcri.it.node.TestNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Images whose documents are larger than the daemon's heap can hold as objects. */
class LargeImagesTest {
  private static final int RECORDS = 11;

  @RegisterExtension static final TestNode NODE = new TestNode();

  private long pid = -1;

  @AfterEach
  void theDaemonIsTheOneThatWasAsked() {
    assertThat(NODE.daemon().process().isAlive()).isTrue();
    assertThat(pid).isIn(-1L, NODE.daemon().process().pid());
    assertThat(images()).hasSize(1);
  }

  private static List<Image> images() {
    return NODE.cri().images().listImages(ListImagesRequest.getDefaultInstance()).getImagesList();
  }

  private static TestImage with(String key, JsonElement value) throws IOException {
    TestImage image = TestImages.marked(key);
    JsonObject settings = image.settings().deepCopy();
    settings.add(key, value);
    return new TestImage(image.flavor(), image.platform(), image.layers(), settings);
  }

  private void refusedEightTimesAtOnce(TestImage image, String... parts) throws Exception {
    pid = NODE.daemon().process().pid();
    String reference = NODE.registry().push("large", "1", image);
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> pulls = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        Callable<String> pull =
            () -> assertRefused(() -> NODE.pull(reference), Code.INVALID_ARGUMENT, parts);
        pulls.add(callers.submit(pull));
      }
      for (Future<?> pull : pulls) {
        pull.get();
      }
    }
  }

  @Test
  void twoMillionVariablesAreRefused() throws Exception {
    JsonArray variables = new JsonArray();
    for (int i = 0; i < 2_000_000; i++) {
      variables.add("A");
    }
    refusedEightTimesAtOnce(with("Env", variables), "has a config of", "the limit is");
  }

  @Test
  void asManyVariablesAsFitAConfigAreRefused() throws Exception {
    JsonArray variables = new JsonArray();
    for (int i = 0; i < 900_000; i++) {
      variables.add("A");
    }
    refusedEightTimesAtOnce(with("Env", variables), "values at $.config.Env");
  }

  @Test
  void volumesByTheHundredThousandAreRefused() throws Exception {
    JsonObject volumes = new JsonObject();
    for (int i = 0; i < 250_000; i++) {
      volumes.add("/v" + i, new JsonObject());
    }
    refusedEightTimesAtOnce(with("Volumes", volumes), "values at $.config.Volumes");
  }

  @Test
  void aLabelOfMegabytesIsRefused() throws Exception {
    JsonObject labels = new JsonObject();
    labels.addProperty("l", "x".repeat(3 << 20));
    refusedEightTimesAtOnce(with("Labels", labels), "bytes in Labels");
  }

  /** As an older version took them up. */
  @Test
  void recordsWithLabelsOfMegabytesAreNotListedAndCanBeRemoved() throws IOException {
    Image busybox = images().getFirst();
    Path folder = NODE.daemon().root().resolve("image/images");
    Path known = folder.resolve(busybox.getId().substring("sha256:".length()) + ".json");
    JsonObject record =
        JsonParser.parseString(Files.readAllLines(known).getFirst()).getAsJsonObject();
    record.remove("user");
    record.remove("platform");
    record.add("digests", new JsonArray());
    record.addProperty(
        "config", "{\"config\":{\"Labels\":{\"l\":\"%s\"}}}".formatted("x".repeat(8 << 20)));
    NODE.daemon().kill();
    List<Path> files = new ArrayList<>();
    for (int i = 0; i < RECORDS; i++) {
      String id = Blob.of(("image " + i).getBytes(StandardCharsets.UTF_8)).digest();
      JsonArray tags = new JsonArray();
      tags.add(new JsonPrimitive("large.test/image:" + i));
      record.addProperty("id", id);
      record.add("tags", tags);
      String line = record.toString();
      String sum = Blob.of(line.getBytes(StandardCharsets.UTF_8)).hex();
      files.add(
          Files.writeString(
              folder.resolve(id.substring("sha256:".length()) + ".json"),
              line + "\n" + sum + "\n"));
    }
    NODE.daemon().start();
    assertThat(images()).hasSize(1);
    assertThat(files).allSatisfy(file -> assertThat(file).exists());
    for (int i = 0; i < RECORDS; i++) {
      var _ =
          NODE.cri()
              .images()
              .removeImage(
                  RemoveImageRequest.newBuilder()
                      .setImage(ImageSpec.newBuilder().setImage("large.test/image:" + i))
                      .build());
      assertThat(files.get(i)).doesNotExist();
    }
  }
}
