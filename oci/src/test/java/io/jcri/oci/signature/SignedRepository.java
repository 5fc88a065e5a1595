package io.jcri.oci.signature;

import io.jcri.oci.Digest;
import io.jcri.oci.Json;
import io.jcri.oci.OciException;
import io.jcri.oci.distribution.Repository;
import io.jcri.oci.distribution.Resolved;
import io.jcri.oci.manifest.Descriptor;
import io.jcri.oci.manifest.ImageReference;
import io.jcri.oci.manifest.MediaTypes;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** A repository in memory with signatures beside an image, as cosign puts them there. */
record SignedRepository(
    ImageReference reference,
    Map<String, Descriptor> tags,
    Map<Digest, byte[]> content,
    Map<URI, byte[]> elsewhere)
    implements Repository {

  private static final String TYPE = "application/vnd.dev.cosign.simplesigning.v1+json";

  SignedRepository(String reference) {
    this(ImageReference.parse(reference), new HashMap<>(), new HashMap<>(), new HashMap<>());
  }

  /** What both kinds of signatures sign. */
  static String payload(String type, Digest digest, String reference) {
    return """
    {"critical":{"identity":{"docker-reference":"%s"},"image":{"docker-manifest-digest":"%s"},\
    "type":"%s"},"optional":null}\
    """
        .formatted(reference, digest, type);
  }

  static byte[] sign(PrivateKey key, String algorithm, byte[] payload)
      throws GeneralSecurityException {
    Signature signature = Signature.getInstance(algorithm);
    signature.initSign(key);
    signature.update(payload);
    return signature.sign();
  }

  /** Puts signatures of a digest there: payloads, each with its signature. */
  void attach(Digest digest, List<Map.Entry<String, byte[]>> signatures) {
    List<Object> layers = new ArrayList<>();
    for (Map.Entry<String, byte[]> one : signatures) {
      byte[] payload = one.getKey().getBytes(StandardCharsets.UTF_8);
      String text = Base64.getEncoder().encodeToString(one.getValue());
      layers.add(
          Map.of(
              "mediaType",
              TYPE,
              "digest",
              put(payload).toString(),
              "size",
              payload.length,
              "annotations",
              Map.of("dev.cosignproject.cosign/signature", text)));
    }
    byte[] config = "{}".getBytes(StandardCharsets.UTF_8);
    byte[] manifest =
        Json.toBytes(
            Map.of(
                "schemaVersion",
                2,
                "config",
                Map.of(
                    "mediaType",
                    "application/vnd.oci.image.config.v1+json",
                    "digest",
                    put(config).toString(),
                    "size",
                    config.length),
                "layers",
                layers));
    var _ = put(manifest);
    tags.put("sha256-" + digest.hex() + ".sig", Descriptor.of(MediaTypes.OCI_MANIFEST, manifest));
  }

  private Digest put(byte[] bytes) {
    content.put(Digest.of(bytes), bytes);
    return Digest.of(bytes);
  }

  @Override
  public Resolved resolve() {
    Descriptor found = tags.get(reference.tag().orElseThrow());
    if (found == null) {
      throw new OciException(OciException.Kind.NOT_FOUND, reference + " is not here");
    }
    return new Resolved(reference, found, "memory");
  }

  @Override
  public byte[] fetchManifest(Descriptor descriptor) {
    return Objects.requireNonNull(content.get(descriptor.digest()));
  }

  @Override
  public InputStream openBlob(Descriptor descriptor, long offset) {
    return new ByteArrayInputStream(fetchManifest(descriptor));
  }

  @Override
  public Repository withTag(String tag) {
    return new SignedRepository(reference.withTag(tag), tags, content, elsewhere);
  }

  @Override
  public Optional<byte[]> fetchElsewhere(URI uri, int maxBytes) {
    return Optional.ofNullable(elsewhere.get(uri));
  }
}
