package io.jcri.oci.manifest;

import io.jcri.oci.Digest;
import io.jcri.oci.OciException;
import java.util.Optional;

/**
 * Names an image in a registry, normalised as Docker and the kubelet do it: {@code busybox} is
 * {@code docker.io/library/busybox:latest}. With a digest, the tag is a note to the reader and the
 * digest decides.
 *
 * @param registry the host, with port when given, such as {@code docker.io} or {@code [::1]:5000}
 * @param repository the path in the registry, such as {@code library/busybox}
 */
public record ImageReference(
    String registry, String repository, Optional<String> tag, Optional<Digest> digest) {

  public static final String DOCKER = "docker.io";
  private static final String OFFICIAL = "library/";

  /**
   * Checks every part.
   *
   * @throws OciException INVALID when a part breaks the grammar, or neither tag nor digest is there
   */
  public ImageReference {
    String shown = registry + "/" + repository;
    ReferenceGrammar.checkRegistry(registry, shown);
    ReferenceGrammar.checkRepository(repository, shown);
    tag.ifPresent(t -> ReferenceGrammar.checkTag(t, shown));
    if (tag.isEmpty() && digest.isEmpty()) {
      throw ReferenceGrammar.invalid(shown, "neither a tag nor a digest");
    }
  }

  /**
   * Reads and normalises what a user or the kubelet wrote. The tag {@code latest} is added when
   * there is neither tag nor digest.
   *
   * @throws OciException INVALID, naming the reference and the part at fault
   */
  public static ImageReference parse(String text) {
    ReferenceGrammar.checkLength(text);
    int at = text.indexOf('@');
    String name = at < 0 ? text : text.substring(0, at);
    Optional<Digest> digest = Optional.empty();
    if (at >= 0) {
      try {
        digest = Optional.of(Digest.parse(text.substring(at + 1)));
      } catch (OciException e) {
        throw ReferenceGrammar.invalid(text, String.valueOf(e.getMessage()));
      }
    }
    Optional<String> tag = Optional.empty();
    int colon = name.lastIndexOf(':');
    if (colon > name.lastIndexOf('/')) {
      tag = Optional.of(name.substring(colon + 1));
      name = name.substring(0, colon);
    }
    if (digest.isEmpty() && tag.isEmpty()) {
      tag = Optional.of("latest");
    }
    if (ReferenceGrammar.isImageId(name)) {
      throw ReferenceGrammar.invalid(text, "an image ID is not a name");
    }
    int slash = name.indexOf('/');
    String first = slash < 0 ? "" : name.substring(0, slash);
    String registry = ReferenceGrammar.looksLikeRegistry(first) ? first : DOCKER;
    String repository = registry.equals(first) && slash >= 0 ? name.substring(slash + 1) : name;
    if (registry.equals("index.docker.io")) {
      registry = DOCKER;
    }
    if (registry.equals(DOCKER) && repository.indexOf('/') < 0 && !repository.isEmpty()) {
      repository = OFFICIAL + repository;
    }
    ReferenceGrammar.checkRegistry(registry, text);
    ReferenceGrammar.checkRepository(repository, text);
    tag.ifPresent(t -> ReferenceGrammar.checkTag(t, text));
    return new ImageReference(registry, repository, tag, digest);
  }

  /** Whether what someone wrote names no registry, so that Docker Hub would be meant. */
  public static boolean isShort(String text) {
    int slash = text.indexOf('/');
    return slash < 0 || !ReferenceGrammar.looksLikeRegistry(text.substring(0, slash));
  }

  /** What a manifest request asks for: the digest when there is one, else the tag. */
  public String wanted() {
    return digest.map(Digest::toString).or(() -> tag).orElseThrow();
  }

  /** Registry and repository, without tag and digest, such as {@code docker.io/library/busybox}. */
  public String name() {
    return registry + "/" + repository;
  }

  /** The name as a user would write it: without {@code docker.io/library/}. */
  public String familiarName() {
    if (!registry.equals(DOCKER)) {
      return name();
    }
    return repository.startsWith(OFFICIAL) && repository.indexOf('/', OFFICIAL.length()) < 0
        ? repository.substring(OFFICIAL.length())
        : repository;
  }

  /** The whole reference as a user would write it. */
  public String familiar() {
    return familiarName() + suffix();
  }

  /** {@code name@digest}, the form of a repo digest. */
  public ImageReference withDigestOnly(Digest wanted) {
    return new ImageReference(registry, repository, Optional.empty(), Optional.of(wanted));
  }

  /** The same with another tag and no digest. */
  public ImageReference withTag(String wanted) {
    return new ImageReference(registry, repository, Optional.of(wanted), Optional.empty());
  }

  @Override
  public String toString() {
    return name() + suffix();
  }

  private String suffix() {
    return tag.map(t -> ":" + t).orElse("") + digest.map(d -> "@" + d).orElse("");
  }
}
