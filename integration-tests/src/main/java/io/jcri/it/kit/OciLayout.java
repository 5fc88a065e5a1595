package io.jcri.it.kit;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/** Writes artifacts as an OCI image layout: a folder, or the same in a tar archive. */
public final class OciLayout {
  private static final String VERSION = "{\"imageLayoutVersion\":\"1.0.0\"}";

  private OciLayout() {}

  /** Writes a layout folder; the keys are references such as {@code docker.io/library/x:1}. */
  public static void write(Path folder, Map<String, TestArtifact> artifacts) throws IOException {
    for (var file : files(artifacts).entrySet()) {
      Path path = folder.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      try (InputStream in = file.getValue().source().open()) {
        Files.copy(in, path, StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  /** Writes the archive of a layout, as {@code skopeo copy … oci-archive:} does. */
  public static void writeArchive(Path file, Map<String, TestArtifact> artifacts)
      throws IOException {
    try (OutputStream out = Files.newOutputStream(file);
        TarWriter tar = new TarWriter(out)) {
      for (var member : files(artifacts).entrySet()) {
        Blob blob = member.getValue();
        tar.add(TarEntry.file(member.getKey(), 0644, blob.size(), blob.source()));
      }
    }
  }

  private static Map<String, Blob> files(Map<String, TestArtifact> artifacts) {
    Map<String, Blob> files = new LinkedHashMap<>();
    files.put("oci-layout", text(VERSION));
    JsonArray manifests = new JsonArray();
    for (var entry : artifacts.entrySet()) {
      TestArtifact artifact = entry.getValue();
      JsonObject descriptor = Descriptors.of(artifact.mediaType(), artifact.manifest());
      JsonObject annotations = new JsonObject();
      annotations.addProperty("org.opencontainers.image.ref.name", entry.getKey());
      annotations.addProperty("io.containerd.image.name", entry.getKey());
      descriptor.add("annotations", annotations);
      manifests.add(descriptor);
      Stream.concat(
              Stream.concat(Stream.of(artifact.manifest()), artifact.loose().stream()),
              artifact.images().stream()
                  .flatMap(
                      image -> Stream.concat(Stream.of(image.manifest()), image.blobs().stream())))
          .forEach(blob -> files.put("blobs/sha256/" + blob.hex(), blob));
    }
    JsonObject index = new JsonObject();
    index.addProperty("schemaVersion", 2);
    index.addProperty("mediaType", Flavor.OCI.index());
    index.add("manifests", manifests);
    files.put("index.json", text(index.toString()));
    return files;
  }

  private static Blob text(String content) {
    return Blob.of(content.getBytes(StandardCharsets.UTF_8));
  }
}
