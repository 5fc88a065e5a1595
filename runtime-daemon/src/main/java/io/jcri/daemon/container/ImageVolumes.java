package io.jcri.daemon.container;

import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.core.JcriException.Kind;
import io.jcri.daemon.image.Images;
import io.jcri.daemon.image.RootFilesystems;
import io.jcri.daemon.image.RootFilesystems.UserNamespace;
import io.jcri.oci.OciException;
import io.jcri.oci.image.Image;
import io.jcri.oci.spec.ContainerMount;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Image volumes: an overlay of the image's layers without a writable one, for each container that
 * asks. Layers are shared, so it costs one mount. It goes with the container's root file system,
 * and keeps the layers until then.
 *
 * <p>In a pod with a user namespace the overlay itself has the pod's ids; the id mappings that the
 * kubelet asks for are the pod's, and are not put on top of that.
 */
final class ImageVolumes {
  private final Images images;
  private final RootFilesystems rootFilesystems;

  ImageVolumes(Images images, RootFilesystems rootFilesystems) {
    this.images = images;
    this.rootFilesystems = rootFilesystems;
  }

  /**
   * Mounts the image on the host, and tells how the runtime is to show it.
   *
   * @param user the user namespace whose ids its files are to have, empty for the host's
   * @throws JcriException IMAGE_VOLUME_MOUNT_FAILED, whatever the reason
   * @throws OciException SIGNATURE_VALIDATION_FAILED for an image that the policy does not let in
   */
  ContainerMount mount(
      String containerId, MountRequest.OfImage request, Optional<UserNamespace> user) {
    ImageVolume volume = request.volume();
    try {
      Image image =
          images
              .find(volume.reference())
              .orElseThrow(() -> failure(request, "the image is not on this node", null));
      images.admit(image);
      String source =
          rootFilesystems
              .prepareVolume(
                  containerId, request.number(), image, volume.subPath(), user, request.label())
              .toString();
      return ContainerMount.bind(source, request.containerPath(), true)
          .plusOptions(request.options());
    } catch (OciException e) {
      if (e.kind() == OciException.Kind.SIGNATURE_VALIDATION_FAILED) {
        throw e;
      }
      throw failure(request, String.valueOf(e.getMessage()), e);
    }
  }

  private static JcriException failure(
      MountRequest.OfImage request, String why, @Nullable OciException cause) {
    return new JcriException(
        Kind.IMAGE_VOLUME_MOUNT_FAILED,
        "image %s can't be mounted at %s: %s"
            .formatted(request.volume().reference(), request.containerPath(), why),
        cause);
  }
}
