package io.jcri.daemon.cri.image;

import io.jcri.cri.v1.AuthConfig;
import io.jcri.cri.v1.PullImageRequest;
import io.jcri.cri.v1.PullImageResponse;
import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.cri.call.Call;
import io.jcri.daemon.image.Images;
import io.jcri.daemon.pull.WorkerLostException;
import io.jcri.oci.OciException;
import io.jcri.oci.distribution.credentials.Credentials;
import java.util.Optional;

/** {@code PullImage}: replies with the id that ImageStatus and ContainerStatus will tell too. */
final class PullImage implements Call<PullImageRequest, PullImageResponse> {
  private final Images images;

  PullImage(Images images) {
    this.images = images;
  }

  @Override
  public PullImageResponse handle(PullImageRequest request) {
    String name = request.getImage().getImage();
    if (name.isEmpty()) {
      throw JcriException.invalid("image.image must not be empty");
    }
    Optional<Credentials> credentials =
        request.hasAuth() ? Optional.of(credentials(request.getAuth())) : Optional.empty();
    try {
      return PullImageResponse.newBuilder()
          .setImageRef(images.pull(name, credentials).id())
          .build();
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
