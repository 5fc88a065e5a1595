package io.jcri.it.kit;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SortedMap;
import java.util.stream.Stream;

/**
 * An OCI artifact of plain files, as {@code oras push} makes one.
 *
 * @param type what kind of artifact it is
 * @param files their content by their titles
 */
public record TestFiles(String type, SortedMap<String, String> files) implements TestArtifact {
  private static final String EMPTY = "application/vnd.oci.empty.v1+json";

  @Override
  public List<TestImage> images() {
    return List.of();
  }

  @Override
  public List<Blob> loose() {
    return Stream.concat(Stream.of("{}"), files.values().stream()).map(TestFiles::blob).toList();
  }

  @Override
  public String mediaType() {
    return Flavor.OCI.manifest();
  }

  @Override
  public Blob manifest() {
    JsonObject manifest = new JsonObject();
    manifest.addProperty("schemaVersion", 2);
    manifest.addProperty("mediaType", mediaType());
    manifest.addProperty("artifactType", type);
    manifest.add("config", Descriptors.of(EMPTY, blob("{}")));
    JsonArray layers = new JsonArray();
    files.forEach((title, content) -> {
      JsonObject layer = Descriptors.of("application/vnd.oci.image.layer.v1.tar", blob(content));
      JsonObject annotations = new JsonObject();
      annotations.addProperty("org.opencontainers.image.title", title);
      layer.add("annotations", annotations);
      layers.add(layer);
    });
    manifest.add("layers", layers);
    return blob(manifest.toString());
  }

  private static Blob blob(String content) {
    return Blob.of(content.getBytes(StandardCharsets.UTF_8));
  }
}
