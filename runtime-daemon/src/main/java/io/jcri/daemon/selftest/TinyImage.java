package io.jcri.daemon.selftest;

import io.jcri.oci.Digest;
import io.jcri.oci.Json;
import io.jcri.oci.manifest.MediaTypes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

/**
 * An image of one layer with one static program, packed as most layers are.
 *
 * @param manifest the manifest's bytes
 * @param blobs configuration and layer by digest
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares or changes them
record TinyImage(byte[] manifest, Map<String, byte[]> blobs) {
  static final String PROGRAM = "selftest";

  /**
   * Makes the image around a program.
   *
   * @param program a static executable, which becomes the entrypoint
   * @param architecture in Go's words
   */
  static TinyImage of(Path program, String architecture) throws IOException {
    byte[] tar = tar(Files.readAllBytes(program));
    byte[] layer = gzip(tar);
    String layerDigest = Digest.of(layer).toString();
    byte[] config =
        Json.toBytes(
            Map.of(
                "architecture",
                architecture,
                "os",
                "linux",
                "config",
                Map.of("Entrypoint", List.of("/" + PROGRAM), "WorkingDir", "/"),
                "rootfs",
                Map.of("type", "layers", "diff_ids", List.of(Digest.of(tar).toString()))));
    String configDigest = Digest.of(config).toString();
    Map<String, Object> manifest = new LinkedHashMap<>();
    manifest.put("schemaVersion", 2);
    manifest.put("mediaType", MediaTypes.OCI_MANIFEST);
    manifest.put("config", descriptor(MediaTypes.OCI_CONFIG, configDigest, config.length));
    manifest.put(
        "layers", List.of(descriptor(MediaTypes.OCI_LAYER_GZIP, layerDigest, layer.length)));
    return new TinyImage(Json.toBytes(manifest), Map.of(layerDigest, layer, configDigest, config));
  }

  private static Map<String, Object> descriptor(String type, String digest, int size) {
    return Map.of("mediaType", type, "digest", digest, "size", size);
  }

  private static byte[] gzip(byte[] content) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(content);
    }
    return packed.toByteArray();
  }

  /** A ustar archive of one executable file. */
  private static byte[] tar(byte[] program) {
    byte[] header = new byte[512];
    put(header, 0, PROGRAM);
    put(header, 100, "0000755\0");
    put(header, 108, "0000000\0");
    put(header, 116, "0000000\0");
    put(header, 124, "%011o\0".formatted(program.length));
    put(header, 136, "00000000000\0");
    put(header, 148, "        ");
    put(header, 156, "0");
    put(header, 257, "ustar\00000");
    int sum = 0;
    for (byte b : header) {
      sum += b & 0xff;
    }
    put(header, 148, "%06o\0 ".formatted(sum));
    ByteArrayOutputStream tar = new ByteArrayOutputStream();
    tar.writeBytes(header);
    tar.writeBytes(program);
    tar.writeBytes(new byte[(512 - program.length % 512) % 512 + 1024]);
    return tar.toByteArray();
  }

  private static void put(byte[] header, int at, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(bytes, 0, header, at, bytes.length);
  }
}
