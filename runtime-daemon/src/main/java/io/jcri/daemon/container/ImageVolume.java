package io.jcri.daemon.container;

import java.util.Optional;

/**
 * An image in place of a host path ({@code Mount.image}).
 *
 * @param reference as PullImage called it, or any name that the image has
 * @param userImage the image as the pod's author named it, empty when not given
 * @param subPath what of it to mount ({@code Mount.image_sub_path}): a directory or a file, links
 *     resolved within the image; empty for all of it
 * @param id of the image that the reference meant when the container was made; empty before that
 */
public record ImageVolume(
    String reference, String userImage, String subPath, Optional<String> id) {}
