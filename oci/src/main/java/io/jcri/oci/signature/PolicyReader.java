package io.jcri.oci.signature;

import io.jcri.oci.OciException;
import io.jcri.oci.manifest.ImageReference;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads policy.json. Whatever is not known is an error: it may be meant to forbid. Stateless. */
final class PolicyReader {

  private static final Set<String> OTHER_KEY_TYPES =
      Set.of("signedByGPGKeys", "X509Certificates", "signedByX509CAs");

  /** What sigstoreSigned may want beside or instead of given keys. */
  private static final List<String> MORE_THAN_KEYS =
      List.of(
          "fulcio",
          "pki",
          "rekorPublicKeyPath",
          "rekorPublicKeyPaths",
          "rekorPublicKeyData",
          "rekorPublicKeyDatas");

  private PolicyReader() {}

  static SignaturePolicy read(byte[] json) {
    StrictObject root = StrictJson.parse(json);
    List<Requirement> fallback = requirements(root, "default");
    Map<String, List<Requirement>> registries = new LinkedHashMap<>();
    root.optionalObject("transports")
        .ifPresent(transports -> {
          // Those of other transports are checked too: a slip is told before it matters.
          for (String name : transports.keys()) {
            StrictObject transport = transports.object(name);
            for (String scope : transport.keys()) {
              List<Requirement> wanted = requirements(transport, scope);
              if (name.equals("docker")) {
                registries.put(scope, wanted);
              }
            }
          }
        });
    root.rejectUnknown();
    return new SignaturePolicy(fallback, registries);
  }

  private static List<Requirement> requirements(StrictObject parent, String key) {
    return parent.objects(key).stream().map(PolicyReader::requirement).toList();
  }

  private static Requirement requirement(StrictObject object) {
    String type = object.text("type");
    Requirement requirement =
        switch (type) {
          case "insecureAcceptAnything" -> new Requirement.AcceptAnything();
          case "reject" -> new Requirement.Reject();
          case "signedBy" -> signedBy(object);
          case "sigstoreSigned" -> sigstoreSigned(object);
          case "signedBaseLayer" -> {
            var _ = object.object("baseLayerIdentity");
            yield new Requirement.Unsupported("signedBaseLayer");
          }
          default -> throw object.invalid("type", "is \"" + type + "\", which is not known");
        };
    object.rejectUnknown();
    return requirement;
  }

  private static Requirement signedBy(StrictObject object) {
    String keyType = object.text("keyType");
    KeySource keys = keys(object, false);
    SignedIdentity identity = identity(object);
    if (OTHER_KEY_TYPES.contains(keyType)) {
      return new Requirement.Unsupported("signedBy with the keyType " + keyType);
    }
    if (!keyType.equals("GPGKeys")) {
      throw object.invalid("keyType", "is \"" + keyType + "\", which is not known");
    }
    return new Requirement.SignedBy(keys, identity);
  }

  private static Requirement sigstoreSigned(StrictObject object) {
    SignedIdentity identity = identity(object);
    // All must be asked for.
    List<String> more = MORE_THAN_KEYS.stream().filter(object::has).toList();
    if (more.contains("fulcio") || more.contains("pki")) {
      return new Requirement.Unsupported("sigstoreSigned with " + more.getFirst());
    }
    KeySource keys = keys(object, true);
    return more.isEmpty()
        ? new Requirement.SigstoreSigned(keys, identity)
        : new Requirement.Unsupported("sigstoreSigned with " + more.getFirst());
  }

  private static KeySource keys(StrictObject object, boolean severalInline) {
    List<KeySource> sources = new ArrayList<>();
    object.optionalText("keyPath").ifPresent(one -> sources.add(files(object, List.of(one))));
    object.optionalTexts("keyPaths").ifPresent(some -> sources.add(files(object, some)));
    object.optionalText("keyData").ifPresent(one -> sources.add(inline(object, List.of(one))));
    if (severalInline) {
      object.optionalTexts("keyDatas").ifPresent(some -> sources.add(inline(object, some)));
    }
    String names = "keyPath, keyPaths%s".formatted(severalInline ? ", keyData" : "");
    String last = severalInline ? "keyDatas" : "keyData";
    if (sources.size() != 1) {
      throw object.invalid("type", "wants exactly one of %s and %s".formatted(names, last));
    }
    KeySource source = sources.getFirst();
    if (source.files().size() + source.inline().size() > KeySource.MAX_KEYS) {
      throw object.invalid("type", "has more than " + KeySource.MAX_KEYS + " keys");
    }
    return source;
  }

  private static KeySource files(StrictObject object, List<String> paths) {
    try {
      return new KeySource(paths.stream().map(Path::of).toList(), List.of());
    } catch (InvalidPathException e) {
      throw object.invalid("keyPath", "is no path");
    }
  }

  private static KeySource inline(StrictObject object, List<String> texts) {
    try {
      return new KeySource(List.of(), texts.stream().map(KeySource.Data::ofBase64).toList());
    } catch (IllegalArgumentException e) {
      throw object.invalid("keyData", "is not base64");
    }
  }

  private static SignedIdentity identity(StrictObject parent) {
    Optional<StrictObject> given = parent.optionalObject("signedIdentity");
    if (given.isEmpty()) {
      return new SignedIdentity.RepoDigestOrExact();
    }
    StrictObject object = given.get();
    String type = object.text("type");
    SignedIdentity identity =
        switch (type) {
          case "matchExact" -> new SignedIdentity.Exact();
          case "matchRepoDigestOrExact" -> new SignedIdentity.RepoDigestOrExact();
          case "matchRepository" -> new SignedIdentity.SameRepository();
          case "exactReference" -> {
            ImageReference wanted = reference(object, "dockerReference");
            if (SignedIdentity.isNameOnly(object.text("dockerReference"), wanted)) {
              throw object.invalid("dockerReference", "has neither a tag nor a digest");
            }
            yield new SignedIdentity.ExactReference(wanted);
          }
          case "exactRepository" ->
              new SignedIdentity.ExactRepository(reference(object, "dockerRepository"));
          case "remapIdentity" ->
              new SignedIdentity.Remap(prefix(object, "prefix"), prefix(object, "signedPrefix"));
          default -> throw object.invalid("type", "is \"" + type + "\", which is not known");
        };
    object.rejectUnknown();
    return identity;
  }

  private static ImageReference reference(StrictObject object, String key) {
    try {
      return ImageReference.parse(object.text(key));
    } catch (OciException e) {
      throw object.invalid(key, "is no name of an image: " + e.getMessage());
    }
  }

  /** A host, or a host and the beginning of a repository's path. */
  private static String prefix(StrictObject object, String key) {
    String text = object.text(key);
    try {
      String probe = text.indexOf('/') < 0 ? text + "/any" : text;
      if (ImageReference.parse(probe).name().equals(probe)) {
        return text;
      }
    } catch (OciException e) {
      throw object.invalid(key, "is no host or repository: " + e.getMessage());
    }
    throw object.invalid(key, "must be a host or a repository in full, such as docker.io/library");
  }
}
