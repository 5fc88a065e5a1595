package io.jcri.oci.signature;

import io.jcri.oci.OciException;
import io.jcri.oci.OciException.Kind;
import io.jcri.oci.PlainYaml;
import io.jcri.oci.manifest.ImageReference;
import io.jcri.sandbox.linux.Reasons;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where images' signatures are, by the files of registries.d (containers-registries.d(5)). Each
 * setting is that of the most precise scope which has it.
 */
final class SignatureStores {

  /**
   * Where to look.
   *
   * @param lookaside of GPG signatures: file, http or https
   * @param attachments whether the registry has those of sigstore beside the image
   */
  record Place(URI lookaside, boolean attachments) {}

  private record Section(Optional<String> lookaside, Optional<Boolean> attachments) {}

  private static final String BUILT_IN = "file:///var/lib/containers/sigstore";
  private static final int MAX_FILES = 1_000;
  private static final int MAX_FILE_BYTES = 1 << 20;

  private final Map<String, Section> scopes = new HashMap<>();
  private Optional<Section> fallback = Optional.empty();

  /** None but the built-in place. */
  SignatureStores() {}

  /**
   * Reads a directory; one that does not exist says nothing.
   *
   * @throws OciException SIGNATURE_VALIDATION_FAILED, naming the file at fault
   */
  static SignatureStores read(Path directory) {
    SignatureStores stores = new SignatureStores();
    for (Path file : files(directory)) {
      try {
        stores.add(KeySource.content(file, MAX_FILE_BYTES));
      } catch (OciException e) {
        if (e.kind() == Kind.SIGNATURE_VALIDATION_FAILED) {
          throw e;
        }
        throw failed(file + ": " + e.getMessage(), e);
      }
    }
    return stores;
  }

  private static List<Path> files(Path directory) {
    List<Path> files = new ArrayList<>();
    try (Stream<Path> entries = Files.list(directory)) {
      entries
          .filter(file -> file.toString().endsWith(".yaml"))
          .limit(MAX_FILES + 1)
          .forEach(files::add);
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw failed("cannot read " + directory + ": " + Reasons.of(e), e);
    }
    if (files.size() > MAX_FILES) {
      throw failed(directory + " has more than " + MAX_FILES + " files", null);
    }
    return files.stream().sorted().toList();
  }

  /**
   * Takes in what a file says.
   *
   * @throws OciException INVALID, naming the key at fault
   */
  void add(byte[] yaml) {
    Object document = PlainYaml.parse(new String(yaml, StandardCharsets.UTF_8));
    if (document == null) {
      return;
    }
    StrictObject root = StrictObject.of(document, "");
    // As Podman does it, keys that are not known are let be: they are not about trust.
    if (root.isSet("default-docker")) {
      if (fallback.isPresent()) {
        throw root.invalid("default-docker", "is in another file already");
      }
      fallback = Optional.of(section(root.object("default-docker")));
    }
    if (root.isSet("docker")) {
      StrictObject docker = root.object("docker");
      for (String scope : docker.keys()) {
        Section section =
            docker.isSet(scope)
                ? section(docker.object(scope))
                : new Section(Optional.empty(), Optional.empty());
        if (scopes.put(scope, section) != null) {
          throw docker.invalid(scope, "is in another file already");
        }
      }
    }
  }

  private static Section section(StrictObject object) {
    Optional<String> lookaside =
        object.isSet("lookaside")
            ? object.optionalText("lookaside")
            : Optional.of("sigstore").filter(object::isSet).flatMap(object::optionalText);
    return new Section(
        lookaside,
        Optional.of("use-sigstore-attachments")
            .filter(object::isSet)
            .flatMap(object::optionalFlag));
  }

  /**
   * Where an image's are.
   *
   * @throws OciException SIGNATURE_VALIDATION_FAILED when that is no place to read from
   */
  Place of(ImageReference reference) {
    List<Section> found =
        Stream.concat(
                Scopes.of(reference).stream()
                    .flatMap(scope -> Optional.ofNullable(scopes.get(scope)).stream()),
                fallback.stream())
            .toList();
    return new Place(
        uri(first(found, Section::lookaside).orElse(BUILT_IN)),
        first(found, Section::attachments).orElse(false));
  }

  private static <T> Optional<T> first(
      List<Section> found, Function<Section, Optional<T>> setting) {
    return found.stream().flatMap(section -> setting.apply(section).stream()).findFirst();
  }

  private static URI uri(String text) {
    try {
      URI uri = new URI(text);
      String scheme = String.valueOf(uri.getScheme());
      boolean remote = scheme.equals("https") || scheme.equals("http");
      if (uri.getRawQuery() != null
          || uri.getRawFragment() != null
          || uri.getRawPath() == null
          || uri.getRawUserInfo() != null
          || (remote ? uri.getHost() == null : !scheme.equals("file"))) {
        throw failed(
            "the lookaside " + text + " is neither file:///path nor http(s)://host/path", null);
      }
      return uri;
    } catch (URISyntaxException e) {
      throw failed("the lookaside " + text + " is no URL", e);
    }
  }

  private static OciException failed(String why, @Nullable Exception cause) {
    return new OciException(Kind.SIGNATURE_VALIDATION_FAILED, StrictObject.line(why), cause);
  }
}
