package io.jcri.daemon.cri.image;

import io.jcri.cri.v1.AuthConfig;
import io.jcri.cri.v1.PullImageRequest;
import io.jcri.cri.v1.PullImageResponse;
import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.cri.call.Call;
import io.jcri.daemon.image.Images;
import io.jcri.daemon.pull.WorkerLostException;
import io.jcri.daemon.runtime.Handlers;
import io.jcri.oci.OciException;
import io.jcri.oci.distribution.credentials.Credentials;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code PullImage}: replies with the id that ImageStatus and ContainerStatus will tell too. */
final class PullImage implements Call<PullImageRequest, PullImageResponse> {
  private static final Logger log = LoggerFactory.getLogger(PullImage.class);

  private final Images images;
  private final Handlers handlers;

  PullImage(Images images, Handlers handlers) {
    this.images = images;
    this.handlers = handlers;
  }

  @Override
  public PullImageResponse handle(PullImageRequest request) {
    String name = request.getImage().getImage();
    if (name.isEmpty()) {
      throw JcriException.invalid("image.image must not be empty");
    }
    // An image serves every handler; for one that no container can have it is pulled in vain.
    String handler = request.getImage().getRuntimeHandler();
    if (!handler.isEmpty()) {
      handlers.requireKnown(handler, "image.runtime_handler");
    }
    Optional<Credentials> credentials =
        request.hasAuth() ? Optional.of(credentials(request.getAuth())) : Optional.empty();
    long begin = System.nanoTime();
    try {
      String id = images.pull(name, credentials).id();
      String seconds = String.format(Locale.ROOT, "%.1f", (System.nanoTime() - begin) / 1e9);
      log.info("pulled image {} as {} in {} s", id, name, seconds);
      return PullImageResponse.newBuilder().setImageRef(id).build();
    } catch (OciException e) {
      if (e.kind() == OciException.Kind.UNAVAILABLE && !(e instanceof WorkerLostException)) {
        throw new JcriException(
            JcriException.Kind.REGISTRY_UNAVAILABLE, String.valueOf(e.getMessage()), e);
      }
      throw e;
    }
  }

  private static Credentials credentials(AuthConfig auth) {
    return new Credentials(
        auth.getUsername(),
        auth.getPassword(),
        auth.getAuth(),
        auth.getIdentityToken(),
        auth.getRegistryToken(),
        auth.getServerAddress());
  }
}
