package io.jcri.daemon.container;

import io.jcri.oci.image.Image;
import io.jcri.oci.image.ImageConfig;

/**
 * A container of which nothing was made yet, and what it is to be made of.
 *
 * @param fromImage what the image says of how to run it
 */
record NewContainer(Container container, Image image, ImageConfig fromImage) {}
