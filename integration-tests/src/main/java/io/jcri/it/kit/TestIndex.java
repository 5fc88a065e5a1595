package io.jcri.it.kit;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** An OCI index or a Docker manifest list. */
public record TestIndex(Flavor flavor, List<TestImage> images) implements TestArtifact {
  @Override
  public Blob manifest() {
    JsonObject index = new JsonObject();
    index.addProperty("schemaVersion", 2);
    index.addProperty("mediaType", mediaType());
    JsonArray manifests = new JsonArray();
    for (TestImage image : images) {
      JsonObject descriptor = Descriptors.of(image.mediaType(), image.manifest());
      JsonObject platform = new JsonObject();
      platform.addProperty("architecture", image.platform().architecture());
      platform.addProperty("os", image.platform().os());
      if (!image.platform().variant().isEmpty()) {
        platform.addProperty("variant", image.platform().variant());
      }
      descriptor.add("platform", platform);
      manifests.add(descriptor);
    }
    index.add("manifests", manifests);
    return Blob.of(index.toString().getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public String mediaType() {
    return flavor.index();
  }
}
