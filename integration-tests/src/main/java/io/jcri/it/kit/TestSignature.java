package io.jcri.it.kit;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.util.Base64;
import java.util.List;

/**
 * A sigstore signature of an image, as {@code cosign sign} puts it beside the image.
 *
 * @param payload what is signed
 * @param signature base64
 */
public record TestSignature(String payload, String signature) implements TestArtifact {
  private static final String PAYLOAD = "application/vnd.dev.cosign.simplesigning.v1+json";

  /**
   * Signs by ECDSA with SHA-256.
   *
   * @param digest of the image's manifest
   * @param reference what the image is called
   */
  public static TestSignature of(PrivateKey key, String digest, String reference)
      throws GeneralSecurityException {
    String payload =
        """
        {"critical":{"identity":{"docker-reference":"%s"},"image":{"docker-manifest-digest":"%s"},\
        "type":"cosign container image signature"},"optional":null}\
        """
            .formatted(reference, digest);
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(key);
    signature.update(payload.getBytes(StandardCharsets.UTF_8));
    return new TestSignature(payload, Base64.getEncoder().encodeToString(signature.sign()));
  }

  /** The tag under which the signatures of a digest are. */
  public static String tag(String digest) {
    return digest.replace(':', '-') + ".sig";
  }

  @Override
  public List<TestImage> images() {
    return List.of();
  }

  @Override
  public List<Blob> loose() {
    return List.of(blob("{}"), blob(payload));
  }

  @Override
  public String mediaType() {
    return Flavor.OCI.manifest();
  }

  @Override
  public Blob manifest() {
    JsonObject layer = Descriptors.of(PAYLOAD, blob(payload));
    JsonObject annotations = new JsonObject();
    annotations.addProperty("dev.cosignproject.cosign/signature", signature);
    layer.add("annotations", annotations);
    JsonArray layers = new JsonArray();
    layers.add(layer);
    JsonObject manifest = new JsonObject();
    manifest.addProperty("schemaVersion", 2);
    manifest.addProperty("mediaType", mediaType());
    manifest.add("config", Descriptors.of(Flavor.OCI.config(), blob("{}")));
    manifest.add("layers", layers);
    return blob(manifest.toString());
  }

  private static Blob blob(String content) {
    return Blob.of(content.getBytes(StandardCharsets.UTF_8));
  }
}
