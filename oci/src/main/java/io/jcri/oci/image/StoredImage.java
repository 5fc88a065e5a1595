package io.jcri.oci.image;

import io.jcri.oci.Digest;
import io.jcri.oci.Json;
import io.jcri.oci.JsonRest;
import io.jcri.oci.OciException;
import io.jcri.oci.manifest.Platform;
import io.jcri.oci.signature.Approval;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * One image's record as it is in its file. Each of the views below reads what it names and skips
 * the rest, however large it is.
 */
final class StoredImage {

  /**
   * What is written; {@code user} and {@code platform} are the config's, for lists.
   *
   * @param config as text
   * @param exactConfig the config in base64, when it is no UTF-8 and so the text is not all of it
   */
  record Whole(
      int version,
      String id,
      List<String> tags,
      List<String> digests,
      List<Digest> diffIds,
      long size,
      boolean pinned,
      Instant created,
      String user,
      Platform platform,
      Optional<String> artifact,
      List<Approval> approvals,
      List<SeekableLayer> seekable,
      String config,
      Optional<String> exactConfig) {}

  /** What lists need. Records of older versions lack user, platform and approvals. */
  private record Head(
      int version,
      String id,
      List<String> tags,
      List<String> digests,
      List<Digest> diffIds,
      long size,
      boolean pinned,
      Instant created,
      Optional<String> user,
      Optional<Platform> platform,
      Optional<String> artifact,
      List<Approval> approvals) {}

  /** What is needed to keep a record that cannot be listed, and its layers. */
  record Root(int version, String id, List<Digest> diffIds) {}

  /** What it can be asked for by. */
  record Names(List<String> tags, List<String> digests) {}

  /** A record of an older version says nothing of it. */
  private record Seekable(List<SeekableLayer> seekable) {}

  /** A record of an older version has the text only. */
  private record Config(String config, Optional<String> exactConfig) {}

  /** A record without the fields for lists is read whole: a larger one is not. */
  private static final long OLD_BYTES = 5 << 20;

  /**
   * In quotes within quotes a config takes up to twice its own size, or three times with what
   * stands for bytes that are no UTF-8, and once more and a third in base64; then there are the
   * names.
   */
  private static final long BYTES = 5L * ImageLimits.CONFIG_BYTES + (8 << 20);

  private StoredImage() {}

  static Root root(Path file) throws IOException {
    return read(file, Root.class);
  }

  static Names names(Path file) throws IOException {
    return read(file, Names.class);
  }

  /**
   * Reads the image.
   *
   * @throws OciException INVALID when it is beyond {@link ImageLimits}
   */
  static Image image(Path file) throws IOException {
    atMost(BYTES, file);
    Head head = read(file, Head.class);
    if (head.tags.size() + head.digests.size() > ImageLimits.NAMES) {
      throw tooLarge("it has more than " + ImageLimits.NAMES + " names");
    }
    if (head.user.isPresent() && head.platform.isPresent()) {
      return image(head, head.user.get(), head.platform.get());
    }
    atMost(OLD_BYTES, file);
    ImageConfig config = ImageConfig.parse(config(file), head.id).config();
    return image(head, config.user(), config.platform());
  }

  private static Image image(Head head, String user, Platform platform) {
    return new Image(
        head.id,
        head.tags,
        head.digests,
        head.size,
        user,
        platform,
        head.diffIds,
        head.artifact,
        head.pinned,
        head.created,
        head.approvals);
  }

  /** The image's own config, byte for byte. */
  static byte[] config(Path file) throws IOException {
    atMost(BYTES, file);
    Config stored = read(file, Config.class);
    return stored
        .exactConfig
        .map(Base64.getDecoder()::decode)
        .orElseGet(() -> stored.config.getBytes(StandardCharsets.UTF_8));
  }

  /** The layers that can be read file by file. */
  static List<SeekableLayer> seekable(Path file) throws IOException {
    atMost(BYTES, file);
    return read(file, Seekable.class).seekable;
  }

  /** The keys of a later version. */
  static JsonRest rest(Path file) throws IOException {
    atMost(BYTES, file);
    try (RecordLine line = RecordLine.open(file)) {
      return Json.rest(line, Whole.class, ImageLimits.VALUES);
    }
  }

  static Whole of(Image image, byte[] config, List<SeekableLayer> seekable) {
    String text = new String(config, StandardCharsets.UTF_8);
    boolean exact = Arrays.equals(text.getBytes(StandardCharsets.UTF_8), config);
    return new Whole(
        1,
        image.id(),
        image.repoTags(),
        image.repoDigests(),
        image.diffIds(),
        image.size(),
        image.pinned(),
        image.created(),
        image.user(),
        image.platform(),
        image.artifact(),
        image.approvals(),
        seekable,
        text,
        exact ? Optional.empty() : Optional.of(Base64.getEncoder().encodeToString(config)));
  }

  private static <T> T read(Path file, Class<T> view) throws IOException {
    try (RecordLine line = RecordLine.open(file)) {
      return Json.parse(line, view, ImageLimits.VALUES);
    }
  }

  private static void atMost(long limit, Path file) throws IOException {
    long size = Files.size(file);
    if (size > limit) {
      throw tooLarge("it has " + size + " bytes, the limit is " + limit);
    }
  }

  private static OciException tooLarge(String why) {
    return new OciException(OciException.Kind.INVALID, why);
  }
}
