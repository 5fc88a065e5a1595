package io.jcri.oci.image;

import io.jcri.oci.Digest;
import io.jcri.oci.Json;
import io.jcri.oci.manifest.Descriptor;
import io.jcri.oci.manifest.MediaTypes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.zip.GZIPOutputStream;

/** Builds images for tests: blobs by digest, as a registry or a layout has them. */
final class TestImage {

  final Map<Digest, byte[]> blobs = new HashMap<>();
  private final List<Object> layers = new ArrayList<>();
  private final List<String> diffIds = new ArrayList<>();
  private final Map<String, Object> config = new HashMap<>();
  private String architecture = "amd64";
  private String artifactType = "";

  TestImage layer(byte[] tar) {
    return layerOf(tar, gzip(tar));
  }

  /** A layer whose blob need not be the tar's. */
  TestImage layerOf(byte[] tar, byte[] blob) {
    return layerOf(MediaTypes.OCI_LAYER_GZIP, tar, blob);
  }

  TestImage layerOf(String mediaType, byte[] tar, byte[] blob) {
    layers.add(json(put(mediaType, blob)));
    diffIds.add(Digest.of(tar).toString());
    return this;
  }

  /** A layer with annotations. */
  TestImage layerOf(String mediaType, byte[] tar, byte[] blob, Map<String, String> annotations) {
    Map<String, Object> layer = new HashMap<>(json(put(mediaType, blob)));
    layer.put("annotations", annotations);
    layers.add(layer);
    diffIds.add(Digest.of(tar).toString());
    return this;
  }

  TestImage architecture(String name) {
    architecture = name;
    return this;
  }

  TestImage config(String key, Object value) {
    config.put(key, value);
    return this;
  }

  /** An artifact, whose layers are files. */
  TestImage artifact(String type) {
    artifactType = type;
    return this;
  }

  /** A layer of an artifact; without a name when the title is empty. */
  TestImage file(String mediaType, String title, byte[] content) {
    Map<String, Object> layer = new HashMap<>(json(put(mediaType, content)));
    if (!title.isEmpty()) {
      layer.put("annotations", Map.of("org.opencontainers.image.title", title));
    }
    layers.add(layer);
    return this;
  }

  TestImage file(String title, String content) {
    return file("text/plain", title, content.getBytes(StandardCharsets.UTF_8));
  }

  private Descriptor buildArtifact() {
    return put(
        MediaTypes.OCI_MANIFEST,
        Json.toBytes(
            Map.of(
                "schemaVersion",
                2,
                "mediaType",
                MediaTypes.OCI_MANIFEST,
                "artifactType",
                artifactType,
                "config",
                json(put(MediaTypes.EMPTY, new byte[] {'{', '}'})),
                "layers",
                layers)));
  }

  /** The manifest; the blobs are complete after this call. */
  Descriptor build() {
    if (!artifactType.isEmpty()) {
      return buildArtifact();
    }
    Descriptor configured =
        put(
            MediaTypes.OCI_CONFIG,
            Json.toBytes(
                Map.of(
                    "os",
                    "linux",
                    "architecture",
                    architecture,
                    "config",
                    config,
                    "history",
                    List.of(Map.of("created_by", "test")),
                    "rootfs",
                    Map.of("type", "layers", "diff_ids", diffIds))));
    return put(
        MediaTypes.OCI_MANIFEST,
        Json.toBytes(
            Map.of(
                "schemaVersion",
                2,
                "mediaType",
                MediaTypes.OCI_MANIFEST,
                "config",
                json(configured),
                "layers",
                layers)));
  }

  /** Writes an OCI image layout that other tools read. */
  void writeLayout(Path directory, Descriptor manifest, String tag) {
    try {
      Files.createDirectories(directory.resolve("blobs/sha256"));
      for (Map.Entry<Digest, byte[]> blob : blobs.entrySet()) {
        Files.write(
            directory.resolve("blobs/sha256").resolve(blob.getKey().hex()), blob.getValue());
      }
      Files.writeString(directory.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
      Map<String, Object> entry = new HashMap<>(json(manifest));
      entry.put("annotations", Map.of("org.opencontainers.image.ref.name", tag));
      Files.write(
          directory.resolve("index.json"),
          Json.toBytes(Map.of("schemaVersion", 2, "manifests", List.of(entry))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  byte[] blob(Digest digest) {
    return Objects.requireNonNull(blobs.get(digest));
  }

  Descriptor put(String mediaType, byte[] content) {
    Descriptor descriptor = Descriptor.of(mediaType, content);
    blobs.put(descriptor.digest(), content);
    return descriptor;
  }

  static Map<String, Object> json(Descriptor descriptor) {
    return Map.of(
        "mediaType", descriptor.mediaType(),
        "digest", descriptor.digest().toString(),
        "size", descriptor.size());
  }

  static byte[] gzip(byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }
}
