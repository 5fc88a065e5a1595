package io.jcri.oci.signature;

import io.jcri.oci.manifest.ImageReference;
import java.util.ArrayList;
import java.util.List;

/**
 * By which keys a policy and registries.d speak of an image (containers-policy.json(5), "docker:").
 * Stateless.
 */
final class Scopes {

  private Scopes() {}

  /**
   * The most precise first: the image, its repository, the namespaces above, the host, and {@code
   * *.} for each domain above the host. Of a reference with a tag and a digest the digest counts.
   */
  static List<String> of(ImageReference reference) {
    List<String> scopes = new ArrayList<>();
    scopes.add(identity(reference).toString());
    String name = reference.name();
    scopes.add(name);
    for (int slash = name.lastIndexOf('/'); slash > 0; slash = name.lastIndexOf('/')) {
      name = name.substring(0, slash);
      scopes.add(name);
    }
    int colon = name.indexOf(':');
    String domain = colon < 0 ? name : name.substring(0, colon);
    for (int dot = domain.indexOf('.'); dot >= 0; dot = domain.indexOf('.')) {
      domain = domain.substring(dot + 1);
      scopes.add("*." + domain);
    }
    return scopes;
  }

  /** What the image is called with either tag or digest. */
  static ImageReference identity(ImageReference reference) {
    return reference.digest().map(reference::withDigestOnly).orElse(reference);
  }
}
