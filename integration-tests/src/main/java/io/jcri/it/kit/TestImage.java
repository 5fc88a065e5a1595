package io.jcri.it.kit;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * An image, the same bytes whenever it is made from the same parts. Immutable as long as nobody
 * writes to {@code settings}; the {@code with} methods give changed copies.
 *
 * @param settings the {@code config} object of the image's configuration, by the names of the OCI
 *     image specification
 */
public record TestImage(Flavor flavor, Platform platform, List<Layer> layers, JsonObject settings)
    implements TestArtifact {

  /** What an image runs on; the variant may be empty. */
  public record Platform(String os, String architecture, String variant) {
    /** The platform that the tests run on. */
    public static final Platform HOST = new Platform("linux", hostArchitecture(), "");

    private static String hostArchitecture() {
      return switch (System.getProperty("os.arch")) {
        case "amd64", "x86_64" -> "amd64";
        case "aarch64" -> "arm64";
        case String other -> other;
      };
    }
  }

  /** An OCI image for this machine, of these layers from the lowest on. */
  public static TestImage of(Layer... layers) {
    return new TestImage(Flavor.OCI, Platform.HOST, List.of(layers), new JsonObject())
        .withEnvironment("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
  }

  @Override
  public List<TestImage> images() {
    return List.of(this);
  }

  @Override
  public String mediaType() {
    return flavor.manifest();
  }

  @Override
  public Blob manifest() {
    JsonObject manifest = new JsonObject();
    manifest.addProperty("schemaVersion", 2);
    manifest.addProperty("mediaType", mediaType());
    manifest.add("config", Descriptors.of(flavor.config(), config()));
    JsonArray array = new JsonArray();
    for (Layer layer : layers) {
      JsonObject descriptor = Descriptors.of(flavor.layer(layer.compression()), layer.blob());
      if (!layer.annotations().isEmpty()) {
        descriptor.add("annotations", strings(layer.annotations()));
      }
      array.add(descriptor);
    }
    manifest.add("layers", array);
    return json(manifest);
  }

  /** The image's configuration; its digest is the image's id. */
  public Blob config() {
    JsonObject rootfs = new JsonObject();
    rootfs.addProperty("type", "layers");
    rootfs.add("diff_ids", strings(layers.stream().map(Layer::diffId)));

    JsonObject image = new JsonObject();
    image.addProperty("created", TarEntry.EPOCH.toString());
    image.addProperty("architecture", platform.architecture());
    image.addProperty("os", platform.os());
    if (!platform.variant().isEmpty()) {
      image.addProperty("variant", platform.variant());
    }
    image.add("config", settings);
    image.add("rootfs", rootfs);
    return json(image);
  }

  /** Returns the blobs that the manifest points to. */
  public List<Blob> blobs() {
    return Stream.concat(Stream.of(config()), layers.stream().map(Layer::blob)).toList();
  }

  /** Returns this image with other media types. */
  public TestImage with(Flavor other) {
    return new TestImage(other, platform, layers, settings);
  }

  /** Returns this image claiming another platform; its programs stay this machine's. */
  public TestImage with(Platform other) {
    return new TestImage(flavor, other, layers, settings);
  }

  /** Returns this image with one more layer on top. */
  public TestImage withLayer(Layer layer) {
    return new TestImage(
        flavor, platform, Stream.concat(layers.stream(), Stream.of(layer)).toList(), settings);
  }

  /** Returns this image with processes that start as a name or id, with or without a group. */
  public TestImage withUser(String user) {
    return with("User", new JsonPrimitive(user));
  }

  /** Returns this image with another entry point. */
  public TestImage withEntrypoint(String... arguments) {
    return with("Entrypoint", strings(Stream.of(arguments)));
  }

  /** Returns this image with another command. */
  public TestImage withCommand(String... arguments) {
    return with("Cmd", strings(Stream.of(arguments)));
  }

  /** Returns this image with one more environment variable, NAME=value. */
  public TestImage withEnvironment(String variable) {
    JsonArray variables =
        settings.get("Env") instanceof JsonArray array ? array.deepCopy() : new JsonArray();
    variables.add(variable);
    return with("Env", variables);
  }

  /** Returns this image with another working directory. */
  public TestImage withWorkingDirectory(String path) {
    return with("WorkingDir", new JsonPrimitive(path));
  }

  /** Returns this image with a stop signal, such as SIGQUIT. */
  public TestImage withStopSignal(String signal) {
    return with("StopSignal", new JsonPrimitive(signal));
  }

  /** Returns this image with these volumes. */
  public TestImage withVolumes(String... paths) {
    JsonObject set = new JsonObject();
    Stream.of(paths).forEach(path -> set.add(path, new JsonObject()));
    return with("Volumes", set);
  }

  /** Returns this image with these labels. */
  public TestImage withLabels(Map<String, String> labels) {
    return with("Labels", strings(labels));
  }

  private TestImage with(String name, JsonElement value) {
    JsonObject changed = settings.deepCopy();
    changed.add(name, value);
    return new TestImage(flavor, platform, layers, changed);
  }

  private static JsonObject strings(Map<String, String> values) {
    JsonObject map = new JsonObject();
    new TreeMap<>(values).forEach(map::addProperty);
    return map;
  }

  private static JsonArray strings(Stream<String> values) {
    JsonArray array = new JsonArray();
    values.forEach(array::add);
    return array;
  }

  private static Blob json(JsonObject object) {
    return Blob.of(object.toString().getBytes(StandardCharsets.UTF_8));
  }
}
