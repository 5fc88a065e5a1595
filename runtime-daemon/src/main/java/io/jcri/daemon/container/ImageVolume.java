package io.jcri.daemon.container;

/**
 * An image in place of a host path ({@code Mount.image}).
 *
 * @param reference as PullImage called it, or any name that the image has
 * @param subPath what of it to mount ({@code Mount.image_sub_path}): a directory or a file, links
 *     resolved within the image; empty for all of it
 */
public record ImageVolume(String reference, String subPath) {}
