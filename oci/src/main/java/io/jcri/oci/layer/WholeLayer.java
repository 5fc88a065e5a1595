package io.jcri.oci.layer;

import java.nio.file.Path;

/**
 * A layer that is whole and durable, its record included, but not in its place yet.
 *
 * @param directory of {@link LayerShelf#makeTemporary}
 * @param key see {@code LayerStore}
 */
public record WholeLayer(Path directory, String key, LayerInfo info) {}
