package io.jcri.daemon.container;

import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.core.JcriException.Kind;
import io.jcri.daemon.image.Images;
import io.jcri.daemon.image.RootFilesystems;
import io.jcri.daemon.pod.Pod;
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
public final class ImageVolumes {
  private final Images images;
  private final RootFilesystems rootFilesystems;

  public ImageVolumes(Images images, RootFilesystems rootFilesystems) {
    this.images = images;
    this.rootFilesystems = rootFilesystems;
  }

  /**
   * Mounts the image on the host, and tells how the runtime is to show it.
   *
   * @param number of the mount among the container's
   * @param label the container's SELinux label for files
   * @throws JcriException IMAGE_VOLUME_MOUNT_FAILED, whatever the reason
   * @throws OciException SIGNATURE_VALIDATION_FAILED for an image that the policy does not let in
   */
  ContainerMount mount(
      Pod pod, String containerId, int number, VolumeMount mount, Optional<String> label) {
    ImageVolume volume = mount.image().orElseThrow();
    try {
      Image image =
          images
              .find(volume.reference())
              .orElseThrow(() -> failure(mount, "the image is not on this node", null));
      images.admit(image);
      String source =
          rootFilesystems
              .prepareVolume(
                  containerId,
                  number,
                  image,
                  volume.subPath(),
                  ContainerCreation.userNamespace(pod),
                  label)
              .toString();
      return ContainerMount.bind(source, mount.containerPath(), true).plusOptions(mount.options());
    } catch (OciException e) {
      if (e.kind() == OciException.Kind.SIGNATURE_VALIDATION_FAILED) {
        throw e;
      }
      throw failure(mount, String.valueOf(e.getMessage()), e);
    }
  }

  private static JcriException failure(
      VolumeMount mount, String why, @Nullable OciException cause) {
    return new JcriException(
        Kind.IMAGE_VOLUME_MOUNT_FAILED,
        "image %s can't be mounted at %s: %s"
            .formatted(
                mount.image().map(ImageVolume::reference).orElse(""), mount.containerPath(), why),
        cause);
  }
}
